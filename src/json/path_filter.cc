// A query inside a filter is a run of its own in the selection that asks.
#include "json/path_filter.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "json/comparison.h"
#include "json/path_selection.h"
#include "json/string.h"

namespace seshdb::json {

namespace {

// Regular expressions that stand in the value are kept, so many at once. Compiling one takes as
// long as so many steps, and so many more for each instruction.
constexpr std::size_t kDynamicMax = 16;
constexpr std::size_t kCompileSteps = 256;
constexpr std::size_t kInstructionSteps = 8;

struct Counter : NodeVisitor {
  explicit Counter(std::uint64_t nodes_most) : most(nodes_most) {}
  bool visit(const View& node) override {
    if (++count == 1) first = node.detached();
    return count < most;
  }
  std::uint64_t most;
  std::uint64_t count = 0;
  View first;
};

// A number as a text that a view can show.
class Digits {
 public:
  explicit Digits(std::uint64_t number) {
    const auto [end, error] = std::to_chars(digits_.begin(), digits_.end(), number);
    size_ = error == std::errc() ? static_cast<std::size_t>(end - digits_.begin()) : 0;
  }
  [[nodiscard]] View view() const { return View(std::string_view(digits_.data(), size_)); }

 private:
  std::array<char, 20> digits_{};
  std::size_t size_;
};

}  // namespace

std::optional<std::size_t> index_in(const View& array, std::int64_t index, Steps& steps) {
  if (array.kind() != Kind::kArray) return std::nullopt;
  if (index >= 0) return static_cast<std::size_t>(index);
  const auto count = static_cast<std::int64_t>(array.count(&steps));
  if (count + index < 0) return std::nullopt;
  return static_cast<std::size_t>(count + index);
}

bool FilterEvaluator::holds(const Expression& expression, const View& current) {
  if (steps_.spent() || too_large_) return false;
  const auto part_holds = [this, &current](const Expression& part) { return holds(part, current); };
  const std::vector<Expression>& parts = expression.parts;
  bool result = false;
  switch (expression.kind) {
    case Expression::Kind::kAnd:
      result = std::all_of(parts.begin(), parts.end(), part_holds);
      break;
    case Expression::Kind::kOr:
      result = std::any_of(parts.begin(), parts.end(), part_holds);
      break;
    case Expression::Kind::kCompare:
      result = compares(expression, current);
      break;
    case Expression::Kind::kTest:
      result = test(expression.left, current);
      break;
  }
  return result != expression.negated;
}

bool FilterEvaluator::compares(const Expression& expression, const View& current) {
  const Result left = value(expression.left, current);
  const Result right = value(expression.right, current);
  steps_.take();
  const Operator op = expression.op;
  const bool has_left = left.kind != Result::Kind::kNothing;
  const bool has_right = right.kind != Result::Kind::kNothing;
  if (!has_left || !has_right) {
    if (op == Operator::kNotEqual) return has_left != has_right;
    return !has_left && !has_right && op != Operator::kLess && op != Operator::kGreater;
  }
  const Digits left_digits(left.number);
  const Digits right_digits(right.number);
  return compare(op, left.kind == Result::Kind::kNumber ? left_digits.view() : left.view,
                 right.kind == Result::Kind::kNumber ? right_digits.view() : right.view, steps_);
}

bool FilterEvaluator::test(const Operand& operand, const View& current) {
  if (operand.constant == Operand::kNone) return fresh_test(operand, current);
  std::optional<Result>& known = constants_[operand.constant];
  if (!known) {
    const bool truth = fresh_test(operand, current);
    known = Result{.kind = Result::Kind::kTruth, .view = View(), .number = truth ? 1U : 0U};
  }
  return known->number != 0;
}

bool FilterEvaluator::fresh_test(const Operand& operand, const View& current) {
  return operand.kind == Operand::Kind::kQuery ? exists(operand.query, current)
                                               : matches(operand, current);
}

FilterEvaluator::Result FilterEvaluator::value(const Operand& operand, const View& current) {
  if (operand.constant == Operand::kNone) return fresh_value(operand, current);
  std::optional<Result>& known = constants_[operand.constant];
  if (!known) {
    known = fresh_value(operand, current);
    known->view = known->view.detached();
  }
  return *known;
}

FilterEvaluator::Result FilterEvaluator::fresh_value(const Operand& operand, const View& current) {
  Result result;
  const auto show = [&result](const View& view) {
    result.kind = Result::Kind::kView;
    result.view = view;
  };
  switch (operand.kind) {
    case Operand::Kind::kLiteral:
      show(View(std::string_view(operand.literal)));
      break;
    case Operand::Kind::kQuery:
      if (const std::optional<View> node = single(operand.query, current)) show(*node);
      break;
    case Operand::Kind::kCount:
      result.kind = Result::Kind::kNumber;
      result.number = count(operand.arguments.front().query, current);
      break;
    case Operand::Kind::kValue:
      return value_of_nodes(operand.arguments.front().query, current);
    case Operand::Kind::kLength: {
      const Result argument = value(operand.arguments.front(), current);
      if (argument.kind != Result::Kind::kView) break;
      if (const std::optional<std::size_t> size = argument.view.size(&steps_)) {
        result.kind = Result::Kind::kNumber;
        result.number = *size;
      }
      break;
    }
    case Operand::Kind::kMatch:
    case Operand::Kind::kSearch:
      break;
  }
  return result;
}

const View& FilterEvaluator::start(const Query& query, const View& current) const {
  return query.absolute ? selection_.root() : current;
}

std::optional<View> FilterEvaluator::single(const Query& query, const View& current) {
  std::optional<View> at = start(query, current);
  for (const Segment& segment : query.segments) {
    if (!steps_.take()) return std::nullopt;
    const Selector& selector = segment.selectors.front();
    if (selector.kind == Selector::Kind::kName) {
      at = at->member(selector.name, &steps_);
    } else {
      const std::optional<std::size_t> index = index_in(*at, selector.index, steps_);
      at = index ? at->item(*index, &steps_) : std::nullopt;
    }
    if (!at) break;
  }
  return at;
}

bool FilterEvaluator::exists(const Query& query, const View& current) {
  if (query.is_singular()) return single(query, current).has_value();
  Counter counter(1);
  selection_.run(query, start(query, current), counter);
  return counter.count != 0;
}

std::uint64_t FilterEvaluator::count(const Query& query, const View& current) {
  Counter counter(UINT64_MAX);
  selection_.run(query, start(query, current), counter);
  return counter.count;
}

FilterEvaluator::Result FilterEvaluator::value_of_nodes(const Query& query, const View& current) {
  Counter counter(2);
  selection_.run(query, start(query, current), counter);
  Result result;
  if (counter.count == 1) {
    result.kind = Result::Kind::kView;
    result.view = counter.first;
  }
  return result;
}

bool FilterEvaluator::matches(const Operand& operand, const View& current) {
  const Result subject = value(operand.arguments.front(), current);
  const bool is_string =
      subject.kind == Result::Kind::kView && subject.view.kind() == Kind::kString;
  if (!is_string) return false;
  const Regexp* const regexp = operand.regexp ? &*operand.regexp
                                              : dynamic(value(operand.arguments.back(), current),
                                                        operand.kind == Operand::Kind::kMatch);
  if (regexp == nullptr) return false;
  const std::string_view raw = inside(subject.view.text());
  if (!steps_.take(regexp->steps(raw.size()) + decoding_steps(raw))) return false;
  return regexp->matches(decoded(raw, subject_scratch_));
}

// Of a pattern that stands in the value; null where that is no string, or too large.
const Regexp* FilterEvaluator::dynamic(const Result& pattern, bool whole) {
  if (pattern.kind != Result::Kind::kView || pattern.view.kind() != Kind::kString) return nullptr;
  const std::string_view raw = inside(pattern.view.text());
  if (!steps_.take(1 + decoding_steps(raw))) return nullptr;
  const std::string_view text = decoded(raw, pattern_scratch_);
  for (const Dynamic& known : dynamic_) {
    if (known.whole == whole && known.pattern == text) return &known.regexp;
  }
  if (!steps_.take(kCompileSteps)) return nullptr;
  Regexp regexp(text, whole);
  if (regexp.fault() == RegexpFault::kTooLarge) {
    too_large_ = true;
    return nullptr;
  }
  if (!steps_.take(kInstructionSteps * regexp.size())) return nullptr;
  Dynamic made{.pattern = std::string(text), .whole = whole, .regexp = std::move(regexp)};
  if (dynamic_.size() < kDynamicMax) return &dynamic_.emplace_back(std::move(made)).regexp;
  Dynamic& oldest = dynamic_[dynamic_next_++ % kDynamicMax];
  oldest = std::move(made);
  return &oldest.regexp;
}

}  // namespace seshdb::json
