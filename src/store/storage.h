// Whether changes can be kept: what the engine says to the commands.
#pragma once

#include <cstdint>

namespace seshdb::store {

/// What can still be kept on the disk. Without a disk always kGood.
enum class Storage : std::uint8_t {
  kGood,
  kLittle,  // it is nearly full: nothing that grows
  kFull,    // nothing that changes anything
  kFailed,  // the same, until the server is started anew
};

}  // namespace seshdb::store
