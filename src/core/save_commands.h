// SH_SAVE and SH_LOAD, on the core that is asked: prepares the work, has all cores do their parts,
// concludes it and answers. One thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "base/logging.h"
#include "commands/command.h"
#include "core/gathers.h"
#include "core/parcel.h"
#include "save/save_job.h"
#include "save/saver.h"

namespace seshdb::core {

class SaveCommands {
 public:
  /// `is_saving`: a save or load is under way in the server. All must outlive it.
  SaveCommands(commands::Context& context, Gathers& gathers, save::Saver& saver,
               std::atomic<bool>& is_saving)
      : context_(context), gathers_(gathers), saver_(saver), is_saving_(is_saving) {}

  void begin(const ReturnAddress& from, const commands::Call& call);

 private:
  void conclude(const ReturnAddress& from, const std::shared_ptr<const OwnedCall>& call,
                const std::shared_ptr<save::SaveJob>& job, const commands::Part& parts);
  void end(const ReturnAddress& from, const OwnedCall& call, const save::SaveJob& job,
           commands::Part outcome);

  commands::Context& context_;
  Gathers& gathers_;
  save::Saver& saver_;
  std::atomic<bool>& is_saving_;
};

/// Logs that shared sessions were made under another secret, where there are any.
void warn_of_foreign_names(std::uint64_t names, const logging::Field& of);

}  // namespace seshdb::core
