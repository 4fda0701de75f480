// The lines of a save (docs/saves.md): a first one that says what follows, one for each session, a
// last one with counts and a checksum. Text only: no files, no compression, no store is changed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/buffer.h"
#include "json/outline.h"
#include "store/store.h"

namespace seshdb::save {

inline constexpr std::uint32_t kFormat = 1;
/// A longer line is neither written nor read.
inline constexpr std::size_t kLineBytesMax = std::size_t{1} << 30;

/// The first line.
struct Header {
  std::string name;
  std::uint64_t unix_ms = 0;  // when the save began
  std::uint32_t part = 0;
  std::uint32_t parts = 1;
};

/// A session's line.
struct SavedSession {
  std::uint64_t token = 0;
  bool shared = false;
  std::string name;  // of a shared one
  store::Expiry expiry;
  std::string keys;  // a JSON object, compact
  std::uint64_t key_count = 0;
};

/// The last line.
struct End {
  store::Counts counts;
  std::uint64_t checksum = 0;  // of all that stands before this line
};

void append_header(const Header& header, Buffer& out);
/// `more` is called after each key, and may empty `out`. Returns the line's length.
std::size_t append_session(const store::Store& store, const store::Session& session, Buffer& out,
                           const std::function<void()>& more);
void append_end(const End& end, Buffer& out);

/// The token with which a line begins that `append_session` wrote; 0 for any other line.
[[nodiscard]] std::uint64_t token_at_begin(std::string_view line);

/// Reads lines that anybody may have written: what it gives may be stored as it is.
class Parser {
 public:
  /// Values nested deeper are refused.
  explicit Parser(std::uint32_t depth_max) : depth_max_(depth_max) {}

  enum class Kind : std::uint8_t { kHeader, kSession, kEnd, kFault };
  /// Reads one line, without its end; what came holds until the next call.
  [[nodiscard]] Kind parse(std::string_view line);

  [[nodiscard]] const Header& header() const { return header_; }
  [[nodiscard]] SavedSession& session() { return session_; }
  [[nodiscard]] const End& end() const { return end_; }
  /// What is wrong with the line.
  [[nodiscard]] const std::string& fault() const { return fault_; }

 private:
  Kind fail(std::string what);
  [[nodiscard]] bool compact(std::string_view line, std::string_view& text);
  Kind parse_header(std::string_view text);
  Kind parse_session(std::string_view text);
  Kind parse_end(std::string_view text);
  [[nodiscard]] bool parse_member(std::string_view name, std::string_view value);
  [[nodiscard]] bool parse_keys(std::string_view value);

  std::uint32_t depth_max_;
  json::Outline outline_;
  Buffer wrapped_;
  Buffer compact_;
  Header header_;
  SavedSession session_;
  End end_;
  std::string fault_;
};

}  // namespace seshdb::save
