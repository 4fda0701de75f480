// The comparisons of JSONPath filters (RFC 9535, section 2.3.5.2.2) between two values, exact for
// numbers of any size.
#pragma once

#include <cstdint>

#include "json/steps.h"
#include "json/view.h"

namespace seshdb::json {

enum class Operator : std::uint8_t {
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual
};

/// Equal by value, as json/compare.h has it for texts. False where `steps` ran out.
[[nodiscard]] bool same_value(const View& a, const View& b, Steps& steps);

/// Does `a op b` hold? Only numbers and strings have an order; what has none is <= and >= where it
/// is equal. Takes one step, and one for each 64 bytes compared; false where they ran out.
[[nodiscard]] bool compare(Operator op, const View& a, const View& b, Steps& steps);

/// The same, but <= and >= never hold for objects and arrays.
[[nodiscard]] bool compare_scalars(Operator op, const View& a, const View& b, Steps& steps);

}  // namespace seshdb::json
