// Finds the chunk of an opened object that holds a name: a hash table with four bytes per name,
// which stores a few bits of each hash and no names. The caller compares the names of the
// candidates.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace seshdb::json {

class NameIndex {
 public:
  /// Chunks are numbered below this.
  static constexpr std::uint32_t kChunksMax = (1U << 22U) - 2;

  /// Calls is_it(chunk) for the chunks that may hold a name of this hash, and returns the first for
  /// which it is true.
  template <typename IsIt>
  [[nodiscard]] std::optional<std::uint32_t> find(std::uint64_t hash, IsIt is_it) const {
    if (entries_.empty()) return std::nullopt;
    for (std::size_t at = home_of(hash); entries_[at] != 0; at = next(at)) {
      const std::uint32_t chunk = chunk_of(entries_[at]);
      if ((entries_[at] & kTagMask) == tag_of(hash) && entries_[at] != kGone && is_it(chunk)) {
        return chunk;
      }
    }
    return std::nullopt;
  }

  /// Removes all names, and makes room for `names`.
  void reset(std::size_t names);
  /// True where there is room for `names` more. Names that were removed may still take room, until
  /// the next reset.
  [[nodiscard]] bool has_room(std::size_t names) const;
  /// True where a reset with the names that are left would free much of the memory.
  [[nodiscard]] bool is_sparse() const;
  /// REQUIRES: has_room(1); chunk < kChunksMax.
  void insert(std::uint64_t hash, std::uint32_t chunk);
  /// Moves a name from chunk `from` to chunk `to`. REQUIRES: `from` has a name of this hash.
  void move(std::uint64_t hash, std::uint32_t from, std::uint32_t to);
  /// Removes a name from chunk `chunk`. REQUIRES: it has a name of this hash.
  void remove(std::uint64_t hash, std::uint32_t chunk);

 private:
  // An entry:  tag:10 chunk + 1:22;  0 is an empty one. An entry whose name was removed is kGone
  // where others may stand behind it: a search goes on there.
  static constexpr std::uint32_t kChunkMask = (1U << 22U) - 1;
  static constexpr std::uint32_t kTagMask = ~kChunkMask;
  static constexpr std::uint32_t kGone = kChunksMax + 1;
  static_assert(kGone == kChunkMask, "no chunk has this number");

  static std::uint32_t tag_of(std::uint64_t hash) {
    return static_cast<std::uint32_t>(hash) & kTagMask;
  }
  static std::uint32_t chunk_of(std::uint32_t entry) { return (entry & kChunkMask) - 1; }
  // The upper half of the hash gives the place, the lower half the tag.
  [[nodiscard]] std::size_t home_of(std::uint64_t hash) const {
    return static_cast<std::size_t>((hash >> 32U) * entries_.size() >> 32U);
  }
  [[nodiscard]] std::size_t next(std::size_t at) const {
    return at + 1 == entries_.size() ? 0 : at + 1;
  }
  [[nodiscard]] std::size_t place_of(std::uint64_t hash, std::uint32_t chunk) const;

  std::vector<std::uint32_t> entries_;
  std::size_t used_ = 0;   // entries that are not empty
  std::size_t names_ = 0;  // entries of names
};

}  // namespace seshdb::json
