// Linear probing; names are never removed.
#include "json/name_index.h"

#include "base/check.h"

namespace seshdb::json {

void NameIndex::reset(std::size_t names) {
  std::vector<std::uint32_t>(names + names / 6 + 8).swap(entries_);
  size_ = 0;
}

bool NameIndex::has_room(std::size_t names) const {
  return (size_ + names) * 8 <= entries_.size() * 7;
}

void NameIndex::insert(std::uint64_t hash, std::uint32_t chunk) {
  SESHDB_CHECK(has_room(1) && chunk < kChunksMax);
  std::size_t at = home_of(hash);
  while (entries_[at] != 0) {
    at = next(at);
  }
  entries_[at] = tag_of(hash) | (chunk + 1);
  ++size_;
}

// Several names of one chunk may have the same tag. Any of their entries will do, as find() checks
// them all.
void NameIndex::move(std::uint64_t hash, std::uint32_t from, std::uint32_t to) {
  const std::uint32_t wanted = tag_of(hash) | (from + 1);
  std::size_t at = home_of(hash);
  while (entries_[at] != wanted) {
    SESHDB_CHECK(entries_[at] != 0);
    at = next(at);
  }
  entries_[at] = tag_of(hash) | (to + 1);
}

}  // namespace seshdb::json
