// Walks once over the base, with the added members in a hash table. The nesting limit of values
// bounds the recursion, which goes only into objects that both sides have.
#include "json/merge.h"

#include <cstdint>
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

// What null does as a member of the second object.
enum class Null : std::uint8_t { kIsAValue, kRemoves };

void append_stripped(const Side& patch, Buffer& out) {
  if (patch.text.front() != '{') {
    out.append(patch.text);
    return;
  }
  bool first = true;
  out.append('{');
  for (Members members(patch.text, patch.extents, patch.extent); members.more(); members.skip()) {
    if (members.value() == "null") continue;
    append_member(members.name(), first, out);
    append_stripped({members.value(), patch.extents, members.extent()}, out);
  }
  out.append('}');
}

void append_value(const Side& value, Null null, Buffer& out) {
  null == Null::kRemoves ? append_stripped(value, out) : out.append(value.text);
}

void merge(const Side& base, const Side& added, Null null, Buffer& out) {
  std::vector<Added> additions;
  std::unordered_map<std::string, std::size_t, StringHash, std::equal_to<>> index;
  std::string scratch;
  const auto removes = [null](std::string_view value) {
    return null == Null::kRemoves && value == "null";
  };
  for (Members members(added.text, added.extents, added.extent); members.more(); members.skip()) {
    index.emplace(decoded(members.name(), scratch), additions.size());
    additions.push_back({members.name(), members.value(), members.extent()});
  }
  bool first = true;
  out.append('{');
  for (Members members(base.text, base.extents, base.extent); members.more(); members.skip()) {
    const std::string_view value = members.value();
    const auto found = index.find(decoded(members.name(), scratch));
    if (found == index.end()) {
      append_member(members.name(), first, out);
      out.append(value);
      continue;
    }
    Added& addition = additions[found->second];
    addition.used = true;
    if (removes(addition.value)) continue;
    append_member(members.name(), first, out);
    const Side above{addition.value, added.extents, addition.extent};
    if (value.front() == '{' && addition.value.front() == '{') {
      merge({value, base.extents, members.extent()}, above, null, out);
    } else {
      append_value(above, null, out);
    }
  }
  for (const Added& addition : additions) {
    if (addition.used || removes(addition.value)) continue;
    append_member(addition.name, first, out);
    append_value({addition.value, added.extents, addition.extent}, null, out);
  }
  out.append('}');
}

void merge(std::string_view base, std::string_view added, Null null, Buffer& out) {
  const Extents base_extents(base);
  const Extents added_extents(added);
  merge({base, &base_extents, 0}, {added, &added_extents, 0}, null, out);
}

}  // namespace

void append_merged(std::string_view base, std::string_view added, Buffer& out) {
  merge(base, added, Null::kIsAValue, out);
}

void append_merge_patched(std::string_view base, std::string_view patch, Buffer& out) {
  merge(base, patch, Null::kRemoves, out);
}

void append_without_nulls(std::string_view patch, Buffer& out) {
  const Extents extents(patch);
  append_stripped({patch, &extents, 0}, out);
}

}  // namespace seshdb::json
