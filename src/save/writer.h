// Writes one part of a save into an open file: compresses the lines, computes their checksum, and
// appends the last line. Blocks: never call it on a core's thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/buffer.h"
#include "base/result.h"
#include "save/checksum.h"
#include "save/lines.h"

struct ZSTD_CCtx_s;

namespace seshdb::save {

class Writer {
 public:
  enum class Form : std::uint8_t { kPlain, kZstd };

  /// The caller keeps and closes `fd`.
  Writer(int fd, Form form);
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  /// Appends the next bytes of the header's line and the sessions' lines; a line may be split
  /// between calls. After an error only the destructor may be called.
  [[nodiscard]] Result<void> append(std::string_view bytes);
  /// Appends the last line, and writes everything that is still buffered.
  [[nodiscard]] Result<void> end(const store::Counts& counts);

 private:
  struct FreeContext {
    void operator()(ZSTD_CCtx_s* context) const;
  };
  [[nodiscard]] Result<void> compress(std::string_view bytes, bool last);
  [[nodiscard]] Result<void> write_out(std::string_view bytes) const;

  const int fd_;
  std::unique_ptr<ZSTD_CCtx_s, FreeContext> context_;  // null: plain
  Buffer out_;
  Checksum checksum_;
};

}  // namespace seshdb::save
