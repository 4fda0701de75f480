// Scalars are compared where they stand. A container that is not one text is made one for it, where
// the steps allow.
#include "json/comparison.h"

#include <compare>
#include <optional>

#include "base/buffer.h"
#include "json/compare.h"
#include "json/decimal.h"
#include "json/string.h"

namespace seshdb::json {

namespace {

std::string_view whole_text(const View& view, Buffer& copy) {
  if (view.is_text()) return view.text();
  view.append_to(copy);
  return copy.view();
}

// Of two numbers or two strings; others have no order.
std::optional<std::strong_ordering> order(const View& a, const View& b, Steps& steps) {
  const Kind kind = a.kind();
  if (kind != b.kind() || (kind != Kind::kNumber && kind != Kind::kString)) return std::nullopt;
  const std::string_view left = a.text();
  const std::string_view right = b.text();
  if (!steps.take(1 + decoding_steps(left) + decoding_steps(right))) return std::nullopt;
  return kind == Kind::kNumber ? compare(left, right) : compare_strings(left, right);
}

}  // namespace

bool same_value(const View& a, const View& b, Steps& steps) {
  const Kind kind = a.kind();
  if (kind != b.kind()) return false;
  if (a.is_text() && b.is_text()) return same_value(a.text(), b.text(), steps);
  if (a.count(&steps) != b.count(&steps)) return false;
  for (const View* view : {&a, &b}) {
    if (!view->is_text() && !steps.take_bytes(view->bytes())) return false;
  }
  Buffer copy_a;
  Buffer copy_b;
  return same_value(whole_text(a, copy_a), whole_text(b, copy_b), steps);
}

bool compare(Operator op, const View& a, const View& b, Steps& steps) {
  bool holds = false;
  if (op == Operator::kEqual || op == Operator::kNotEqual) {
    holds = same_value(a, b, steps) == (op == Operator::kEqual);
  } else if (const std::optional<std::strong_ordering> found = order(a, b, steps)) {
    const bool is_less = op == Operator::kLess || op == Operator::kLessOrEqual;
    const bool or_equal = op == Operator::kLessOrEqual || op == Operator::kGreaterOrEqual;
    holds = std::is_eq(*found) ? or_equal : std::is_lt(*found) == is_less;
  } else if (op == Operator::kLessOrEqual || op == Operator::kGreaterOrEqual) {
    holds = same_value(a, b, steps);
  }
  return holds && !steps.spent();
}

bool compare_scalars(Operator op, const View& a, const View& b, Steps& steps) {
  const bool is_equality = op == Operator::kEqual || op == Operator::kNotEqual;
  return (is_equality || !a.is_container()) && compare(op, a, b, steps);
}

}  // namespace seshdb::json
