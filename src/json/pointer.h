// JSON Pointer (RFC 6901): its syntax, and the value it selects in a stored text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace seshdb::json {

/// A pointer that is read token by token. A view: the pointer's (decoded) text must outlive it.
class Pointer {
 public:
  /// Parses a pointer. Nothing where `text` is neither empty nor begins with `/`, or has a `~`
  /// without a `0` or `1` behind it.
  [[nodiscard]] static std::optional<Pointer> parse(std::string_view text);

  [[nodiscard]] bool done() const { return rest_.empty(); }
  /// The tokens that are left, as a pointer's text.
  [[nodiscard]] std::string_view text() const { return rest_; }
  /// Takes the next reference token; ~0 and ~1 stay. REQUIRES: !done().
  [[nodiscard]] std::string_view take();
  /// The pointer without its last token, and that token; ~0 and ~1 stay. REQUIRES: !done().
  [[nodiscard]] Pointer parent() const { return Pointer(rest_.substr(0, rest_.rfind('/'))); }
  [[nodiscard]] std::string_view last() const { return rest_.substr(rest_.rfind('/') + 1); }
  /// How many tokens are left: the level of the selected value below the whole.
  [[nodiscard]] std::uint32_t steps() const;

 private:
  explicit Pointer(std::string_view rest) : rest_(rest) {}
  std::string_view rest_;
};

/// `token` with ~1 and ~0 decoded: `token` itself where it has none, else a view of `scratch`.
[[nodiscard]] std::string_view unescaped_token(std::string_view token, std::string& scratch);

/// Appends `name` as a reference token: escaped, without the slash before it.
void append_token(std::string_view name, std::string& pointer);

/// The array index in `token` (`0`, or digits without a leading zero), or nothing.
[[nodiscard]] std::optional<std::size_t> array_index(std::string_view token);

/// The value that `pointer` selects in `text`, a view of it; nothing where it selects none. Linear
/// in the text up to the end of that value.
[[nodiscard]] std::optional<std::string_view> find(std::string_view text, Pointer pointer);

}  // namespace seshdb::json
