// JSON strings (RFC 8259, section 7): finding their end, reading and writing their escapes. "Raw"
// is the text between the quotes. "Decoded" is UTF-8 in which a lone surrogate escape becomes three
// bytes (WTF-8). So two raw texts are the same string exactly when they decode to the same bytes.
#pragma once

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "base/buffer.h"

namespace seshdb::json {

[[nodiscard]] const char* find_string_special_bytewise(const char* at, const char* end);

/// The first byte in [at, end) that is a quote, a backslash or a control character; `end` if none.
/// 16 bytes at a time on x86-64. Inline: most strings are so short that a call would cost as much.
[[nodiscard]] inline const char* find_string_special(const char* at, const char* end) {
#ifdef __SSE2__
  const __m128i quote = _mm_set1_epi8('"');
  const __m128i backslash = _mm_set1_epi8('\\');
  const __m128i control = _mm_set1_epi8(0x1F);
  while (end - at >= 16) {
    __m128i block;
    std::memcpy(&block, at, sizeof(block));
    const __m128i hit =
        _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(block, quote), _mm_cmpeq_epi8(block, backslash)),
                     _mm_cmpeq_epi8(_mm_min_epu8(block, control), block));
    const auto mask = static_cast<unsigned>(_mm_movemask_epi8(hit));
    if (mask != 0) return at + std::countr_zero(mask);
    at += 16;
  }
#endif
  return find_string_special_bytewise(at, end);
}

/// True where `raw` has an escape.
[[nodiscard]] bool has_escape(std::string_view raw);

/// The work of decoding `raw`, in steps of 64 bytes that are only scanned: escapes take longer.
[[nodiscard]] std::size_t decoding_steps(std::string_view raw);

/// Appends the decoded form of `raw` to `out`. REQUIRES: `raw` is the inside of a valid string.
void decode_string(std::string_view raw, std::string& out);

/// `raw` decoded: `raw` itself where it has no escape, else a view of `scratch`.
[[nodiscard]] std::string_view decoded(std::string_view raw, std::string& scratch);

/// Size of `raw` when decoded, in bytes.
[[nodiscard]] std::size_t decoded_bytes(std::string_view raw);

/// True where two raw texts decode to the same string.
[[nodiscard]] bool same_string(std::string_view raw_a, std::string_view raw_b);

/// True where `raw` decodes to `wanted`. Linear in `wanted`, however long `raw` is.
[[nodiscard]] bool spells(std::string_view raw, std::string_view wanted, std::string& scratch);

/// Hash of the decoded string (XXH3, 64 bits) with a random seed of this process, so that clients
/// cannot choose strings that collide.
[[nodiscard]] std::uint64_t string_hash(std::string_view decoded_text);

/// For hash tables of strings from outside; finds by string_view without a copy.
struct StringHash {
  using is_transparent = void;
  [[nodiscard]] std::size_t operator()(std::string_view decoded_text) const {
    return string_hash(decoded_text);
  }
};

/// Appends `text` (decoded) as a JSON string, quotes included.
void append_string(std::string_view text, Buffer& out);

}  // namespace seshdb::json
