// JSON Pointer (RFC 6901): its syntax, and finding the value it selects in a stored text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace seshdb::json {

/// A pointer split step by step. Holds a view: the pointer's (decoded) text must outlive it.
class Pointer {
 public:
  /// Nothing where `text` is no pointer: neither empty nor beginning with `/`, or with a `~` that
  /// no `0` or `1` follows.
  [[nodiscard]] static std::optional<Pointer> parse(std::string_view text);

  [[nodiscard]] bool done() const { return rest_.empty(); }
  /// What is left of it, as a pointer's text.
  [[nodiscard]] std::string_view text() const { return rest_; }
  /// Takes the next reference token, still with its ~0 and ~1. REQUIRES: !done().
  [[nodiscard]] std::string_view take();
  /// How many tokens are left: the level, below the whole value, of what is selected.
  [[nodiscard]] std::uint32_t steps() const;

 private:
  explicit Pointer(std::string_view rest) : rest_(rest) {}
  std::string_view rest_;
};

/// `token` with ~1 and ~0 undone: `token` itself where it has none, else a view of `scratch`.
[[nodiscard]] std::string_view unescaped_token(std::string_view token, std::string& scratch);

/// The array index that `token` spells (`0`, or digits with no leading zero), or nothing.
[[nodiscard]] std::optional<std::size_t> array_index(std::string_view token);

/// The text of the value that `pointer` selects in `text` (a view into it); nothing where it
/// selects none. Time in proportion to what stands in front of that value's end.
[[nodiscard]] std::optional<std::string_view> find(std::string_view text, Pointer pointer);

}  // namespace seshdb::json
