// The only source of randomness: the operating system's generator (getrandom(2)), for tokens and
// keys.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace seshdb {

/// A source of 64-bit random numbers. Tests have their own.
class Random {
 public:
  Random() = default;
  Random(const Random&) = delete;
  Random& operator=(const Random&) = delete;
  virtual ~Random() = default;
  [[nodiscard]] virtual std::uint64_t next() = 0;
};

/// Cryptographic random numbers, read from the kernel a page at a time. One thread per object. It
/// wipes each number that it returns, so that no copy of a token stays in memory.
class SystemRandom final : public Random {
 public:
  [[nodiscard]] std::uint64_t next() override;

 private:
  static constexpr std::size_t kCount = 512;
  std::array<std::uint64_t, kCount> numbers_{};
  std::size_t left_ = 0;
};

/// Fills `bytes` bytes at `to` from the operating system's generator. Stops the process if that
/// fails.
void random_fill(void* to, std::size_t bytes);

}  // namespace seshdb
