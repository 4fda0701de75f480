// Random choices for tests, the same for the same seed on every machine.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "support/json_tree.h"

namespace seshdb::testing {

/// SplitMix64 (Steele, Lea and Flood, 2014).
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15U);
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31U);
  }
  /// From 0 to `sides` - 1.
  std::size_t roll(std::size_t sides) { return static_cast<std::size_t>(next() % sides); }
  bool one_in(std::size_t sides) { return roll(sides) == 0; }
  template <typename List>
  const auto& pick(const List& list) {
    return list[roll(list.size())];
  }

 private:
  std::uint64_t state_;
};

/// A random JSON value: at most `levels` deep, names that often repeat, numbers and strings of
/// every form; with white space and duplicate names on request.
struct JsonStyle {
  bool spaces = false;
  bool duplicates = false;
};
std::string random_json(Dice& dice, std::size_t levels, JsonStyle style = {});

/// An object or array of about `bytes` bytes: small and large members, strings longer than a chunk
/// of an opened container, names with escapes.
std::string large_json(Dice& dice, std::size_t bytes, std::size_t levels, bool object);

/// A pointer that mostly selects something in `text`.
std::string random_pointer(Dice& dice, std::string_view text);
/// The same in a tree, at least this many levels below its root.
std::string random_pointer(Dice& dice, const Json& root, std::size_t levels_least);

}  // namespace seshdb::testing
