// The skipping loops, 16 bytes at a time on x86-64.
#include "json/text.h"

#include <algorithm>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <bit>
#include <cstring>

#include "json/string.h"

namespace seshdb::json {

namespace {

bool is_structural(char c) {
  const char lower = static_cast<char>(c | 0x20);  // [ and { differ in this bit, ] and } too
  return c == '"' || lower == '{' || lower == '}';
}

// The first quote or bracket in [at, end), or `end`.
const char* find_structural(const char* at, const char* end) {
#ifdef __SSE2__
  const __m128i quote = _mm_set1_epi8('"');
  const __m128i bit = _mm_set1_epi8(0x20);
  const __m128i open = _mm_set1_epi8('{');
  const __m128i close = _mm_set1_epi8('}');
  while (end - at >= 16) {
    __m128i block;
    std::memcpy(&block, at, sizeof(block));
    const __m128i lower = _mm_or_si128(block, bit);
    const __m128i hit =
        _mm_or_si128(_mm_cmpeq_epi8(block, quote),
                     _mm_or_si128(_mm_cmpeq_epi8(lower, open), _mm_cmpeq_epi8(lower, close)));
    const auto mask = static_cast<unsigned>(_mm_movemask_epi8(hit));
    if (mask != 0) {
      return at + std::countr_zero(mask);
    }
    at += 16;
  }
#endif
  while (at != end && !is_structural(*at)) {
    ++at;
  }
  return at;
}

const char* skip_container(const char* at, const char* end) {
  std::size_t open = 0;
  for (;;) {
    at = find_structural(at, end);
    if (*at == '"') {
      at = skip_string(at, end);
      continue;
    }
    const bool opens = *at == '{' || *at == '[';
    ++at;
    open += opens ? 1U : 0U;
    open -= opens ? 0U : 1U;
    if (open == 0) {
      return at;
    }
  }
}

}  // namespace

void Extents::read(std::string_view text) {
  extents_.clear();
  open_.clear();
  const char* const end = text.data() + text.size();
  for (const char* at = find_structural(text.data(), end); at != end;
       at = find_structural(at, end)) {
    const auto offset = static_cast<std::uint32_t>(at - text.data());
    if (*at == '"') {
      at = skip_string(at, end);
      continue;
    }
    if (*at == '{' || *at == '[') {
      open_.push_back(static_cast<std::uint32_t>(extents_.size()));
      extents_.push_back({.bytes = offset, .next = 0});
    } else {
      Extent& extent = extents_[open_.back()];
      extent.bytes = offset + 1 - extent.bytes;
      extent.next = static_cast<std::uint32_t>(extents_.size());
      open_.pop_back();
    }
    ++at;
  }
}

Kind kind_of(std::string_view text) {
  switch (text.front()) {
    case '{':
      return Kind::kObject;
    case '[':
      return Kind::kArray;
    case '"':
      return Kind::kString;
    case 't':
    case 'f':
      return Kind::kBool;
    case 'n':
      return Kind::kNull;
    default:
      return Kind::kNumber;
  }
}

const char* skip_string(const char* at, const char* end) {
  ++at;
  for (;;) {
    at = find_string_special(at, end);
    if (*at == '"') {
      return at + 1;
    }
    at += 2;
  }
}

std::uint32_t depth_of(std::string_view value) {
  if (!opens_container(value.front())) return 0;
  const char* const end = value.data() + value.size();
  std::uint32_t depth = 0;
  std::uint32_t deepest = 0;
  for (const char* at = value.data(); at != end;) {
    if (*at == '"') {
      at = skip_string(at, end);
      continue;
    }
    if (opens_container(*at)) deepest = std::max(deepest, ++depth);
    if (*at == '}' || *at == ']') --depth;
    ++at;
  }
  return deepest;
}

const char* skip_value(const char* at, const char* end) {
  switch (*at) {
    case '"':
      return skip_string(at, end);
    case '{':
    case '[':
      return skip_container(at, end);
    default:
      while (at != end && *at != ',' && *at != '}' && *at != ']') {
        ++at;
      }
      return at;
  }
}

}  // namespace seshdb::json
