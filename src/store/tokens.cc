// The MAC by OpenSSL; everything else is reading digits.
#include "store/tokens.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/check.h"
#include "base/random.h"

namespace seshdb::store {

Secret make_secret() {
  Secret secret{};
  random_fill(secret.data(), secret.size());
  return secret;
}

std::optional<std::uint64_t> parse_token(std::string_view text) {
  if (text.empty() || text.front() == '0') {
    return std::nullopt;
  }
  constexpr std::size_t kDigitsMax = 20;
  constexpr std::size_t kDigitsThatFit = kDigitsMax - 1;  // whatever they are
  if (text.size() > kDigitsMax) {
    return std::nullopt;
  }
  std::uint64_t token = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const unsigned digit = static_cast<unsigned char>(text[i]) - unsigned{'0'};
    const bool fits = i < kDigitsThatFit || token <= (UINT64_MAX - digit) / 10;
    if (digit > 9 || !fits) {
      return std::nullopt;
    }
    token = token * 10 + digit;
  }
  return token;
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
