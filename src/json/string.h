// JSON strings (RFC 8259, section 7): finding their end, reading and writing their escapes.
// "raw" is what stands between the quotes; "decoded" is UTF-8 in which a lone surrogate escape is
// kept as its three bytes (WTF-8), so that two raw spellings are the same string exactly when they
// decode to the same bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/buffer.h"

namespace seshdb::json {

/// The first byte in [at, end) that is a quote, a backslash or a control character; `end` if none.
[[nodiscard]] const char* find_string_special(const char* at, const char* end);

/// True where `raw` spells some character with an escape.
[[nodiscard]] bool has_escape(std::string_view raw);

/// Appends the decoded form of `raw` to `out`. REQUIRES: `raw` is the inside of a valid string.
void decode_string(std::string_view raw, std::string& out);

/// `raw` decoded: `raw` itself where it has no escape, else a view of `scratch`.
[[nodiscard]] std::string_view decoded(std::string_view raw, std::string& scratch);

/// How many bytes `raw` has when decoded.
[[nodiscard]] std::size_t decoded_bytes(std::string_view raw);

/// Do two raw spellings mean the same string?
[[nodiscard]] bool same_string(std::string_view raw_a, std::string_view raw_b);

/// Does `raw` decode to `wanted`? In time that is in proportion to `wanted`, however long `raw` is.
[[nodiscard]] bool spells(std::string_view raw, std::string_view wanted, std::string& scratch);

/// Hash of the decoded string under a random seed of this process, so that nobody outside can
/// choose strings that collide (XXH3, 64 bits).
[[nodiscard]] std::uint64_t string_hash(std::string_view decoded_text);

/// For hash tables of strings that come from outside; finds by string_view without a copy.
struct StringHash {
  using is_transparent = void;
  [[nodiscard]] std::size_t operator()(std::string_view decoded_text) const {
    return string_hash(decoded_text);
  }
};

/// Appends `text` (decoded) as a JSON string, quotes included.
void append_string(std::string_view text, Buffer& out);

}  // namespace seshdb::json
