// One run of a core on a disk that fails: it recovers, changes sessions at random turn by turn as a
// core does, and records the state after each commit and which states were reported as safe.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "engine/log.h"
#include "engine/recovery.h"
#include "store/store.h"
#include "support/random.h"
#include "support/store_changes.h"

namespace seshdb::testing {

inline constexpr engine::Manifest kManifest = {.epoch = 1, .cores = 1};

/// Reads the directory into the store. Gives the position at which the log goes on.
Result<engine::LogPosition> recover(engine::Directory& directory, store::Store& store,
                                    const Clock& clock, engine::Recovery::Mode mode,
                                    engine::RecoveryReport* report = nullptr);

/// Without waiting clients.
class NoEvents final : public engine::Events {
  void on_fetched(std::uint64_t /*token*/, engine::Fetched /*fetched*/) override {}
  void on_outcome(engine::Ticket /*ticket*/, engine::Outcome /*outcome*/) override {}
};

/// A log, and the store whose changes it gets.
struct LoggedStore {
  LoggedStore(
      engine::Directory& directory, const Clock& its_clock, const engine::LogSettings& settings,
      const std::function<void()>& wake = [] {})
      : clock(its_clock), log(directory, store, clock, kManifest, 0, settings, wake) {}
  ~LoggedStore() { store.tell(nullptr); }

  [[nodiscard]] Result<void> open(const engine::LogPosition& position = {}) {
    Result<void> opened = log.open(position);
    changes.set_unix_offset_ms(log.unix_offset_ms());
    store.tell(&changes);
    return opened;
  }
  engine::Committed commit() { return log.commit(changes, clock.now_ms()); }
  void poll() { log.poll(events); }

  const Clock& clock;
  NoEvents events;
  store::Batch changes;
  store::Store store;
  engine::Log log;
};

class Life : private engine::Events {
 public:
  Life(engine::Directory& directory, const Clock& clock, const engine::LogSettings& settings)
      : directory_(directory), clock_(clock), settings_(settings) {}

  /// Recovers, and opens the log.
  Result<void> begin();
  /// A turn of a core, with some random changes.
  void turn(Dice& dice);
  /// Waits for the sync that is under way, if there is one.
  void wait_for_sync();
  void close() { log_->close(changes_); }
  /// A turn that changes nothing.
  void quiet_turn();
  void poll();
  void commit();

  [[nodiscard]] engine::Log& log() { return *log_; }
  [[nodiscard]] store::Store& store() { return store_; }

  std::vector<std::string> history;  // the state after each commit
  std::size_t safe = 0;              // how many of these were reported as on the disk
  std::size_t losses = 0;            // commits that were reported as lost
  [[nodiscard]] std::size_t waiting() const { return pending_.size(); }  // without an outcome yet

 private:
  void on_fetched(std::uint64_t /*token*/, engine::Fetched /*fetched*/) override {}
  void on_outcome(engine::Ticket ticket, engine::Outcome outcome) override;
  void work();
  // A sync is under way, or a short wait for more clients to share it.
  [[nodiscard]] bool is_syncing() const;

  engine::Directory& directory_;
  const Clock& clock_;
  const engine::LogSettings settings_;
  std::mutex mutex_;
  std::condition_variable bell_;
  store::Store store_;
  std::unique_ptr<engine::Log> log_;
  store::Batch changes_;
  std::map<engine::Ticket, std::size_t> pending_;  // the state after the last commit of each
  std::size_t sync_target_ = 0;
};

}  // namespace seshdb::testing
