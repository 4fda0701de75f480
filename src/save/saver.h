// What a core does about named saves: its parts of the saves and loads under way, and, where it was
// the one asked, what comes before and after the parts. Has a worker for what blocks while there is
// any; never blocks itself.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

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
  /// Told, in some later work(), how it went.
  using Done = std::function<void(const Outcome& outcome)>;

  /// `root`: the directory of all saves; outlives it. `wake` makes the core's loop turn; any
  /// thread. `commit` makes the engine take what was changed so far, and tells what can be kept
  /// from then on.
  Saver(const Share& share, const std::string& root, std::function<void()> wake,
        std::function<store::Storage()> commit)
      : share_(share), root_(root), wake_(std::move(wake)), commit_(std::move(commit)) {}
  ~Saver();
  Saver(const Saver&) = delete;
  Saver& operator=(const Saver&) = delete;

  /// Before the parts: makes the save's folder, or finds and checks the save to load.
  void prepare(std::shared_ptr<SaveJob> job, Done done);
  /// This core's part.
  void begin_part(std::shared_ptr<SaveJob> job, Done done);
  /// After all parts, which came to `outcome`: the save gets its name, or goes.
  void conclude(std::shared_ptr<SaveJob> job, const Outcome& outcome, Done done);

  /// Has something been done meanwhile that work() would take notice of?
  [[nodiscard]] bool has_news() const { return worker_ != nullptr && worker_->any_done(); }
  /// Does a slice in this turn's state; true where there is more to do at once.
  bool work(std::uint64_t now_ms, bool memory_full, store::Storage storage);

  /// See save::load_now.
  [[nodiscard]] Loaded load_now(const std::string& folder, std::uint64_t now_ms,
                                const std::function<bool()>& has_room,
                                const std::function<bool()>& is_stopped);

 private:
  // The worker, which is begun where there is none; null, with `fault` set, where that is refused.
  Worker* worker(const SaveJob& job, Outcome& fault);
  // Runs `act` on the worker, and tells `done` its outcome.
  void run(std::shared_ptr<SaveJob> job, std::function<void(SaveJob&, Outcome&)> act, Done done);
  template <typename Part>
  bool work_on(std::unique_ptr<Part>& part);

  Share share_;
  const std::string& root_;
  std::function<void()> wake_;
  std::function<store::Storage()> commit_;
  std::shared_ptr<SaveJob> asked_;  // where this core was asked
  std::shared_ptr<SaveJob> job_;    // of the part
  Done part_done_;
  std::unique_ptr<SavePart> save_part_;
  std::unique_ptr<LoadPart> load_part_;
  std::size_t running_ = 0;         // calls of `run` whose outcome is not told
  std::unique_ptr<Worker> worker_;  // ends before what it works on
};

}  // namespace seshdb::save
