// A file read from its beginning to its end through a buffer that holds the part which is looked
// at. Never reads beyond the size the file had when it was opened.
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
  /// Gives 0 or an errno, as do the others. `directory` outlives it.
  [[nodiscard]] int open(Directory& directory, const std::string& name);

  /// Makes view() at least `bytes` long, or as long as the file goes on.
  [[nodiscard]] int fill(std::uint64_t bytes);
  /// Moves on by `bytes`, or to the end of the file. Views of earlier content end here.
  [[nodiscard]] int skip(std::uint64_t bytes);

  /// What is there of the file from position() on.
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
