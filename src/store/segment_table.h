// A hash table that grows without a pause: extendible hashing (Fagin et al., 1979). A directory of
// pointers leads to segments of fixed size, each probed linearly; a full segment is split in two
// and a nearly empty pair is joined, so that no single insertion moves more than one segment.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/check.h"

namespace seshdb::store {

/// `Slot` is movable, empty when default-constructed, and has `bool empty() const` and
/// `std::uint64_t hash() const`. Pointers to slots hold until the next insertion or erasure.
template <typename Slot, std::size_t kSlots>
class SegmentTable {
  static_assert((kSlots & (kSlots - 1)) == 0 && kSlots >= 16);

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
    Segment& segment = *directory_[index_of(hash)];
    for (std::size_t at = home_of(hash); !segment.slots[at].empty(); at = (at + 1) & kMask) {
      if (segment.slots[at].hash() == hash && same(segment.slots[at])) {
        return &segment.slots[at];
      }
    }
    return nullptr;
  }

  /// Hints that a slot with this hash will be looked for soon.
  void prefetch(std::uint64_t hash) const {
    if (!directory_.empty()) {
      const Slot* const home = &directory_[index_of(hash)]->slots[home_of(hash)];
      __builtin_prefetch(home);
      __builtin_prefetch(home + 1);
    }
  }

  /// An empty slot for `hash`, which the caller fills at once.
  [[nodiscard]] Slot* insert(std::uint64_t hash) {
    if (directory_.empty()) {
      directory_.push_back(new Segment);
      full_depth_segments_ = 1;
    }
    while (directory_[index_of(hash)]->count == kFull) {
      split(index_of(hash));
    }
    ++size_;
    return place(*directory_[index_of(hash)], hash);
  }

  /// Empties `slot` and closes the gap behind it.
  void erase(Slot* slot) {
    const std::size_t index = index_of(slot->hash());
    Segment& segment = *directory_[index];
    std::size_t gap = static_cast<std::size_t>(slot - segment.slots.data());
    for (std::size_t at = (gap + 1) & kMask; !segment.slots[at].empty(); at = (at + 1) & kMask) {
      const std::size_t home = home_of(segment.slots[at].hash());
      if (((at - home) & kMask) >= ((at - gap) & kMask)) {
        segment.slots[gap] = std::move(segment.slots[at]);
        gap = at;
      }
    }
    segment.slots[gap] = Slot();
    --segment.count;
    --size_;
    if (segment.count <= kSparse) {
      join(index);
    }
  }

  template <typename Visit>
  void for_each(Visit visit) const {
    const Segment* last = nullptr;
    for (Segment* segment : directory_) {
      if (segment == last) continue;  // several directory entries lead to one segment, side by side
      last = segment;
      for (Slot& slot : segment->slots) {
        if (!slot.empty()) visit(slot);
      }
    }
  }

  /// Frees one segment of a table that is given up, after `visit` has seen its slots. Returns how
  /// many it held; the table is of no use but to be dropped further. REQUIRES: has_segments().
  template <typename Visit>
  std::size_t drop_segment(Visit visit) {
    Segment* const segment = directory_.back();
    while (!directory_.empty() && directory_.back() == segment) {
      directory_.pop_back();
    }
    for (Slot& slot : segment->slots) {
      if (!slot.empty()) visit(slot);
    }
    const std::size_t count = segment->count;
    size_ -= count;
    delete segment;
    return count;
  }
  [[nodiscard]] bool has_segments() const { return !directory_.empty(); }

 private:
  static constexpr std::size_t kMask = kSlots - 1;
  static constexpr std::uint32_t kFull = kSlots - kSlots / 8;  // probes stay short
  static constexpr std::uint32_t kSparse = kSlots / 8;
  static constexpr std::uint32_t kDepthMax = 40;

  struct Segment {
    std::uint32_t count = 0;
    std::uint32_t depth = 0;  // how many leading hash bits its slots share
    std::array<Slot, kSlots> slots;
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
  [[nodiscard]] static std::size_t home_of(std::uint64_t hash) {
    return static_cast<std::size_t>(hash) & kMask;
  }

  static Slot* place(Segment& segment, std::uint64_t hash) {
    std::size_t at = home_of(hash);
    while (!segment.slots[at].empty()) {
      at = (at + 1) & kMask;
    }
    ++segment.count;
    return &segment.slots[at];
  }

  // Makes every directory entry that leads to the segment of `index` at `depth` lead to `segment`.
  void lead_to(std::size_t index, std::uint32_t depth, Segment* segment) {
    const std::uint32_t free_bits = depth_ - depth;
    const std::size_t first = index >> free_bits << free_bits;
    for (std::size_t i = 0; i < (std::size_t{1} << free_bits); ++i) {
      directory_[first + i] = segment;
    }
  }

  void split(std::size_t index) {
    Segment* const low = directory_[index];
    SESHDB_CHECK(low->depth < kDepthMax);
    if (low->depth == depth_) {
      std::vector<Segment*> doubled;
      doubled.reserve(directory_.size() * 2);
      for (Segment* segment : directory_) {
        doubled.push_back(segment);
        doubled.push_back(segment);
      }
      directory_ = std::move(doubled);
      ++depth_;
      index *= 2;
      full_depth_segments_ = 0;
    }
    auto* const high = new Segment;
    std::array<Slot, kSlots> slots = std::move(low->slots);
    low->slots = {};
    low->count = 0;
    const std::uint32_t bit = 63U - low->depth;
    ++low->depth;
    high->depth = low->depth;
    for (Slot& slot : slots) {
      if (!slot.empty()) {
        Segment& to = (slot.hash() >> bit & 1U) != 0 ? *high : *low;
        *place(to, slot.hash()) = std::move(slot);
      }
    }
    const std::size_t half = std::size_t{1} << (depth_ - low->depth);
    lead_to(index & ~half, low->depth, low);
    lead_to(index | half, high->depth, high);
    full_depth_segments_ += low->depth == depth_ ? 2 : 0;
  }

  // Joins the segment of `index` with its sibling where both are sparse, and so on upwards.
  void join(std::size_t index) {
    for (;;) {
      Segment* const segment = directory_[index];
      if (segment->depth == 0) return;
      const std::size_t half = std::size_t{1} << (depth_ - segment->depth);
      Segment* const sibling = directory_[index ^ half];
      if (sibling->depth != segment->depth || sibling->count + segment->count > kSlots / 4) return;
      for (Slot& slot : sibling->slots) {
        if (!slot.empty()) {
          *place(*segment, slot.hash()) = std::move(slot);
        }
      }
      full_depth_segments_ -= segment->depth == depth_ ? 2 : 0;
      --segment->depth;
      delete sibling;
      lead_to(index, segment->depth, segment);
      if (full_depth_segments_ == 0) {
        halve();
        index /= 2;
      }
    }
  }

  void halve() {
    std::vector<Segment*> halved;
    halved.reserve(directory_.size() / 2);
    for (std::size_t i = 0; i < directory_.size(); i += 2) {
      halved.push_back(directory_[i]);
    }
    directory_ = std::move(halved);
    --depth_;
    full_depth_segments_ = 0;
    for (const Segment* segment : directory_) {
      full_depth_segments_ += segment->depth == depth_ ? 1 : 0;
    }
  }

  std::vector<Segment*> directory_;
  std::uint32_t depth_ = 0;
  std::size_t size_ = 0;
  std::size_t full_depth_segments_ = 0;  // those that one directory entry leads to
};

}  // namespace seshdb::store
