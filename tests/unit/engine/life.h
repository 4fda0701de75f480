// One life of a core on a disk that fails: it reads what there is, changes sessions at random turn
// by turn as a core does, and remembers what stood there after each commit and what was said to be
// safe.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "engine/log.h"
#include "engine/recovery.h"
#include "store/store.h"
#include "support/random.h"

namespace seshdb::testing {

inline constexpr engine::Manifest kManifest = {.epoch = 1, .cores = 1};

/// Everything about the sessions of the tokens from 1 to kTokens, as text.
inline constexpr std::uint64_t kTokens = 12;
std::string dump(const store::Store& store);

/// Reads the directory into the store; nothing, or a fault.
std::optional<std::string> recover(engine::Directory& directory, store::Store& store,
                                   const Clock& clock, engine::Recovery::Mode mode,
                                   engine::LogPosition* position = nullptr,
                                   engine::RecoveryReport* report = nullptr);

class Life {
 public:
  Life(engine::Directory& directory, const Clock& clock, const engine::LogSettings& settings)
      : directory_(directory), clock_(clock), settings_(settings) {}

  /// Recovers, and opens the log; nothing, or a fault.
  std::optional<std::string> begin();
  /// A turn of a core, with some changes drawn from the dice.
  void turn(Dice& dice);
  /// Waits for the sync that is under way, if there is one.
  void wait_for_sync();
  void close() { log_->close(); }

  [[nodiscard]] engine::Log& log() { return *log_; }
  [[nodiscard]] store::Store& store() { return store_; }

  std::vector<std::string> history;  // what stood there, after each commit
  std::size_t safe = 0;              // so much of it was said to be on the disk
  std::size_t losses = 0;            // how often something was reported as lost

 private:
  void change(Dice& dice);
  void change(Dice& dice, store::Session& session);
  void poll();

  engine::Directory& directory_;
  const Clock& clock_;
  const engine::LogSettings settings_;
  std::mutex mutex_;
  std::condition_variable bell_;
  store::Store store_;
  std::unique_ptr<engine::Log> log_;
  std::size_t sync_target_ = 0;
};

}  // namespace seshdb::testing
