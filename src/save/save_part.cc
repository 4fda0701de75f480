// The part keeps tokens between turns, and looks each session up when it writes it. So sessions may
// change or end between two turns, and each is written as it is at one moment.
#include "save/save_part.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/crash_point.h"
#include "save/writer.h"

namespace seshdb::save {

namespace {
// The work of looking a session up, as bytes, besides its line.
constexpr std::size_t kLookUpBytes = 64;
}  // namespace

// The state that the worker's jobs share; they run one after the other.
struct SavePart::File {
  std::shared_ptr<SaveJob> job;
  Descriptor file;
  std::unique_ptr<Writer> writer;
  std::string fault;

  void stop(std::string what) {
    fault = std::move(what);
    job->failed = true;
  }
  void create(std::uint32_t part) {
    Result<Descriptor> created = job->folder->create_part(part);
    if (!created) {
      stop(std::move(created.error()));
      return;
    }
    file = *std::move(created);
    writer = std::make_unique<Writer>(file.fd(), Writer::Form::kZstd);
  }
  void append(const Buffer& lines) {
    if (job->failed) return;
    crash_point("save-append");
    if (auto written = writer->append(lines.view()); !written) stop(std::move(written.error()));
  }
  void finish(const store::Counts& counts) {
    if (!job->failed) {
      if (auto written = writer->end(counts); !written) {
        stop(std::move(written.error()));
      } else if (fsync(file.fd()) != 0) {
        stop(std::string("cannot sync: ") + std::strerror(errno));
      }
    }
    writer.reset();
    file = Descriptor();
  }
};

SavePart::SavePart(std::shared_ptr<SaveJob> job, const Share& share, Worker& worker)
    : job_(std::move(job)),
      share_(share),
      worker_(worker),
      chunks_(worker),
      file_(std::make_shared<File>()) {
  file_->job = job_;
  worker_.post([file = file_, part = share.core] { file->create(part); }, [] {});
  append_header({.name = job_->name,
                 .unix_ms = job_->folder->unix_ms(),
                 .part = share.core,
                 .parts = share.cores,
                 .token_bits = share.store.token_bits()},
                lines_);
  if (!job_->tokens) return;
  for (const store::Token& token : *job_->tokens) {
    const bool is_new = tokens_.empty() || tokens_.back() != token.lower;
    if (is_new && share.owns(token.lower)) tokens_.push_back(token.lower);
  }
  walked_ = true;
}

std::uint64_t SavePart::next_token() {
  while (at_ == tokens_.size() && !walked_) {
    tokens_.clear();
    at_ = 0;
    share_.store.some_tokens(hash_, tokens_);
    walked_ = hash_ == 0;
  }
  return at_ == tokens_.size() ? 0 : tokens_[at_++];
}

bool SavePart::is_asked_for(const store::Session& session) const {
  if (!job_->tokens) return true;
  const auto [first, last] = std::equal_range(job_->tokens->begin(), job_->tokens->end(),
                                              store::Token(session.token()), store::has_less_lower);
  return std::any_of(first, last,
                     [this](const store::Token& token) { return share_.store.has(token); });
}

std::size_t SavePart::write_session(std::uint64_t token) {
  const store::Session* const session = share_.store.find(token, share_.now_ms);
  if (session == nullptr || !is_asked_for(*session)) return 0;
  const std::size_t bytes = append_session(share_.store, *session, lines_, [this] {
    if (lines_.size() >= ChunkQueue::kChunkBytes) flush();
  });
  if (bytes > kLineBytesMax) {
    fault_ = "a session is too large: its line would have " + std::to_string(bytes) + " bytes";
    job_->failed = true;
  }
  ++counts_.sessions;
  counts_.keys += session->keys().size();
  return bytes;
}

bool SavePart::work() {
  if (finishing_ || (chunks_.is_full() && !job_->failed)) return false;
  for (std::size_t bytes = 0; bytes < ChunkQueue::kSliceBytes && !job_->failed;
       bytes += kLookUpBytes) {
    const std::uint64_t token = next_token();
    if (token == 0) {
      finish();
      return false;
    }
    bytes += write_session(token);
  }
  if (job_->failed) {
    finish();
    return false;
  }
  if (lines_.size() >= ChunkQueue::kChunkBytes) flush();
  return true;
}

void SavePart::flush() {
  chunks_.post(std::exchange(lines_, Buffer()),
               [file = file_](const Buffer& lines) { file->append(lines); });
}

void SavePart::finish() {
  finishing_ = true;
  flush();
  worker_.post([file = file_, counts = counts_] { file->finish(counts); },
               [this] { done_ = true; });
}

Outcome SavePart::result() const {
  return {.status = job_->failed ? job_->error() : Status::kOk,
          .fault = fault_.empty() ? file_->fault : fault_,
          .counts = counts_};
}

}  // namespace seshdb::save
