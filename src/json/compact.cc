// Copies the runs between white space and superseded members.
#include "json/compact.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "json/outline.h"
#include "json/string.h"

namespace seshdb::json {

namespace {

// Copies [at, end) without white space outside strings.
void append_without_spaces(const char* at, const char* end, Buffer& out) {
  char* to = out.reserve(static_cast<std::size_t>(end - at));
  char* const from = to;
  while (at != end) {
    if (*at == '"') {
      const char* close = find_string_special(at + 1, end);
      while (*close != '"') {
        close = find_string_special(close + 2, end);
      }
      const auto bytes = static_cast<std::size_t>(close + 1 - at);
      std::memcpy(to, at, bytes);
      to += bytes;
      at = close + 1;
    } else {
      if (*at != ' ' && *at != '\n' && *at != '\r' && *at != '\t') {
        *to++ = *at;
      }
      ++at;
    }
  }
  out.commit(static_cast<std::size_t>(to - from));
}

}  // namespace

void append_compact(std::string_view text, bool has_duplicates, Buffer& out) {
  const char* at = text.data();
  const char* const end = at + text.size();
  if (has_duplicates) {
    Outline outline;
    (void)outline.read(text, UINT16_MAX);
    std::vector<Outline::Range> ranges(outline.superseded().begin(), outline.superseded().end());
    std::sort(ranges.begin(), ranges.end(),
              [](const auto& a, const auto& b) { return a.begin < b.begin; });
    for (const Outline::Range& range : ranges) {
      const char* const from = text.data() + range.begin;
      if (from < at) continue;  // inside a member that was left out
      append_without_spaces(at, from, out);
      at = text.data() + range.end;
      while (*at != ',') ++at;  // a superseded member is never the last of its object
      ++at;
    }
  }
  append_without_spaces(at, end, out);
}

}  // namespace seshdb::json
