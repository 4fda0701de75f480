// The cores' threads from their creation until all may serve: each reads its share of the data on
// its own thread, so that its memory is its own from the first byte on.
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <system_error>
#include <utility>

#include "base/log.h"
#include "engine/memory.h"
#include "server/server.h"

namespace seshdb::server {

struct Server::Starting {
  std::mutex mutex;
  std::condition_variable changed;
  std::size_t missing = 0;  // threads that are not ready yet
  enum class Go : std::uint8_t { kWait, kRun, kLeave } go = Go::kWait;
  std::vector<std::string> faults;
  engine::RecoveryReport report;
};

Server::Server() : starting_(std::make_unique<Starting>()) {}
Server::~Server() { stop(); }

namespace {

using std::chrono::steady_clock;

std::uint64_t ms_since(steady_clock::time_point begin) {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - begin).count());
}

std::uint64_t mib(std::uint64_t bytes) { return bytes >> 20U; }

void tell_progress(const engine::ReadProgress& progress, steady_clock::time_point begin) {
  const std::uint64_t read = progress.bytes_read;
  const std::uint64_t all = progress.bytes_to_read;
  log::info("reading the data directory",
            {{"percent", all == 0 ? std::uint64_t{0} : read * 100 / all},
             {"read_mib", mib(read)},
             {"mib_per_s", mib(read * 1'000 / (ms_since(begin) + 1))}});
}

void tell_report(const engine::RecoveryReport& report, steady_clock::time_point begin) {
  for (const std::string& dropped : report.dropped) {
    log::warn("dropped what a crash left unfinished", {{"where", dropped}});
  }
  if (report.behind_ms != 0) {
    log::warn(
        "the wall clock stands before the last time that the data know: going on from there, as on "
        "a machine whose clock is not set yet",
        {{"behind_s", static_cast<std::uint64_t>(report.behind_ms) / 1'000}});
  }
  if (report.files == 0) return;
  const std::uint64_t ms = ms_since(begin);
  log::info("read the data directory", {{"files", report.files},
                                        {"records", report.records},
                                        {"mib", mib(report.bytes)},
                                        {"ms", ms},
                                        {"mib_per_s", mib(report.bytes * 1'000 / (ms + 1))}});
}

}  // namespace

// Its share of the data, or of the save; then the log goes on from there.
std::optional<std::string> Server::fill_core(std::uint32_t index, const Config& config,
                                             const Clock& clock, engine::RecoveryReport& report) {
  core::Core& core = *cores_[index];
  const auto cores = static_cast<std::uint32_t>(cores_.size());
  engine::CoreRead read;
  if (data_ != nullptr) {
    if (auto fault = read_share(*data_, index, cores, clock, core.store(), read)) return fault;
    report = std::move(read.report);
  }
  if (!load_from_.empty()) {
    if (auto loaded = core.load(load_from_, is_stopped_); !loaded) return loaded.error();
  }
  return data_ == nullptr ? std::nullopt : open_log(index, config, clock, read.position);
}

// A log of an epoch that does not count yet begins with a checkpoint of what is there, if anything.
std::optional<std::string> Server::open_log(std::uint32_t index, const Config& config,
                                            const Clock& clock,
                                            const engine::LogPosition& position) {
  core::Core& core = *cores_[index];
  const engine::Manifest manifest =
      next_manifest(*data_, static_cast<std::uint32_t>(cores_.size()));
  engine::LogSettings settings = config.log;
  settings.message_bytes_max = config.message_bytes_max;
  try {
    auto log = std::make_unique<engine::Log>(data_->directory(), core.store(), clock, manifest,
                                             index, settings,
                                             [this, index] { shared_->mailboxes[index]->ring(); });
    if (auto fault = log->open(position)) return fault;
    const bool is_next = manifest.epoch != data_->manifest().epoch;
    if (is_next && core.store().counts().sessions != 0) {
      if (auto fault = log->checkpoint_now()) return fault;
    }
    core.use(std::move(log));
    return std::nullopt;
  } catch (const std::system_error& error) {  // the log's own threads
    return no_room_for(cores_.size(), error.code().value());
  }
}

void Server::run_core(std::uint32_t index, const Config& config, const Clock& clock) {
  engine::RecoveryReport report;
  std::optional<std::string> fault = fill_core(index, config, clock, report);
  {
    std::unique_lock lock(starting_->mutex);
    if (fault) starting_->faults.push_back(*std::move(fault));
    starting_->report.add(report);
    --starting_->missing;
    starting_->changed.notify_all();
    starting_->changed.wait(lock, [this] { return starting_->go != Starting::Go::kWait; });
    if (starting_->go == Starting::Go::kLeave) return;
  }
  cores_[index]->run();
}

std::optional<std::string> Server::run_cores(const Config& config) {
  engine::Manifest next;
  if (data_ != nullptr) {
    next = next_manifest(*data_, static_cast<std::uint32_t>(cores_.size()));
    if (next.epoch != data_->manifest().epoch) {
      if (auto fault = data_->clear(next.epoch)) return fault;
    }
  }
  starting_->missing = cores_.size();
  for (std::uint32_t i = 0; i < cores_.size(); ++i) {
    try {
      threads_.emplace_back([this, i, config] { run_core(i, config, shared_->clock); });
    } catch (const std::system_error& error) {
      {
        const std::lock_guard lock(starting_->mutex);
        starting_->missing -= cores_.size() - i;
      }
      starting_->changed.notify_all();
      (void)wait_for_cores();
      let_cores(false);
      return no_room_for(cores_.size(), error.code().value());
    }
  }
  std::optional<std::string> fault = wait_for_cores();
  if (!fault && data_ != nullptr) {
    if (next.epoch != data_->manifest().epoch) {
      fault = data_->go_over_to(next);
    } else {
      data_->remove_other_epochs();
    }
  }
  let_cores(!fault);
  return fault;
}

std::optional<std::string> Server::wait_for_cores() {
  const auto begin = steady_clock::now();
  std::unique_lock lock(starting_->mutex);
  while (!starting_->changed.wait_for(lock, std::chrono::seconds(1),
                                      [this] { return starting_->missing == 0; })) {
    if (data_ != nullptr) tell_progress(data_->progress(), begin);
  }
  if (!starting_->faults.empty()) return starting_->faults.front();
  tell_report(starting_->report, begin);
  return std::nullopt;
}

// The files of an epoch that was to be the next one go; a log that only was to go on is ended.
void Server::leave_data() {
  if (data_ == nullptr) return;
  const engine::Manifest next = next_manifest(*data_, static_cast<std::uint32_t>(cores_.size()));
  const bool is_next = next.epoch != data_->manifest().epoch;
  for (const auto& core : cores_) {
    if (!is_next) core->close();
    core->use(std::make_unique<engine::Memory>());
  }
  if (is_next) data_->remove_epoch(next.epoch);
}

void Server::let_cores(bool go) {
  {
    const std::lock_guard lock(starting_->mutex);
    starting_->go = go ? Starting::Go::kRun : Starting::Go::kLeave;
  }
  starting_->changed.notify_all();
  if (go) return;
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

}  // namespace seshdb::server
