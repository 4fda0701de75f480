// A hash table that grows without a pause: extendible hashing (Fagin et al., 1979). A directory of
// pointers leads to small segments, each probed linearly. A full segment is moved to a larger one,
// and one of the largest size is split in two; a nearly empty pair is joined. So an insertion moves
// one segment at most, and most slots are in use at any size.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>
#include <vector>

#include "base/check.h"

namespace seshdb::store {

/// `Slot` is movable, empty when default-constructed, and has `bool empty() const` and
/// `std::uint64_t hash() const`. Pointers to slots hold until the next insertion or erasure.
template <typename Slot, std::size_t kSlots>
class SegmentTable {
  static_assert(kSlots % 16 == 0);

 public:
  SegmentTable() = default;
  ~SegmentTable() {
    while (!directory_.empty()) {
      drop_segment([](Slot&) {});
    }
  }
  SegmentTable(SegmentTable&& other) noexcept { swap(other); }
  SegmentTable& operator=(SegmentTable&& other) noexcept {
    swap(other);
    return *this;
  }
  SegmentTable(const SegmentTable&) = delete;
  SegmentTable& operator=(const SegmentTable&) = delete;

  [[nodiscard]] std::size_t size() const { return size_; }

  /// The slot with this hash for which `same` is true, or null.
  template <typename Same>
  [[nodiscard]] Slot* find(std::uint64_t hash, Same same) const {
    if (directory_.empty()) {
      return nullptr;
    }
    const Segment segment = directory_[index_of(hash)];
    for (std::size_t at = segment.home_of(hash); !segment.slot(at).empty(); at = segment.next(at)) {
      if (segment.slot(at).hash() == hash && same(segment.slot(at))) {
        return &segment.slot(at);
      }
    }
    return nullptr;
  }

  /// Hints that a find() of this hash follows soon.
  void prefetch(std::uint64_t hash) const {
    if (!directory_.empty()) {
      const Segment segment = directory_[index_of(hash)];
      const Slot* const home = &segment.slot(segment.home_of(hash));
      __builtin_prefetch(home);
      __builtin_prefetch(home + 1);
    }
  }

  /// Returns an empty slot for `hash`. The caller fills it at once.
  [[nodiscard]] Slot* insert(std::uint64_t hash) {
    if (directory_.empty()) {
      directory_.push_back(Segment::make(0, 0));
      full_depth_segments_ = 1;
    }
    for (;;) {
      const std::size_t index = index_of(hash);
      const Segment segment = directory_[index];
      if (!segment.full()) {
        ++size_;
        return segment.place(hash);
      }
      if (segment.size() + 1 < kSizes.size()) {
        resize(index, segment.size() + 1);
      } else {
        split(index);
      }
    }
  }

  /// Empties `slot` and closes the gap behind it.
  void erase(Slot* slot) {
    const std::size_t index = index_of(slot->hash());
    const Segment segment = directory_[index];
    std::size_t gap = segment.number_of(slot);
    for (std::size_t at = segment.next(gap); !segment.slot(at).empty(); at = segment.next(at)) {
      const std::size_t home = segment.home_of(segment.slot(at).hash());
      if (segment.distance(home, at) >= segment.distance(gap, at)) {
        segment.slot(gap) = std::move(segment.slot(at));
        gap = at;
      }
    }
    segment.slot(gap) = Slot();
    --segment.head().count;
    --size_;
    if (segment.head().count <= kSparse) {
      join(index);
    } else if (segment.size() != 0 && segment.head().count < kSizes.at(segment.size() - 1) / 2) {
      resize(index, segment.size() - 1);
    }
  }

  template <typename Visit>
  void for_each(Visit visit) const {
    const void* last = nullptr;
    for (const Segment segment : directory_) {
      if (&segment.head() == last) continue;  // several entries lead to one segment, side by side
      last = &segment.head();
      for (std::size_t at = 0; at < segment.capacity(); ++at) {
        if (!segment.slot(at).empty()) visit(segment.slot(at));
      }
    }
  }

  /// Calls visit(Slot&) for the slots of the segment of `hash`. Returns false as soon as `visit`
  /// does; else moves `hash` behind the segment (0: it was the last) and returns true. A walk from
  /// 0 to 0 visits every slot that is there throughout, even with insertions and erasures between
  /// two calls.
  template <typename Visit>
  bool visit_some(std::uint64_t& hash, Visit visit) const {
    if (directory_.empty()) {
      hash = 0;
      return true;
    }
    const Segment segment = directory_[index_of(hash)];
    for (std::size_t at = 0; at < segment.capacity(); ++at) {
      if (!segment.slot(at).empty() && !visit(segment.slot(at))) return false;
    }
    const std::uint32_t depth = segment.head().depth;
    hash = depth == 0 ? 0 : ((hash >> (64U - depth)) + 1) << (64U - depth);
    return true;
  }

  /// Adds to `hashes` those of up to `most` slots, from `from` on, in their order; only slots for
  /// which `counts` is true.
  template <typename Counts>
  void list_if(std::uint64_t from, std::size_t most, std::vector<std::uint64_t>& hashes,
               Counts counts) const {
    const std::size_t enough = hashes.size() + most;
    std::uint64_t hash = from;
    do {  // the segments follow each other as their hashes do
      const auto before = static_cast<std::ptrdiff_t>(hashes.size());
      (void)visit_some(hash, [&](const Slot& slot) {
        if (slot.hash() >= from && counts(slot)) hashes.push_back(slot.hash());
        return true;
      });
      std::sort(hashes.begin() + before, hashes.end());
    } while (hash != 0 && hashes.size() < enough);
    hashes.resize(std::min(hashes.size(), enough));
  }
  void list(std::uint64_t from, std::size_t most, std::vector<std::uint64_t>& hashes) const {
    list_if(from, most, hashes, [](const Slot&) { return true; });
  }

  /// Calls visit(Slot&) for the slots of one segment and frees it. Returns how many it held. The
  /// table may only be dropped further afterwards. REQUIRES: has_segments().
  template <typename Visit>
  std::size_t drop_segment(Visit visit) {
    const Segment segment = directory_.back();
    while (!directory_.empty() && directory_.back() == segment) {
      directory_.pop_back();
    }
    for (std::size_t at = 0; at < segment.capacity(); ++at) {
      if (!segment.slot(at).empty()) visit(segment.slot(at));
    }
    const std::size_t count = segment.head().count;
    size_ -= count;
    segment.free();
    return count;
  }
  [[nodiscard]] bool has_segments() const { return !directory_.empty(); }

 private:
  // How many slots a segment may have.
  static constexpr std::array<std::uint32_t, 4> kSizes = {kSlots / 2, kSlots / 16 * 10,
                                                          kSlots / 16 * 13, kSlots};
  static constexpr std::uint32_t kSparse = kSlots / 8;
  static constexpr std::uint32_t kDepthMax = 40;

  // A segment's address, with its size (an index into kSizes) in the two lowest bits, so that a
  // slot's place is computed without a read of the segment.
  class Segment {
   public:
    struct Head {
      std::uint32_t count = 0;
      std::uint32_t depth = 0;  // how many leading hash bits its slots share
    };

    static Segment make(std::size_t size, std::uint32_t depth) {
      void* const memory = ::operator new(sizeof(Head) + kSizes.at(size) * sizeof(Slot));
      new (memory) Head{.count = 0, .depth = depth};
      Segment segment;
      segment.bits_ = reinterpret_cast<std::uintptr_t>(memory) | size;
      std::uninitialized_default_construct_n(&segment.slot(0), kSizes.at(size));
      return segment;
    }
    void free() const {
      std::destroy_n(&slot(0), capacity());
      ::operator delete(&head());
    }

    bool operator==(const Segment& other) const { return bits_ == other.bits_; }
    [[nodiscard]] Head& head() const { return *reinterpret_cast<Head*>(bits_ & ~kSizeMask); }
    [[nodiscard]] std::size_t size() const { return bits_ & kSizeMask; }
    [[nodiscard]] std::uint32_t capacity() const { return kSizes[size()]; }
    [[nodiscard]] bool full() const {  // an eighth stays empty: probes stay short
      return head().count >= capacity() - capacity() / 8;
    }
    [[nodiscard]] Slot& slot(std::size_t at) const {
      return reinterpret_cast<Slot*>(&head() + 1)[at];
    }
    [[nodiscard]] std::size_t number_of(const Slot* slot) const {
      return static_cast<std::size_t>(slot - &this->slot(0));
    }
    // The directory uses the upper bits of the hash, this the lower.
    [[nodiscard]] std::size_t home_of(std::uint64_t hash) const {
      return static_cast<std::size_t>((hash & UINT32_MAX) * capacity() >> 32U);
    }
    [[nodiscard]] std::size_t next(std::size_t at) const {
      return at + 1 == capacity() ? 0 : at + 1;
    }
    [[nodiscard]] std::size_t distance(std::size_t from, std::size_t to) const {
      return to >= from ? to - from : to + capacity() - from;
    }

    [[nodiscard]] Slot* place(std::uint64_t hash) const {
      std::size_t at = home_of(hash);
      while (!slot(at).empty()) {
        at = next(at);
      }
      ++head().count;
      return &slot(at);
    }
    // Moves each slot to the segment `target(hash)`.
    template <typename Target>
    void move_all(Target target) const {
      for (std::size_t at = 0; at < capacity(); ++at) {
        if (slot(at).empty()) continue;
        const std::uint64_t hash = slot(at).hash();
        *target(hash).place(hash) = std::move(slot(at));
      }
    }

   private:
    static constexpr std::uintptr_t kSizeMask = 3;
    static_assert(sizeof(Head) % alignof(Slot) == 0 && alignof(Slot) <= alignof(std::max_align_t));

    std::uintptr_t bits_ = 0;
  };

  void swap(SegmentTable& other) noexcept {
    std::swap(directory_, other.directory_);
    std::swap(depth_, other.depth_);
    std::swap(size_, other.size_);
    std::swap(full_depth_segments_, other.full_depth_segments_);
  }

  [[nodiscard]] std::size_t index_of(std::uint64_t hash) const {
    return depth_ == 0 ? 0 : static_cast<std::size_t>(hash >> (64U - depth_));
  }

  // Sets every directory entry with the first `depth` bits of `index` to `segment`.
  void lead_to(std::size_t index, std::uint32_t depth, Segment segment) {
    const std::uint32_t free_bits = depth_ - depth;
    const std::size_t first = index >> free_bits << free_bits;
    for (std::size_t i = 0; i < (std::size_t{1} << free_bits); ++i) {
      directory_[first + i] = segment;
    }
  }

  void resize(std::size_t index, std::size_t size) {
    const Segment old = directory_[index];
    const Segment resized = Segment::make(size, old.head().depth);
    old.move_all([resized](std::uint64_t) { return resized; });
    lead_to(index, old.head().depth, resized);
    old.free();
  }

  void split(std::size_t index) {
    const Segment old = directory_[index];
    const std::uint32_t depth = old.head().depth;
    SESHDB_CHECK(depth < kDepthMax);
    if (depth == depth_) {
      std::vector<Segment> doubled;
      doubled.reserve(directory_.size() * 2);
      for (const Segment segment : directory_) {
        doubled.push_back(segment);
        doubled.push_back(segment);
      }
      directory_ = std::move(doubled);
      ++depth_;
      index *= 2;
      full_depth_segments_ = 0;
    }
    std::size_t high_count = 0;
    const std::uint32_t bit = 63U - depth;
    for (std::size_t at = 0; at < old.capacity(); ++at) {
      high_count += old.slot(at).empty() ? 0U : old.slot(at).hash() >> bit & 1U;
    }
    const Segment low = Segment::make(size_for(old.head().count - high_count), depth + 1);
    const Segment high = Segment::make(size_for(high_count), depth + 1);
    old.move_all([&](std::uint64_t hash) { return (hash >> bit & 1U) != 0 ? high : low; });
    old.free();
    const std::size_t half = std::size_t{1} << (depth_ - depth - 1);
    lead_to(index & ~half, depth + 1, low);
    lead_to(index | half, depth + 1, high);
    full_depth_segments_ += depth + 1 == depth_ ? 2U : 0U;
  }

  // The least size with room for more than `count` slots.
  static std::size_t size_for(std::size_t count) {
    std::size_t size = 0;
    while (size + 1 < kSizes.size() && count >= kSizes.at(size) - kSizes.at(size) / 8) {
      ++size;
    }
    return size;
  }

  // Joins the segment of `index` with its sibling while both are sparse.
  void join(std::size_t index) {
    for (;;) {
      const Segment segment = directory_[index];
      const std::uint32_t depth = segment.head().depth;
      if (depth == 0) return;
      const std::size_t half = std::size_t{1} << (depth_ - depth);
      const Segment sibling = directory_[index ^ half];
      const std::size_t count = sibling.head().count + segment.head().count;
      if (sibling.head().depth != depth || count > kSlots / 4) return;
      const Segment joined = Segment::make(0, depth - 1);
      for (const Segment from : {segment, sibling}) {
        from.move_all([joined](std::uint64_t) { return joined; });
        from.free();
      }
      full_depth_segments_ -= depth == depth_ ? 2U : 0U;
      lead_to(index, depth - 1, joined);
      if (full_depth_segments_ == 0) {
        halve();
        index /= 2;
      }
    }
  }

  void halve() {
    SESHDB_CHECK(depth_ != 0 && directory_.size() == std::size_t{1} << depth_);
    std::vector<Segment> halved;
    halved.reserve(directory_.size() / 2);
    for (std::size_t i = 0; i < directory_.size(); i += 2) {
      halved.push_back(directory_[i]);
    }
    directory_ = std::move(halved);
    --depth_;
    full_depth_segments_ = 0;
    for (const Segment segment : directory_) {
      full_depth_segments_ += segment.head().depth == depth_ ? 1U : 0U;
    }
  }

  std::vector<Segment> directory_;
  std::uint32_t depth_ = 0;
  std::size_t size_ = 0;
  std::size_t full_depth_segments_ = 0;  // segments with one directory entry
};

}  // namespace seshdb::store
