// The lines of a save (docs/saves.md): a header, one line for each session, and a last line with
// counts and a checksum. Works on text only: no files, no compression, and it changes no store.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/buffer.h"
#include "base/result.h"
#include "json/outline.h"
#include "store/store.h"
#include "store/tokens.h"

namespace seshdb::save {

/// Format 1 has no `tags` and `former`. Format 3 has tokens of 128 bits; sessions of other tokens
/// are written as format 2. All three are read.
inline constexpr std::uint32_t kFormat = 3;
/// A longer line is an error when it is written or read.
inline constexpr std::size_t kLineBytesMax = std::size_t{1} << 30;

/// The first line.
struct Header {
  std::string name;
  std::uint64_t unix_ms = 0;  // the save's time: when it began
  std::uint32_t part = 0;
  std::uint32_t parts = 1;
  store::TokenBits token_bits = store::TokenBits::k64;
};

/// A session's line.
struct SavedSession {
  store::Token token;
  bool shared = false;
  std::string name;  // of a shared session
  store::Expiry expiry;
  std::vector<std::string> tags;      // sorted by bytes
  std::vector<std::uint64_t> former;  // lower halves of those it had before, the oldest first
  std::string keys;                   // a JSON object, compact
  std::uint64_t key_count = 0;
};

/// The last line.
struct End {
  store::Counts counts;
  std::uint64_t checksum = 0;  // of all lines before this one
};

void append_header(const Header& header, Buffer& out);
/// Calls `after_key` after each key; it may empty `out`. Returns the line's length.
std::size_t append_session(const store::Store& store, const store::Session& session, Buffer& out,
                           const std::function<void()>& after_key);
void append_end(const End& end, Buffer& out);

/// The lower half of the token at the beginning of a line that `append_session` wrote; 0 for any
/// other line.
[[nodiscard]] std::uint64_t token_at_begin(std::string_view line);

/// What is accepted of a save.
struct Terms {
  std::uint32_t depth_max;  // the deepest nesting of a value
  store::TokenBits token_bits = store::TokenBits::k64;
};

/// Reads lines from an untrusted source. What it accepts is valid to be stored.
class Parser {
 public:
  explicit Parser(const Terms& terms) : terms_(terms) {}

  enum class Kind : std::uint8_t { kHeader, kSession, kEnd };
  /// Reads one line, without its '\n'. The accessor of its kind is valid until the next call.
  [[nodiscard]] Result<Kind> parse(std::string_view line);

  [[nodiscard]] const Header& header() const { return header_; }
  [[nodiscard]] SavedSession& session() { return session_; }
  [[nodiscard]] const End& end() const { return end_; }

 private:
  // The JSON object in `line`, as compact text.
  [[nodiscard]] Result<std::string_view> compact(std::string_view line);
  [[nodiscard]] Result<Kind> parse_header(std::string_view text);
  [[nodiscard]] Result<Kind> parse_session(std::string_view text);
  [[nodiscard]] Result<Kind> parse_end(std::string_view text);
  // False if the member is not valid.
  [[nodiscard]] bool parse_member(std::string_view name, std::string_view value);
  [[nodiscard]] bool parse_keys(std::string_view value);

  const Terms terms_;
  json::Outline outline_;
  Buffer wrapped_;
  Buffer compact_;
  Header header_;
  SavedSession session_;
  End end_;
};

}  // namespace seshdb::save
