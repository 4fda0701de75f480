// What goes is cut from the text of a chunk, or goes with its chunk. What comes is put into the
// text of a chunk if it is small, else into new chunks. Only these chunks and their neighbours are
// read.
#include "json/chunks.h"

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <utility>

#include "base/check.h"
#include "json/container.h"

namespace seshdb::json {

Chunks::Chunks(Container& owner, std::string_view text, const Extents& extents,
               std::uint32_t extent)
    : ChunkRow(text.front() == '{'), owner_(owner) {
  const std::vector<Piece> pieces = pieces_of(text, extents, extent);
  make_room(members_of(pieces));
  chunks_.reserve(pieces.size());
  insert(0, pieces, extents, kNone);
}

bool Chunks::append(std::string_view added, const Extents& extents, std::uint32_t extent) {
  SESHDB_CHECK(!order_.empty());
  std::vector<Piece> pieces = pieces_of(added, extents, extent);
  if (pieces.empty()) return false;
  const std::size_t names = members_of(pieces);
  if (object_ && !names_.has_room(names)) make_room(names);
  const std::uint32_t last = order_.back();
  const Piece& first = pieces.front();
  if (!chunks_[last].own && !first.own &&
      chunks_[last].value.bytes() + first.text.size() < kChunkBytes) {
    index_members(Members(added, &extents, extent), first.count, kNone, last);
    append_members(last, first.text, first.count);
    pieces.erase(pieces.begin());
  }
  insert(order_.size(), pieces, extents, kNone);
  return true;
}

// A member counts with a comma here: then the size of the text is one more than that of its
// members.
std::size_t Chunks::splice(std::size_t index, std::size_t removed, std::string_view added,
                           Buffer* before) {
  const Spot at = spot_of(index);
  SESHDB_CHECK(at.position < order_.size() || at.offset == 0);
  const std::size_t gone = removed == 0 ? 0 : remove(at, removed, before);
  const std::size_t chunks = order_.size();
  if (!added.empty()) {
    add(at, added);
  }
  SESHDB_CHECK(!order_.empty());
  join_small_ones(at.position, order_.size() - std::min(chunks, order_.size()));
  free_unused();
  return (added.empty() ? 0 : added.size() + 1) - gone;
}

// Removes `count` members, of which the chunks that go are neighbours. Returns their size.
std::size_t Chunks::remove(const Spot& from, std::size_t count, Buffer* before) {
  std::size_t bytes = 0;
  std::size_t dropped = 0;
  std::size_t offset = from.offset;
  for (std::size_t position = from.position; count != 0; ++position) {
    SESHDB_CHECK(position < order_.size());
    if (before != nullptr && position != from.position) before->append(',');
    const std::uint32_t number = order_[position];
    const std::size_t there = chunks_[number].count;
    const std::size_t here = std::min(count, there - offset);
    if (here == there) {
      bytes += drop(number, before);
      ++dropped;
    } else {
      bytes += cut(number, offset, here, before);
    }
    count -= here;
    offset = 0;
  }
  const std::size_t first = from.position + (from.offset == 0 ? 0 : 1);
  const auto begin = order_.begin() + static_cast<std::ptrdiff_t>(first);
  order_.erase(begin, begin + static_cast<std::ptrdiff_t>(dropped));
  return bytes;
}

// Removes a chunk with its members, but not from the order. Returns their size.
std::size_t Chunks::drop(std::uint32_t number, Buffer* before) {
  const Chunk dropped = std::exchange(chunks_[number], Chunk());
  unused_.push_back(number);
  index_names(dropped, number, kNone);
  if (before != nullptr) append_chunk_to(dropped, *before);
  const std::size_t bytes = dropped.value.bytes();
  if (!dropped.own) return bytes - 1;
  return bytes + 1 + (object_ ? dropped.value.label().size() + 3 : 0);
}

// Removes some of a chunk's members, and not all. Returns their size.
std::size_t Chunks::cut(std::uint32_t number, std::size_t offset, std::size_t count,
                        Buffer* before) {
  Chunk& chunk = chunks_[number];
  const std::size_t bytes = chunk.value.bytes();
  if (object_) {
    Members members(chunk.value.text());
    for (std::size_t i = 0; i < offset; ++i) members.skip();
    index_members(members, count, number, kNone);
  }
  chunk.value.splice_text(chunk.value.text(), offset, count, {}, before);
  chunk.count -= static_cast<std::uint32_t>(count);
  return bytes - chunk.value.bytes();
}

void Chunks::add(Spot at, std::string_view members) {
  std::string text;
  text.reserve(members.size() + 2);
  text.append(1, object_ ? '{' : '[').append(members).append(1, object_ ? '}' : ']');
  const Extents extents(text);
  if (at.position == order_.size() && at.position != 0) {
    append(text, extents, 0);
    return;
  }
  const std::vector<Piece> pieces = pieces_of(text, extents, 0);
  const std::size_t count = members_of(pieces);
  if (object_ && !names_.has_room(count)) make_room(count);
  if (members.size() < kChunkBytes && find_text_chunk(at, members.size())) {
    const std::uint32_t number = order_[at.position];
    Chunk& chunk = chunks_[number];
    index_members(Members(text), count, kNone, number);
    chunk.value.splice_text(chunk.value.text(), at.offset, 0, members, nullptr);
    chunk.count += static_cast<std::uint32_t>(count);
    tidy(number);
    return;
  }
  if (at.offset != 0) {
    part(at);
    ++at.position;
  }
  insert(at.position, pieces, extents, kNone);
}

// Is there a chunk that can take so many bytes of text at that spot? Between two chunks either may.
// One long member has its chunk for itself: each addition would move it.
bool Chunks::find_text_chunk(Spot& at, std::size_t bytes) const {
  const auto takes = [&](const Chunk& chunk) {
    return !chunk.own && (chunk.count > 1 || chunk.value.bytes() + bytes <= kChunkBytesMax);
  };
  if (at.offset == 0 && at.position != 0 && takes(in_order(at.position - 1))) {
    --at.position;
    at.offset = in_order(at.position).count;
    return true;
  }
  return at.position < order_.size() && takes(in_order(at.position));
}

// Makes two chunks of one, so that the spot is between them.
void Chunks::part(const Spot& at) {
  const std::uint32_t number = order_[at.position];
  Chunk& chunk = chunks_[number];
  const std::size_t count = chunk.count - at.offset;
  if (count == 0) return;
  Buffer rest;
  chunk.value.splice_text(chunk.value.text(), at.offset, count, {}, &rest);
  chunk.count = static_cast<std::uint32_t>(at.offset);
  const Piece piece{
      .text = rest.view(), .name = {}, .extent = 0, .count = static_cast<std::uint32_t>(count)};
  insert(at.position + 1, {piece}, Extents(), number);
}

// Joins small chunks at both ends of the `count` chunks at `position` with their neighbours.
void Chunks::join_small_ones(std::size_t position, std::size_t count) {
  std::array<std::uint32_t, 6> numbers{};
  std::size_t there = 0;
  for (const std::size_t end : {position, position + count}) {
    for (std::size_t i = end - std::min<std::size_t>(end, 1); i < end + 2; ++i) {
      if (i < order_.size()) numbers[there++] = order_[i];
    }
  }
  for (std::size_t i = 0; i < there; ++i) {
    const Chunk& chunk = chunks_[numbers[i]];
    if (chunk.count != 0 && !chunk.own && chunk.value.bytes() < kChunkBytesLeast) {
      join(numbers[i]);
    }
  }
}

// Gives the chunks new numbers where most numbers are unused. Rebuilds the index where it is mostly
// empty. What is left after such a step must grow or shrink by a good part until the next.
void Chunks::free_unused() {
  constexpr std::size_t kNumbersLeast = 64;
  if (chunks_.size() > kNumbersLeast && order_.size() * 4 < chunks_.size()) {
    std::vector<Chunk> chunks;
    chunks.reserve(order_.size());
    for (std::uint32_t& number : order_) {
      chunks.push_back(std::move(chunks_[number]));
      number = static_cast<std::uint32_t>(chunks.size() - 1);
      const Value& value = chunks.back().value;
      if (value.opened()) value.container().parent_chunk_ = number;
    }
    chunks_.swap(chunks);
    order_.shrink_to_fit();
    std::vector<std::uint32_t>().swap(unused_);
    make_room(0);
  } else if (names_.is_sparse()) {
    make_room(0);
  }
}

void Chunks::tidy(std::uint32_t number) {
  const Chunk& chunk = chunks_[number];
  const std::size_t bytes = chunk.value.bytes();
  if (chunk.own) {
    if (chunk.value.opened()) return;
    if (bytes < kChunkBytes) {
      fold(number);
    } else if (Container::is_large(chunk.value.text())) {
      open(number, chunk.value.text());
    }
  } else if (chunk.count > 1 ? bytes > kChunkBytesMax : bytes > Container::kTextBytesMax) {
    divide(number);
  } else if (bytes < kChunkBytesLeast) {
    join(number);
  }
}

void Chunks::divide(std::uint32_t number) {
  const std::string_view text = chunks_[number].value.text();
  const Extents extents(text);
  const std::vector<Piece> pieces = pieces_of(text, extents, 0);
  if (pieces.size() == 1 && !pieces.front().own) {
    return;  // one long string, say
  }
  const std::size_t position = position_of(number);
  SESHDB_CHECK(members_of(pieces) == chunks_[number].count);  // else members would be lost
  const Chunk divided = std::exchange(chunks_[number], Chunk());
  order_.erase(order_.begin() + static_cast<std::ptrdiff_t>(position));
  insert(position, pieces, extents, number);
  unused_.push_back(number);
}

void Chunks::join(std::uint32_t number) {
  const std::size_t position = position_of(number);
  const auto fits = [this](std::size_t first) {
    if (first + 1 >= order_.size()) return false;
    const Chunk& a = chunks_[order_[first]];
    const Chunk& b = chunks_[order_[first + 1]];
    return !a.own && !b.own && a.value.bytes() + b.value.bytes() <= kChunkBytes;
  };
  if (fits(position)) {
    absorb(number, position + 1);
  } else if (position != 0 && fits(position - 1)) {
    absorb(order_[position - 1], position);
  }
}

// Moves the members of the chunk at `position` into chunk `to`, which precedes it.
void Chunks::absorb(std::uint32_t to, std::size_t position) {
  const std::uint32_t from = order_[position];
  const Chunk ended = std::exchange(chunks_[from], Chunk());
  index_names(ended, from, to);
  append_members(to, inside(ended.value.text()), ended.count);
  order_.erase(order_.begin() + static_cast<std::ptrdiff_t>(position));
  unused_.push_back(from);
}

void Chunks::append_members(std::uint32_t number, std::string_view members, std::uint32_t count) {
  Chunk& chunk = chunks_[number];
  std::string text(",");
  text += members;
  chunk.value.replace_range(chunk.value.bytes() - 1, 0, text);
  chunk.count += count;
}

// Turns the chunk of one member, which has become small, into a chunk of text.
void Chunks::fold(std::uint32_t number) {
  Chunk& chunk = chunks_[number];
  std::string text(1, object_ ? '{' : '[');
  if (object_) {
    text.append("\"").append(chunk.value.label()).append("\":");
  }
  text.append(chunk.value.text()).append(1, object_ ? '}' : ']');
  chunk = {.value = Value({}, text), .count = 1, .own = false};
  join(number);
}

void Chunks::open(std::uint32_t number, std::string_view text) {
  Value& value = chunks_[number].value;
  value = Value(value.label(),
                std::unique_ptr<Container>(new Container(text, Extents(text), 0, &owner_, number)));
}

// Inserts a chunk for each piece at `position` of the order. Their members were in chunk `from`;
// kNone: they are new.
void Chunks::insert(std::size_t position, const std::vector<Piece>& pieces, const Extents& extents,
                    std::uint32_t from) {
  std::vector<std::uint32_t> numbers;
  for (const Piece& piece : pieces) {
    const std::uint32_t number = new_chunk();
    Value value = make_value(piece, extents, number);
    chunks_[number] = {.value = std::move(value), .count = piece.count, .own = piece.own};
    numbers.push_back(number);
    index_names(chunks_[number], from, number);
  }
  order_.insert(order_.begin() + static_cast<std::ptrdiff_t>(position), numbers.begin(),
                numbers.end());
}

std::vector<Piece> Chunks::pieces_of(std::string_view text, const Extents& extents,
                                     std::uint32_t extent) {
  std::vector<Piece> pieces;
  const char* begin = nullptr;
  Piece run;
  const auto end_run = [&] {
    if (run.count != 0) pieces.push_back(run);
    run = Piece();
  };
  for (Members members(text, &extents, extent); members.more(); members.skip()) {
    const std::string_view value = members.value();
    const std::string_view name = members.name();
    if (Container::is_large(value) && name.size() <= Value::kLabelBytesMax) {
      end_run();
      pieces.push_back(
          {.text = value, .name = name, .extent = members.extent(), .count = 1, .own = true});
      continue;
    }
    const char* const end = value.data() + value.size();
    if (run.count != 0 && static_cast<std::size_t>(end - begin) > kChunkBytes) end_run();
    if (run.count == 0) begin = text.front() == '{' ? name.data() - 1 : value.data();
    run.text = {begin, static_cast<std::size_t>(end - begin)};
    ++run.count;
  }
  end_run();
  return pieces;
}

std::size_t Chunks::members_of(const std::vector<Piece>& pieces) {
  std::size_t members = 0;
  for (const Piece& piece : pieces) {
    members += piece.count;
  }
  return members;
}

Value Chunks::make_value(const Piece& piece, const Extents& extents, std::uint32_t chunk) {
  if (piece.own) {
    return {piece.name, std::unique_ptr<Container>(
                            new Container(piece.text, extents, piece.extent, &owner_, chunk))};
  }
  std::string text;
  text.reserve(piece.text.size() + 2);
  text += object_ ? '{' : '[';
  text += piece.text;
  text += object_ ? '}' : ']';
  return {{}, text};
}

}  // namespace seshdb::json
