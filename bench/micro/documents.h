// The texts for the measurements: documents of any size, and requests. They are the same on every
// machine and in every run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace seshdb::micro {

/// The key of every session, and the member of its document that is updated.
inline constexpr std::string_view kKey = "account";
inline constexpr std::string_view kMember = "/avatar";
inline constexpr std::size_t kAvatars = 90'000;

/// With this size the requests have 60 bytes (KV_GET) and 329 bytes (KV_SET).
inline constexpr std::size_t kDocumentBytes = 268;

/// A document of `bytes` bytes, like one for a visitor of a web shop. REQUIRES: bytes >= 65.
[[nodiscard]] std::string visitor_document(std::size_t bytes);

/// A list of many small objects followed by `kMember`, a little over `bytes` bytes.
[[nodiscard]] std::string list_document(std::size_t bytes);

/// A text for `kMember`; all have the same size.
[[nodiscard]] std::string avatar(std::size_t number);

/// Requests. REQUIRES: `token` has 20 digits, so that the sizes are as stated above.
[[nodiscard]] std::string get_request(std::uint64_t token);
[[nodiscard]] std::string set_request(std::uint64_t token, std::string_view document);
[[nodiscard]] std::string update_request(std::uint64_t token, std::string_view text);
[[nodiscard]] std::string read_request(std::uint64_t token);
[[nodiscard]] std::string patch_request(std::uint64_t token, std::string_view text);

/// SplitMix64 (Steele, Lea and Flood, 2014): pseudo-random numbers.
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

/// The token of session number `index`: 20 digits, spread like random tokens.
[[nodiscard]] inline std::uint64_t token_of(std::uint64_t index) {
  constexpr std::uint64_t kLeast = 10'000'000'000'000'000'000U;
  constexpr std::uint64_t kCount = 8'000'000'000'000'000'000U;
  return kLeast + Numbers(index).next() % kCount;
}

}  // namespace seshdb::micro
