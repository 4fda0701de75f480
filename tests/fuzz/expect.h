// Reports an expectation that does not hold: a line on standard error, then abort(). libFuzzer and
// the smoke run both take that for a finding and keep the input.
#pragma once

#include <cstdlib>
#include <iostream>
#include <string_view>

namespace seshdb::testing {

inline void expect(bool holds, const char* what, std::string_view got = {},
                   std::string_view wanted = {}) {
  if (holds) return;
  std::cerr << "does not hold: " << what << "\n  got:    " << got << "\n  wanted: " << wanted
            << std::endl;
  std::abort();
}

/// Takes numbers from the front of an input, which control the use of the rest.
class Steering {
 public:
  explicit Steering(std::string_view input) : rest_(input) {}
  /// 0 where the input has ended.
  unsigned byte() {
    if (rest_.empty()) return 0;
    const auto first = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    return first;
  }
  /// Up to the first `mark`, which is dropped; all where there is none.
  std::string_view until(char mark) {
    const std::size_t end = rest_.find(mark);
    const std::string_view piece = rest_.substr(0, end);
    rest_ = end == std::string_view::npos ? std::string_view() : rest_.substr(end + 1);
    return piece;
  }
  [[nodiscard]] std::string_view rest() const { return rest_; }
  [[nodiscard]] bool done() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

}  // namespace seshdb::testing
