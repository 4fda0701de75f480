// fill() runs on all cores' threads at once, each with its own store; only the report is shared.
#include "server/initial_data.h"

#include <system_error>
#include <utility>

#include "base/logging.h"
#include "engine/memory.h"
#include "engine/secret.h"
#include "save/folder.h"
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

std::optional<std::string> InitialData::find(const Config& config, std::uint32_t cores) {
  cores_ = cores;
  log_settings_ = config.log;
  log_settings_.message_bytes_max = config.message_bytes_max;
  if (!config.data.empty()) {
    auto data = engine::DataDirectory::open_or_make(config.data, cores, config.secret_file);
    if (auto* const fault = std::get_if<std::string>(&data)) return std::move(*fault);
    data_ = std::move(std::get<std::unique_ptr<engine::DataDirectory>>(data));
    data_->directory().stop_when(is_stopped_);
  }
  return config.load_name.empty() ? std::nullopt : find_save(config);
}

// It is read here from end to end, so that a core makes none of its sessions where it is damaged.
std::optional<std::string> InitialData::find_save(const Config& config) {
  if (data_ != nullptr && !data_->is_new()) {
    logging::info(
        "loadName: the save is not loaded, as the data directory is not new and sessions that were "
        "ended since would come back; SH_LOAD adds it to those that are there",
        {{"loadName", config.load_name}});
    return std::nullopt;
  }
  const std::string root = config.load_path.empty() ? saves_of(config) : config.load_path;
  Result<std::string> found = save::newest(root, config.load_name);
  if (!found) return found.error() + " in " + root;
  logging::info("loading a save", {{"from", *found}});
  if (auto checked = save::check(*found, config.depth_max, is_stopped_); !checked) {
    return std::move(checked.error());
  }
  load_from_ = *std::move(found);
  return std::nullopt;
}

std::variant<store::Secret, std::string> InitialData::secret(const Config& config) const {
  return data_ != nullptr ? data_->secret() : engine::secret_of(config.secret_file);
}

std::optional<std::string> InitialData::begin() {
  begun_ = steady_clock::now();
  return data_ != nullptr && is_new_epoch() ? data_->clear(next().epoch) : std::nullopt;
}

std::optional<std::string> InitialData::fill(core::Core& core, std::uint32_t index,
                                             const Clock& clock,
                                             const std::function<void()>& wake) {
  engine::CoreRead read;
  if (data_ != nullptr) {
    if (auto fault = read_share(*data_, index, cores_, clock, core.store(), read)) return fault;
    const std::lock_guard lock(mutex_);
    report_.add(read.report);
  }
  if (!load_from_.empty()) {
    if (auto loaded = core.load(load_from_, is_stopped_); !loaded) return loaded.error();
  }
  if (data_ == nullptr) return std::nullopt;
  return open_log(core, index, clock, read.position, wake);
}

// A log of an epoch that does not count yet begins with a checkpoint of what is there, if anything.
std::optional<std::string> InitialData::open_log(core::Core& core, std::uint32_t index,
                                                 const Clock& clock,
                                                 const engine::LogPosition& position,
                                                 const std::function<void()>& wake) {
  try {
    auto log = std::make_unique<engine::Log>(data_->directory(), core.store(), clock, next(), index,
                                             log_settings_, wake);
    if (auto fault = log->open(position)) return fault;
    if (is_new_epoch() && core.store().counts().sessions != 0) {
      if (auto fault = log->checkpoint_now()) return fault;
    }
    core.use(std::move(log));
    return std::nullopt;
  } catch (const std::system_error& error) {  // the log's own threads
    return no_room_for(cores_, error.code().value());
  }
}

std::optional<std::string> InitialData::keep() {
  log_report();
  if (data_ == nullptr) return std::nullopt;
  if (is_new_epoch()) return data_->go_over_to(next());
  data_->remove_other_epochs();
  return std::nullopt;
}

// A log that only goes on is closed; the files of a new epoch are removed.
void InitialData::take_back(const std::vector<std::unique_ptr<core::Core>>& cores) {
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
        "the wall clock stands before the last time that the data know: going on from there, as on "
        "a machine whose clock is not set yet",
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
