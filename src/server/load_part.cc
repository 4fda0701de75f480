// A session with all its keys is made at once: no command sees half of one.
#include "server/load_part.h"

#include <utility>

#include "base/crash_point.h"
#include "json/string.h"
#include "json/text.h"
#include "store/owner.h"
#include "store/tokens.h"

namespace seshdb::server {

namespace {
// Of sessions, made in one turn.
constexpr std::size_t kSliceBytes = std::size_t{64} << 10;
// What making a session, or a key, counts for besides its text.
constexpr std::size_t kSessionBytes = 256;
constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kBatchBytes = std::size_t{256} << 10;
constexpr std::size_t kBatchesMost = 2;
// The engine is given what was changed after so much: between sessions, and inside a huge one.
constexpr std::size_t kCommitBytes = std::size_t{1} << 20;
constexpr std::size_t kCommitBytesMost = std::size_t{256} << 20;
constexpr std::size_t kLookAtRoomBytes = std::size_t{4} << 20;

std::function<bool(std::uint64_t)> owned_by(const commands::Context& context) {
  return [core = context.core, cores = context.cores](std::uint64_t token) {
    return store::owner_of(token, cores) == core;
  };
}

}  // namespace

void Restorer::count_uncommitted(std::size_t bytes, std::size_t most) {
  uncommitted_bytes_ += bytes;
  if (uncommitted_bytes_ < most) return;
  commit_();
  uncommitted_bytes_ = 0;
}

std::size_t Restorer::restore(const save::SavedSession& saved) {
  store::Store& store = context_.store;
  if (store::owner_of(saved.token, context_.cores) != context_.core ||
      store.find(saved.token, context_.now_ms) != nullptr) {
    return kSessionBytes;
  }
  store::Session& session =
      store.create(saved.token, saved.shared, saved.name, saved.expiry, context_.now_ms);
  if (saved.shared && store::shared_token(context_.secret, saved.name) != saved.token) {
    ++foreign_names_;
  }
  std::size_t work = kSessionBytes;
  for (json::Members m(saved.keys); m.more(); m.skip()) {
    const std::string_view value = m.value();
    (void)store.set(session, json::decoded(m.name(), name_), value);
    const std::size_t bytes = m.name().size() + value.size() + kKeyBytes;
    work += bytes;
    count_uncommitted(bytes, kCommitBytesMost);
  }
  ++made_.sessions;
  made_.keys += saved.key_count;
  count_uncommitted(kSessionBytes, kCommitBytes);
  return work;
}

std::optional<std::string> load_now(const std::string& folder, commands::Context& context,
                                    Restorer& restorer, const std::function<bool()>& has_room,
                                    const std::function<bool()>& is_stopped) {
  save::SaveReader reader(folder, context.depth_max);
  // Once it is stopped any session will do, so that reading comes to its end.
  reader.want([&is_stopped, is_mine = owned_by(context)](std::uint64_t token) {
    return is_mine(token) || is_stopped();
  });
  std::size_t bytes = 0;
  for (;;) {
    switch (reader.next()) {
      case save::SaveReader::Result::kSession:
        stop_point("stop-loading");
        if (is_stopped()) return "a stop was asked for";
        bytes += restorer.restore(reader.session());
        if (bytes < kLookAtRoomBytes) break;
        bytes = 0;
        if (!has_room()) return "there is no room for all of " + folder;
        break;
      case save::SaveReader::Result::kEnd:
        return std::nullopt;
      case save::SaveReader::Result::kFault:
        return reader.fault();
    }
  }
}

LoadPart::LoadPart(std::shared_ptr<SaveJob> job, commands::Context& context, Worker& worker,
                   std::function<void()> commit)
    : job_(std::move(job)),
      context_(context),
      worker_(worker),
      restorer_(context, std::move(commit)),
      reader_(std::make_shared<save::SaveReader>(job_->load_from, context.depth_max)) {
  // Once it has failed any session will do, so that reading comes to its end.
  reader_->want([job = job_, is_mine = owned_by(context)](std::uint64_t token) {
    return job->failed || is_mine(token);
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
            case save::SaveReader::Result::kSession:
              bytes += reader->session().keys.size() + kSessionBytes;
              batch->sessions.push_back(std::move(reader->session()));
              break;
            case save::SaveReader::Result::kFault:
              batch->fault = reader->fault();
              [[fallthrough]];
            case save::SaveReader::Result::kEnd:
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
    if (context_.memory_full) {
      fail("the memory is full, see --memory-max; some sessions were loaded");
    } else if (context_.storage != store::Storage::kGood) {
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

commands::Part LoadPart::result() const {
  commands::Part part;
  part.sessions = restorer_.made().sessions;
  part.keys = restorer_.made().keys;
  part.status = job_->failed ? Status::kLoadError : Status::kOk;
  part.fault = fault_;
  job_->foreign_names += restorer_.foreign_names();
  return part;
}

}  // namespace seshdb::server
