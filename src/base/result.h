// The result of what can fail. The code has two styles of errors. A `Result<T>` has a value or a
// message for people. A plain `int` is an errno as the kernel gives it, 0 for success, and is used
// only directly over system calls, where the caller decides by the number or makes the message.
#pragma once

#include <string>
#include <utility>

#include <tl/expected.hpp>

namespace seshdb {

/// A value, or a message that says what failed. `Result<void>` has no value. Test it with
/// `if (!result)`; the message is `result.error()`.
template <typename T>
using Result = tl::expected<T, std::string>;

/// An error, for `return fail("cannot ...")` in a function that returns a Result.
[[nodiscard]] inline tl::unexpected<std::string> fail(std::string message) {
  return tl::unexpected<std::string>(std::move(message));
}

}  // namespace seshdb
