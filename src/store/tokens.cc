// The MAC by OpenSSL, and the parser of tokens.
#include "store/tokens.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <bit>
#include <cstring>

#include "base/check.h"
#include "base/random.h"

namespace seshdb::store {

Secret make_secret() {
  Secret secret{};
  random_fill(secret.data(), secret.size());
  return secret;
}

namespace {

constexpr std::size_t kBlock = 8;
static_assert(std::endian::native == std::endian::little, "the first digit is in the lowest byte");

// True where each byte is from '0' to '9'. The first digit is in the lowest byte.
bool are_digits(std::uint64_t block) {
  constexpr std::uint64_t kUpper = 0xF0F0F0F0F0F0F0F0U;
  constexpr std::uint64_t kSix = 0x0606060606060606U;  // moves ':' to '?' to 0x40 and above
  constexpr std::uint64_t kZeros = 0x3030303030303030U;
  return (block & kUpper) == kZeros && ((block + kSix) & kUpper) == kZeros;
}

// Their value: combines neighbours to numbers of two digits, then of four, then of eight.
std::uint64_t value_of(std::uint64_t block) {
  block = (block & 0x0F0F0F0F0F0F0F0FU) * (10U << 8U | 1U) >> 8U;
  block = (block & 0x00FF00FF00FF00FFU) * (100U << 16U | 1U) >> 16U;
  return (block & 0x0000FFFF0000FFFFU) * (std::uint64_t{10'000} << 32U | 1U) >> 32U;
}

}  // namespace

std::optional<std::uint64_t> parse_token(std::string_view text) {
  constexpr std::size_t kDigitsMax = 20;
  if (text.empty() || text.front() == '0' || text.size() > kDigitsMax) {
    return std::nullopt;
  }
  std::uint64_t token = 0;
  while (text.size() >= kBlock) {  // twice at most: 16 digits fit
    constexpr std::uint64_t kScale = 100'000'000;
    std::uint64_t block = 0;
    std::memcpy(&block, text.data(), kBlock);
    if (!are_digits(block)) return std::nullopt;
    token = token * kScale + value_of(block);
    text.remove_prefix(kBlock);
  }
  for (const char c : text) {
    const unsigned digit = static_cast<unsigned char>(c) - unsigned{'0'};
    if (digit > 9 || __builtin_mul_overflow(token, 10U, &token) ||
        __builtin_add_overflow(token, digit, &token)) {
      return std::nullopt;
    }
  }
  return token;
}

void append_token(std::uint64_t token, Buffer& out) {
  out.append('"');
  out.append_number(token);
  out.append('"');
}

std::uint64_t shared_token(const Secret& secret, std::string_view name) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned bytes = 0;
  const unsigned char* const made =
      HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
           reinterpret_cast<const unsigned char*>(name.data()), name.size(), mac.data(), &bytes);
  SESHDB_CHECK(made != nullptr && bytes >= sizeof(std::uint64_t));
  std::uint64_t token = 0;
  for (std::size_t i = 0; i < sizeof(token); ++i) {
    token = token << 8U | mac[i];
  }
  return token == 0 ? 1 : token;
}

}  // namespace seshdb::store
