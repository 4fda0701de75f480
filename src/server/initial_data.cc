// fill() runs on all cores' threads at once, each with its own store. They share only the report.
#include "server/initial_data.h"

#include <system_error>
#include <utility>

#include "base/check.h"
#include "base/logging.h"
#include "engine/memory.h"
#include "engine/secret.h"
#include "save/reader.h"
#include "server/core_threads.h"

namespace seshdb::server {

namespace {

using std::chrono::steady_clock;

std::uint64_t ms_since(steady_clock::time_point begin) {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - begin).count());
}

std::uint64_t mib(std::uint64_t bytes) { return bytes >> 20U; }

}  // namespace

Result<void> InitialData::find(const Config& config, std::uint32_t cores) {
  cores_ = cores;
  log_settings_ = config.log;
  log_settings_.message_bytes_max = config.bounds.message_bytes;
  if (!config.data.empty()) {
    auto data = engine::DataDirectory::open_or_make(config.data, cores, config.token_bits,
                                                    config.secret_file);
    if (!data) return fail(std::move(data.error()));
    data_ = *std::move(data);
    data_->directory().stop_when(is_stopped_);
  }
  return config.load_name.empty() ? Result<void>() : find_save(config);
}

// Reads the whole save, so that no core makes sessions from a damaged one.
Result<void> InitialData::find_save(const Config& config) {
  if (data_ != nullptr && !data_->is_new()) {
    logging::info(
        "loadName: the save is not loaded, as the data directory is not new and sessions that were "
        "ended since would come back; SH_LOAD adds it to those that are there",
        {{"loadName", config.load_name}});
    return {};
  }
  const std::string root = config.load_path.empty() ? saves_of(config) : config.load_path;
  Result<std::string> found = save::newest(root, config.load_name);
  if (!found) return fail(found.error() + " in " + root);
  logging::info("loading a save", {{"from", *found}});
  auto checked = save::check(
      *found, {.depth_max = config.bounds.depth, .token_bits = config.token_bits}, is_stopped_);
  if (!checked) return fail(std::move(checked.error()));
  load_from_ = *std::move(checked);
  return {};
}

Result<store::Secret> InitialData::secret(const Config& config) const {
  return data_ != nullptr ? data_->secret() : engine::secret_of(config.secret_file);
}

Result<void> InitialData::begin() {
  begun_ = steady_clock::now();
  return data_ != nullptr && is_new_epoch() ? data_->clear(next().epoch) : Result<void>();
}

Result<void> InitialData::fill(core::Core& core, std::uint32_t index, const Clock& clock,
                               const std::function<void()>& wake) {
  engine::RecoveryReport report;
  engine::LogPosition position;
  if (data_ != nullptr) {
    auto read = read_share(*data_, index, cores_, clock, core.store(), report);
    if (!read) return fail(std::move(read.error()));
    position = *read;
  }
  if (!load_from_.folder.empty()) {
    if (auto loaded = core.load(load_from_, is_stopped_); !loaded) return loaded;
  }
  if (data_ != nullptr) {
    if (auto opened = open_log(core, index, clock, position, wake); !opened) return opened;
  }
  const std::lock_guard lock(mutex_);
  report_.add(report);
  ++filled_;
  return {};
}

// The log of a new epoch begins with a checkpoint of the sessions, if there are any.
Result<void> InitialData::open_log(core::Core& core, std::uint32_t index, const Clock& clock,
                                   const engine::LogPosition& position,
                                   const std::function<void()>& wake) {
  try {
    auto log = std::make_unique<engine::Log>(data_->directory(), core.store(), clock, next(), index,
                                             log_settings_, wake);
    if (auto opened = log->open(position); !opened) return opened;
    if (is_new_epoch() && core.store().counts().sessions != 0) {
      if (auto written = log->checkpoint_now(); !written) return written;
    }
    core.use(std::move(log));
    return {};
  } catch (const std::system_error& error) {  // the log's workers cannot start
    return fail(no_room_for(cores_, error.code().value()));
  }
}

Result<void> InitialData::keep() {
  SESHDB_CHECK(filled_ == cores_);  // a new epoch replaces the data of all cores
  was_kept_ = true;
  log_report();
  if (data_ == nullptr) return {};
  return is_new_epoch() ? data_->go_over_to(next()) : data_->go_on();
}

// Closes the logs of the current epoch, or removes the files of a new one.
void InitialData::take_back(const std::vector<std::unique_ptr<core::Core>>& cores) {
  SESHDB_CHECK(!was_kept_);  // the manifest may name the files that this would remove
  if (data_ == nullptr) return;
  const bool is_new = is_new_epoch();
  for (const auto& core : cores) {
    if (!is_new) core->close();
    core->use(std::make_unique<engine::Memory>());
  }
  if (is_new) data_->remove_epoch(next().epoch);
}

void InitialData::log_progress() const {
  if (data_ == nullptr) return;
  const std::uint64_t read = data_->progress().bytes_read;
  const std::uint64_t all = data_->progress().bytes_to_read;
  logging::info("reading the data directory",
                {{"percent", all == 0 ? std::uint64_t{0} : read * 100 / all},
                 {"read_mib", mib(read)},
                 {"mib_per_s", mib(read * 1'000 / (ms_since(begun_) + 1))}});
}

void InitialData::log_report() const {
  for (const std::string& dropped : report_.dropped) {
    logging::warn("dropped what a crash left unfinished", {{"where", dropped}});
  }
  if (report_.behind_ms != 0) {
    logging::warn(
        "the wall clock is before the last time in the data: going on from that time, as on a "
        "machine whose clock is not set yet",
        {{"behind_s", static_cast<std::uint64_t>(report_.behind_ms) / 1'000}});
  }
  if (report_.files == 0) return;
  const std::uint64_t ms = ms_since(begun_);
  logging::info("read the data directory", {{"files", report_.files},
                                            {"records", report_.records},
                                            {"mib", mib(report_.bytes)},
                                            {"ms", ms},
                                            {"mib_per_s", mib(report_.bytes * 1'000 / (ms + 1))}});
}

}  // namespace seshdb::server
