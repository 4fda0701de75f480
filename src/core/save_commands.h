// SH_SAVE and SH_LOAD. The core that is asked prepares the work, requests a part from each core,
// concludes the work and answers. A server runs one save or load at a time. One thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>

#include "base/buffer.h"
#include "base/logging.h"
#include "commands/executor.h"
#include "core/exchange.h"
#include "core/gathers.h"
#include "core/outbox.h"
#include "core/parcel.h"
#include "save/save_job.h"
#include "save/saver.h"

namespace seshdb::core {

class SaveCommands {
 public:
  /// `is_saving`: a save or load is under way in the server. All must outlive it.
  SaveCommands(commands::Executor& executor, Gathers& gathers, Exchange& exchange, Outbox& outbox,
               save::Saver& saver, std::atomic<bool>& is_saving)
      : executor_(executor),
        gathers_(gathers),
        exchange_(exchange),
        outbox_(outbox),
        saver_(saver),
        is_saving_(is_saving) {}

  /// Runs the call and answers it.
  void begin(const ReturnAddress& from, const commands::Call& call);

  /// Runs a part here for core `asker`.
  void take(std::uint32_t asker, SavePartRequest request);
  /// Adds the outcome of some core's part.
  void add(const SavePartAnswer& answer);

 private:
  // The save or load that this core was asked for.
  struct Asked {
    ReturnAddress from;
    std::shared_ptr<const OwnedCall> call;
    std::shared_ptr<save::SaveJob> job;
    std::size_t missing = 0;  // parts
    std::uint64_t parts_begin_ns = 0;
    save::Outcome outcome{};  // of the parts so far
    bool lost = false;        // it is not known whether what some part has loaded is kept
  };

  void begin_parts();
  void end(save::Outcome outcome);
  void answer(const ReturnAddress& from, const commands::Call& call,
              const commands::SaveResult& result);

  commands::Executor& executor_;
  Gathers& gathers_;
  Exchange& exchange_;
  Outbox& outbox_;
  save::Saver& saver_;
  std::atomic<bool>& is_saving_;
  std::optional<Asked> asked_;
  Buffer answer_;
};

/// Logs how many shared sessions were made under another secret; nothing where there are none.
void warn_of_foreign_names(std::uint64_t names, const logging::Field& of);

}  // namespace seshdb::core
