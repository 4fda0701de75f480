// A worker reads ahead, a bounded number of batches; the core makes their sessions.
#include "save/load_part.h"

#include <utility>

namespace seshdb::save {

namespace {
// Of sessions, made in one turn.
constexpr std::size_t kSliceBytes = std::size_t{64} << 10;
constexpr std::size_t kBatchBytes = std::size_t{256} << 10;
constexpr std::size_t kBatchesMost = 2;
}  // namespace

LoadPart::LoadPart(std::shared_ptr<SaveJob> job, const Share& share, Worker& worker,
                   std::function<void()> commit)
    : job_(std::move(job)),
      share_(share),
      worker_(worker),
      restorer_(share, std::move(commit)),
      reader_(std::make_shared<SaveReader>(job_->load_from, share.depth_max)) {
  // Once it has failed any session will do, so that reading comes to its end.
  reader_->want([job = job_, core = share.core, cores = share.cores](std::uint64_t token) {
    return job->failed || store::owner_of(token, cores) == core;
  });
  read_more();
}

void LoadPart::read_more() {
  if (reading_ || last_ || job_->failed || batches_.size() >= kBatchesMost) return;
  reading_ = true;
  auto batch = std::make_shared<Batch>();
  worker_.post(
      [reader = reader_, job = job_, batch] {
        for (std::size_t bytes = 0; bytes < kBatchBytes && !batch->last && !job->failed;) {
          switch (reader->next()) {
            case SaveReader::Result::kSession:
              bytes += reader->session().keys.size() + kRestoreBytes;
              batch->sessions.push_back(std::move(reader->session()));
              break;
            case SaveReader::Result::kFault:
              batch->fault = reader->fault();
              [[fallthrough]];
            case SaveReader::Result::kEnd:
              batch->last = true;
          }
        }
      },
      [this, batch] { take(batch); });
}

void LoadPart::take(std::shared_ptr<Batch> batch) {
  reading_ = false;
  last_ = batch->last;
  if (!batch->fault.empty()) fail(batch->fault);
  if (!batch->sessions.empty()) batches_.push_back(std::move(batch));
  read_more();
}

void LoadPart::fail(std::string fault) {
  if (fault_.empty()) fault_ = std::move(fault);
  job_->failed = true;
}

bool LoadPart::work() {
  for (std::size_t bytes = 0; bytes < kSliceBytes && !batches_.empty() && !job_->failed;) {
    if (share_.memory_full) {
      fail("the memory is full, see --memory-max; some sessions were loaded");
    } else if (share_.storage != store::Storage::kGood) {
      fail("the disk is full or has failed; some sessions were loaded");
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
