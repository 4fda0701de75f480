// The only door to randomness: the operating system's generator (getrandom(2)), for tokens and
// keys.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace seshdb {

/// Where 64-bit random numbers come from. A test may give its own.
class Random {
 public:
  Random() = default;
  Random(const Random&) = delete;
  Random& operator=(const Random&) = delete;
  virtual ~Random() = default;
  [[nodiscard]] virtual std::uint64_t next() = 0;
};

/// Cryptographic randomness, read from the kernel a page at a time. One thread per object. A number
/// is wiped as it is handed out, so that memory holds no token twice.
class SystemRandom final : public Random {
 public:
  [[nodiscard]] std::uint64_t next() override;

 private:
  static constexpr std::size_t kCount = 512;
  std::array<std::uint64_t, kCount> numbers_{};
  std::size_t left_ = 0;
};

/// Fills `bytes` bytes at `to` from the operating system's generator. Stops the process where the
/// kernel gives none: there is no safe way on.
void random_fill(void* to, std::size_t bytes);

}  // namespace seshdb
