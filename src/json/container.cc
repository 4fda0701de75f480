// Chunks are numbered, and the numbers stand in order: a name leads to a number, which stays when
// other chunks come or go, an index to a place in the order.
#include "json/container.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "base/check.h"
#include "json/merge.h"
#include "json/string.h"

namespace seshdb::json {

namespace {

// What a chunk is made of at most, where it has several members; above the second size it is
// divided, below the third joined with a neighbour. So a chunk has about half a kilobyte or more on
// average, and a change never moves more than a few.
constexpr std::size_t kChunkBytes = 1'024;
constexpr std::size_t kChunkBytesMax = 2'048;
constexpr std::size_t kChunkBytesLeast = 256;
constexpr std::uint32_t kNone = UINT32_MAX;

std::string_view inside(std::string_view container) {
  return container.substr(1, container.size() - 2);
}

}  // namespace

Container::Container(std::string_view text, const Extents& extents, std::uint32_t extent,
                     Container* parent, std::uint32_t parent_chunk)
    : object_(text.front() == '{'),
      parent_chunk_(parent_chunk),
      parent_(parent),
      bytes_(text.size()) {
  const std::vector<Piece> pieces = pieces_of(text, extents, extent);
  std::size_t names = 0;
  for (const Piece& piece : pieces) {
    names += piece.count;
  }
  make_room(names);
  insert(0, pieces, extents, kNone);
}

void Container::append_to(Buffer& out) const {
  (void)out.reserve(bytes_);
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

// Ways down.

std::optional<Container::Place> Container::find(Pointer pointer) {
  for (Container* at = this;;) {
    std::string_view value;
    const std::optional<std::uint32_t> number = at->chunk_of(pointer.take(), value);
    if (!number) return std::nullopt;
    const Chunk& chunk = at->chunks_[*number];
    if (chunk.own && pointer.done()) {
      return Place{.container = at, .chunk = *number, .whole = true, .text = {}};
    }
    if (chunk.own && chunk.value.opened()) {
      at = &chunk.value.container();
      continue;
    }
    const std::optional<std::string_view> found =
        json::find(chunk.own ? chunk.value.text() : value, pointer);
    if (!found) return std::nullopt;
    return Place{.container = at, .chunk = *number, .whole = false, .text = *found};
  }
}

std::size_t Container::Place::bytes() const {
  return whole ? container->chunks_[chunk].value.bytes() : text.size();
}

void Container::Place::append_to(Buffer& out) const {
  if (whole) {
    container->chunks_[chunk].value.append_to(out);
  } else {
    out.append(text);
  }
}

// The chunk of the member that `token` names; where it is not alone there, `value` begins with its
// value.
std::optional<std::uint32_t> Container::chunk_of(std::string_view token, std::string_view& value) {
  if (!object_) {
    const std::optional<std::size_t> index = array_index(token);
    return index ? chunk_of_item(*index, value) : std::nullopt;
  }
  std::string scratch;
  return chunk_of_name(unescaped_token(token, scratch), value);
}

std::optional<std::uint32_t> Container::chunk_of_item(std::size_t index, std::string_view& value) {
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

std::optional<std::uint32_t> Container::chunk_of_name(std::string_view name,
                                                      std::string_view& value) {
  std::string scratch;
  std::uint32_t found = kNone;
  (void)names_.find(string_hash(name), [&](std::uint32_t number) {
    const Chunk& chunk = chunks_[number];
    if (chunk.own) {
      if (!spells(chunk.value.label(), name, scratch)) return false;
      found = number;
      return true;
    }
    const std::string_view text = chunk.value.text();
    for (Members members(text); members.more(); members.skip()) {
      if (spells(members.name(), name, scratch)) {
        value = text.substr(static_cast<std::size_t>(members.value_at() - text.data()));
        found = number;
        return true;
      }
    }
    return false;
  });
  return found == kNone ? std::nullopt : std::optional(found);
}

// Making chunks.

std::vector<Container::Piece> Container::pieces_of(std::string_view text, const Extents& extents,
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
    if (is_large(value) && name.size() <= Value::kLabelBytesMax) {
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

Value Container::make_value(const Piece& piece, const Extents& extents, std::uint32_t chunk) {
  if (piece.own) {
    return {piece.name, std::unique_ptr<Container>(
                            new Container(piece.text, extents, piece.extent, this, chunk))};
  }
  std::string text;
  text.reserve(piece.text.size() + 2);
  text += object_ ? '{' : '[';
  text += piece.text;
  text += object_ ? '}' : ']';
  return {{}, text};
}

std::uint32_t Container::new_chunk() {
  if (!unused_.empty()) {
    const std::uint32_t number = unused_.back();
    unused_.pop_back();
    return number;
  }
  chunks_.emplace_back();
  return static_cast<std::uint32_t>(chunks_.size() - 1);
}

// Puts a chunk for each piece at `position` of the order; their members stood in chunk `from`, or
// are new.
void Container::insert(std::size_t position, const std::vector<Piece>& pieces,
                       const Extents& extents, std::uint32_t from) {
  std::vector<std::uint32_t> numbers;
  for (const Piece& piece : pieces) {
    const std::uint32_t number = new_chunk();
    Value value = make_value(piece, extents, number);
    chunks_[number] = {.value = std::move(value), .count = piece.count, .own = piece.own};
    numbers.push_back(number);
    index_names(number, from);
  }
  order_.insert(order_.begin() + static_cast<std::ptrdiff_t>(position), numbers.begin(),
                numbers.end());
}

std::size_t Container::position_of(std::uint32_t chunk) const {
  const auto found = std::find(order_.begin(), order_.end(), chunk);
  SESHDB_CHECK(found != order_.end());
  return static_cast<std::size_t>(found - order_.begin());
}

// Changes.

void Container::replace(const Place& place, std::string_view text) {
  put(place, text);
  for (Container* at = place.container; at->parent_ != nullptr;) {
    Container* const parent = at->parent_;
    parent->close_if_small(at->parent_chunk_);
    at = parent;
  }
}

void Container::put(const Place& place, std::string_view text) {
  Container& home = *place.container;
  Value& value = home.chunks_[place.chunk].value;
  const std::size_t before = place.bytes();
  if (!place.whole) {
    value.replace_range(static_cast<std::size_t>(place.text.data() - value.text().data()), before,
                        text);
  } else if (is_large(text)) {
    value = Value(value.label(), std::unique_ptr<Container>(
                                     new Container(text, Extents(text), 0, &home, place.chunk)));
  } else {
    value.assign(text);
  }
  for (Container* at = &home; at != nullptr; at = at->parent_) {
    at->bytes_ += text.size() - before;
  }
  home.tidy(place.chunk);
}

// A container below that has become small is text again.
void Container::close_if_small(std::uint32_t number) {
  Value& value = chunks_[number].value;
  if (value.opened() && value.bytes() < kTextBytesMax / 4) {
    Buffer text;
    value.append_to(text);
    value.assign(text.view());
    tidy(number);
  }
}

// After a change of a chunk's size: into several, into a neighbour, or as it is.
void Container::tidy(std::uint32_t number) {
  const Chunk& chunk = chunks_[number];
  const std::size_t bytes = chunk.value.bytes();
  if (chunk.own) {
    if (!chunk.value.opened() && bytes < kChunkBytes) fold(number);
  } else if (chunk.count > 1 ? bytes > kChunkBytesMax : bytes > kTextBytesMax) {
    divide(number);
  } else if (bytes < kChunkBytesLeast) {
    join(number);
  }
}

void Container::divide(std::uint32_t number) {
  const std::string_view text = chunks_[number].value.text();
  const Extents extents(text);
  const std::vector<Piece> pieces = pieces_of(text, extents, 0);
  if (pieces.size() == 1 && !pieces.front().own) {
    return;  // one long string, say
  }
  const std::size_t position = position_of(number);
  const Chunk divided = std::exchange(chunks_[number], Chunk());
  order_.erase(order_.begin() + static_cast<std::ptrdiff_t>(position));
  insert(position, pieces, extents, number);
  unused_.push_back(number);
}

void Container::join(std::uint32_t number) {
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

// Takes the members of the chunk at `position`, which follows chunk `to`, over into that.
void Container::absorb(std::uint32_t to, std::size_t position) {
  const std::uint32_t from = order_[position];
  const Chunk ended = std::exchange(chunks_[from], Chunk());
  if (object_) {
    for_each_name(ended, [&](std::uint64_t hash) { names_.move(hash, from, to); });
  }
  append_members(to, inside(ended.value.text()), ended.count);
  order_.erase(order_.begin() + static_cast<std::ptrdiff_t>(position));
  unused_.push_back(from);
}

void Container::append_members(std::uint32_t number, std::string_view members,
                               std::uint32_t count) {
  Chunk& chunk = chunks_[number];
  std::string text(",");
  text += members;
  chunk.value.replace_range(chunk.value.bytes() - 1, 0, text);
  chunk.count += count;
}

// A member that has become small leaves its own chunk for one of text.
void Container::fold(std::uint32_t number) {
  Chunk& chunk = chunks_[number];
  std::string text(1, object_ ? '{' : '[');
  if (object_) {
    text.append("\"").append(chunk.value.label()).append("\":");
  }
  text.append(chunk.value.text()).append(1, object_ ? '}' : ']');
  chunk = {.value = Value({}, text), .count = 1, .own = false};
  join(number);
}

// Growth at the end.

void Container::append(std::string_view added) { append(added, Extents(added), 0); }

void Container::append(std::string_view added, const Extents& extents, std::uint32_t extent) {
  if (!object_) {
    add(added, extents, extent);
    return;
  }
  std::string fresh = "{";
  std::string scratch;
  for (Members members(added, &extents, extent); members.more(); members.skip()) {
    const std::string_view name = members.name();
    const std::string_view value = members.value();
    Place place{.container = this, .chunk = 0, .whole = false, .text = {}};
    std::string_view rest;
    const std::optional<std::uint32_t> number = chunk_of_name(decoded(name, scratch), rest);
    if (number) {
      place.chunk = *number;
      place.whole = chunks_[*number].own;
      if (!place.whole) {
        const char* const end = skip_value(rest.data(), rest.data() + rest.size());
        place.text = rest.substr(0, static_cast<std::size_t>(end - rest.data()));
      }
      merge(place, value, extents, members.extent());
      continue;
    }
    if (fresh.size() > 1) fresh += ',';
    fresh.append("\"").append(name).append("\":").append(value);
  }
  if (fresh.size() > 1) {
    fresh += '}';
    add(fresh, Extents(fresh), 0);
  }
}

// The value there becomes `value` or, where both are objects, what the two give together.
void Container::merge(const Place& place, std::string_view value, const Extents& extents,
                      std::uint32_t extent) {
  const Value& chunk = chunks_[place.chunk].value;
  const bool is_opened = place.whole && chunk.opened();
  const char first = is_opened     ? (chunk.container().is_object() ? '{' : '[')
                     : place.whole ? chunk.text().front()
                                   : place.text.front();
  if (first != '{' || value.front() != '{') {
    put(place, value);
  } else if (is_opened) {
    chunk.container().append(value, extents, extent);
    close_if_small(place.chunk);
  } else {
    Buffer merged;
    append_merged(place.whole ? chunk.text() : place.text, value, merged);
    put(place, merged.view());
  }
}

// New members at the end.
void Container::add(std::string_view added, const Extents& extents, std::uint32_t extent) {
  std::vector<Piece> pieces = pieces_of(added, extents, extent);
  if (pieces.empty()) return;
  std::size_t names = 0;
  for (const Piece& piece : pieces) {
    names += piece.count;
  }
  if (object_ && !names_.has_room(names)) make_room(names);
  for (Container* at = this; at != nullptr; at = at->parent_) {
    at->bytes_ += added.size() - 1;  // a comma for the brackets
  }
  const std::uint32_t last = order_.back();
  const Piece& first = pieces.front();
  if (!chunks_[last].own && !first.own &&
      chunks_[last].value.bytes() + first.text.size() < kChunkBytes) {
    const Chunk names_of = {.value = make_value(first, extents, last), .count = 0, .own = false};
    if (object_) {
      for_each_name(names_of, [&](std::uint64_t hash) { names_.insert(hash, last); });
    }
    append_members(last, first.text, first.count);
    pieces.erase(pieces.begin());
  }
  insert(order_.size(), pieces, extents, kNone);
}

// Names.

template <typename Visit>
void Container::for_each_name(const Chunk& chunk, Visit visit) const {
  std::string scratch;
  if (chunk.own) {
    visit(string_hash(decoded(chunk.value.label(), scratch)));
    return;
  }
  for (Members members(chunk.value.text()); members.more(); members.skip()) {
    visit(string_hash(decoded(members.name(), scratch)));
  }
}

void Container::index_names(std::uint32_t number, std::uint32_t from) {
  if (!object_) return;
  for_each_name(chunks_[number], [&](std::uint64_t hash) {
    if (from == kNone) {
      names_.insert(hash, number);
    } else {
      names_.move(hash, from, number);
    }
  });
}

// Room for so many names more; those that are there are put in anew.
void Container::make_room(std::size_t names) {
  if (!object_) return;
  for (const std::uint32_t number : order_) {
    names += chunks_[number].count;
  }
  names_.reset(names);
  for (const std::uint32_t number : order_) {
    index_names(number, kNone);
  }
}

}  // namespace seshdb::json
