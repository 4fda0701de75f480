// Whether the engine can keep changes; commands ask this before they run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace seshdb::store {

/// Which changes the disk can still keep. Without a disk always kGood.
enum class Storage : std::uint8_t {
  kGood,
  kLittle,  // nearly full: no changes that take space
  kFull,    // no changes
  kFailed,  // no changes until the server is restarted
};

inline constexpr std::size_t kStorages = 4;

/// "good", "little", "full", "failed"
[[nodiscard]] constexpr std::string_view storage_name(Storage storage) {
  switch (storage) {
    case Storage::kGood:
      return "good";
    case Storage::kLittle:
      return "little";
    case Storage::kFull:
      return "full";
    case Storage::kFailed:
      break;
  }
  return "failed";
}

}  // namespace seshdb::store
