// A bound on the work of one request: whatever reads values for it takes steps, and ends early once
// none are left.
#pragma once

#include <cstddef>
#include <cstdint>

namespace seshdb::json {

class Steps {
 public:
  /// So many bytes that are scanned, compared or matched count as one step.
  static constexpr std::size_t kBytes = 64;
  static constexpr std::int64_t kUnbounded = INT64_MAX / 2;

  explicit Steps(std::int64_t most = kUnbounded) : left_(most) {}

  /// False where that was more than there were left.
  bool take(std::size_t count = 1) {
    left_ -= static_cast<std::int64_t>(count);
    return left_ >= 0;
  }
  bool take_bytes(std::size_t bytes) { return take(1 + bytes / kBytes); }
  [[nodiscard]] bool spent() const { return left_ < 0; }
  [[nodiscard]] std::int64_t left() const { return left_; }

 private:
  std::int64_t left_;
};

}  // namespace seshdb::json
