// The keys that clients show, as the file of --auth-file lists them. The file has a hash of each
// key only: whoever reads it cannot use them. A client certificate counts as a key, too.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "auth/role.h"
#include "base/result.h"

namespace seshdb::auth {

/// A longer text is no key.
inline constexpr std::uint32_t kKeyBytesMax = 1024;

/// SHA-256 (FIPS 180-4).
using Digest = std::array<unsigned char, 32>;
[[nodiscard]] Digest digest_of(std::string_view text);

/// Compares all bytes, wherever the first difference is. Every comparison of a key is this one.
[[nodiscard]] bool same_digest(const Digest& a, const Digest& b);

/// A line of the file.
struct Key {
  std::string name;
  Role role = Role::kNone;
  Digest digest{};          // of the key's text; all zero for a certificate
  std::string certificate;  // a dNSName of its SAN (RFC 5280, 4.2.1.6); empty: the line has a key

  /// Does the other stand for the same secret or certificate, with the same name and role?
  [[nodiscard]] bool same_as(const Key& other) const {
    return name == other.name && role == other.role && certificate == other.certificate &&
           same_digest(digest, other.digest);
  }
};

/// The keys of one reading of the file; they do not change.
class Keys {
 public:
  Keys() = default;

  /// Reads lines of `name role sha256:HEX` or `name role cert:dns:NAME`; `#` begins a comment. The
  /// error begins with the number of the line, as in "3: ...", where one line is wrong. A file
  /// without a key is an error, too.
  [[nodiscard]] static Result<Keys> parse(std::string_view text);
  /// The same of a file. The error names it.
  [[nodiscard]] static Result<Keys> read(const std::string& path);

  [[nodiscard]] const std::vector<Key>& all() const { return keys_; }
  /// The key whose text this is, or null. Compares it with every key, whichever it is; tests count
  /// that with a `same` of their own.
  using Same = std::function<bool(const Digest&, const Digest&)>;
  [[nodiscard]] const Key* find(std::string_view text, const Same& same = same_digest) const;
  /// The first line of a certificate with one of these names, or null. Letters match in any case
  /// (RFC 4343).
  [[nodiscard]] const Key* find_certificate(std::span<const std::string> names) const;
  /// The key that is the same as one of another reading, or null.
  [[nodiscard]] const Key* find_same(const Key& other) const;

 private:
  [[nodiscard]] Result<void> add(std::string_view line);

  std::vector<Key> keys_;
};

/// A new key: `sesh_` and 256 random bits in base64url (RFC 4648, section 5).
[[nodiscard]] std::string make_key();
/// The line of the file for a key.
[[nodiscard]] std::string key_line(std::string_view name, Role role, std::string_view key);
/// 1 to 64 letters, digits, dots, dashes and underscores.
[[nodiscard]] bool is_key_name(std::string_view text);

}  // namespace seshdb::auth
