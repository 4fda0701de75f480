// Reads parts of a save from an open file, plain or compressed, line by line, and holds them to
// what their first and last lines say. Bounded in memory by one line. Blocks; for a thread that
// may.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/buffer.h"
#include "save/checksum.h"
#include "save/lines.h"

struct ZSTD_DCtx_s;

namespace seshdb::save {

/// The lines of a file.
class LineReader {
 public:
  /// `fd` stays the caller's.
  explicit LineReader(int fd);
  ~LineReader();
  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;

  enum class Result : std::uint8_t { kLine, kNothing, kFault };
  /// The next line with its end ('\n'); holds until the next call. kNothing: there is none.
  [[nodiscard]] Result next(std::string_view& line);
  /// What was read of the file, in bytes, compressed as it is.
  [[nodiscard]] std::uint64_t bytes_read() const { return bytes_read_; }
  [[nodiscard]] const std::string& fault() const { return fault_; }

 private:
  struct FreeContext {
    void operator()(ZSTD_DCtx_s* context) const;
  };
  // Adds to lines_; false at the end of the file or after a fault.
  [[nodiscard]] bool fill();
  [[nodiscard]] bool read_block();
  [[nodiscard]] bool decompress();

  const int fd_;
  std::unique_ptr<ZSTD_DCtx_s, FreeContext> context_;
  bool begun_ = false;
  bool compressed_ = false;
  bool inside_frame_ = false;
  std::uint64_t bytes_read_ = 0;
  Buffer block_;  // read, not decompressed yet
  Buffer lines_;
  std::size_t line_bytes_ = 0;  // of the last line given
  std::size_t searched_ = 0;    // so much of lines_ has no line's end
  std::string fault_;
};

/// The sessions of one part after the other.
class PartReader {
 public:
  PartReader(int fd, std::uint32_t depth_max) : lines_(fd), parser_(depth_max) {}

  /// Sessions for which this is false need not be given, nor checked.
  void want(std::function<bool(std::uint64_t token)> wanted) { wanted_ = std::move(wanted); }

  enum class Result : std::uint8_t {
    kSession,  // session() is the next
    kEnd,      // the part's last line was read, and everything is as it says
    kNothing,  // the file ends behind a part's last line, or is empty
    kFault,    // fault() says what is wrong
  };
  [[nodiscard]] Result next();
  [[nodiscard]] SavedSession& session() { return parser_.session(); }
  /// Once a part has begun.
  [[nodiscard]] const Header& header() const { return parser_.header(); }
  [[nodiscard]] const std::string& fault() const { return fault_; }
  [[nodiscard]] std::uint64_t bytes_read() const { return lines_.bytes_read(); }

 private:
  Result fail(const std::string& what);
  Result end_part();

  LineReader lines_;
  Parser parser_;
  std::function<bool(std::uint64_t)> wanted_;
  Checksum checksum_;
  bool in_part_ = false;
  bool all_wanted_ = true;  // in this part, so far
  store::Counts counts_;
  std::uint64_t line_number_ = 0;
  std::string fault_;
};

}  // namespace seshdb::save
