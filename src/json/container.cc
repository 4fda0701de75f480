// Chunks are numbered, and the numbers stand in order: a name leads to a number, which stays when
// other chunks come or go, an index to a place in the order.
#include "json/container.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "base/check.h"
#include "json/string.h"

namespace seshdb::json {

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
  chunks_.reserve(pieces.size());
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
    index_names(chunks_[number], from, number);
  }
  order_.insert(order_.begin() + static_cast<std::ptrdiff_t>(position), numbers.begin(),
                numbers.end());
}

std::size_t Container::position_of(std::uint32_t chunk) const {
  const auto found = std::find(order_.begin(), order_.end(), chunk);
  SESHDB_CHECK(found != order_.end());
  return static_cast<std::size_t>(found - order_.begin());
}

// The names of `chunk`, which are new or were those of chunk `from`, lead to chunk `to`.
void Container::index_names(const Chunk& chunk, std::uint32_t from, std::uint32_t to) {
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

// Room for so many names more; those that are there are put in anew, and leave room for others.
void Container::make_room(std::size_t names) {
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
