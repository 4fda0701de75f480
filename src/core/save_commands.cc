// The order of a save or load, and what the log says of it.
#include "core/save_commands.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/logging.h"
#include "commands/arguments.h"
#include "core/save_outcome.h"
#include "store/tokens.h"

namespace seshdb::core {

namespace {

using save::Outcome;
using save::SaveJob;

std::shared_ptr<SaveJob> job_of(const commands::Call& call, std::uint64_t now_ms) {
  auto job = std::make_shared<SaveJob>();
  std::string scratch;
  job->kind =
      call.command->saving == commands::Saving::kSave ? SaveJob::Kind::kSave : SaveJob::Kind::kLoad;
  job->name = call.param(0)->string(call.text, scratch);
  job->begin_ms = now_ms;
  if (job->kind != SaveJob::Kind::kSave || call.param(1) == nullptr) return job;
  std::vector<std::uint64_t>& tokens = job->tokens.emplace();
  commands::for_each_child(call, *call.param(1), [&](const json::Node& item) {
    if (item.kind != json::Kind::kString) return;
    const auto token = store::parse_token(item.string(call.text, scratch));
    if (token) tokens.push_back(*token);
  });
  std::sort(tokens.begin(), tokens.end());
  tokens.erase(std::unique(tokens.begin(), tokens.end()), tokens.end());
  return job;
}

void tell_outcome(const SaveJob& job, const commands::Part& outcome) {
  const std::string what = job.kind == SaveJob::Kind::kSave ? "save" : "load";
  if (outcome.status != Status::kOk) {
    logging::warn("a " + what + " failed", {{"name", job.name}, {"reason", outcome.fault}});
    return;
  }
  logging::info(what == "save" ? "saved sessions" : "loaded sessions",
                {{"name", job.name},
                 {"sessions", outcome.sessions},
                 {"keys", outcome.keys},
                 {"ms", outcome.duration_ms}});
  warn_of_foreign_names(job.foreign_names, {"name", job.name});
}

// What was loaded is not on the disk. What was saved is: another one.
void note_lost(const SaveJob& job, commands::Part& outcome) {
  if (job.kind == SaveJob::Kind::kSave || outcome.status != Status::kOk) return;
  outcome.status = Status::kLoadError;
  outcome.fault = "the disk has failed, see the server's log";
}

}  // namespace

void warn_of_foreign_names(std::uint64_t names, const logging::Field& of) {
  if (names == 0) return;
  logging::warn("shared sessions were made under another secret: their names do not open them",
                {of, {"sessions", names}});
}

void SaveCommands::begin(const ReturnAddress& from, const commands::Call& call) {
  auto owned = std::make_shared<const OwnedCall>(call);
  std::shared_ptr<SaveJob> job = job_of(call, context_.now_ms);
  if (is_saving_.exchange(true)) {
    commands::Part refused;
    refused.status = job->error();
    refused.fault = "another save or load is under way";
    gathers_.answer(from, owned->call, refused);
    return;
  }
  saver_.prepare(job, [this, from, owned, job](const Outcome& outcome) {
    if (outcome.status != Status::kOk) {
      end(from, *owned, *job, part_of(outcome));
      return;
    }
    gathers_.begin(owned, job, [this, from, owned, job](const commands::Part& parts) {
      conclude(from, owned, job, parts);
    });
  });
}

void SaveCommands::conclude(const ReturnAddress& from, const std::shared_ptr<const OwnedCall>& call,
                            const std::shared_ptr<SaveJob>& job, const commands::Part& parts) {
  commands::Part outcome = parts;
  if (parts.lost) note_lost(*job, outcome);
  saver_.conclude(job, outcome_of(outcome), [this, from, call, job](const Outcome& whole) {
    end(from, *call, *job, part_of(whole));
  });
}

void SaveCommands::end(const ReturnAddress& from, const OwnedCall& call, const SaveJob& job,
                       commands::Part outcome) {
  if (context_.storage == store::Storage::kFailed) note_lost(job, outcome);
  outcome.duration_ms = context_.clock.now_ms() - job.begin_ms;
  tell_outcome(job, outcome);
  is_saving_ = false;
  gathers_.answer(from, call.call, outcome);
}

}  // namespace seshdb::core
