// Commands that run on every core: the core that is asked has each do its part, itself among them,
// and puts the parts together. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

#include "base/buffer.h"
#include "commands/command.h"
#include "core/committer.h"
#include "core/exchange.h"
#include "core/outbox.h"
#include "save/saver.h"

namespace seshdb::core {

class Gathers {
 public:
  using Parts = std::function<void(const commands::Part& all)>;

  /// All must outlive it.
  Gathers(commands::Context& context, Committer& committer, Exchange& exchange, Outbox& outbox,
          save::Saver& saver)
      : context_(context),
        committer_(committer),
        exchange_(exchange),
        outbox_(outbox),
        saver_(saver) {}

  /// Runs the call everywhere and answers it.
  void begin(const ReturnAddress& from, const commands::Call& call);
  /// The same for a save or load, of which `conclude` is told when all parts are done. The answer
  /// is the caller's.
  void begin(const std::shared_ptr<const OwnedCall>& call,
             const std::shared_ptr<save::SaveJob>& job, Parts conclude);
  /// Answers a call from all its parts.
  void answer(const ReturnAddress& from, const commands::Call& call, const commands::Part& all);

  /// A part to do here, for core `asker`; some later work() may have to end it.
  void take(std::uint32_t asker, PartRequest request);
  /// A part that some core has done.
  void add(const PartAnswer& answer);
  /// The fetch of all sessions has ended.
  void on_fetched(engine::Fetched fetched);

  /// Does parts that waited until all that had expired is removed.
  void work();
  [[nodiscard]] bool has_work() const { return !settling_.empty(); }

 private:
  struct Gather {
    ReturnAddress from;
    std::shared_ptr<const OwnedCall> call;
    std::size_t missing = 0;
    std::uint64_t begin_ns = 0;
    commands::Part part;
    Parts conclude;  // of a save or load
  };
  // By which core a part was asked for, and under which number.
  struct PartJob {
    std::uint32_t asker;
    PartRequest request;
  };

  void begin(Gather gather, const std::shared_ptr<save::SaveJob>& job);
  void settle(PartJob job);
  void run(const PartJob& job);
  void send(const PartJob& job, const commands::Part& part, bool lost = false);

  commands::Context& context_;
  Committer& committer_;
  Exchange& exchange_;
  Outbox& outbox_;
  save::Saver& saver_;
  std::unordered_map<std::uint64_t, Gather> gathers_;
  std::uint64_t next_ = 0;
  std::vector<PartJob> fetching_;        // wait for the fetch of all sessions
  std::vector<PartJob> settling_;        // wait until what had expired is removed
  std::vector<PartJob> settling_later_;  // came meanwhile, and begin after those
  Buffer answer_;
};

}  // namespace seshdb::core
