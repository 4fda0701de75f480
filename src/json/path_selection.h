// The nodes that the segments of a query select, in the order of RFC 9535 (section 2.5), one by
// one. The way down is a stack of its own, so that no depth of a value can harm the thread's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "json/location.h"
#include "json/path.h"
#include "json/path_filter.h"
#include "json/steps.h"
#include "json/view.h"
#include "json/walk.h"

namespace seshdb::json {

/// Is called with each node; false ends the walk.
class NodeVisitor {
 public:
  NodeVisitor() = default;
  NodeVisitor(const NodeVisitor&) = delete;
  NodeVisitor& operator=(const NodeVisitor&) = delete;
  virtual ~NodeVisitor() = default;
  virtual bool visit(const View& node) = 0;
};

class Selection {
 public:
  /// `root` and `steps` must outlive it.
  Selection(const Path& path, const View& root, Steps& steps)
      : root_(root), steps_(steps), filter_(*this, path.constants(), steps) {}

  [[nodiscard]] const View& root() const { return root_; }
  /// Visits the nodes that `query` selects from `from`, until the visitor, the steps or a regular
  /// expression ends it. A filter calls it again from inside, at most Path::kFiltersMax times one
  /// in the other. The views that are visited hold during the call.
  void run(const Query& query, const View& from, NodeVisitor& visitor);
  /// Of the node that is visited, in the outermost run.
  [[nodiscard]] Location location() const { return Location({location_.data(), location_size_}); }
  /// A regular expression of the value was too large.
  [[nodiscard]] bool too_large() const { return filter_.too_large(); }

 private:
  enum class Phase : std::uint8_t { kSelect, kWalk, kPicked, kDescend };
  // A node whose children one segment selects from.
  struct Frame {
    View node;
    const Segment* segment;
    const Segment* last;
    std::size_t depth;  // of the node, below the root of its run
    Walk walk;
    std::size_t selector = 0;
    std::size_t picked = 0;  // of picked_, those below are not this frame's
    std::int64_t from = 0;   // the indices of a slice, which are not reached by a step back
    std::int64_t to = 0;
    Phase phase = Phase::kSelect;
    bool measured = false;  // the top of extents_ is this frame's
  };
  struct Item {
    View value;
    std::size_t index;
  };

  void push(const View& node, const Segment* segment, const Segment* last, std::size_t depth);
  void pop();
  void measure(Frame& frame);
  // Each goes on with the frame on top; false where the visitor ended the walk.
  bool advance(NodeVisitor& visitor);
  bool select(NodeVisitor& visitor);
  bool walk(NodeVisitor& visitor);
  bool picked(NodeVisitor& visitor);
  void descend();
  void start_slice(Frame& frame, const Selector& selector);
  void pick_backwards(Frame& frame, const Selector& selector, std::int64_t count);
  [[nodiscard]] bool takes(const Frame& frame, const Selector& selector, const View& child,
                           std::size_t index);
  bool reach(const View& child, const LocationStep& step, NodeVisitor& visitor);
  void locate(const Frame& frame, const LocationStep& step);

  View root_;
  Steps& steps_;
  FilterEvaluator filter_;
  std::vector<Frame> frames_;
  std::vector<Item> picked_;  // of slices that go backwards
  std::vector<std::unique_ptr<Extents>> extents_;
  std::size_t extents_used_ = 0;
  std::vector<LocationStep> location_;
  std::size_t location_size_ = 0;
  std::size_t runs_ = 0;
};

}  // namespace seshdb::json
