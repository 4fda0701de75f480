// A path's first token names the key, the rest points into its value.
#include "store/patch.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "json/comparison.h"
#include "json/container.h"
#include "json/decimal.h"
#include "json/merge.h"
#include "json/pointer.h"
#include "json/string.h"
#include "json/text.h"

namespace seshdb::store {

namespace {

using json::Pointer;
using json::View;
using Kind = PatchOperation::Kind;

// A path below the session itself.
struct Place {
  // REQUIRES: `path` is valid and not empty.
  explicit Place(std::string_view path) : below(*Pointer::parse(path)) {
    key = json::unescaped_token(below.take(), scratch);
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  std::string scratch;
  std::string_view key;
  Pointer below;  // in the key's value
};

// Where an array's token points: an index up to `count`, which is behind the last item.
std::optional<std::size_t> place_in_array(std::string_view token, std::size_t count) {
  if (token == "-") return count;
  const std::optional<std::size_t> index = json::array_index(token);
  return index && *index <= count ? index : std::nullopt;
}

// `value` inside the parents that `pointer` names: arrays for `-`, else objects.
std::string with_parents(Pointer pointer, std::string_view value) {
  Buffer text;
  std::string closing;
  std::string scratch;
  while (!pointer.done()) {
    const std::string_view token = pointer.take();
    const bool is_array = token == "-";
    text.append(is_array ? '[' : '{');
    closing += is_array ? ']' : '}';
    if (is_array) continue;
    json::append_string(json::unescaped_token(token, scratch), text);
    text.append(':');
  }
  text.append(value);
  std::reverse(closing.begin(), closing.end());
  return std::string(text.view()).append(closing);
}

}  // namespace

Status Patch::apply(const PatchOperation& operation, bool is_last) {
  const bool is_one_change = operation.kind != Kind::kMove && operation.kind != Kind::kMerge;
  draft_.set_last(is_last && is_one_change);
  is_effect_ = true;
  Status status = make(operation);
  if (draft_.steps().spent()) status = Status::kOutOfBounds;
  if (status != Status::kOk || !is_effect_) return status;
  effects_.push_back(operation);
  if (operation.kind == Kind::kIncrement) {
    effects_.back().kind = Kind::kSet;
    effects_.back().value = sums_.back();
  }
  return status;
}

Status Patch::make(const PatchOperation& operation) {
  switch (operation.kind) {
    case Kind::kAdd:
      return add(operation.path, operation.value);
    case Kind::kRemove:
      return remove(operation.path);
    case Kind::kReplace:
      return replace(operation.path, operation.value);
    case Kind::kMove:
      return move(operation);
    case Kind::kCopy:
      return copy(operation);
    case Kind::kTest:
      is_effect_ = false;
      return test(operation.path, operation.value);
    case Kind::kSet:
      return set(operation.path, operation.value);
    case Kind::kTrim:
      return trim(operation.path, operation.value);
    case Kind::kMerge:
      return merge(operation.path, operation.value);
    case Kind::kIncrement:
      return increment(operation);
  }
  return Status::kCommandSyntax;
}

// Of a path below the session.
std::optional<View> Patch::find(Pointer path) {
  const Place place(path.text());
  const json::Value* const value = draft_.find(place.key);
  return value == nullptr ? std::nullopt : View(*value).at(place.below);
}

Status Patch::insert(std::string_view key, Pointer parent, const View& above, std::size_t index,
                     std::string_view token, std::string_view value) {
  if (above.kind() == json::Kind::kArray) return draft_.insert(key, parent, index, value, value);
  std::string scratch;
  Buffer member;
  json::append_string(json::unescaped_token(token, scratch), member);
  member.append(':');
  member.append(value);
  return draft_.insert(key, parent, index, member.view(), value);
}

Status Patch::set_whole(std::string_view value) {
  if (value.front() != '{') return Status::kValueTypeInvalid;
  draft_.clear();
  std::string scratch;
  for (json::Members keys(value); keys.more(); keys.skip()) {
    const Status status = draft_.put(json::decoded(keys.name(), scratch), keys.value());
    if (status != Status::kOk) return status;
  }
  return Status::kOk;
}

Status Patch::add(std::string_view path, std::string_view value) {
  if (path.empty()) return set_whole(value);
  const Place place(path);
  if (place.below.done()) return draft_.put(place.key, value);
  const json::Value* const stored = draft_.find(place.key);
  if (stored == nullptr) return Status::kPathNotExist;
  const Pointer parent = place.below.parent();
  const std::string_view token = place.below.last();
  const std::optional<View> above = View(*stored).at(parent);
  if (!above || !above->is_container()) return Status::kPathNotExist;
  const std::size_t count = above->count();
  if (above->kind() == json::Kind::kArray) {
    const std::optional<std::size_t> index = place_in_array(token, count);
    if (!index) return Status::kPathNotExist;
    return insert(place.key, parent, *above, *index, token, value);
  }
  std::string scratch;
  const std::optional<View> there = above->member(json::unescaped_token(token, scratch));
  if (there) return draft_.replace(place.key, place.below, value);
  return insert(place.key, parent, *above, count, token, value);
}

Status Patch::remove(std::string_view path) {
  if (path.empty()) return Status::kCommandSyntax;
  const Place place(path);
  if (place.below.done()) {
    if (!draft_.has(place.key)) return Status::kPathNotExist;
    draft_.remove(place.key);
    return Status::kOk;
  }
  const json::Value* const stored = draft_.find(place.key);
  if (stored == nullptr) return Status::kPathNotExist;
  const Pointer parent = place.below.parent();
  const std::string_view token = place.below.last();
  const std::optional<View> above = View(*stored).at(parent);
  if (!above) return Status::kPathNotExist;
  std::string scratch;
  std::optional<std::size_t> index;
  if (above->kind() == json::Kind::kArray) {
    index = json::array_index(token);
    if (index && *index >= above->count()) index.reset();
  } else {
    index = above->index_of(json::unescaped_token(token, scratch));
  }
  if (!index) return Status::kPathNotExist;
  draft_.erase(place.key, parent, *index, 1);
  return Status::kOk;
}

Status Patch::replace(std::string_view path, std::string_view value) {
  if (path.empty()) return set_whole(value);
  const Place place(path);
  if (!place.below.done()) return draft_.replace(place.key, place.below, value);
  if (!draft_.has(place.key)) return Status::kPathNotExist;
  return draft_.put(place.key, value);
}

Status Patch::copy(const PatchOperation& operation) {
  if (operation.from.empty()) return Status::kCommandSyntax;
  const std::optional<View> source = find(*Pointer::parse(operation.from));
  if (!source) return Status::kPathNotExist;
  Buffer value;
  source->append_to(value);
  (void)draft_.steps().take_bytes(value.size());
  return add(operation.path, value.view());
}

Status Patch::move(const PatchOperation& operation) {
  const std::string_view from = operation.from;
  const std::string_view path = operation.path;
  if (from.empty()) return Status::kCommandSyntax;
  const std::optional<View> source = find(*Pointer::parse(from));
  if (!source) return Status::kPathNotExist;
  if (path == from) {
    is_effect_ = false;
    return Status::kOk;
  }
  const bool is_own_child =
      path.substr(0, from.size()) == from && path.substr(from.size(), 1) == "/";
  if (is_own_child) return Status::kPathNotExist;
  Buffer value;
  source->append_to(value);
  (void)draft_.steps().take_bytes(value.size());
  const Status removed = remove(from);
  return removed == Status::kOk ? add(path, value.view()) : removed;
}

Status Patch::test(std::string_view path, std::string_view value) {
  json::Steps steps;
  bool same = false;
  if (path.empty()) {
    Buffer whole;
    draft_.append_to(whole);
    same = json::same_value(View(whole.view()), View(value), steps);
  } else {
    const std::optional<View> there = find(*Pointer::parse(path));
    if (!there) return Status::kPathNotExist;
    same = json::same_value(*there, View(value), steps);
  }
  return same ? Status::kOk : Status::kTestFailed;
}

Status Patch::set(std::string_view path, std::string_view value) {
  if (path.empty()) return set_whole(value);
  const Place place(path);
  if (place.below.done()) return draft_.put(place.key, value);
  const json::Value* const stored = draft_.find(place.key);
  if (stored == nullptr) return draft_.put(place.key, with_parents(place.below, value));
  View at(*stored);
  std::string scratch;
  for (Pointer left = place.below; !left.done();) {
    const Pointer here = left;
    const std::string_view token = left.take();
    const bool is_array = at.kind() == json::Kind::kArray;
    if (!at.is_container()) return Status::kPathNotExist;
    std::size_t index = 0;
    std::optional<View> next;
    if (is_array) {
      const std::optional<std::size_t> found = place_in_array(token, at.count());
      if (!found) return Status::kPathNotExist;
      index = *found;
      next = at.item(index);
    } else {
      next = at.member(json::unescaped_token(token, scratch));
    }
    if (!next) {
      const std::string_view below = place.below.text();
      const Pointer parent = *Pointer::parse(below.substr(0, below.size() - here.text().size()));
      return insert(place.key, parent, at, is_array ? index : at.count(), token,
                    with_parents(left, value));
    }
    at = *next;
  }
  return draft_.replace(place.key, place.below, value);
}

Status Patch::increment(const PatchOperation& operation) {
  if (operation.path.empty()) return Status::kValueTypeInvalid;
  const auto is_number = [](const View& view) { return view.kind() == json::Kind::kNumber; };
  if (!is_number(View(operation.value))) return Status::kValueTypeInvalid;
  const std::optional<View> there = find(*Pointer::parse(operation.path));
  if (there && !is_number(*there)) return Status::kValueTypeInvalid;
  std::optional<std::string> sum = json::add(there ? there->text() : "0", operation.value);
  if (!sum) return Status::kOutOfBounds;
  sums_.push_back(*std::move(sum));
  return set(operation.path, sums_.back());
}

Status Patch::trim(std::string_view path, std::string_view count) {
  const bool is_whole = json::kind_of(count) == json::Kind::kNumber && json::is_whole(count);
  if (path.empty() || !is_whole) return Status::kValueTypeInvalid;
  const Place place(path);
  const json::Value* const stored = draft_.find(place.key);
  const std::optional<View> array =
      stored == nullptr ? std::nullopt : View(*stored).at(place.below);
  if (!array) return Status::kPathNotExist;
  if (array->kind() != json::Kind::kArray) return Status::kValueTypeInvalid;
  const bool from_end = count.front() == '-';
  const std::size_t there = array->count();
  const std::size_t kept =
      json::whole_number(from_end ? count.substr(1) : count, there).value_or(there);
  if (kept == there) {
    is_effect_ = false;
    return Status::kOk;
  }
  draft_.erase(place.key, place.below, from_end ? 0 : kept, there - kept);
  return Status::kOk;
}

Status Patch::merge(std::string_view path, std::string_view value) {
  if (value == "null") {
    if (draft_.has(Place(path).key)) return remove(path);
    is_effect_ = false;
    return Status::kOk;
  }
  draft_.note_change();  // merging {} is one
  const json::Extents extents(value);
  return merge_below(std::string(path), value, extents, 0);
}

// Recurses only into objects that the patch and an opened value both have.
Status Patch::merge_below(const std::string& path, std::string_view value,
                          const json::Extents& extents, std::uint32_t extent) {
  const std::optional<View> there = find(*Pointer::parse(path));
  if (value == "null") return there ? remove(path) : Status::kOk;
  if (value.front() != '{') return set(path, value);
  Buffer text;
  if (!there || there->kind() != json::Kind::kObject) {
    json::append_without_nulls(value, text);
    return set(path, text.view());
  }
  if (there->is_text()) {
    json::append_merge_patched(there->text(), value, text);
    return set(path, text.view());
  }
  std::string scratch;
  for (json::Members members(value, &extents, extent); members.more(); members.skip()) {
    std::string child = path + '/';
    json::append_token(json::decoded(members.name(), scratch), child);
    const Status status = merge_below(child, members.value(), extents, members.extent());
    if (status != Status::kOk) return status;
  }
  return Status::kOk;
}

Status patch_all(Store& store, Session& session, std::span<const PatchOperation> operations) {
  Patch patch(store, session, {});
  for (const PatchOperation& operation : operations) {
    const bool is_last = &operation == &operations.back();
    if (const Status status = patch.apply(operation, is_last); status != Status::kOk) return status;
  }
  patch.commit();
  return Status::kOk;
}

}  // namespace seshdb::store
