// Commands that run on every core: the core that is asked has each do its part, itself among them,
// and puts the parts together. One thread.
#pragma once

#include <cstdint>
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

  /// Runs the call everywhere and answers it.
  void begin(const ReturnAddress& from, const commands::Call& call);

  /// A part to do here, for core `asker`; some later work() may have to end it.
  void take(std::uint32_t asker, PartRequest request);
  /// A part that some core has done.
  void add(PartAnswer answer);

  /// Told once all sessions of this core are in memory; kRefused: they cannot be fetched.
  using OnFetched = std::function<void(engine::Fetched)>;
  void fetch_all(OnFetched then);
  /// That fetch has ended.
  void on_fetched(engine::Fetched fetched);

  /// Does parts that waited until all that had expired is removed.
  void work();
  [[nodiscard]] bool has_work() const { return !settling_.empty(); }

 private:
  struct Gather {
    ReturnAddress from;
    std::shared_ptr<const OwnedCall> call;
    std::size_t missing;
    std::uint64_t begin_ns;
    commands::Part all{};  // those that are there; at first empty
  };
  // By which core a part was asked for, and under which number.
  struct PartJob {
    std::uint32_t asker;
    PartRequest request;
  };

  void settle(PartJob job);
  void begin_settling();
  void run(const PartJob& job);
  void send(const PartJob& job, commands::Part part, bool lost);

  commands::Executor& executor_;
  Committer& committer_;
  Exchange& exchange_;
  Outbox& outbox_;
  std::unordered_map<std::uint64_t, Gather> gathers_;
  std::uint64_t next_ = 0;
  std::vector<OnFetched> fetching_;      // wait for the fetch of all sessions
  std::vector<PartJob> settling_;        // wait until what had expired is removed
  std::vector<PartJob> settling_later_;  // came meanwhile, and begin after those
  Buffer answer_;
};

}  // namespace seshdb::core
