// Linear probing. An entry that is removed is marked, as the entries behind it cannot move up:
// their hashes are not kept.
#include "json/name_index.h"

#include "base/check.h"

namespace seshdb::json {

void NameIndex::reset(std::size_t names) {
  std::vector<std::uint32_t>(names + names / 6 + 8).swap(entries_);
  used_ = 0;
  names_ = 0;
}

bool NameIndex::has_room(std::size_t names) const {
  return (used_ + names) * 8 <= entries_.size() * 7;
}

bool NameIndex::is_sparse() const {
  constexpr std::size_t kEntriesLeast = 1'024;
  return entries_.size() > kEntriesLeast && names_ * 4 < entries_.size();
}

void NameIndex::insert(std::uint64_t hash, std::uint32_t chunk) {
  SESHDB_CHECK(has_room(1) && chunk < kChunksMax);
  std::size_t at = home_of(hash);
  while (entries_[at] != 0 && entries_[at] != kGone) {
    at = next(at);
  }
  used_ += entries_[at] == 0 ? 1U : 0U;
  ++names_;
  entries_[at] = tag_of(hash) | (chunk + 1);
}

// Several names of one chunk may have the same tag. Any of their entries will do, as find() checks
// them all.
std::size_t NameIndex::place_of(std::uint64_t hash, std::uint32_t chunk) const {
  const std::uint32_t wanted = tag_of(hash) | (chunk + 1);
  std::size_t at = home_of(hash);
  while (entries_[at] != wanted) {
    SESHDB_CHECK(entries_[at] != 0);
    at = next(at);
  }
  return at;
}

void NameIndex::move(std::uint64_t hash, std::uint32_t from, std::uint32_t to) {
  SESHDB_CHECK(to < kChunksMax);
  entries_[place_of(hash, from)] = tag_of(hash) | (to + 1);
}

// No search passes the last entries before an empty one, so those that are gone become empty.
void NameIndex::remove(std::uint64_t hash, std::uint32_t chunk) {
  std::size_t at = place_of(hash, chunk);
  entries_[at] = kGone;
  --names_;
  if (entries_[next(at)] != 0) return;
  while (entries_[at] == kGone) {
    entries_[at] = 0;
    --used_;
    at = at == 0 ? entries_.size() - 1 : at - 1;
  }
}

}  // namespace seshdb::json
