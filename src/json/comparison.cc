// Scalars are compared where they stand. A container that is not one text is made one for it, where
// the steps allow.
#include "json/comparison.h"

#include "base/buffer.h"
#include "json/compare.h"
#include "json/decimal.h"

namespace seshdb::json {

namespace {

std::string_view whole_text(const View& view, Buffer& copy) {
  if (view.is_text()) return view.text();
  view.append_to(copy);
  return copy.view();
}

bool less(const View& a, const View& b, Steps& steps) {
  const Kind kind = a.kind();
  if (kind != b.kind() || (kind != Kind::kNumber && kind != Kind::kString)) return false;
  const std::string_view left = a.text();
  const std::string_view right = b.text();
  if (!steps.take_bytes(left.size() + right.size())) return false;
  return kind == Kind::kNumber ? compare(left, right) < 0 : compare_strings(left, right) < 0;
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
  switch (op) {
    case Operator::kEqual:
    case Operator::kNotEqual:
      holds = same_value(a, b, steps) == (op == Operator::kEqual);
      break;
    case Operator::kLess:
      holds = less(a, b, steps);
      break;
    case Operator::kGreater:
      holds = less(b, a, steps);
      break;
    case Operator::kLessOrEqual:
      holds = less(a, b, steps) || same_value(a, b, steps);
      break;
    case Operator::kGreaterOrEqual:
      holds = less(b, a, steps) || same_value(a, b, steps);
      break;
  }
  return holds && !steps.spent();
}

bool compare_scalars(Operator op, const View& a, const View& b, Steps& steps) {
  const bool is_equality = op == Operator::kEqual || op == Operator::kNotEqual;
  return (is_equality || !a.is_container()) && compare(op, a, b, steps);
}

}  // namespace seshdb::json
