// After a change, each container above gets its new size, and becomes text again where it is small.
#include "json/container.h"

#include <string>

#include "base/check.h"
#include "json/merge.h"
#include "json/string.h"

namespace seshdb::json {

Container::Container(std::string_view text, const Extents& extents, std::uint32_t extent,
                     Container* parent, std::uint32_t parent_chunk)
    : parent_chunk_(parent_chunk),
      parent_(parent),
      bytes_(text.size()),
      chunks_(*this, text, extents, extent) {}

void Container::append_to(Buffer& out) const {
  (void)out.reserve(bytes_);
  chunks_.append_to(out);
}

std::optional<Container::Place> Container::find(Pointer pointer) {
  for (Container* at = this;;) {
    std::string_view value;
    const std::optional<std::uint32_t> number = at->chunks_.find(pointer.take(), value);
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

void Container::replace(const Place& place, std::string_view text) {
  put(place, text);
  place.container->close_small_ones();
}

bool Container::splice(const Splice& change, Buffer* before) {
  Container* home = this;
  if (!change.parent.done()) {
    const std::optional<Place> place = find(change.parent);
    SESHDB_CHECK(place);
    const Value& value = place->container->chunks_[place->chunk].value;
    if (!place->whole || !value.opened()) {
      splice_text(*place, change, before);
      return true;
    }
    home = &value.container();
  }
  const bool may_empty = change.added.empty() && change.index == 0 && change.removed != 0;
  if (may_empty && change.removed == home->chunks_.count()) {
    if (before != nullptr) home->chunks_.append_members_to(*before);
    if (home->parent_ == nullptr) return false;
    const Place place{
        .container = home->parent_, .chunk = home->parent_chunk_, .whole = true, .text = {}};
    replace(place, home->is_object() ? "{}" : "[]");
    return true;
  }
  home->grow(home->chunks_.splice(change.index, change.removed, change.added, before));
  home->close_small_ones();
  return true;
}

// In the text of a chunk.
void Container::splice_text(const Place& place, const Splice& change, Buffer* before) {
  Container& home = *place.container;
  Value& value = home.chunks_[place.chunk].value;
  const std::size_t bytes = value.bytes();
  const std::string_view container = place.whole ? value.text() : place.text;
  SESHDB_CHECK(opens_container(container.front()));
  value.splice_text(container, change.index, change.removed, change.added, before);
  home.grow(value.bytes() - bytes);
  home.chunks_.tidy(place.chunk);
  home.close_small_ones();
}

// Adds to the size, here and above; to shrink, `bytes` is a negative number modulo 2^64.
void Container::grow(std::size_t bytes) {
  for (Container* at = this; at != nullptr; at = at->parent_) {
    at->bytes_ += bytes;
  }
}

// Turns this container and those above into text where they have become small. The topmost stays.
void Container::close_small_ones() {
  for (Container* at = this; at->parent_ != nullptr;) {
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
    home.chunks_.open(place.chunk, text);
  } else {
    value.assign(text);
  }
  home.grow(text.size() - before);
  home.chunks_.tidy(place.chunk);
}

// Turns the container in this chunk into text where it has become small.
void Container::close_if_small(std::uint32_t number) {
  Value& value = chunks_[number].value;
  if (value.opened() && value.bytes() < kTextBytesMax / 4) {
    Buffer text;
    value.append_to(text);
    SESHDB_CHECK(text.size() == value.bytes());  // else some change was counted wrong
    value.assign(text.view());
    chunks_.tidy(number);
  }
}

void Container::append(std::string_view added) { append(added, Extents(added), 0); }

void Container::append(std::string_view added, const Extents& extents, std::uint32_t extent) {
  if (!is_object()) {
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
    const std::optional<std::uint32_t> number = chunks_.find_name(decoded(name, scratch), rest);
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

// Replaces the value there by `value`, or merges the two where both are objects.
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

// Adds new members at the end.
void Container::add(std::string_view added, const Extents& extents, std::uint32_t extent) {
  if (!chunks_.append(added, extents, extent)) return;
  grow(added.size() - 1);  // a comma for the brackets
}

}  // namespace seshdb::json
