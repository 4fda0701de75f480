// The texts that the measurements work on: documents of any size, and requests about them. The same
// on every machine and in every run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace seshdb::micro {

/// The key that every session of a measurement has, and the member that is updated inside.
inline constexpr std::string_view kKey = "account";
inline constexpr std::string_view kMember = "/avatar";
inline constexpr std::size_t kAvatars = 90'000;

/// Of such a size that the requests are of 60 bytes (KV_GET) and 329 bytes (KV_SET).
inline constexpr std::size_t kDocumentBytes = 268;

/// What a web shop might keep of a visitor, filled up to its size. REQUIRES: bytes >= 65.
[[nodiscard]] std::string visitor_document(std::size_t bytes);

/// A list of many small objects with `kMember` behind it, a little over `bytes` bytes.
[[nodiscard]] std::string list_document(std::size_t bytes);

/// Text for `kMember`, always of the same size.
[[nodiscard]] std::string avatar(std::size_t number);

/// Requests. REQUIRES: `token` of 20 digits, so that sizes are what they are said to be.
[[nodiscard]] std::string get_request(std::uint64_t token);
[[nodiscard]] std::string set_request(std::uint64_t token, std::string_view document);
[[nodiscard]] std::string update_request(std::uint64_t token, std::string_view text);

/// SplitMix64 (Steele, Lea and Flood, 2014): numbers that look random.
class Numbers {
 public:
  explicit Numbers(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15U);
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31U);
  }
  /// From 0 to `count` - 1. REQUIRES: count <= 2^32.
  std::uint64_t below(std::uint64_t count) { return (next() >> 32U) * count >> 32U; }

 private:
  std::uint64_t state_;
};

/// The token of session number `index`: 20 digits, spread as random ones are.
[[nodiscard]] inline std::uint64_t token_of(std::uint64_t index) {
  constexpr std::uint64_t kLeast = 10'000'000'000'000'000'000U;
  constexpr std::uint64_t kCount = 8'000'000'000'000'000'000U;
  return kLeast + Numbers(index).next() % kCount;
}

}  // namespace seshdb::micro
