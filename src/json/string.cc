// Reading and writing escapes.
#include "json/string.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/random.h"

#include <array>
#include <cstring>

namespace seshdb::json {

namespace {

constexpr unsigned kSpace = 0x20;
constexpr unsigned kHighSurrogate = 0xD800;
constexpr unsigned kLowSurrogate = 0xDC00;
constexpr unsigned kSurrogateEnd = 0xE000;

unsigned hex_digit(char c) {
  if (c <= '9') return static_cast<unsigned>(c - '0');
  return static_cast<unsigned>((c | 0x20) - 'a') + 10U;
}

unsigned hex4(const char* at) {
  return hex_digit(at[0]) << 12U | hex_digit(at[1]) << 8U | hex_digit(at[2]) << 4U |
         hex_digit(at[3]);
}

void append_utf8(unsigned code, std::string& out) {
  const auto put = [&out](unsigned byte) { out += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0U | code >> 6U);
    put(0x80U | (code & 0x3FU));
  } else if (code < 0x10000) {
    put(0xE0U | code >> 12U);
    put(0x80U | (code >> 6U & 0x3FU));
    put(0x80U | (code & 0x3FU));
  } else {
    put(0xF0U | code >> 18U);
    put(0x80U | (code >> 12U & 0x3FU));
    put(0x80U | (code >> 6U & 0x3FU));
    put(0x80U | (code & 0x3FU));
  }
}

// Reads the escape behind a backslash at `at`; returns the code point (or lone surrogate) and moves
// `at` past the escape.
unsigned read_escape(const char*& at, const char* end) {
  const char kind = at[1];
  at += 2;
  switch (kind) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'u':
      break;
    default:
      return static_cast<unsigned char>(kind);
  }
  unsigned code = hex4(at);
  at += 4;
  const bool high = code >= kHighSurrogate && code < kLowSurrogate;
  if (high && end - at >= 6 && at[0] == '\\' && at[1] == 'u') {
    const unsigned low = hex4(at + 2);
    if (low >= kLowSurrogate && low < kSurrogateEnd) {
      at += 6;
      code = 0x10000U + ((code - kHighSurrogate) << 10U) + (low - kLowSurrogate);
    }
  }
  return code;
}

std::uint64_t hash_seed() {
  static const std::uint64_t seed = [] {
    std::uint64_t number = 0;
    random_fill(&number, sizeof(number));
    return number;
  }();
  return seed;
}

}  // namespace

const char* find_string_special_bytewise(const char* at, const char* end) {
  while (at != end && *at != '"' && *at != '\\' && static_cast<unsigned char>(*at) >= kSpace) {
    ++at;
  }
  return at;
}

bool has_escape(std::string_view raw) {
  return !raw.empty() && std::memchr(raw.data(), '\\', raw.size()) != nullptr;
}

std::size_t decoding_steps(std::string_view raw) {
  constexpr std::size_t kPlainBytes = 64;
  constexpr std::size_t kEscapedBytes = 8;
  return raw.size() / (has_escape(raw) ? kEscapedBytes : kPlainBytes);
}

void decode_string(std::string_view raw, std::string& out) {
  const char* at = raw.data();
  const char* const end = at + raw.size();
  while (at != end) {
    const char* const special = find_string_special(at, end);
    out.append(at, special);
    at = special;
    if (at != end) {
      append_utf8(read_escape(at, end), out);
    }
  }
}

std::string_view decoded(std::string_view raw, std::string& scratch) {
  if (!has_escape(raw)) {
    return raw;
  }
  scratch.clear();
  decode_string(raw, scratch);
  return scratch;
}

std::size_t decoded_bytes(std::string_view raw) {
  std::string scratch;
  return decoded(raw, scratch).size();
}

bool same_string(std::string_view raw_a, std::string_view raw_b) {
  if (raw_a == raw_b) {
    return true;
  }
  if (!has_escape(raw_a) && !has_escape(raw_b)) {
    return false;
  }
  std::string scratch_a;
  std::string scratch_b;
  return decoded(raw_a, scratch_a) == decoded(raw_b, scratch_b);
}

bool spells(std::string_view raw, std::string_view wanted, std::string& scratch) {
  constexpr std::size_t kBytesMost = 6;  // per decoded byte, as \u0041
  if (raw.size() < wanted.size() || raw.size() > kBytesMost * wanted.size()) {
    return false;
  }
  if (!raw.empty() && raw.front() != wanted.front() && raw.front() != '\\') {
    return false;
  }
  return decoded(raw, scratch) == wanted;
}

std::uint64_t string_hash(std::string_view decoded_text) {
  return XXH3_64bits_withSeed(decoded_text.data(), decoded_text.size(), hash_seed());
}

void append_string(std::string_view text, Buffer& out) {
  static constexpr std::array<char, 16> kHex = {'0', '1', '2', '3', '4', '5', '6', '7',
                                                '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};
  out.append('"');
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool surrogate = byte == 0xED && static_cast<unsigned char>(text[i + 1]) >= 0xA0;
    if (surrogate) {
      const unsigned code = 0xD000U | (static_cast<unsigned char>(text[i + 1]) & 0x3FU) << 6U |
                            (static_cast<unsigned char>(text[i + 2]) & 0x3FU);
      out.append("\\u");
      for (const unsigned shift : {12U, 8U, 4U, 0U}) {
        out.append(kHex.at(code >> shift & 0xFU));
      }
      i += 2;
    } else if (byte == '"' || byte == '\\') {
      out.append('\\');
      out.append(text[i]);
    } else if (byte < kSpace) {
      out.append("\\u00");
      out.append(kHex.at(byte >> 4U));
      out.append(kHex.at(byte & 0xFU));
    } else {
      out.append(text[i]);
    }
  }
  out.append('"');
}

}  // namespace seshdb::json
