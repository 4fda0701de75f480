// Counts what one core has run: how often each command, with which status, and how long it took.
// The core's thread writes, any thread reads, without locks.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/status.h"
#include "base/tally.h"
#include "commands/command.h"

namespace seshdb::commands {

/// Of one command.
class CommandTally {
 public:
  void count(Status status) { by_status_[place_of(status)].add(); }
  [[nodiscard]] std::uint64_t count_of(Status status) const {
    return by_status_[place_of(status)].get();
  }
  /// Requests of any status.
  [[nodiscard]] std::uint64_t total() const;

  /// Of the requests that were timed.
  Durations durations;

 private:
  friend class Tally;
  // Each status has a place of its own; those of kPlaces - 1 and above share the last.
  static constexpr std::size_t kPlaces = 256;
  [[nodiscard]] static constexpr std::size_t place_of(Status status) {
    return std::min(static_cast<std::size_t>(status), kPlaces - 1);
  }

  std::array<Count, kPlaces> by_status_;
  std::uint32_t until_timed_ = 1;
};

class Tally {
 public:
  /// One request in so many is timed, on average.
  static constexpr std::uint32_t kTimedOneIn = 16;

  Tally();
  Tally(const Tally&) = delete;
  Tally& operator=(const Tally&) = delete;

  [[nodiscard]] CommandTally& of(const Command& command) { return commands_[command.index]; }
  [[nodiscard]] const CommandTally& of(const Command& command) const {
    return commands_[command.index];
  }
  /// Of texts that are no request for a known command.
  [[nodiscard]] CommandTally& of_none() { return commands_.back(); }
  [[nodiscard]] const CommandTally& of_none() const { return commands_.back(); }

  /// Whether to time the request at hand: the first of each command, and then one at random of
  /// about kTimedOneIn. A fixed step could keep pace with a pattern in the clients' requests.
  [[nodiscard]] bool is_to_be_timed(CommandTally& command) {
    if (--command.until_timed_ != 0) {
      return false;
    }
    command.until_timed_ = next_step();
    return true;
  }

 private:
  [[nodiscard]] std::uint32_t next_step();

  std::vector<CommandTally> commands_;  // by Command::index, and one for none
  std::uint32_t chance_ = 1;
};

}  // namespace seshdb::commands
