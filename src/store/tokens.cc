// The MAC by OpenSSL, and the digits of tokens.
#include "store/tokens.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <bit>
#include <charconv>
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

// Takes eight digits from the front; false where there is another byte among them.
bool take_block(std::string_view& text, std::uint64_t& value) {
  std::uint64_t block = 0;
  std::memcpy(&block, text.data(), kBlock);
  text.remove_prefix(kBlock);
  value = value_of(block);
  return are_digits(block);
}

// Reads decimal digits, those that make no whole block first. False where there is another byte, or
// Number is too small. REQUIRES: eight digits less
// would fit.
template <typename Number>
bool read_digits(std::string_view text, Number& number) {
  constexpr std::uint64_t kScale = 100'000'000;
  const std::size_t before_blocks = text.size() % kBlock;
  for (const char c : text.substr(0, before_blocks)) {
    const unsigned digit = static_cast<unsigned char>(c) - unsigned{'0'};
    if (digit > 9) return false;
    number = number * 10 + digit;
  }
  text.remove_prefix(before_blocks);
  std::uint64_t value = 0;
  while (text.size() > kBlock) {
    if (!take_block(text, value)) return false;
    number = number * kScale + value;
  }
  return text.empty() ||
         (take_block(text, value) && !__builtin_mul_overflow(number, Number{kScale}, &number) &&
          !__builtin_add_overflow(number, Number{value}, &number));
}

__extension__ using Number128 = unsigned __int128;

constexpr std::size_t kDigitsMax64 = 20;

// Not inlined, so that shorter tokens do not pay for its registers.
[[gnu::noinline]] Token parse_wide(std::string_view text) {
  Number128 number = 0;
  if (!read_digits(text, number)) return {};
  return {static_cast<std::uint64_t>(number), UpperHalf(static_cast<std::uint64_t>(number >> 64U))};
}

constexpr int kGroup = 19;  // so many decimal digits fit in 64 bits
constexpr std::uint64_t kGroupScale = 10'000'000'000'000'000'000U;

char* write_group(std::uint64_t number, char* to) {
  for (int i = kGroup; i-- > 0; number /= 10) to[i] = static_cast<char>('0' + number % 10);
  return to + kGroup;
}

char* write_number(std::uint64_t number, char* to) {
  return std::to_chars(to, to + kGroup + 1, number).ptr;
}

}  // namespace

Token parse_token(std::string_view text) {
  if (text.empty() || text.front() == '0' || text.size() > kTokenDigitsMax) return {};
  std::uint64_t lower = 0;
  if (text.size() <= kDigitsMax64 && read_digits(text, lower)) return {lower};
  return text.size() < kDigitsMax64 ? Token() : parse_wide(text);
}

std::uint64_t parse_cursor(std::string_view text) {
  const Token token = parse_token(text);
  return token.upper.is_none() ? token.lower : 0;
}

char* write_token(const Token& token, char* to) {
  if (token.upper.is_none()) return write_number(token.lower, to);
  const Number128 number = Number128{token.upper.bits()} << 64U | token.lower;
  const Number128 above = number / kGroupScale;
  if (above < kGroupScale) {
    to = write_number(static_cast<std::uint64_t>(above), to);
  } else {  // three groups
    to = write_number(static_cast<std::uint64_t>(above / kGroupScale), to);
    to = write_group(static_cast<std::uint64_t>(above % kGroupScale), to);
  }
  return write_group(static_cast<std::uint64_t>(number % kGroupScale), to);
}

void append_token(const Token& token, Buffer& out) {
  char* const first = out.reserve(kTokenDigitsMax + 2);
  *first = '"';
  char* const end = write_token(token, first + 1);
  *end = '"';
  out.commit(static_cast<std::size_t>(end + 1 - first));
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
