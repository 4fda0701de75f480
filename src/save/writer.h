// Writes one part of a save into an open file: compresses, sums up, ends with the last line.
// Blocks; for a thread that may.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/buffer.h"
#include "save/checksum.h"
#include "save/lines.h"

struct ZSTD_CCtx_s;

namespace seshdb::save {

class Writer {
 public:
  enum class Form : std::uint8_t { kPlain, kZstd };

  /// `fd` stays the caller's.
  Writer(int fd, Form form);
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  /// Appends what begins with a header's line and then are sessions' lines, cut anywhere. After a
  /// fault nothing more is done.
  void append(std::string_view bytes);
  /// Appends the last line, and writes all that is still here.
  void end(const store::Counts& counts);
  /// Why it could not be written; empty where it could.
  [[nodiscard]] const std::string& fault() const { return fault_; }

 private:
  struct FreeContext {
    void operator()(ZSTD_CCtx_s* context) const;
  };
  void put(std::string_view bytes, bool last);
  void write_out(std::string_view bytes);

  const int fd_;
  std::unique_ptr<ZSTD_CCtx_s, FreeContext> context_;  // null: plain
  Buffer out_;
  Checksum checksum_;
  std::string fault_;
};

}  // namespace seshdb::save
