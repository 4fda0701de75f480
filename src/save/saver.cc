// The server has one save or load under way at a time, so a core has one part.
#include "save/saver.h"

#include <system_error>
#include <utility>

#include "base/check.h"

namespace seshdb::save {

namespace {
constexpr int kNice = 19;
}  // namespace

Saver::~Saver() {
  // The worker skips the jobs that it has not begun.
  for (const auto& job : {asked_, job_}) {
    if (job != nullptr) job->failed = true;
  }
}

Result<Worker*> Saver::worker() {
  if (worker_ == nullptr) {
    try {
      worker_ = std::make_unique<Worker>(wake_, kNice);
    } catch (const std::system_error& error) {
      return fail(std::string("cannot start a thread: ") + error.what());
    }
  }
  return worker_.get();
}

void Saver::run(std::shared_ptr<SaveJob> job, std::function<void(SaveJob&, Outcome&)> act,
                Done done) {
  const Result<Worker*> with = worker();
  if (!with) {
    done({.status = job->error(), .fault = with.error()});
    return;
  }
  ++running_;
  auto outcome = std::make_shared<Outcome>();
  (*with)->post([outcome, job = std::move(job), act = std::move(act)] { act(*job, *outcome); },
                [this, outcome, done = std::move(done)] {
                  --running_;
                  done(*outcome);
                });
}

void Saver::prepare_save(SaveJob& job, const std::string& root, std::int64_t now_ms,
                         Outcome& outcome) {
  auto made = NewSave::make(root, job.name, now_ms);
  if (made) {
    job.folder = *std::move(made);
  } else {
    outcome = {.status = Status::kSaveDirWriteFail, .fault = std::move(made.error())};
  }
}

void Saver::prepare_load(SaveJob& job, const std::string& root, const Terms& terms,
                         Outcome& outcome) {
  Result<CheckedSave> checked =
      newest(root, job.name).and_then([&job, &terms](const std::string& folder) {
        return check(folder, terms, [&job] { return job.failed.load(); });
      });
  if (checked) {
    job.load_from = *std::move(checked);
  } else {
    outcome = {.status = Status::kLoadError, .fault = checked.error()};
  }
}

void Saver::prepare(std::shared_ptr<SaveJob> job, Done done) {
  asked_ = job;
  const std::int64_t now_ms = share_.clock.unix_ms();
  run(
      std::move(job),
      [this, now_ms](SaveJob& asked, Outcome& outcome) {
        if (asked.kind == SaveJob::Kind::kSave) {
          prepare_save(asked, root_, now_ms, outcome);
        } else {
          prepare_load(asked, root_, share_.terms(), outcome);
        }
      },
      std::move(done));
}

void Saver::begin_part(std::shared_ptr<SaveJob> job, Done done) {
  SESHDB_CHECK(save_part_ == nullptr && load_part_ == nullptr);
  const Result<Worker*> with = worker();
  if (!with) {
    job->failed = true;
    done({.status = job->error(), .fault = with.error()});
    return;
  }
  job_ = std::move(job);
  part_done_ = std::move(done);
  if (job_->kind == SaveJob::Kind::kSave) {
    save_part_ = std::make_unique<SavePart>(job_, share_, **with);
  } else {
    load_part_ =
        std::make_unique<LoadPart>(job_, share_, **with, [this] { share_.storage = commit_(); });
  }
}

void Saver::conclude(std::shared_ptr<SaveJob> job, const Outcome& outcome, Done done) {
  run(
      std::move(job),
      [parts = outcome](SaveJob& whole_job, Outcome& whole) {
        whole = parts;
        if (whole_job.folder == nullptr) return;
        if (whole.status != Status::kOk) {
          whole_job.folder->discard();
        } else if (auto published = whole_job.folder->publish(); !published) {
          whole.status = Status::kSaveError;
          whole.fault = std::move(published.error());
        }
      },
      std::move(done));
}

template <typename Part>
bool Saver::work_on(std::unique_ptr<Part>& part) {
  if (part == nullptr) return false;
  const bool more = part->work();
  if (!part->done()) return more;
  const Outcome outcome = part->result();
  part.reset();
  job_.reset();
  std::exchange(part_done_, {})(outcome);
  return true;
}

bool Saver::work(std::uint64_t now_ms, bool memory_full, store::Storage storage) {
  if (worker_ == nullptr) return false;
  share_.now_ms = now_ms;
  share_.memory_full = memory_full;
  share_.storage = storage;
  worker_->poll();
  const bool saving = work_on(save_part_);
  const bool loading = work_on(load_part_);
  if (save_part_ == nullptr && load_part_ == nullptr && running_ == 0) {
    worker_.reset();
    asked_.reset();
  }
  return saving || loading;
}

Loaded Saver::load_now(const CheckedSave& save, std::uint64_t now_ms,
                       const std::function<bool()>& has_room,
                       const std::function<bool()>& is_stopped) {
  share_.now_ms = now_ms;
  return save::load_now(save, share_, has_room, is_stopped);
}

}  // namespace seshdb::save
