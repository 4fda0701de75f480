// A set of keys has one of three shapes: one, few or table. It grows from each to the next, and
// goes back only when it is empty.
#include "store/keys.h"

#include <algorithm>

namespace seshdb::store {

Keys::~Keys() = default;
Keys::Keys(Keys&& other) noexcept = default;
Keys& Keys::operator=(Keys&& other) noexcept = default;

std::size_t Keys::size() const {
  if (many_ == nullptr) {
    return one_.empty() ? 0 : 1;
  }
  return many_->few.size() + many_->table.size();
}

const json::Value* Keys::find(std::string_view name) const {
  if (many_ == nullptr) {
    return !one_.empty() && one_.label() == name ? &one_ : nullptr;
  }
  const std::uint64_t hash = json::string_hash(name);
  for (const Slot& slot : many_->few) {
    if (slot.name_hash == hash && slot.value.label() == name) {
      return &slot.value;
    }
  }
  const Slot* const found =
      many_->table.find(hash, [name](const Slot& slot) { return slot.value.label() == name; });
  return found == nullptr ? nullptr : &found->value;
}

void Keys::prefetch_slots(std::uint64_t name_hash) const {
  constexpr std::size_t kSlotsPerLine = 4;
  static_assert(kSlotsPerLine * sizeof(Slot) == 64);
  if (many_ == nullptr) return;
  for (std::size_t at = 0; at < many_->few.size(); at += kSlotsPerLine) {
    __builtin_prefetch(many_->few.data() + at);
  }
  many_->table.prefetch(name_hash);
}

// Compares hashes only, so it may prefetch another key's value. A hint may be wrong.
void Keys::prefetch_value(std::uint64_t name_hash) const {
  if (many_ == nullptr) return;
  for (const Slot& slot : many_->few) {
    if (slot.name_hash == name_hash) {
      slot.value.prefetch();
      return;
    }
  }
  if (const Slot* const slot = many_->table.find(name_hash, [](const Slot&) { return true; });
      slot != nullptr) {
    slot->value.prefetch();
  }
}

void Keys::insert(json::Value value) {
  if (many_ == nullptr && one_.empty()) {
    one_ = std::move(value);
    return;
  }
  if (many_ == nullptr) {
    many_ = std::make_unique<Many>();
    many_->few.push_back({json::string_hash(one_.label()), std::move(one_)});
    one_ = json::Value();
  }
  Slot slot{json::string_hash(value.label()), std::move(value)};
  if (many_->table.size() == 0 && many_->few.size() < kFew) {
    many_->few.push_back(std::move(slot));
    return;
  }
  for (Slot& few : many_->few) {
    *many_->table.insert(few.name_hash) = std::move(few);
  }
  std::vector<Slot>().swap(many_->few);
  *many_->table.insert(slot.name_hash) = std::move(slot);
}

bool Keys::erase(std::string_view name) {
  if (many_ == nullptr) {
    if (find(name) == nullptr) return false;
    one_ = json::Value();
    return true;
  }
  const std::uint64_t hash = json::string_hash(name);
  const auto same = [name](const Slot& slot) { return slot.value.label() == name; };
  const auto few = std::find_if(many_->few.begin(), many_->few.end(), [&](const Slot& slot) {
    return slot.name_hash == hash && same(slot);
  });
  if (few != many_->few.end()) {
    std::swap(*few, many_->few.back());
    many_->few.pop_back();
  } else if (Slot* const found = many_->table.find(hash, same); found != nullptr) {
    many_->table.erase(found);
  } else {
    return false;
  }
  if (size() == 0) {
    many_.reset();
  }
  return true;
}

bool Keys::drop_some(std::size_t count) {
  if (many_ == nullptr) {
    one_ = json::Value();
    return true;
  }
  many_->few.clear();
  for (std::size_t dropped = 0; many_->table.has_segments() && dropped < count;) {
    dropped += 1 + many_->table.drop_segment([](Slot&) {});
  }
  return !many_->table.has_segments();
}

}  // namespace seshdb::store
