// Which chunk of an opened object holds a name: a hash table of four bytes a name that keeps a few
// bits of each hash and no names. It answers with candidates; whoever asks compares the names.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace seshdb::json {

class NameIndex {
 public:
  /// Chunks are numbered below this.
  static constexpr std::uint32_t kChunksMax = (1U << 22U) - 1;

  /// The chunk for which `is_it(chunk)` is true, of those that may hold a name of this hash.
  template <typename IsIt>
  [[nodiscard]] std::optional<std::uint32_t> find(std::uint64_t hash, IsIt is_it) const {
    if (entries_.empty()) return std::nullopt;
    for (std::size_t at = home_of(hash); entries_[at] != 0; at = next(at)) {
      const std::uint32_t chunk = chunk_of(entries_[at]);
      if ((entries_[at] & kTagMask) == tag_of(hash) && is_it(chunk)) {
        return chunk;
      }
    }
    return std::nullopt;
  }

  /// Makes room for that many names, and forgets all.
  void reset(std::size_t names);
  /// Is there room for so many more?
  [[nodiscard]] bool has_room(std::size_t names) const;
  void insert(std::uint64_t hash, std::uint32_t chunk);
  /// A name of chunk `from` stands in chunk `to` now.
  void move(std::uint64_t hash, std::uint32_t from, std::uint32_t to);

 private:
  // An entry:  tag:10 chunk + 1:22;  0 is an empty one.
  static constexpr std::uint32_t kChunkMask = (1U << 22U) - 1;
  static constexpr std::uint32_t kTagMask = ~kChunkMask;

  static std::uint32_t tag_of(std::uint64_t hash) {
    return static_cast<std::uint32_t>(hash) & kTagMask;
  }
  static std::uint32_t chunk_of(std::uint32_t entry) { return (entry & kChunkMask) - 1; }
  // The upper half of the hash chooses the place; the tag is of the lower.
  [[nodiscard]] std::size_t home_of(std::uint64_t hash) const {
    return static_cast<std::size_t>((hash >> 32U) * entries_.size() >> 32U);
  }
  [[nodiscard]] std::size_t next(std::size_t at) const {
    return at + 1 == entries_.size() ? 0 : at + 1;
  }

  std::vector<std::uint32_t> entries_;
  std::size_t size_ = 0;
};

}  // namespace seshdb::json
