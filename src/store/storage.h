// Whether changes can be kept: what the engine says to the commands.
#pragma once

#include <algorithm>
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

/// What a core's engine says of itself, or those of several together.
struct EngineFigures {
  Storage storage = Storage::kGood;  // of several the worst
  std::uint64_t log_bytes = 0;       // since the last checkpoint
  std::uint64_t checkpoint_bytes = 0;
  std::uint64_t checkpoints = 0;     // written since the start
  std::uint64_t unsynced_bytes = 0;  // what a loss of power would take
  std::uint64_t syncs = 0;           // finished since the start
  std::uint64_t sync_ns = 0;         // how long they took in all
  std::uint64_t last_sync_ms = 0;    // when the last one ended, on the clock's scale; 0: none

  void add(const EngineFigures& other) {
    storage = std::max(storage, other.storage);
    log_bytes += other.log_bytes;
    checkpoint_bytes += other.checkpoint_bytes;
    checkpoints += other.checkpoints;
    unsynced_bytes += other.unsynced_bytes;
    syncs += other.syncs;
    sync_ns += other.sync_ns;
    last_sync_ms = std::max(last_sync_ms, other.last_sync_ms);
  }
};

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
