// What is found in a text is a view of the rest of that text: where a value ends is looked for when
// it is asked for, so that a way down many levels scans nothing twice.
#include "json/view.h"

#include <algorithm>

#include "base/check.h"
#include "json/string.h"
#include "json/walk.h"

namespace seshdb::json {

namespace {

// What it costs to find something in an opened container: a chunk is scanned.
constexpr std::size_t kChunkSteps = 16;
constexpr std::size_t kChunksPerStep = 16;

// Of decoded text: bytes that begin a code point.
std::size_t code_points(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

// Passes a member; false where the steps ran out.
bool pass(Members& members, Steps* steps) {
  const bool jumps = members.jumps();
  const char* const from = members.position();
  members.skip();
  if (steps == nullptr) return true;
  return steps->take_bytes(jumps ? 0 : static_cast<std::size_t>(members.position() - from));
}

}  // namespace

void Name::append_to(Buffer& out) const {
  if (!raw) {
    append_string(text, out);
    return;
  }
  out.append('"');
  out.append(text);
  out.append('"');
}

View::View(const Value& value) {
  if (value.opened()) {
    other_ = &value.container();
    form_ = Form::kContainer;
  } else {
    text_ = value.text();
  }
}

Kind View::kind() const {
  switch (form_) {
    case Form::kText:
      return kind_of(text_);
    case Form::kContainer:
      return container().is_object() ? Kind::kObject : Kind::kArray;
    case Form::kSource:
      break;
  }
  return Kind::kObject;
}

std::string_view View::text() const {
  SESHDB_CHECK(is_text());
  if (exact_) return text_;
  if (other_ != nullptr && opens_container(text_.front())) {
    return text_.substr(0, extents()->at(extent_).bytes);
  }
  const char* const end = skip_value(text_.data(), text_.data() + text_.size());
  return text_.substr(0, static_cast<std::size_t>(end - text_.data()));
}

std::size_t View::count(Steps* steps) const {
  if (form_ == Form::kSource) return source().size();
  std::size_t count = 0;
  if (form_ == Form::kContainer) {
    const Chunks& chunks = container().chunks();
    if (steps != nullptr) steps->take(1 + chunks.size() / kChunksPerStep);
    for (std::size_t i = 0; i < chunks.size(); ++i) count += chunks.in_order(i).count;
    return count;
  }
  for (Walk walk(*this, steps); walk.more(); walk.next()) ++count;
  return count;
}

std::optional<std::size_t> View::size(Steps* steps) const {
  if (is_container()) return count(steps);
  if (text_.front() != '"') return std::nullopt;
  const std::string_view raw = inside(text());
  if (steps != nullptr && !steps->take(1 + decoding_steps(raw))) return std::nullopt;
  std::string scratch;
  return code_points(decoded(raw, scratch));
}

std::size_t View::bytes() const {
  if (form_ == Form::kText) return text().size();
  if (form_ == Form::kContainer) return container().bytes();
  std::size_t bytes = source().size() == 0 ? 2 : 1;
  for (Walk walk(*this); walk.more(); walk.next()) {
    bytes += walk.name().text.size() + 4 + walk.value().bytes();
  }
  return bytes;
}

void View::append_to(Buffer& out) const {
  if (form_ == Form::kText) {
    out.append(text());
    return;
  }
  if (form_ == Form::kContainer) {
    container().append_to(out);
    return;
  }
  out.append('{');
  for (Walk walk(*this); walk.more(); walk.next()) {
    if (walk.index() != 0) out.append(',');
    walk.name().append_to(out);
    out.append(':');
    walk.value().append_to(out);
  }
  out.append('}');
}

std::optional<View> View::in_chunk(std::optional<std::uint32_t> number,
                                   std::string_view rest) const {
  if (!number) return std::nullopt;
  const Chunk& chunk = container().chunks()[*number];
  return chunk.own ? View(chunk.value) : View(rest, false, nullptr, 0);
}

std::optional<View> View::member(std::string_view name, Steps* steps) const {
  if (kind() != Kind::kObject) return std::nullopt;
  if (form_ == Form::kSource) return source().find(name);
  if (form_ == Form::kContainer) {
    if (steps != nullptr && !steps->take(kChunkSteps)) return std::nullopt;
    std::string_view rest;
    const std::optional<std::uint32_t> number = container().chunks().find_name(name, rest);
    return in_chunk(number, rest);
  }
  if (steps == nullptr && extents() == nullptr) {
    const char* const value = find_member(text_, name);
    if (value == nullptr) return std::nullopt;
    const auto before = static_cast<std::size_t>(value - text_.data());
    return View(text_.substr(before), false, nullptr, 0);
  }
  std::string scratch;
  for (Members members(text_, extents(), extent_); members.more();) {
    if (spells(members.name(), name, scratch)) {
      return of_member(members, text_.data() + text_.size(), false);
    }
    if (!pass(members, steps)) break;
  }
  return std::nullopt;
}

std::optional<View> View::item(std::size_t index, Steps* steps) const {
  if (kind() != Kind::kArray) return std::nullopt;
  if (form_ == Form::kContainer) {
    const Chunks& chunks = container().chunks();
    if (steps != nullptr && !steps->take(kChunkSteps + chunks.size() / kChunksPerStep)) {
      return std::nullopt;
    }
    std::string_view rest;
    const std::optional<std::uint32_t> number = chunks.find_item(index, rest);
    return in_chunk(number, rest);
  }
  for (Members items(text_, extents(), extent_); items.more();) {
    if (index-- == 0) return of_member(items, text_.data() + text_.size(), false);
    if (!pass(items, steps)) break;
  }
  return std::nullopt;
}

std::optional<std::size_t> View::index_of(std::string_view name) const {
  if (kind() != Kind::kObject) return std::nullopt;
  if (form_ == Form::kContainer) return container().chunks().index_of(name);
  std::string scratch;
  for (Walk walk(*this); walk.more(); walk.next()) {
    const Name& there = walk.name();
    if (there.raw ? spells(there.text, name, scratch) : there.text == name) return walk.index();
  }
  return std::nullopt;
}

std::optional<View> View::at(Pointer pointer, Steps* steps) const {
  std::optional<View> at = *this;
  std::string scratch;
  while (at && !pointer.done()) {
    const std::string_view token = pointer.take();
    if (at->kind() == Kind::kArray) {
      const std::optional<std::size_t> index = array_index(token);
      at = index ? at->item(*index, steps) : std::nullopt;
    } else {
      at = at->member(unescaped_token(token, scratch), steps);
    }
  }
  return at;
}

View View::measured(const Extents& extents) const { return {text(), true, &extents, 0}; }

}  // namespace seshdb::json
