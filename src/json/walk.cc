// Of three forms: members in a text; chunks, each a text or one member; numbered entries.
#include "json/walk.h"

#include <utility>

namespace seshdb::json {

Walk::Walk(const View& view, Steps* steps) : steps_(steps) {
  if (!view.is_container()) return;
  more_ = true;
  switch (view.form_) {
    case View::Form::kText:
      enter(Members(view.text_, view.extents(), view.extent_));
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

void Walk::enter(const Members& members) {
  members_ = members;
  is_whole_ = false;
  load();
}

// The member there, or what follows this text.
void Walk::load() {
  if (!members_.more()) {
    chunks_ != nullptr ? next_chunk() : static_cast<void>(more_ = false);
    return;
  }
  name_ = {.text = members_.name(), .raw = true};
  value_end_ = members_.value_end();
  const char* const scanned = members_.jumps() ? members_.value_at() : value_end_;
  take(static_cast<std::size_t>(scanned - members_.position()));
}

void Walk::next_chunk() {
  if (position_ == chunks_->size()) {
    more_ = false;
    return;
  }
  const Chunk& chunk = chunks_->in_order(position_++);
  whole_ = View(chunk.value);
  if (!chunk.own) {
    enter(Members(whole_.text()));
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
  return is_whole_ ? whole_ : View::of_member(members_, value_end_, true);
}

void Walk::next() {
  ++index_;
  if (source_ != nullptr) {
    load_entry();
  } else if (is_whole_) {
    next_chunk();
  } else {
    members_.skip(value_end_);
    load();
  }
}

}  // namespace seshdb::json
