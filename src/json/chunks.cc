// Chunks have numbers, and order_ lists the numbers in the order of the members. A name leads to a
// number, which does not change with other chunks; an array index leads to a place in order_.
#include "json/chunks.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "base/check.h"
#include "json/container.h"
#include "json/pointer.h"
#include "json/string.h"

namespace seshdb::json {

namespace {

// A chunk above the first size is divided, one below the second is joined with a neighbour. So
// chunks have half a kilobyte or more on average, and a change moves a few kilobytes at most.
constexpr std::size_t kChunkBytesMax = 2'048;
constexpr std::size_t kChunkBytesLeast = 256;

std::size_t members_of(const std::vector<Piece>& pieces) {
  std::size_t members = 0;
  for (const Piece& piece : pieces) {
    members += piece.count;
  }
  return members;
}

}  // namespace

Chunks::Chunks(Container& owner, std::string_view text, const Extents& extents,
               std::uint32_t extent)
    : owner_(owner), object_(text.front() == '{') {
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
    const Chunk joined{.value = make_value(first, extents, last), .count = 0, .own = false};
    index_names(joined, kNone, last);
    append_members(last, first.text, first.count);
    pieces.erase(pieces.begin());
  }
  insert(order_.size(), pieces, extents, kNone);
  return true;
}

void Chunks::append_to(Buffer& out) const {
  out.append(object_ ? '{' : '[');
  bool first = true;
  for (const std::uint32_t number : order_) {
    if (!first) out.append(',');
    first = false;
    const Chunk& chunk = chunks_[number];
    if (!chunk.own) {
      out.append(inside(chunk.value.text()));
      continue;
    }
    if (object_) {
      out.append('"');
      out.append(chunk.value.label());
      out.append("\":");
    }
    chunk.value.append_to(out);
  }
  out.append(object_ ? '}' : ']');
}

std::optional<std::uint32_t> Chunks::find(std::string_view token, std::string_view& value) const {
  if (!object_) {
    const std::optional<std::size_t> index = array_index(token);
    return index ? find_item(*index, value) : std::nullopt;
  }
  std::string scratch;
  return find_name(unescaped_token(token, scratch), value);
}

std::optional<std::uint32_t> Chunks::find_item(std::size_t index, std::string_view& value) const {
  for (const std::uint32_t number : order_) {
    const Chunk& chunk = chunks_[number];
    if (index >= chunk.count) {
      index -= chunk.count;
      continue;
    }
    if (!chunk.own) {
      const std::string_view text = chunk.value.text();
      Members items(text);
      for (; index != 0; --index) items.skip();
      value = text.substr(static_cast<std::size_t>(items.value_at() - text.data()));
    }
    return number;
  }
  return std::nullopt;
}

std::optional<std::uint32_t> Chunks::find_name(std::string_view name,
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

void Chunks::tidy(std::uint32_t number) {
  const Chunk& chunk = chunks_[number];
  const std::size_t bytes = chunk.value.bytes();
  if (chunk.own) {
    if (!chunk.value.opened() && bytes < kChunkBytes) fold(number);
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

std::uint32_t Chunks::new_chunk() {
  if (!unused_.empty()) {
    const std::uint32_t number = unused_.back();
    unused_.pop_back();
    return number;
  }
  chunks_.emplace_back();
  return static_cast<std::uint32_t>(chunks_.size() - 1);
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

std::size_t Chunks::position_of(std::uint32_t chunk) const {
  const auto found = std::find(order_.begin(), order_.end(), chunk);
  SESHDB_CHECK(found != order_.end());
  return static_cast<std::size_t>(found - order_.begin());
}

// Makes the names of `chunk` lead to chunk `to`. They led to chunk `from`; kNone: they are new.
void Chunks::index_names(const Chunk& chunk, std::uint32_t from, std::uint32_t to) {
  if (!object_) return;
  std::string scratch;
  const auto one = [&](std::string_view name) {
    const std::uint64_t hash = string_hash(decoded(name, scratch));
    from == kNone ? names_.insert(hash, to) : names_.move(hash, from, to);
  };
  if (chunk.own) {
    one(chunk.value.label());
    return;
  }
  for (Members members(chunk.value.text()); members.more(); members.skip()) {
    one(members.name());
  }
}

// Rebuilds the index with room for `names` more, and for a quarter of the present ones.
void Chunks::make_room(std::size_t names) {
  if (!object_) return;
  std::size_t there = 0;
  for (const std::uint32_t number : order_) {
    there += chunks_[number].count;
  }
  names_.reset(names + there + there / 4);
  for (const std::uint32_t number : order_) {
    index_names(chunks_[number], kNone, number);
  }
}

}  // namespace seshdb::json
