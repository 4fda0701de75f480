// Writes decimal numbers fast: every request has a token, of 20 digits, or 39 where it has 128
// bits.
#pragma once

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

namespace seshdb::bench {

namespace decimal {

inline constexpr std::array<char, 200> kPairs = [] {
  std::array<char, 200> pairs{};
  for (std::size_t i = 0; i < 100; ++i) {
    pairs.at(2 * i) = static_cast<char>('0' + i / 10);
    pairs.at(2 * i + 1) = static_cast<char>('0' + i % 10);
  }
  return pairs;
}();

/// REQUIRES: number < 10^8. Leading zeros are written.
inline void write_eight(std::uint32_t number, char* to) {
  const std::size_t high = number / 10'000;
  const std::size_t low = number % 10'000;
  std::memcpy(to, &kPairs[high / 100 * 2], 2);
  std::memcpy(to + 2, &kPairs[high % 100 * 2], 2);
  std::memcpy(to + 4, &kPairs[low / 100 * 2], 2);
  std::memcpy(to + 6, &kPairs[low % 100 * 2], 2);
}

}  // namespace decimal

/// Appends a number without leading zeros. Numbers of 17 digits and more, like nearly all tokens,
/// take about half the instructions of std::to_chars.
inline void append_number(std::uint64_t number, std::string& to) {
  constexpr std::uint64_t kEight = 100'000'000;
  std::array<char, 20> digits;  // written below
  const std::uint64_t top = number / (kEight * kEight);
  char* end =
      std::to_chars(digits.data(), digits.data() + digits.size(), top == 0 ? number : top).ptr;
  if (top != 0) {
    const std::uint64_t rest = number % (kEight * kEight);
    decimal::write_eight(static_cast<std::uint32_t>(rest / kEight), end);
    decimal::write_eight(static_cast<std::uint32_t>(rest % kEight), end + 8);
    end += 16;
  }
  to.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

/// A token, of 64 or 128 bits.
__extension__ using Token = unsigned __int128;

/// Appends a token without leading zeros.
inline void append_token(Token token, std::string& to) {
  if (token <= UINT64_MAX) {
    append_number(static_cast<std::uint64_t>(token), to);
    return;
  }
  constexpr std::uint32_t kEight = 100'000'000;
  std::array<char, 8> digits;  // written below
  append_token(token / kEight, to);
  decimal::write_eight(static_cast<std::uint32_t>(token % kEight), digits.data());
  to.append(digits.data(), digits.size());
}

}  // namespace seshdb::bench
