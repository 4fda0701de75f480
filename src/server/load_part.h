// A core's part of a load: the sessions of a save that it owns. A worker reads and checks them;
// the core's thread makes them, a slice each loop turn.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/worker.h"
#include "commands/command.h"
#include "save/folder.h"
#include "server/save_job.h"

namespace seshdb::server {

/// Makes saved sessions on their core's thread.
class Restorer {
 public:
  /// `commit` makes the engine take what was changed so far.
  Restorer(commands::Context& context, std::function<void()> commit)
      : context_(context), commit_(std::move(commit)) {}

  /// Makes the session, whose clock starts now, unless one of its token is there. Returns how much
  /// work that was, as bytes.
  std::size_t restore(const save::SavedSession& saved);

  [[nodiscard]] const store::Counts& made() const { return made_; }
  /// Of them, those whose names lead to another token than theirs, as the secret is another one.
  [[nodiscard]] std::uint64_t foreign_names() const { return foreign_names_; }

 private:
  void count_uncommitted(std::size_t bytes, std::size_t most);

  commands::Context& context_;
  std::function<void()> commit_;
  std::size_t uncommitted_bytes_ = 0;
  store::Counts made_;
  std::uint64_t foreign_names_ = 0;
  std::string name_;
};

/// For a core that does not serve yet: makes what it owns of the save in `folder`, all at once.
/// Nothing, or what is wrong. `has_room` is asked now and then; `is_stopped` for each session, and
/// ends it early.
[[nodiscard]] std::optional<std::string> load_now(const std::string& folder,
                                                  commands::Context& context, Restorer& restorer,
                                                  const std::function<bool()>& has_room,
                                                  const std::function<bool()>& is_stopped);

class LoadPart {
 public:
  /// Begins. `context` and `worker` outlive it.
  LoadPart(std::shared_ptr<SaveJob> job, commands::Context& context, Worker& worker,
           std::function<void()> commit);
  LoadPart(const LoadPart&) = delete;
  LoadPart& operator=(const LoadPart&) = delete;
  ~LoadPart() = default;

  /// As SavePart's.
  bool work();
  [[nodiscard]] bool done() const {
    return !reading_ && (last_ || job_->failed) && batches_.empty();
  }
  [[nodiscard]] commands::Part result() const;

 private:
  struct Batch {
    std::vector<save::SavedSession> sessions;
    bool last = false;
    std::string fault;
  };

  void read_more();
  void take(std::shared_ptr<Batch> batch);
  void fail(std::string fault);

  std::shared_ptr<SaveJob> job_;
  commands::Context& context_;
  Worker& worker_;
  Restorer restorer_;
  std::shared_ptr<save::SaveReader> reader_;  // the worker's
  bool reading_ = false;
  bool last_ = false;  // no more come into batches_
  std::deque<std::shared_ptr<Batch>> batches_;
  std::size_t at_ = 0;  // so many sessions of the first batch are made
  std::string fault_;
};

}  // namespace seshdb::server
