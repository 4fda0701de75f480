// A core's work on named saves: its parts of saves and loads, and, if the core runs the command,
// the steps before and after the parts. Calls that block run on a worker, which exists only while
// there is such work. The core's thread never blocks.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "base/worker.h"
#include "save/load_part.h"
#include "save/outcome.h"
#include "save/restorer.h"
#include "save/save_job.h"
#include "save/save_part.h"
#include "save/share.h"

namespace seshdb::save {

class Saver {
 public:
  /// Called with the outcome in a later work().
  using Done = std::function<void(const Outcome& outcome)>;

  /// `root` is the directory of all saves; it must outlive the Saver. `wake` wakes the core's loop;
  /// it is called on any thread. `commit` commits to the engine what was changed so far, and
  /// returns the state of its storage.
  Saver(const Share& share, const std::string& root, std::function<void()> wake,
        std::function<store::Storage()> commit)
      : share_(share), root_(root), wake_(std::move(wake)), commit_(std::move(commit)) {}
  ~Saver();
  Saver(const Saver&) = delete;
  Saver& operator=(const Saver&) = delete;

  /// Before the parts: makes the save's folder, or finds and checks the save to load.
  void prepare(std::shared_ptr<SaveJob> job, Done done);
  /// Begins this core's part. REQUIRES: no other part is under way.
  void begin_part(std::shared_ptr<SaveJob> job, Done done);
  /// After all parts, with their common `outcome`: publishes the save, or removes it.
  void conclude(std::shared_ptr<SaveJob> job, const Outcome& outcome, Done done);

  /// True if the worker has finished jobs that the next work() handles.
  [[nodiscard]] bool has_news() const { return worker_ != nullptr && worker_->any_done(); }
  /// Does a slice. Returns true if there is more to do at once.
  bool work(std::uint64_t now_ms, bool memory_full, store::Storage storage);

  /// See save::load_now.
  [[nodiscard]] Loaded load_now(const CheckedSave& save, std::uint64_t now_ms,
                                const std::function<bool()>& has_room,
                                const std::function<bool()>& is_stopped);

 private:
  // The worker; starts it if there is none.
  [[nodiscard]] Result<Worker*> worker();
  static void prepare_save(SaveJob& job, const std::string& root, std::int64_t now_ms,
                           Outcome& outcome);
  static void prepare_load(SaveJob& job, const std::string& root, const Terms& terms,
                           Outcome& outcome);
  // Runs `act` on the worker, then `done` with its outcome on the core's thread.
  void run(std::shared_ptr<SaveJob> job, std::function<void(SaveJob&, Outcome&)> act, Done done);
  template <typename Part>
  bool work_on(std::unique_ptr<Part>& part);

  Share share_;
  const std::string& root_;
  std::function<void()> wake_;
  std::function<store::Storage()> commit_;
  std::shared_ptr<SaveJob> asked_;  // the job of the command that this core runs
  std::shared_ptr<SaveJob> job_;    // the job of the part that is under way
  Done part_done_;
  std::unique_ptr<SavePart> save_part_;
  std::unique_ptr<LoadPart> load_part_;
  std::size_t running_ = 0;         // calls of run() whose `done` was not called yet
  std::unique_ptr<Worker> worker_;  // last member: it ends before the parts do
};

}  // namespace seshdb::save
