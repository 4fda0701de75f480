// Walks once over the base, with the added members in a hash table. The nesting limit of values
// bounds the recursion, which goes only into objects that both sides have.
#include "json/merge.h"

#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "json/string.h"
#include "json/text.h"

namespace seshdb::json {

namespace {

struct Added {
  std::string_view name;
  std::string_view value;
  std::uint32_t extent;
  bool used = false;
};

void append_member(std::string_view name, bool& first, Buffer& out) {
  if (!first) {
    out.append(',');
  }
  first = false;
  out.append('"');
  out.append(name);
  out.append("\":");
}

// A text and where its containers end.
struct Side {
  std::string_view text;
  const Extents* extents;
  std::uint32_t extent;
};

void merge(const Side& base, const Side& added, Buffer& out) {
  std::vector<Added> additions;
  std::unordered_map<std::string, std::size_t, StringHash, std::equal_to<>> index;
  std::string scratch;
  for (Members members(added.text, added.extents, added.extent); members.more(); members.skip()) {
    index.emplace(decoded(members.name(), scratch), additions.size());
    additions.push_back({members.name(), members.value(), members.extent()});
  }
  bool first = true;
  out.append('{');
  for (Members members(base.text, base.extents, base.extent); members.more(); members.skip()) {
    const std::string_view value = members.value();
    append_member(members.name(), first, out);
    const auto found = index.find(decoded(members.name(), scratch));
    if (found == index.end()) {
      out.append(value);
      continue;
    }
    Added& addition = additions[found->second];
    addition.used = true;
    if (value.front() == '{' && addition.value.front() == '{') {
      merge({value, base.extents, members.extent()},
            {addition.value, added.extents, addition.extent}, out);
    } else {
      out.append(addition.value);
    }
  }
  for (const Added& addition : additions) {
    if (!addition.used) {
      append_member(addition.name, first, out);
      out.append(addition.value);
    }
  }
  out.append('}');
}

}  // namespace

void append_merged(std::string_view base, std::string_view added, Buffer& out) {
  const Extents base_extents(base);
  const Extents added_extents(added);
  merge({base, &base_extents, 0}, {added, &added_extents, 0}, out);
}

}  // namespace seshdb::json
