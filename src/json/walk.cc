// Of three forms: members in a text; chunks, each a text or one member; numbered entries.
#include "json/walk.h"

#include <utility>

namespace seshdb::json {

namespace {

bool opens(char c) { return c == '{' || c == '['; }

}  // namespace

Walk::Walk(const View& view, Steps* steps) : steps_(steps) {
  if (!view.is_container()) return;
  more_ = true;
  switch (view.form_) {
    case View::Form::kText:
      enter(view.text_, view.extents(), view.extent_);
      break;
    case View::Form::kContainer:
      chunks_ = &view.container().chunks();
      next_chunk();
      break;
    case View::Form::kSource:
      source_ = &view.source();
      load_entry();
      break;
  }
}

void Walk::enter(std::string_view text, const Extents* extents, std::uint32_t extent) {
  object_ = text.front() == '{';
  at_ = text.data() + 1;
  end_ = text.data() + text.size();
  extents_ = extents;
  extent_ = extent + 1;
  is_whole_ = false;
  load();
}

// The member at `at_`, or what follows this text.
void Walk::load() {
  if (*at_ == '}' || *at_ == ']') {
    chunks_ != nullptr ? next_chunk() : static_cast<void>(more_ = false);
    return;
  }
  value_ = at_;
  if (object_) {
    const char* const behind = skip_string(at_, end_);
    name_ = {.text = {at_ + 1, static_cast<std::size_t>(behind - at_ - 2)}, .raw = true};
    value_ = behind + 1;
  }
  const char* scanned = value_;
  if (extents_ != nullptr && opens(*value_)) {
    value_end_ = value_ + extents_->at(extent_).bytes;
  } else {
    value_end_ = scanned = skip_value(value_, end_);
  }
  take(static_cast<std::size_t>(scanned - at_));
}

void Walk::next_chunk() {
  if (position_ == chunks_->size()) {
    more_ = false;
    return;
  }
  const Chunk& chunk = chunks_->in_order(position_++);
  whole_ = View(chunk.value);
  if (!chunk.own) {
    enter(whole_.text(), nullptr, 0);
    return;
  }
  is_whole_ = true;
  if (chunks_->is_object()) name_ = {.text = chunk.value.label(), .raw = true};
  take(0);
}

void Walk::load_entry() {
  if (index_ == source_->size()) {
    more_ = false;
    return;
  }
  const ObjectSource::Entry entry = source_->entry(index_);
  whole_ = entry.value;
  is_whole_ = true;
  name_ = {.text = entry.name, .raw = false};
  take(0);
}

View Walk::value() const {
  if (is_whole_) return whole_;
  const std::string_view text(value_, static_cast<std::size_t>(value_end_ - value_));
  return {text, true, extents_, extent_};
}

void Walk::next() {
  ++index_;
  if (source_ != nullptr) {
    load_entry();
  } else if (is_whole_) {
    next_chunk();
  } else {
    if (extents_ != nullptr && opens(*value_)) extent_ = extents_->at(extent_).next;
    at_ = value_end_ + (*value_end_ == ',' ? 1 : 0);
    load();
  }
}

}  // namespace seshdb::json
