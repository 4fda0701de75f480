// Reads parts of a save from an open file, plain or compressed, line by line, and checks them
// against their first and last lines. Keeps at most one line in memory. Blocks: never call it on a
// core's thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/buffer.h"
#include "base/result.h"
#include "save/checksum.h"
#include "save/lines.h"

struct ZSTD_DCtx_s;

namespace seshdb::save {

/// Reads the lines of a file.
class LineReader {
 public:
  /// The caller keeps and closes `fd`.
  explicit LineReader(int fd);
  ~LineReader();
  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;

  /// The next line with its '\n', valid until the next call. Nothing at the end of the file.
  [[nodiscard]] Result<std::optional<std::string_view>> next();

 private:
  struct FreeContext {
    void operator()(ZSTD_DCtx_s* context) const;
  };
  // These three add what they can to lines_ or block_. False at the end of the file.
  [[nodiscard]] Result<bool> fill();
  [[nodiscard]] Result<bool> read_block();
  [[nodiscard]] Result<bool> decompress();

  const int fd_;
  std::unique_ptr<ZSTD_DCtx_s, FreeContext> context_;
  bool begun_ = false;
  bool compressed_ = false;
  bool inside_frame_ = false;
  Buffer block_;  // read, not decompressed yet
  Buffer lines_;
  std::size_t line_bytes_ = 0;  // size of the line that next() returned last
  std::size_t searched_ = 0;    // this much of lines_ has no '\n'
};

/// Reads the sessions of one part after the other.
class PartReader {
 public:
  PartReader(int fd, const Terms& terms) : lines_(fd), parser_(terms) {}

  /// The reader may skip sessions for which `wanted` is false, without checking them.
  void want(std::function<bool(std::uint64_t token)> wanted) { wanted_ = std::move(wanted); }

  enum class Item : std::uint8_t {
    kSession,    // session() is the next one
    kEndOfPart,  // the part's last line was read, and its counts and checksum are right
    kEndOfFile,  // the file ends after a part's last line, or is empty
  };
  [[nodiscard]] Result<Item> next();
  [[nodiscard]] SavedSession& session() { return parser_.session(); }
  /// The header of the current part. REQUIRES: a part has begun.
  [[nodiscard]] const Header& header() const { return parser_.header(); }

 private:
  [[nodiscard]] tl::unexpected<std::string> fail_at_line(const std::string& what) const;
  [[nodiscard]] Result<Item> end_part();

  LineReader lines_;
  Parser parser_;
  std::function<bool(std::uint64_t)> wanted_;
  Checksum checksum_;
  bool in_part_ = false;
  bool all_wanted_ = true;  // no session of this part was skipped so far
  store::Counts counts_;
  std::uint64_t line_number_ = 0;
};

}  // namespace seshdb::save
