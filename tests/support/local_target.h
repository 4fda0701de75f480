// A server in the test's thread as a target: several cores, and requests over HTTP in memory.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "commands/tally.h"
#include "store/batch.h"
#include "support/conformance.h"
#include "support/one_thread_server.h"

namespace seshdb::testing {

class LocalTarget final : public Target {
 public:
  /// What keeps the sessions.
  enum class Keeper : std::uint8_t {
    kRecords,  // memory, with a record of every change for reopen()
    kRemote,   // an engine elsewhere that is slow, and whose commits meet conflicts
  };

  explicit LocalTarget(std::uint32_t cores = 1, Keeper keeper = Keeper::kRecords,
                       std::uint64_t seed = 1);

  /// Makes the stores again, as a restart does, from their records or a snapshot. Returns "" or an
  /// error. REQUIRES: Keeper::kRecords.
  std::string reopen(bool by_snapshot);
  /// Removes all that has expired, as some turns without requests do.
  void settle();
  /// Sets the wall clock.
  void set_unix_ms(std::int64_t ms) { clock_.set_unix_ms(ms); }

  std::optional<std::string> send(std::string_view text) override;
  std::optional<std::string> send_binary(std::string_view) override { return std::nullopt; }
  [[nodiscard]] bool takes_binary() const override { return false; }
  void advance_ms(std::uint64_t ms) override { clock_.advance_ms(ms); }
  [[nodiscard]] std::int64_t unix_ms() const override { return clock_.unix_ms(); }
  [[nodiscard]] ManualClock& clock() { return clock_; }
  [[nodiscard]] std::size_t cores() const { return server_->cores(); }
  /// Of one core.
  [[nodiscard]] const commands::Tally& tally(std::uint32_t core) const {
    return server_->shared().published[core]->tally;
  }

 private:
  [[nodiscard]] std::unique_ptr<engine::Engine> make_engine(std::uint32_t core,
                                                            store::Store& store);
  [[nodiscard]] std::string check(std::uint32_t core, bool& is_lagging);
  void reopen_core(std::uint32_t core);

  const Keeper keeper_;
  const std::uint64_t seed_;
  ManualClock clock_;
  std::vector<store::Batch> written_;  // by core, all since its store was made
  std::unique_ptr<OneThreadServer> server_;
  std::shared_ptr<Line> line_;
};

}  // namespace seshdb::testing
