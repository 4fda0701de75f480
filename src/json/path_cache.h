// Parsed paths by their text, so that a program that asks the same again and again pays for the
// parsing once. Not thread-safe.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "json/path.h"
#include "json/string.h"

namespace seshdb::json {

class PathCache {
 public:
  /// As Path::parse. The path holds until the next call.
  [[nodiscard]] tl::expected<const Path*, Path::Error> parse(std::string_view text) {
    Slot& slot = slots_.at(string_hash(text) % kSlots);
    if (!slot.path || slot.text != text) {
      tl::expected<Path, Path::Error> parsed = Path::parse(text);
      if (!parsed) return tl::unexpected(std::move(parsed.error()));
      slot.text = text;
      slot.path = *std::move(parsed);
    }
    return &*slot.path;
  }

 private:
  // A text has one slot, and replaces what is there: nothing else has to be kept in order. Few, as
  // a path with regular expressions may take up to 1 MiB for each.
  static constexpr std::size_t kSlots = 32;
  struct Slot {
    std::string text;
    std::optional<Path> path;
  };

  std::array<Slot, kSlots> slots_;
};

}  // namespace seshdb::json
