// The steps of a save or load, and their log lines.
#include "core/save_commands.h"

#include <string>
#include <utility>

#include "base/check.h"
#include "base/logging.h"
#include "commands/save_commands.h"

namespace seshdb::core {

namespace {

using save::Outcome;
using save::SaveJob;

std::shared_ptr<SaveJob> job_of(const commands::Call& call, std::uint64_t now_ms) {
  commands::SaveRequest request = commands::read_save_request(call);
  auto job = std::make_shared<SaveJob>();
  job->kind = request.is_load ? SaveJob::Kind::kLoad : SaveJob::Kind::kSave;
  job->name = std::move(request.name);
  job->begin_ms = now_ms;
  job->tokens = std::move(request.tokens);
  return job;
}

void log_result(const SaveJob& job, const commands::SaveResult& result) {
  const bool is_save = job.kind == SaveJob::Kind::kSave;
  if (result.status != Status::kOk) {
    logging::warn(is_save ? "a save failed" : "a load failed",
                  {{"name", job.name}, {"reason", result.fault}});
    return;
  }
  logging::info(is_save ? "saved sessions" : "loaded sessions",
                {{"name", job.name},
                 {"sessions", result.counts.sessions},
                 {"keys", result.counts.keys},
                 {"ms", result.duration_ms}});
  warn_of_foreign_names(job.foreign_names, {"name", job.name});
}

// What was loaded is not on the disk. A save is not affected: it is in its folder.
void note_lost(const SaveJob& job, Outcome& outcome) {
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
  std::shared_ptr<SaveJob> job = job_of(call, executor_.context().turn.now_ms);
  if (is_saving_.exchange(true)) {
    answer(from, call, {.status = job->error(), .fault = "another save or load is under way"});
    return;
  }
  SESHDB_CHECK(!asked_.has_value());  // else its client would get the other's answer
  asked_ = Asked{.from = from, .call = std::make_shared<const OwnedCall>(call), .job = job};
  saver_.prepare(std::move(job), [this](const Outcome& outcome) {
    if (outcome.status == Status::kOk) {
      begin_parts();
    } else {
      end(outcome);
    }
  });
}

void SaveCommands::begin_parts() {
  const commands::CoreContext& core = executor_.context().core;
  asked_->missing = core.cores;
  asked_->parts_begin_ns = core.clock.now_ns();
  for (std::uint32_t to = 0; to < core.cores; ++to) {
    exchange_.calls_to(to).add(SavePartRequest{.job = asked_->job});
  }
}

void SaveCommands::take(std::uint32_t asker, SavePartRequest request) {
  gathers_.fetch_all([this, asker, job = std::move(request.job)](engine::Fetched fetched) {
    if (fetched == engine::Fetched::kRefused) {
      job->failed = true;  // a save without this core's sessions is not valid
      exchange_.answers_to(asker).add(SavePartAnswer{
          .outcome = {.status = job->error(), .fault = "the sessions cannot be reached now"}});
      return;
    }
    saver_.begin_part(job, [this, asker](const Outcome& outcome) {
      exchange_.answers_to(asker).add(SavePartAnswer{.outcome = outcome});
    });
  });
}

// Waits for all parts, also after one has failed: the others may still be running.
void SaveCommands::add(const SavePartAnswer& answer) {
  SESHDB_CHECK(asked_.has_value() && asked_->missing != 0);
  Asked& asked = *asked_;
  asked.outcome.add(answer.outcome);
  asked.lost = asked.lost || answer.lost;
  if (--asked.missing != 0) return;
  executor_.count_duration(*asked.call->call.command,
                           executor_.context().core.clock.now_ns() - asked.parts_begin_ns);
  if (asked.lost) note_lost(*asked.job, asked.outcome);
  saver_.conclude(asked.job, asked.outcome, [this](const Outcome& whole) { end(whole); });
}

void SaveCommands::end(Outcome outcome) {
  SESHDB_CHECK(asked_.has_value() && asked_->missing == 0);
  const commands::Context& context = executor_.context();
  const Asked asked = *std::exchange(asked_, std::nullopt);
  if (context.turn.storage == store::Storage::kFailed) note_lost(*asked.job, outcome);
  const commands::SaveResult result{
      .status = outcome.status,
      .fault = std::move(outcome.fault),
      .counts = outcome.counts,
      .duration_ms = context.core.clock.now_ms() - asked.job->begin_ms};
  log_result(*asked.job, result);
  is_saving_ = false;
  answer(asked.from, asked.call->call, result);
}

void SaveCommands::answer(const ReturnAddress& from, const commands::Call& call,
                          const commands::SaveResult& result) {
  answer_.clear();
  executor_.finish_save(call, result, answer_);
  outbox_.complete(from, answer_.view(), Answered::kText);
}

}  // namespace seshdb::core
