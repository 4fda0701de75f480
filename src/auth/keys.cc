// Reads the file of keys, strictly, and finds keys in it.
#include "auth/keys.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include <algorithm>

#include "base/ascii.h"
#include "base/random.h"
#include "base/save_name.h"
#include "base/whole_file.h"

namespace seshdb::auth {

namespace {

constexpr std::size_t kKeysMax = 10'000;    // each key that is shown is compared with all
constexpr std::size_t kHostBytesMax = 253;  // of a name in the DNS
constexpr std::string_view kHashMark = "sha256:";
constexpr std::string_view kCertificateMark = "cert:dns:";
constexpr std::string_view kKeyMark = "sesh_";

bool is_letter_or_digit(char c) { return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z'); }

std::optional<unsigned> hex_digit(char c) {
  if (is_digit(c)) return static_cast<unsigned>(c - '0');
  const char letter = lower(c);
  if (letter >= 'a' && letter <= 'f') return static_cast<unsigned>(letter - 'a') + 10U;
  return std::nullopt;
}

std::optional<Digest> digest_from(std::string_view hex) {
  Digest digest{};
  if (hex.size() != 2 * digest.size()) return std::nullopt;
  for (std::size_t i = 0; i < digest.size(); ++i) {
    const auto high = hex_digit(hex[2 * i]);
    const auto low = hex_digit(hex[2 * i + 1]);
    if (!high || !low) return std::nullopt;
    digest.at(i) = static_cast<unsigned char>(*high << 4U | *low);
  }
  return digest;
}

// A name as a certificate has it. Wildcards would let in more than one client.
bool is_dns_name(std::string_view text) {
  const auto is_part = [](char c) { return is_letter_or_digit(c) || c == '-' || c == '_'; };
  bool was_dot = true;
  for (const char c : text) {
    if (c == '.' ? was_dot : !is_part(c)) return false;
    was_dot = c == '.';
  }
  return !was_dot && text.size() <= kHostBytesMax;
}

// The words of a line, of which there must not be more than three.
std::vector<std::string_view> words_of(std::string_view line) {
  constexpr std::string_view kSpaces = " \t\r";
  std::vector<std::string_view> words;
  for (line = trimmed(line, kSpaces); !line.empty(); line = trimmed(line, kSpaces)) {
    words.push_back(line.substr(0, line.find_first_of(kSpaces)));
    line.remove_prefix(words.back().size());
  }
  return words;
}

}  // namespace

Digest digest_of(std::string_view text) {
  Digest digest{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return digest;
}

bool same_digest(const Digest& a, const Digest& b) {
  return CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

bool is_key_name(std::string_view text) { return is_plain_name(text); }

Result<void> Keys::add(std::string_view line) {
  const std::vector<std::string_view> words = words_of(line);
  if (words.size() != 3) {
    return fail("expected: name role sha256:HEX, or name role cert:dns:NAME");
  }
  Key key;
  if (!is_key_name(words[0])) {
    return fail("a name is 1 to 64 letters, digits, dots, dashes and underscores");
  }
  key.name = words[0];
  const std::optional<Role> role = role_of(words[1]);
  if (!role || *role == Role::kNone) return fail("a role is admin, app, monitor or token");
  key.role = *role;
  if (words[2].starts_with(kHashMark)) {
    const std::optional<Digest> digest = digest_from(words[2].substr(kHashMark.size()));
    if (!digest) return fail("sha256: takes the 64 digits of a hash; see seshdb keygen");
    key.digest = *digest;
  } else if (words[2].starts_with(kCertificateMark)) {
    key.certificate = lower_case(words[2].substr(kCertificateMark.size()));
    if (!is_dns_name(key.certificate)) return fail("cert:dns: takes a whole domain name");
  } else {
    return fail("expected sha256:HEX or cert:dns:NAME after the role");
  }
  for (const Key& other : keys_) {
    if (other.name == key.name && other.role != key.role) {
      return fail("'" + key.name + "' has another role in a line before");
    }
    if (other.certificate == key.certificate && same_digest(other.digest, key.digest)) {
      return fail("a line before has the same key");
    }
  }
  if (keys_.size() == kKeysMax) return fail("there are more than 10000 keys");
  keys_.push_back(std::move(key));
  return {};
}

Result<Keys> Keys::parse(std::string_view text) {
  Keys keys;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const std::string_view content = line.substr(0, line.find('#'));
    if (words_of(content).empty()) continue;
    if (const Result<void> added = keys.add(content); !added) {
      return fail(std::to_string(number) + ": " + added.error());
    }
  }
  if (keys.keys_.empty()) return fail("1: there is no key; see seshdb keygen");
  return keys;
}

Result<Keys> Keys::read(const std::string& path) {
  constexpr std::size_t kFileBytesMax = std::size_t{4} << 20U;
  const Result<std::string> text = read_whole_file(path, kFileBytesMax);
  if (!text) return fail("cannot read the file '" + path + "': " + text.error());
  Result<Keys> keys = parse(*text);
  if (!keys) return fail(path + ":" + keys.error());
  return keys;
}

const Key* Keys::find(std::string_view text, const Same& same) const {
  if (text.size() > kKeyBytesMax) return nullptr;
  const Digest digest = digest_of(text);
  const Key* found = nullptr;
  for (const Key& key : keys_) {
    if (same(key.digest, digest) && key.certificate.empty()) found = &key;
  }
  return found;
}

const Key* Keys::find_certificate(std::span<const std::string> names) const {
  for (const Key& key : keys_) {
    const auto is_its = [&key](const std::string& name) {
      return lower_case(name) == key.certificate;
    };
    if (!key.certificate.empty() && std::any_of(names.begin(), names.end(), is_its)) return &key;
  }
  return nullptr;
}

const Key* Keys::find_same(const Key& other) const {
  const auto found = std::find_if(keys_.begin(), keys_.end(),
                                  [&other](const Key& key) { return key.same_as(other); });
  return found == keys_.end() ? nullptr : &*found;
}

std::string make_key() {
  constexpr std::size_t kBytes = 32;
  std::array<unsigned char, kBytes> bits{};
  random_fill(bits.data(), bits.size());
  std::array<unsigned char, 4 * ((kBytes + 2) / 3) + 1> encoded{};
  EVP_EncodeBlock(encoded.data(), bits.data(), kBytes);
  OPENSSL_cleanse(bits.data(), bits.size());
  std::string key(kKeyMark);
  for (const char c : std::string_view(reinterpret_cast<const char*>(encoded.data()))) {
    if (c != '=') key += c == '+' ? '-' : c == '/' ? '_' : c;
  }
  return key;
}

std::string key_line(std::string_view name, Role role, std::string_view key) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string line(name);
  line.append(" ").append(role_name(role)).append(" ").append(kHashMark);
  for (const unsigned char byte : digest_of(key)) {
    line += kDigits[byte >> 4U];
    line += kDigits[byte & 15U];
  }
  return line;
}

}  // namespace seshdb::auth
