// A window on a file, which moves from the beginning to the end: a buffer has the part at the
// window's position. Never reads beyond the size that the file had when it was opened.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/buffer.h"
#include "engine/file.h"

namespace seshdb::engine {

class FileWindow {
 public:
  /// Returns 0 or an errno, like fill() and skip(). `directory` must outlive this object.
  [[nodiscard]] int open(Directory& directory, const std::string& name);

  /// Makes view() at least `bytes` long, or as long as the rest of the file.
  [[nodiscard]] int fill(std::uint64_t bytes);
  /// Moves the window by `bytes`, or to the end of the file. Earlier views become invalid.
  [[nodiscard]] int skip(std::uint64_t bytes);

  /// The bytes from position() on that were read.
  [[nodiscard]] std::string_view view() const { return buffer_.view(); }
  [[nodiscard]] std::uint64_t position() const { return position_; }
  /// Bytes from position() to the end of the file.
  [[nodiscard]] std::uint64_t rest() const { return end_ - position_; }

 private:
  [[nodiscard]] int read_more(std::size_t bytes);

  const Directory* directory_ = nullptr;
  std::unique_ptr<ReadFile> file_;
  Buffer buffer_;
  std::uint64_t position_ = 0;
  std::uint64_t end_ = 0;
};

}  // namespace seshdb::engine
