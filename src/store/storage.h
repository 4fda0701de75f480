// Whether changes can be kept: what the engine says to the commands.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace seshdb::store {

/// What can still be kept on the disk. Without a disk always kGood.
enum class Storage : std::uint8_t {
  kGood,
  kLittle,  // it is nearly full: nothing that grows
  kFull,    // nothing that changes anything
  kFailed,  // the same, until the server is started anew
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
