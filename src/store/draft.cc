// Changes of keys are an overlay, changes of large values have an undo.
#include "store/draft.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/check.h"
#include "base/limits.h"
#include "json/container.h"
#include "json/string.h"
#include "json/text.h"
#include "store/batch.h"

namespace seshdb::store {

namespace {

// More keys are found by their hashes.
constexpr std::size_t kFewKeys = 8;

// A copy of a value up to this size costs less than an undo of its changes.
bool is_small(const json::Value& value) { return value.bytes() <= json::Container::kTextBytesMax; }

json::Value copy_of(const json::Value& value) {
  Buffer text;
  value.append_to(text);
  return {value.label(), text.view()};
}

}  // namespace

Draft::~Draft() { take_back(); }

Draft::Key* Draft::known(std::string_view name) {
  if (places_.empty()) {
    const auto found = std::find_if(keys_.begin(), keys_.end(),
                                    [name](const Key& key) { return key.name == name; });
    return found == keys_.end() ? nullptr : &*found;
  }
  const auto [first, last] = places_.equal_range(json::string_hash(name));
  const auto found = std::find_if(
      first, last, [&](const auto& entry) { return keys_[entry.second].name == name; });
  return found == last ? nullptr : &keys_[found->second];
}

Draft::Key& Draft::at(std::string_view name) {
  if (Key* const key = known(name); key != nullptr) return *key;
  json::Value* const stored = cleared_ ? nullptr : session_.keys_.find(name);
  Key key;
  key.name = name;
  key.stored = stored;
  key.state = stored == nullptr ? Key::State::kGone : Key::State::kStored;
  keys_.push_back(std::move(key));
  if (keys_.size() > kFewKeys) {
    for (std::size_t i = places_.size(); i < keys_.size(); ++i) {
      places_.emplace(json::string_hash(keys_[i].name), i);
    }
  }
  return keys_.back();
}

json::Value* Draft::value_of(Key& key) {
  switch (key.state) {
    case Key::State::kStored:
      return key.stored;
    case Key::State::kOwn:
      return &key.own;
    case Key::State::kGone:
      break;
  }
  return nullptr;
}

bool Draft::can_open(const json::Value& value) {
  return !value.is_large_text() || steps_.take_bytes(value.bytes());
}

const json::Value* Draft::find(std::string_view name) {
  json::Value* const value = value_of(at(name));
  if (value == nullptr || !can_open(*value)) return nullptr;
  value->open_if_large();
  return value;
}

void Draft::append_to(Buffer& out) {
  out.append('{');
  bool first = true;
  const auto add = [&](std::string_view name, const json::Value& value) {
    if (!steps_.take_bytes(value.bytes())) return;
    if (!std::exchange(first, false)) out.append(',');
    json::append_string(name, out);
    out.append(':');
    value.append_to(out);
  };
  if (!cleared_) {
    session_.keys().for_each([&](const json::Value& value) {
      if (known(value.label()) == nullptr) add(value.label(), value);
    });
  }
  for (Key& key : keys_) {
    if (const json::Value* const value = value_of(key)) add(key.name, *value);
  }
  out.append('}');
}

Status Draft::check(std::uint32_t levels_above, std::string_view text) const {
  const std::uint32_t depth = json::depth_of(text);
  return depth != 0 && levels_above + depth > bounds_.depth ? Status::kOutOfBounds : Status::kOk;
}

bool Draft::has_room(std::size_t more, std::size_t less) const {
  const auto change = static_cast<std::int64_t>(more) - static_cast<std::int64_t>(less);
  return growth_ + change <= static_cast<std::int64_t>(bounds_.growth);
}

Status Draft::charge(std::size_t more, std::size_t less) {
  if (!has_room(more, less)) return Status::kValueSize;
  growth_ += static_cast<std::int64_t>(more) - static_cast<std::int64_t>(less);
  changed_ = true;
  return Status::kOk;
}

// The snapshot has to have the session as it was.
void Draft::begin() {
  if (!std::exchange(begun_, true)) store_.before_change(session_);
}

Status Draft::put(std::string_view name, std::string_view text) {
  if (name.size() > limits::kKeyNameBytesMax) return Status::kValueSize;
  if (const Status depth = check(0, text); depth != Status::kOk) return depth;
  Key& key = at(name);
  const json::Value* const before = value_of(key);
  const Status charged = before == nullptr ? charge(name.size() + text.size(), 0)
                                           : charge(text.size(), before->bytes());
  if (charged != Status::kOk) return charged;
  key.own = json::Value(name, text);
  key.state = Key::State::kOwn;
  return Status::kOk;
}

void Draft::remove(std::string_view name) {
  Key& key = at(name);
  const json::Value* const before = value_of(key);
  SESHDB_CHECK(before != nullptr);
  (void)charge(0, name.size() + before->bytes());
  key.own = json::Value();
  key.state = Key::State::kGone;
}

void Draft::clear() {
  take_back();
  std::size_t bytes = 0;
  session_.keys().for_each(
      [&bytes](const json::Value& value) { bytes += value.label().size() + value.bytes(); });
  keys_.clear();
  places_.clear();
  cleared_ = true;
  changed_ = true;
  growth_ = -static_cast<std::int64_t>(bytes);
}

json::Value& Draft::editable(Key& key) {
  if (key.state == Key::State::kOwn) return key.own;
  if (!is_last_ && is_small(*key.stored)) {
    key.own = copy_of(*key.stored);
    key.state = Key::State::kOwn;
    return key.own;
  }
  begin();
  key.in_place = true;
  return *key.stored;
}

Buffer* Draft::undo_of(const Key& key, json::Pointer pointer, std::size_t index, std::size_t added,
                       bool is_splice) {
  if (key.state == Key::State::kOwn || is_last_) return nullptr;
  undo_.push_back({.key = static_cast<std::size_t>(&key - keys_.data()),
                   .pointer = std::string(pointer.text()),
                   .index = index,
                   .removed = added,
                   .text = {},
                   .is_splice = is_splice});
  return &undo_.back().text;
}

Status Draft::replace(std::string_view name, json::Pointer pointer, std::string_view text) {
  Key& key = at(name);
  const json::Value* const before = value_of(key);
  if (before == nullptr) return Status::kPathNotExist;
  if (!can_open(*before)) return Status::kOutOfBounds;
  // What is replaced is measured only where it may matter.
  if (!has_room(text.size(), 0)) {
    const std::optional<json::View> found = json::View(*before).at(pointer);
    if (!found) return Status::kPathNotExist;
    if (!has_room(text.size(), found->bytes())) return Status::kValueSize;
  }
  json::Value& value = editable(key);
  const std::size_t bytes = value.bytes();
  Buffer* const undo = undo_of(key, pointer, 0, 0, false);
  const json::Edit edit{.pointer = pointer, .text = text, .depth = json::depth_of(text)};
  const Status status = value.replace(edit, bounds_.depth, undo);
  if (status == Status::kOk) return charge(value.bytes(), bytes);
  if (undo != nullptr) undo_.pop_back();
  return status;
}

Status Draft::insert(std::string_view name, json::Pointer parent, std::size_t index,
                     std::string_view member, std::string_view value) {
  Key& key = at(name);
  if (const Status depth = check(parent.steps() + 1, value); depth != Status::kOk) return depth;
  if (value_of(key)->bytes() + member.size() + 1 > limits::kValueBytesMax) {
    return Status::kValueSize;
  }
  if (const Status charged = charge(member.size() + 1, 0); charged != Status::kOk) return charged;
  json::Value& changed = editable(key);
  changed.splice({.parent = parent, .index = index, .removed = 0, .added = member},
                 undo_of(key, parent, index, 1, true));
  return Status::kOk;
}

void Draft::erase(std::string_view name, json::Pointer parent, std::size_t index,
                  std::size_t count) {
  Key& key = at(name);
  json::Value& value = editable(key);
  const std::size_t before = value.bytes();
  value.splice({.parent = parent, .index = index, .removed = count, .added = {}},
               undo_of(key, parent, index, 0, true));
  (void)charge(0, before - value.bytes());
}

void Draft::take_back() {
  for (; !undo_.empty(); undo_.pop_back()) {
    const Undo& undo = undo_.back();
    json::Value& value = *keys_[undo.key].stored;
    const json::Pointer pointer = *json::Pointer::parse(undo.pointer);
    if (undo.is_splice) {
      value.splice({.parent = pointer,
                    .index = undo.index,
                    .removed = undo.removed,
                    .added = undo.text.view()},
                   nullptr);
    } else {
      const json::Edit edit{.pointer = pointer, .text = undo.text.view(), .depth = 0};
      SESHDB_CHECK(value.replace(edit, UINT32_MAX, nullptr) == Status::kOk);
    }
  }
  for (Key& key : keys_) {
    if (std::exchange(key.in_place, false)) key.stored->close_if_small();
  }
}

void Draft::commit(std::span<const PatchOperation> effects) {
  if (!changed_) return;
  begin();
  undo_.clear();
  session_.revision_ = store_.revisions_.current();
  store_.tell_patch(session_, effects);
  if (cleared_) store_.drop_keys(session_);
  // Pointers to stored values hold until the set of keys changes.
  for (Key& key : keys_) {
    if (key.stored == nullptr) continue;
    if (key.state == Key::State::kOwn) *key.stored = std::move(key.own);
    if (std::exchange(key.in_place, false) && key.state == Key::State::kStored) {
      key.stored->close_if_small();
    }
  }
  for (Key& key : keys_) {
    if (key.stored != nullptr && key.state == Key::State::kGone) {
      (void)session_.keys_.erase(key.name);
      --store_.key_count_;
    } else if (key.stored == nullptr && key.state == Key::State::kOwn) {
      session_.keys_.insert(std::move(key.own));
      ++store_.key_count_;
    }
  }
}

}  // namespace seshdb::store
