// Walks once over the base, and looks each of its members up among the added ones. The nesting
// limit of values bounds the recursion, which goes only into objects that both sides have.
#include "json/merge.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>

#include <boost/container/small_vector.hpp>

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

// The added members, found by name. A few are compared one by one.
class Additions {
 public:
  explicit Additions(Members members) {
    for (; members.more(); members.skip()) {
      const std::size_t place = all_.size();
      all_.push_back({members.name(), members.value(), members.extent()});
      if (place == kFew) {
        for (std::size_t i = 0; i < place; ++i) index_.emplace(decoded(all_[i].name, scratch_), i);
      }
      if (place >= kFew) index_.emplace(decoded(members.name(), scratch_), place);
    }
  }

  /// `name` is raw.
  [[nodiscard]] Added* find(std::string_view name) {
    if (index_.empty()) {
      const auto found = std::find_if(all_.begin(), all_.end(), [name](const Added& added) {
        return same_string(added.name, name);
      });
      return found == all_.end() ? nullptr : &*found;
    }
    const auto found = index_.find(decoded(name, scratch_));
    return found == index_.end() ? nullptr : &all_[found->second];
  }
  [[nodiscard]] auto begin() const { return all_.begin(); }
  [[nodiscard]] auto end() const { return all_.end(); }

 private:
  static constexpr std::size_t kFew = 8;

  boost::container::small_vector<Added, kFew> all_;
  // By decoded name; empty while they are few.
  std::unordered_map<std::string, std::size_t, StringHash, std::equal_to<>> index_;
  std::string scratch_;
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

// The extents of a text, where it is large: the containers of a small one are scanned again at each
// level of it.
class OptionalExtents {
 public:
  explicit OptionalExtents(std::string_view text) {
    constexpr std::size_t kSmallBytes = 1024;
    if (text.size() > kSmallBytes) extents_.emplace(text);
  }
  [[nodiscard]] const Extents* get() const { return extents_ ? &*extents_ : nullptr; }

 private:
  std::optional<Extents> extents_;
};

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
  Additions additions(Members(added.text, added.extents, added.extent));
  const auto removes = [null](std::string_view value) {
    return null == Null::kRemoves && value == "null";
  };
  bool first = true;
  out.append('{');
  for (Members members(base.text, base.extents, base.extent); members.more(); members.skip()) {
    const std::string_view value = members.value();
    Added* const addition = additions.find(members.name());
    if (addition == nullptr) {
      append_member(members.name(), first, out);
      out.append(value);
      continue;
    }
    addition->used = true;
    if (removes(addition->value)) continue;
    append_member(members.name(), first, out);
    const Side above{addition->value, added.extents, addition->extent};
    if (value.front() == '{' && addition->value.front() == '{') {
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
  const OptionalExtents base_extents(base);
  const OptionalExtents added_extents(added);
  merge({base, base_extents.get(), 0}, {added, added_extents.get(), 0}, null, out);
}

}  // namespace

void append_merged(std::string_view base, std::string_view added, Buffer& out) {
  merge(base, added, Null::kIsAValue, out);
}

void append_merge_patched(std::string_view base, std::string_view patch, Buffer& out) {
  merge(base, patch, Null::kRemoves, out);
}

void append_without_nulls(std::string_view patch, Buffer& out) {
  const OptionalExtents extents(patch);
  append_stripped({patch, extents.get(), 0}, out);
}

}  // namespace seshdb::json
