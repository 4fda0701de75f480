// Changes of an opened container, and what keeps its chunks of a good size.
#include <memory>
#include <string>
#include <utility>

#include "json/container.h"
#include "json/merge.h"
#include "json/string.h"

namespace seshdb::json {

namespace {

// Above the first size a chunk is divided, below the second joined with a neighbour. So a chunk has
// half a kilobyte or more on average, and a change never moves more than a few kilobytes.
constexpr std::size_t kChunkBytesMax = 2'048;
constexpr std::size_t kChunkBytesLeast = 256;

}  // namespace

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
  index_names(ended, from, to);
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
    const Chunk joined{.value = make_value(first, extents, last), .count = 0, .own = false};
    index_names(joined, kNone, last);
    append_members(last, first.text, first.count);
    pieces.erase(pieces.begin());
  }
  insert(order_.size(), pieces, extents, kNone);
}

}  // namespace seshdb::json
