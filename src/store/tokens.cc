// The MAC by OpenSSL; everything else is reading digits.
#include "store/tokens.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <charconv>

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
  std::uint64_t token = 0;
  const char* const end = text.data() + text.size();
  const auto [behind, error] = std::from_chars(text.data(), end, token);
  if (error != std::errc() || behind != end) {
    return std::nullopt;
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
