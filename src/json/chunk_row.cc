// Chunks have numbers, and order_ lists the numbers in the order of the members. A name leads to a
// number, which does not change with other chunks; an array index leads to a place in order_.
#include "json/chunk_row.h"

#include <algorithm>

#include "base/check.h"
#include "json/pointer.h"
#include "json/string.h"

namespace seshdb::json {

void ChunkRow::append_to(Buffer& out) const {
  out.append(object_ ? '{' : '[');
  append_members_to(out);
  out.append(object_ ? '}' : ']');
}

void ChunkRow::append_members_to(Buffer& out) const {
  bool first = true;
  for (const std::uint32_t number : order_) {
    if (!first) out.append(',');
    first = false;
    append_chunk_to(chunks_[number], out);
  }
}

void ChunkRow::append_chunk_to(const Chunk& chunk, Buffer& out) const {
  if (!chunk.own) {
    out.append(inside(chunk.value.text()));
    return;
  }
  if (object_) {
    out.append('"');
    out.append(chunk.value.label());
    out.append("\":");
  }
  chunk.value.append_to(out);
}

std::size_t ChunkRow::count() const {
  std::size_t count = 0;
  for (const std::uint32_t number : order_) {
    count += chunks_[number].count;
  }
  return count;
}

// The spot before the member at `index`; behind the last chunk where there are not so many.
ChunkRow::Spot ChunkRow::spot_of(std::size_t index) const {
  std::size_t position = 0;
  for (; position < order_.size(); ++position) {
    const Chunk& chunk = in_order(position);
    if (index < chunk.count) break;
    index -= chunk.count;
  }
  return {.position = position, .offset = index};
}

std::optional<std::uint32_t> ChunkRow::find(std::string_view token, std::string_view& value) const {
  if (!object_) {
    const std::optional<std::size_t> index = array_index(token);
    return index ? find_item(*index, value) : std::nullopt;
  }
  std::string scratch;
  return find_name(unescaped_token(token, scratch), value);
}

std::optional<std::uint32_t> ChunkRow::find_item(std::size_t index, std::string_view& value) const {
  Spot spot = spot_of(index);
  if (spot.position == order_.size()) return std::nullopt;
  const std::uint32_t number = order_[spot.position];
  const Chunk& chunk = chunks_[number];
  if (!chunk.own) {
    const std::string_view text = chunk.value.text();
    Members items(text);
    for (; spot.offset != 0; --spot.offset) items.skip();
    value = text.substr(static_cast<std::size_t>(items.value_at() - text.data()));
  }
  return number;
}

std::optional<std::uint32_t> ChunkRow::find_name(std::string_view name,
                                                 std::string_view& value) const {
  std::string scratch;
  return names_.find(string_hash(name), [&](std::uint32_t number) {
    const Chunk& chunk = chunks_[number];
    if (chunk.own) {
      return spells(chunk.value.label(), name, scratch);
    }
    const std::string_view text = chunk.value.text();
    for (Members members(text); members.more(); members.skip()) {
      if (spells(members.name(), name, scratch)) {
        value = text.substr(static_cast<std::size_t>(members.value_at() - text.data()));
        return true;
      }
    }
    return false;
  });
}

std::optional<std::size_t> ChunkRow::index_of(std::string_view name) const {
  std::string_view rest;
  const std::optional<std::uint32_t> number = find_name(name, rest);
  if (!number) return std::nullopt;
  std::size_t index = 0;
  for (const std::uint32_t before : order_) {
    if (before == *number) break;
    index += chunks_[before].count;
  }
  const Chunk& chunk = chunks_[*number];
  if (chunk.own) return index;
  for (Members members(chunk.value.text()); members.value_at() != rest.data(); members.skip()) {
    ++index;
  }
  return index;
}

std::size_t ChunkRow::position_of(std::uint32_t chunk) const {
  const auto found = std::find(order_.begin(), order_.end(), chunk);
  SESHDB_CHECK(found != order_.end());
  return static_cast<std::size_t>(found - order_.begin());
}

std::uint32_t ChunkRow::new_chunk() {
  if (!unused_.empty()) {
    const std::uint32_t number = unused_.back();
    unused_.pop_back();
    return number;
  }
  chunks_.emplace_back();
  return static_cast<std::uint32_t>(chunks_.size() - 1);
}

// Makes the names of `chunk` lead to chunk `to`; kNone: they go. They led to chunk `from`; kNone:
// they are new.
void ChunkRow::index_names(const Chunk& chunk, std::uint32_t from, std::uint32_t to) {
  if (!object_) return;
  if (chunk.own) {
    std::string scratch;
    index_name(chunk.value.label(), from, to, scratch);
  } else {
    index_members(Members(chunk.value.text()), chunk.count, from, to);
  }
}

// The same for the next `count` members, and for one name.
void ChunkRow::index_members(Members members, std::size_t count, std::uint32_t from,
                             std::uint32_t to) {
  if (!object_) return;
  std::string scratch;
  for (; count != 0; --count, members.skip()) {
    index_name(members.name(), from, to, scratch);
  }
}

void ChunkRow::index_name(std::string_view raw, std::uint32_t from, std::uint32_t to,
                          std::string& scratch) {
  const std::uint64_t hash = string_hash(decoded(raw, scratch));
  if (from == kNone) {
    names_.insert(hash, to);
  } else if (to == kNone) {
    names_.remove(hash, from);
  } else {
    names_.move(hash, from, to);
  }
}

// Rebuilds the index with room for `names` more, and for a quarter of the present ones.
void ChunkRow::make_room(std::size_t names) {
  if (!object_) return;
  const std::size_t there = count();
  names_.reset(names + there + there / 4);
  for (const std::uint32_t number : order_) {
    index_names(chunks_[number], kNone, number);
  }
}

}  // namespace seshdb::json
