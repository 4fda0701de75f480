// The keys of one session: names with JSON values. A single key, the usual case, costs no more than
// its value. Up to kFew keys are in a vector, more in a table that grows without pauses.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "json/string.h"
#include "json/value.h"
#include "store/segment_table.h"

namespace seshdb::store {

class Keys {
 public:
  Keys() = default;
  ~Keys();
  Keys(Keys&& other) noexcept;
  Keys& operator=(Keys&& other) noexcept;
  Keys(const Keys&) = delete;
  Keys& operator=(const Keys&) = delete;

  [[nodiscard]] std::size_t size() const;
  /// The value of the key `name` (decoded), or null. Holds until the set of keys changes.
  [[nodiscard]] const json::Value* find(std::string_view name) const;
  [[nodiscard]] json::Value* find(std::string_view name) {
    return const_cast<json::Value*>(std::as_const(*this).find(name));
  }
  /// Hints that a find() follows soon. True: two more hints help, prefetch_slots and then
  /// prefetch_value, each once the memory that the hint before it fetched is cached.
  bool prefetch() const {
    if (many_ == nullptr) {
      one_.prefetch();
      return false;
    }
    __builtin_prefetch(many_.get());
    return true;
  }
  void prefetch_slots(std::uint64_t name_hash) const;
  void prefetch_value(std::uint64_t name_hash) const;
  /// Adds a key. REQUIRES: no key has that name.
  void insert(std::string_view name, std::string_view text) { insert(json::Value(name, text)); }
  /// The same under the value's label.
  void insert(json::Value value);
  /// Removes a key; false where none has that name.
  bool erase(std::string_view name);
  /// Calls `visit(const json::Value&)` for each, in no order.
  template <typename Visit>
  void for_each(Visit visit) const;

  /// Calls `visit(const json::Value&)` for some, and moves `hash` behind them (0: they were the
  /// last). A walk from 0 to 0 visits each once. REQUIRES: the set does not change meanwhile.
  template <typename Visit>
  void visit_some(std::uint64_t& hash, Visit visit) const;

  /// Frees about `count` values of a set that is not used any more; true when none is left.
  bool drop_some(std::size_t count);

 private:
  struct Slot {
    [[nodiscard]] bool empty() const { return value.empty(); }
    [[nodiscard]] std::uint64_t hash() const { return name_hash; }

    std::uint64_t name_hash = 0;
    json::Value value;
  };
  static constexpr std::size_t kTableSlots = 64;
  static constexpr std::size_t kFew = 32;

  // Either `few` or `table` is in use.
  struct Many {
    std::vector<Slot> few;
    SegmentTable<Slot, kTableSlots> table;
  };

  json::Value one_;             // the only key, or empty
  std::unique_ptr<Many> many_;  // set once there were two keys
};

template <typename Visit>
void Keys::for_each(Visit visit) const {
  if (!one_.empty()) {
    visit(one_);
  }
  if (many_ != nullptr) {
    for (const Slot& slot : many_->few) {
      visit(slot.value);
    }
    many_->table.for_each([&visit](const Slot& slot) { visit(slot.value); });
  }
}

template <typename Visit>
void Keys::visit_some(std::uint64_t& hash, Visit visit) const {
  if (many_ == nullptr || many_->table.size() == 0) {
    for_each(visit);
    hash = 0;
    return;
  }
  (void)many_->table.visit_some(hash, [&visit](const Slot& slot) {
    visit(slot.value);
    return true;
  });
}

}  // namespace seshdb::store
