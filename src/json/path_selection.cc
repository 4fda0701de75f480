// A frame on top may move when another is pushed, as a filter does: nothing of it is used after
// that.
#include "json/path_selection.h"

#include <algorithm>

namespace seshdb::json {

namespace {

// Texts up to this size are scanned again on each level.
constexpr std::size_t kMeasuredBytesLeast = 128;

}  // namespace

void Selection::run(const Query& query, const View& from, NodeVisitor& visitor) {
  const std::size_t frames = frames_.size();
  ++runs_;
  if (query.segments.empty()) {
    if (runs_ == 1) location_size_ = 0;
    (void)visitor.visit(from);
  } else {
    const Segment* const first = query.segments.data();
    if (from.is_container()) push(from, first, first + query.segments.size() - 1, 0);
    while (frames_.size() > frames && !steps_.spent() && !too_large() && advance(visitor)) {
    }
    while (frames_.size() > frames) pop();
  }
  --runs_;
}

void Selection::push(const View& node, const Segment* segment, const Segment* last,
                     std::size_t depth) {
  steps_.take();
  Frame& frame = frames_.emplace_back(
      Frame{.node = node, .segment = segment, .last = last, .depth = depth, .walk = Walk()});
  frame.picked = picked_.size();
  if (segment->descendant) measure(frame);
}

void Selection::pop() {
  if (frames_.back().measured) --extents_used_;
  picked_.erase(picked_.begin() + static_cast<std::ptrdiff_t>(frames_.back().picked),
                picked_.end());
  frames_.pop_back();
}

// Where a walk through all descendants begins in a text, its containers are measured first.
void Selection::measure(Frame& frame) {
  if (!frame.node.is_text() || frame.node.is_measured()) return;
  const std::string_view text = frame.node.text();
  if (text.size() < kMeasuredBytesLeast) return;
  if (!steps_.take_bytes(text.size())) return;
  if (extents_used_ == extents_.size()) extents_.push_back(std::make_unique<Extents>());
  Extents& extents = *extents_[extents_used_++];
  extents.read(text);
  frame.node = frame.node.measured(extents);
  frame.measured = true;
}

bool Selection::advance(NodeVisitor& visitor) {
  switch (frames_.back().phase) {
    case Phase::kSelect:
      return select(visitor);
    case Phase::kWalk:
      return walk(visitor);
    case Phase::kPicked:
      return picked(visitor);
    case Phase::kDescend:
      descend();
      break;
  }
  return true;
}

// Starts the next selector, or what follows the last one.
bool Selection::select(NodeVisitor& visitor) {
  Frame& frame = frames_.back();
  if (frame.selector == frame.segment->selectors.size()) {
    if (!frame.segment->descendant) {
      pop();
    } else {
      frame.phase = Phase::kDescend;
      frame.walk = Walk(frame.node, &steps_);
    }
    return true;
  }
  const Selector& selector = frame.segment->selectors[frame.selector];
  switch (selector.kind) {
    case Selector::Kind::kName: {
      ++frame.selector;
      const std::optional<View> child = frame.node.member(selector.name, &steps_);
      return !child || reach(*child, {.name = {.text = selector.name, .raw = false}}, visitor);
    }
    case Selector::Kind::kIndex: {
      ++frame.selector;
      const std::optional<std::size_t> index = index_in(frame.node, selector.index, steps_);
      const std::optional<View> child = index ? frame.node.item(*index, &steps_) : std::nullopt;
      return !child || reach(*child, {.name = {}, .index = *index, .is_index = true}, visitor);
    }
    case Selector::Kind::kSlice:
      start_slice(frame, selector);
      return true;
    case Selector::Kind::kWildcard:
    case Selector::Kind::kFilter:
      frame.phase = Phase::kWalk;
      frame.walk = Walk(frame.node, &steps_);
      return true;
  }
  return true;
}

// Section 2.3.4.2.2.
void Selection::start_slice(Frame& frame, const Selector& selector) {
  if (frame.node.kind() != Kind::kArray || selector.step == 0) {
    ++frame.selector;
    return;
  }
  const bool backwards = selector.step < 0;
  const bool needs_count =
      backwards || selector.start.value_or(0) < 0 || selector.end.value_or(0) < 0;
  const auto count =
      needs_count ? static_cast<std::int64_t>(frame.node.count(&steps_)) : INT64_MAX / 2;
  const auto bounded = [count](std::int64_t index, std::int64_t least, std::int64_t most) {
    return std::clamp(index < 0 ? count + index : index, least, most);
  };
  if (backwards) {
    frame.from = bounded(selector.start.value_or(count - 1), -1, count - 1);
    frame.to = selector.end ? bounded(*selector.end, -1, count - 1) : -1;
    pick_backwards(frame, selector, count);
    return;
  }
  frame.from = bounded(selector.start.value_or(0), 0, count);
  frame.to = bounded(selector.end.value_or(count), 0, count);
  frame.phase = Phase::kWalk;
  frame.walk = Walk(frame.node, &steps_);
}

// Notes the items in the order in which they stand; picked() takes them from the end.
void Selection::pick_backwards(Frame& frame, const Selector& selector, std::int64_t count) {
  frame.phase = Phase::kPicked;
  if (count == 0) return;
  for (Walk walk(frame.node, &steps_); walk.more(); walk.next()) {
    const auto index = static_cast<std::int64_t>(walk.index());
    if (index > frame.from) break;
    if (index > frame.to && (frame.from - index) % selector.step == 0) {
      picked_.push_back({.value = walk.value(), .index = walk.index()});
    }
  }
}

bool Selection::picked(NodeVisitor& visitor) {
  Frame& frame = frames_.back();
  if (picked_.size() == frame.picked) {
    ++frame.selector;
    frame.phase = Phase::kSelect;
    return true;
  }
  const Item item = picked_.back();
  picked_.pop_back();
  return reach(item.value, {.name = {}, .index = item.index, .is_index = true}, visitor);
}

// Goes on until a child is reached, or there is none any more.
bool Selection::walk(NodeVisitor& visitor) {
  const std::size_t top = frames_.size() - 1;
  const bool is_array = frames_[top].node.kind() == Kind::kArray;
  for (;;) {
    Frame& frame = frames_[top];
    const Selector& selector = frame.segment->selectors[frame.selector];
    const bool is_slice = selector.kind == Selector::Kind::kSlice;
    if (!frame.walk.more() ||
        (is_slice && static_cast<std::int64_t>(frame.walk.index()) >= frame.to)) {
      ++frame.selector;
      frame.phase = Phase::kSelect;
      return true;
    }
    const View child = frame.walk.value();
    const LocationStep step{
        .name = frame.walk.name(), .index = frame.walk.index(), .is_index = is_array};
    frame.walk.next();
    if (!takes(frame, selector, child, step.index)) continue;
    if (!reach(child, step, visitor)) return false;
    if (frames_.size() != top + 1) return true;
  }
}

bool Selection::takes(const Frame& frame, const Selector& selector, const View& child,
                      std::size_t index) {
  if (selector.kind == Selector::Kind::kSlice) {
    const std::int64_t behind = static_cast<std::int64_t>(index) - frame.from;
    return behind >= 0 && behind % selector.step == 0;
  }
  return selector.kind == Selector::Kind::kWildcard ||
         filter_.holds(selector.filter.front(), child);
}

// To the next child that has children.
void Selection::descend() {
  Frame& frame = frames_.back();
  const bool is_array = frame.node.kind() == Kind::kArray;
  for (; frame.walk.more(); frame.walk.next()) {
    const View child = frame.walk.value();
    if (!child.is_container()) continue;
    locate(frame, {.name = frame.walk.name(), .index = frame.walk.index(), .is_index = is_array});
    frame.walk.next();
    push(child, frame.segment, frame.last, frame.depth + 1);
    return;
  }
  pop();
}

// The segment on top selects `child`: a node of the query, or one that the next segment starts
// from.
bool Selection::reach(const View& child, const LocationStep& step, NodeVisitor& visitor) {
  const Frame& frame = frames_.back();
  locate(frame, step);
  if (frame.segment == frame.last) {
    if (runs_ == 1) location_size_ = frame.depth + 1;
    return visitor.visit(child);
  }
  if (child.is_container()) push(child, frame.segment + 1, frame.last, frame.depth + 1);
  return true;
}

void Selection::locate(const Frame& frame, const LocationStep& step) {
  if (runs_ != 1) return;
  if (location_.size() <= frame.depth) location_.resize(frame.depth + 1);
  location_[frame.depth] = step;
}

}  // namespace seshdb::json
