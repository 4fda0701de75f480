// After a change, each container above gets its new size, and becomes text again where it is small.
#include "json/container.h"

#include <memory>
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
  for (Container* at = this; at != nullptr; at = at->parent_) {
    at->bytes_ += added.size() - 1;  // a comma for the brackets
  }
}

}  // namespace seshdb::json
