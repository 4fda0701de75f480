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

#include "base/clock.h"
#include "base/worker.h"
#include "commands/command.h"
#include "server/load_part.h"
#include "server/save_job.h"
#include "server/save_part.h"

namespace seshdb::server {

class Saver {
 public:
  /// Told, in some later work(), how it went.
  using Done = std::function<void(const commands::Part& outcome)>;

  /// `root`: the directory of all saves. `wake` makes the core's loop turn; any thread. `commit`
  /// makes the engine take what was changed so far.
  Saver(commands::Context& context, const std::string& root, std::function<void()> wake,
        std::function<void()> commit)
      : context_(context), root_(root), wake_(std::move(wake)), commit_(std::move(commit)) {}
  ~Saver();
  Saver(const Saver&) = delete;
  Saver& operator=(const Saver&) = delete;

  /// Before the parts: makes the save's folder, or finds and checks the save to load.
  void prepare(std::shared_ptr<SaveJob> job, Done done);
  /// This core's part.
  void begin_part(std::shared_ptr<SaveJob> job, Done done);
  /// After all parts, which came to `outcome`: the save gets its name, or goes.
  void conclude(std::shared_ptr<SaveJob> job, const commands::Part& outcome, Done done);

  /// Has something been done meanwhile that work() would take notice of?
  [[nodiscard]] bool has_news() const { return worker_ != nullptr && worker_->any_done(); }
  /// Does a slice; true where there is more to do at once.
  bool work();

 private:
  // The worker, which is begun where there is none; null, with `fault` set, where that is refused.
  Worker* worker(commands::Part& fault, commands::Saving kind);
  // Runs `job` on the worker, and tells `done` its outcome.
  void run(commands::Saving kind, std::function<void(commands::Part&)> job, Done done);
  template <typename Part>
  bool work_on(std::unique_ptr<Part>& part);

  commands::Context& context_;
  const std::string& root_;
  std::function<void()> wake_;
  std::function<void()> commit_;
  std::shared_ptr<SaveJob> asked_;  // where this core was asked
  std::shared_ptr<SaveJob> job_;    // of the part
  Done part_done_;
  std::unique_ptr<SavePart> save_part_;
  std::unique_ptr<LoadPart> load_part_;
  std::size_t running_ = 0;         // calls of `run` whose outcome is not told
  std::unique_ptr<Worker> worker_;  // ends before what it works on
};

}  // namespace seshdb::server
