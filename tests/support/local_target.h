// The command layer as a target: several stores, as if each were a core's, and no sockets.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "commands/execute.h"
#include "commands/tally.h"
#include "protocol/envelope.h"
#include "store/batch.h"
#include "support/conformance.h"

namespace seshdb::testing {

class LocalTarget final : public Target {
 public:
  explicit LocalTarget(std::uint32_t cores = 1);

  /// As a restart does: new stores are made of what the old ones told, or of a snapshot of them.
  /// "" or what is wrong with them.
  std::string reopen(bool by_snapshot);
  /// Sets the wall clock; the batches are told, as by an engine.
  void set_unix_ms(std::int64_t ms);

  std::optional<std::string> send(std::string_view text) override;
  std::optional<std::string> send_binary(std::string_view) override { return std::nullopt; }
  [[nodiscard]] bool takes_binary() const override { return false; }
  void advance_ms(std::uint64_t ms) override { clock_.advance_ms(ms); }
  [[nodiscard]] std::int64_t unix_ms() const override { return clock_.unix_ms(); }
  [[nodiscard]] ManualClock& clock() { return clock_; }
  /// Of all cores together.
  [[nodiscard]] const commands::Tally& tally() const { return tally_; }

 private:
  commands::Context& context(std::uint32_t core);
  void use_stores();
  std::string reopen(std::unique_ptr<store::Store>& store, store::Batch& batch) const;

  ManualClock clock_;
  SystemRandom random_;
  store::Secret secret_;
  std::vector<store::Batch> batches_;  // of each core, all since its store was made
  commands::Tally tally_;
  std::vector<std::unique_ptr<store::Store>> stores_;
  std::vector<commands::Context> contexts_;
  protocol::EnvelopeReader envelopes_;
};

}  // namespace seshdb::testing
