// The skipping loops, 16 bytes at a time on x86-64.
#include "json/text.h"

#include <algorithm>
#include <array>
#include <string>

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

const char* find_member_one_by_one(std::string_view text, std::string_view name) {
  std::string scratch;
  for (Members members(text); members.more(); members.skip()) {
    if (spells(members.name(), name, scratch)) return members.value_at();
  }
  return nullptr;
}

#ifdef __SSE2__

// Of 64 bytes: bit i stands for byte i.
struct Marks {
  std::uint64_t quotes = 0;
  std::uint64_t backslashes = 0;
  std::uint64_t opens = 0;
  std::uint64_t closes = 0;
  std::uint64_t commas = 0;
};

constexpr std::ptrdiff_t kBlockBytes = 64;

// Of the bytes from `at` on; behind `end` there are none.
Marks marks_of(const char* at, const char* end) {
  std::array<char, kBlockBytes> last;
  const char* block = at;
  if (end - at < kBlockBytes) {
    last.fill('\0');
    std::memcpy(last.data(), at, static_cast<std::size_t>(end - at));
    block = last.data();
  }
  const auto equal = [](__m128i bytes, char c) {
    const __m128i hits = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c));
    return static_cast<std::uint64_t>(static_cast<unsigned>(_mm_movemask_epi8(hits)));
  };
  Marks marks;
  for (unsigned shift = 0; shift < kBlockBytes; shift += sizeof(__m128i)) {
    __m128i bytes;
    std::memcpy(&bytes, block + shift, sizeof(bytes));
    const __m128i lower = _mm_or_si128(bytes, _mm_set1_epi8(0x20));  // as in is_structural()
    marks.quotes |= equal(bytes, '"') << shift;
    marks.backslashes |= equal(bytes, '\\') << shift;
    marks.opens |= equal(lower, '{') << shift;
    marks.closes |= equal(lower, '}') << shift;
    marks.commas |= equal(bytes, ',') << shift;
  }
  return marks;
}

// Bit i of the result: the parity of the bits up to i.
std::uint64_t prefix_parity(std::uint64_t bits) {
  for (unsigned shift = 1; shift < 64; shift *= 2) bits ^= bits << shift;
  return bits;
}

#endif

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

// Blocks of 64 bytes: strings are between two quotes, and names behind the commas that are in no
// string and one level deep (as in Langdale and Lemire, "Parsing Gigabytes of JSON per Second",
// 2019). A backslash may hide a quote: then member by member.
const char* find_member(std::string_view text, std::string_view name) {
#ifdef __SSE2__
  const char* const end = text.data() + text.size();
  const auto is_named = [&](const char* at) {
    return static_cast<std::size_t>(end - at) > name.size() + 2 && *at == '"' &&
           at[name.size() + 1] == '"' && std::memcmp(at + 1, name.data(), name.size()) == 0;
  };
  if (name.find_first_of("\"\\") == std::string_view::npos) {
    std::uint64_t in_string = 0;  // all bits, where the block begins in one
    std::size_t depth = 0;
    for (const char* base = text.data(); base < end; base += kBlockBytes) {
      const Marks marks = marks_of(base, end);
      if (marks.backslashes != 0) return find_member_one_by_one(text, name);
      const std::uint64_t strings = prefix_parity(marks.quotes) ^ in_string;
      in_string = 0 - (strings >> 63U);
      std::uint64_t events = (marks.opens | marks.closes | marks.commas) & ~strings;
      for (; events != 0; events &= events - 1) {
        const std::uint64_t bit = events & (0 - events);
        if ((marks.closes & bit) != 0) {
          if (--depth == 0) return nullptr;
          continue;
        }
        depth += (marks.opens & bit) != 0 ? 1U : 0U;
        const char* const at = base + std::countr_zero(events) + 1;
        if (depth == 1 && is_named(at)) return at + name.size() + 3;
      }
    }
    return nullptr;
  }
#endif
  return find_member_one_by_one(text, name);
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
