// The worker reads a bounded number of batches ahead.
#include "save/load_part.h"

#include <utility>

namespace seshdb::save {

namespace {
// The work of one turn.
constexpr std::size_t kSliceBytes = std::size_t{64} << 10;
constexpr std::size_t kBatchBytes = std::size_t{256} << 10;
constexpr std::size_t kBatchesMax = 2;
}  // namespace

LoadPart::LoadPart(std::shared_ptr<SaveJob> job, const Share& share, Worker& worker,
                   std::function<void()> commit)
    : job_(std::move(job)),
      share_(share),
      worker_(worker),
      restorer_(share, job_->load_from, std::move(commit)),
      reader_(std::make_shared<SaveReader>(job_->load_from.folder, share.terms())) {
  // After a failure every session is wanted: next() returns the first one, and the worker's loop
  // ends.
  reader_->want([job = job_, core = share.core, cores = share.cores](std::uint64_t token) {
    return job->failed || store::owner_of(token, cores) == core;
  });
  read_more();
}

void LoadPart::read_more() {
  if (reading_ || last_ || job_->failed || batches_.size() >= kBatchesMax) return;
  reading_ = true;
  auto batch = std::make_shared<Batch>();
  worker_.post([reader = reader_, job = job_, batch] { read(*reader, *job, *batch); },
               [this, batch] { add(batch); });
}

void LoadPart::read(SaveReader& reader, const SaveJob& job, Batch& batch) {
  for (std::size_t bytes = 0; bytes < kBatchBytes && !job.failed;) {
    const Result<SavedSession*> session = reader.next();
    if (!session || *session == nullptr) {
      batch.last = true;
      if (!session) batch.result = fail(session.error());
      return;
    }
    bytes += (*session)->keys.size() + kRestoreBytes;
    batch.sessions.push_back(std::move(**session));
  }
}

void LoadPart::add(std::shared_ptr<Batch> batch) {
  reading_ = false;
  last_ = batch->last;
  if (!batch->result) stop(batch->result.error());
  if (!batch->sessions.empty()) batches_.push_back(std::move(batch));
  read_more();
}

void LoadPart::stop(std::string fault) {
  if (fault_.empty()) fault_ = std::move(fault);
  job_->failed = true;
}

bool LoadPart::work() {
  for (std::size_t bytes = 0; bytes < kSliceBytes && !batches_.empty() && !job_->failed;) {
    if (share_.memory_full) {
      stop("the memory is full, see --memory-max; some sessions were loaded");
    } else if (share_.storage != store::Storage::kGood) {
      stop("the disk is full or has failed; some sessions were loaded");
    } else {
      const Batch& batch = *batches_.front();
      bytes += restorer_.restore(batch.sessions[at_]);
      if (++at_ != batch.sessions.size()) continue;
      batches_.pop_front();
      at_ = 0;
      read_more();
    }
  }
  if (job_->failed) batches_.clear();
  return !batches_.empty();
}

Outcome LoadPart::result() const {
  job_->foreign_names += restorer_.foreign_names();
  return {.status = job_->failed ? job_->error() : Status::kOk,
          .fault = fault_,
          .counts = restorer_.made()};
}

}  // namespace seshdb::save
