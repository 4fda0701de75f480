// SH_SAVE and SH_LOAD, seen from the cores: the one that is asked prepares the work, all do their
// parts, the first concludes it and answers.
#include <algorithm>
#include <utility>

#include "base/log.h"
#include "commands/arguments.h"
#include "server/core.h"
#include "server/memory.h"
#include "server/save_outcome.h"
#include "store/tokens.h"

namespace seshdb::server {

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

void tell_foreign_names(std::uint64_t names, const log::Field& of) {
  if (names == 0) return;
  log::warn("shared sessions were made under another secret: their names do not open them",
            {of, {"sessions", names}});
}

void tell_outcome(const SaveJob& job, const commands::Part& outcome) {
  const std::string what = job.kind == SaveJob::Kind::kSave ? "save" : "load";
  if (outcome.status != Status::kOk) {
    log::warn("a " + what + " failed", {{"name", job.name}, {"reason", outcome.fault}});
    return;
  }
  log::info(what == "save" ? "saved sessions" : "loaded sessions", {{"name", job.name},
                                                                    {"sessions", outcome.sessions},
                                                                    {"keys", outcome.keys},
                                                                    {"ms", outcome.duration_ms}});
  tell_foreign_names(job.foreign_names, {"name", job.name});
}

}  // namespace

void Core::begin_saving(const ReturnAddress& from, const commands::Call& call) {
  auto owned = std::make_shared<const OwnedCall>(call);
  std::shared_ptr<SaveJob> job = job_of(call, context_.now_ms);
  if (shared_.saving.exchange(true)) {
    commands::Part refused;
    refused.status = job->error();
    refused.fault = "another save or load is under way";
    answer_gathered(from, owned->call, refused);
    return;
  }
  saver_.prepare(job, [this, from, owned, job](const Outcome& outcome) {
    if (outcome.status == Status::kOk) {
      begin_gather(from, owned, job);
    } else {
      end_saving(from, *owned, *job, part_of(outcome));
    }
  });
}

// What was loaded is not on the disk. What was saved is: another one.
void Core::note_lost_part(const SaveJob& job, commands::Part& outcome) {
  if (job.kind == SaveJob::Kind::kSave || outcome.status != Status::kOk) return;
  outcome.status = Status::kLoadError;
  outcome.fault = "the disk has failed, see the server's log";
}

void Core::conclude_saving(const Gather& gather) {
  saver_.conclude(gather.job, outcome_of(gather.part),
                  [this, from = gather.from, call = gather.call, job = gather.job](
                      const Outcome& outcome) { end_saving(from, *call, *job, part_of(outcome)); });
}

void Core::end_saving(const ReturnAddress& from, const OwnedCall& call, const SaveJob& job,
                      commands::Part outcome) {
  if (engine_->storage() == store::Storage::kFailed) note_lost_part(job, outcome);
  outcome.duration_ms = shared_.clock.now_ms() - job.begin_ms;
  tell_outcome(job, outcome);
  shared_.saving = false;
  answer_gathered(from, call.call, outcome);
}

std::optional<std::string> Core::load(const std::string& folder,
                                      const std::function<bool()>& is_stopped) {
  context_.now_ms = shared_.clock.now_ms();
  save::Loaded loaded = saver_.load_now(
      folder, context_.now_ms, [this] { return resident_bytes() <= shared_.memory_max; },
      is_stopped);
  log::info("loaded sessions", {{"core", index_},
                                {"from", folder},
                                {"sessions", loaded.made.sessions},
                                {"keys", loaded.made.keys}});
  tell_foreign_names(loaded.foreign_names, {"core", index_});
  return std::move(loaded.fault);
}

}  // namespace seshdb::server
