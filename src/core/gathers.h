// Commands that run on every core: the core that is asked requests a part from each core, itself
// included, and combines the parts into the answer. One thread.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

#include "base/buffer.h"
#include "commands/executor.h"
#include "core/committer.h"
#include "core/exchange.h"
#include "core/outbox.h"

namespace seshdb::core {

class Gathers {
 public:
  /// All must outlive it.
  Gathers(commands::Executor& executor, Committer& committer, Exchange& exchange, Outbox& outbox)
      : executor_(executor), committer_(committer), exchange_(exchange), outbox_(outbox) {}

  /// Runs the call on every core and answers it.
  void begin(const ReturnAddress& from, const commands::Call& call);

  /// Runs a part here for core `asker`, now or in a later work().
  void take(std::uint32_t asker, PartRequest request);
  /// Adds the part of some core.
  void add(PartAnswer answer);

  /// Called when all sessions of this core are in memory; kRefused: they cannot be fetched.
  using OnFetched = std::function<void(engine::Fetched)>;
  void fetch_all(OnFetched then);
  /// That fetch has ended.
  void on_fetched(engine::Fetched fetched);

  /// Runs the parts that waited until all that had expired is removed, and a slice of one part that
  /// takes several turns.
  void work();
  [[nodiscard]] bool has_work() const { return !settling_.empty() || !slicing_.empty(); }

 private:
  struct Gather {
    ReturnAddress from;
    std::shared_ptr<const OwnedCall> call;
    std::size_t missing;
    std::uint64_t begin_ns;
    commands::Part all{};  // the parts so far; at first empty
  };
  // A part, and the core that asked for it.
  struct PartJob {
    std::uint32_t asker;
    PartRequest request;
  };

  // A part that takes several turns.
  struct Slicing {
    PartJob job;
    commands::Part part;
  };

  void settle(PartJob job);
  void begin_settling();
  void run(const PartJob& job);
  void run_slice();
  // True where the changes of the call could not be kept; the core that was asked may not have
  // known that.
  [[nodiscard]] bool cannot_keep(const commands::Call& call) const;
  void send(const PartJob& job, commands::Part part, bool lost);

  commands::Executor& executor_;
  Committer& committer_;
  Exchange& exchange_;
  Outbox& outbox_;
  std::unordered_map<std::uint64_t, Gather> gathers_;
  std::uint64_t next_ = 0;
  std::vector<OnFetched> fetching_;      // wait for the fetch of all sessions
  std::vector<PartJob> settling_;        // wait until what had expired is removed
  std::vector<PartJob> settling_later_;  // begin after those in settling_
  std::deque<Slicing> slicing_;          // each gets a slice in its turn
  Buffer answer_;
};

}  // namespace seshdb::core
