// Counts the results; the selection does the rest.
#include "json/path_search.h"

#include "json/path_selection.h"

namespace seshdb::json {

namespace {

class Results : public NodeVisitor {
 public:
  Results(const Selection& selection, std::size_t most, const FoundNode& found)
      : selection_(selection), found_(found), left_(most) {}

  bool visit(const View& node) override {
    if (left_ == 0) {
      reason_ = SearchEnd::Reason::kResults;
    } else {
      --left_;
      if (found_(selection_.location(), node.detached())) return true;
      reason_ = SearchEnd::Reason::kStopped;
    }
    return false;
  }
  [[nodiscard]] SearchEnd::Reason reason() const { return reason_; }

 private:
  const Selection& selection_;
  const FoundNode& found_;
  std::size_t left_;
  SearchEnd::Reason reason_ = SearchEnd::Reason::kComplete;
};

}  // namespace

SearchEnd search(const Path& path, const View& root, const SearchBounds& bounds,
                 const FoundNode& found) {
  Steps steps(bounds.steps);
  Selection selection(path, root, steps);
  Results results(selection, bounds.results, found);
  selection.run(path.query(), root, results);
  SearchEnd end{.reason = results.reason(), .steps = bounds.steps - steps.left()};
  if (selection.too_large()) {
    end.reason = SearchEnd::Reason::kRegexpTooLarge;
  } else if (steps.spent()) {
    end.reason = SearchEnd::Reason::kSteps;
  }
  return end;
}

}  // namespace seshdb::json
