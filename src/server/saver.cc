// One part at a time: the server has one save or load under way.
#include "server/saver.h"

#include <system_error>
#include <utility>

#include "base/check.h"

namespace seshdb::server {

namespace {
constexpr int kNice = 19;
}  // namespace

Saver::~Saver() {
  // The worker skips what is still to be done.
  for (const auto& job : {asked_, job_}) {
    if (job != nullptr) job->failed = true;
  }
}

Worker* Saver::worker(commands::Part& fault, commands::Saving kind) {
  if (worker_ == nullptr) {
    try {
      worker_ = std::make_unique<Worker>(wake_, kNice);
    } catch (const std::system_error& error) {
      fault.status = kind == commands::Saving::kSave ? Status::kSaveError : Status::kLoadError;
      fault.fault = std::string("cannot start a thread: ") + error.what();
    }
  }
  return worker_.get();
}

void Saver::run(commands::Saving kind, std::function<void(commands::Part&)> job, Done done) {
  auto outcome = std::make_shared<commands::Part>();
  Worker* const with = worker(*outcome, kind);
  if (with == nullptr) {
    done(*outcome);
    return;
  }
  ++running_;
  with->post([outcome, job = std::move(job)] { job(*outcome); },
             [this, outcome, done = std::move(done)] {
               --running_;
               done(*outcome);
             });
}

void Saver::prepare(std::shared_ptr<SaveJob> job, Done done) {
  asked_ = job;
  const commands::Saving kind = job->kind;
  const std::int64_t now_ms = context_.clock.unix_ms();
  run(
      kind,
      [this, job = std::move(job), now_ms](commands::Part& outcome) {
        if (job->kind == commands::Saving::kSave) {
          auto made = save::NewSave::make(root_, job->name, now_ms);
          if (auto* const fault = std::get_if<std::string>(&made)) {
            outcome.status = Status::kSaveDirWriteFail;
            outcome.fault = std::move(*fault);
          } else {
            job->folder = std::move(std::get<std::unique_ptr<save::NewSave>>(made));
          }
          return;
        }
        save::Found found = save::newest(root_, job->name);
        if (found.fault.empty()) {
          const auto is_stopped = [&job] { return job->failed.load(); };
          found.fault = save::check(found.folder, context_.depth_max, is_stopped).value_or("");
        }
        if (!found.fault.empty()) outcome.status = Status::kLoadError;
        outcome.fault = std::move(found.fault);
        job->load_from = std::move(found.folder);
      },
      std::move(done));
}

void Saver::begin_part(std::shared_ptr<SaveJob> job, Done done) {
  SESHDB_CHECK(save_part_ == nullptr && load_part_ == nullptr);
  commands::Part fault;
  Worker* const with = worker(fault, job->kind);
  if (with == nullptr) {
    job->failed = true;
    done(fault);
    return;
  }
  job_ = std::move(job);
  part_done_ = std::move(done);
  if (job_->kind == commands::Saving::kSave) {
    save_part_ = std::make_unique<SavePart>(job_, context_, *with);
  } else {
    load_part_ = std::make_unique<LoadPart>(job_, context_, *with, commit_);
  }
}

void Saver::conclude(std::shared_ptr<SaveJob> job, const commands::Part& outcome, Done done) {
  const commands::Saving kind = job->kind;
  run(
      kind,
      [job = std::move(job), parts = outcome](commands::Part& whole) {
        whole = parts;
        if (job->folder == nullptr) return;
        if (whole.status != Status::kOk) {
          job->folder->discard();
        } else if (auto fault = job->folder->publish()) {
          whole.status = Status::kSaveError;
          whole.fault = *std::move(fault);
        }
      },
      std::move(done));
}

template <typename Part>
bool Saver::work_on(std::unique_ptr<Part>& part) {
  if (part == nullptr) return false;
  const bool more = part->work();
  if (!part->done()) return more;
  const commands::Part outcome = part->result();
  part.reset();
  job_.reset();
  std::exchange(part_done_, {})(outcome);
  return true;
}

bool Saver::work() {
  if (worker_ == nullptr) return false;
  worker_->poll();
  const bool saving = work_on(save_part_);
  const bool loading = work_on(load_part_);
  if (save_part_ == nullptr && load_part_ == nullptr && running_ == 0) {
    worker_.reset();
    asked_.reset();
  }
  return saving || loading;
}

}  // namespace seshdb::server
