// Locking is by flock, which the kernel undoes when the process ends, however that happens.
#include "server/data_directory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/random.h"
#include "commands/routing.h"
#include "server/secret.h"
#include "store/replay.h"

namespace seshdb::server {

namespace {

using engine::Manifest;
using engine::NamedFile;
using engine::Recovery;

std::variant<net::Socket, std::string> lock(const std::string& path) {
  const std::string name = path + "/LOCK";
  net::Socket file(::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!file.open()) {
    return "cannot use the data directory " + path + ": " + std::strerror(errno);
  }
  if (flock(file.fd(), LOCK_EX | LOCK_NB) == 0) return file;
  if (errno != EWOULDBLOCK) return "cannot lock " + name + ": " + std::strerror(errno);
  return "the data directory " + path + " is in use by another seshdb";
}

}  // namespace

int make_folder(const std::string& path) {
  if (mkdir(path.c_str(), 0700) != 0) return errno;
  const net::Socket parent(::open((path + "/..").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (parent.open() && fsync(parent.fd()) == 0) return 0;
  const int error = errno;
  (void)rmdir(path.c_str());
  return error;
}

std::variant<std::unique_ptr<DataDirectory>, std::string> DataDirectory::open(
    const std::string& path, Missing missing, std::uint32_t cores, const std::string& secret_file) {
  if (missing == Missing::kIsMade) {
    if (const int error = make_folder(path); error != 0 && error != EEXIST) {
      return "cannot make the data directory " + path + ": " + std::strerror(error);
    }
  }
  std::unique_ptr<DataDirectory> data(new DataDirectory);
  data->secret_file_ = secret_file.empty() ? path + "/secret" : secret_file;
  if (const int error = engine::open_directory(path, data->directory_); error != 0) {
    return "cannot open the data directory " + path + ": " + std::strerror(error);
  }
  auto locked = lock(path);
  if (auto* const fault = std::get_if<std::string>(&locked)) return std::move(*fault);
  data->lock_ = std::move(std::get<net::Socket>(locked));

  auto files = engine::files_of(*data->directory_);
  if (auto* const fault = std::get_if<std::string>(&files)) return std::move(*fault);
  data->files_ = std::move(std::get<std::vector<NamedFile>>(files));
  auto manifest = engine::read_manifest(*data->directory_);
  if (auto* const fault = std::get_if<std::string>(&manifest)) return std::move(*fault);
  if (const auto& found = std::get<std::optional<Manifest>>(manifest)) {
    data->manifest_ = *found;
    const bool needs_secret = missing == Missing::kIsMade && secret_file.empty();
    if (needs_secret && access(data->secret_file_.c_str(), F_OK) != 0 && errno == ENOENT) {
      return data->secret_file_ +
             " is missing, and without it all shared names get other tokens. Restore it from a "
             "backup, or give --secret-file FILE";
    }
    return data;
  }
  if (!data->files_.empty()) {
    return path + "/MANIFEST is missing, though there is data. Restore it from a backup";
  }
  if (missing == Missing::kIsAFault) return path + " holds no data of seshdb";
  if (auto fault = data->make(cores)) return *std::move(fault);
  return data;
}

// The secret first: where there is a manifest, there was one.
std::optional<std::string> DataDirectory::make(std::uint32_t cores) {
  auto secret = secret_of(secret_file_);
  if (auto* const fault = std::get_if<std::string>(&secret)) return std::move(*fault);
  manifest_.cores = cores;
  random_fill(&manifest_.salt, sizeof(manifest_.salt));
  return engine::write_manifest(*directory_, manifest_);
}

std::optional<std::string> DataDirectory::go_over_to(const Manifest& next) {
  if (auto fault = engine::write_manifest(*directory_, next)) return fault;
  manifest_ = next;
  remove_other_epochs();
  return std::nullopt;
}

void DataDirectory::remove_other_epochs() {
  for (const NamedFile& file : files_) {
    const bool counts = file.epoch == manifest_.epoch && file.header.core < manifest_.cores;
    if (!counts) (void)directory_->remove(file.name);
  }
}

Manifest next_manifest(const DataDirectory& data, std::uint32_t cores) {
  Manifest next = data.manifest();
  if (next.cores != cores) {
    ++next.epoch;
    next.cores = cores;
  }
  return next;
}

namespace {

struct Time {
  explicit Time(const Clock& clock) : now_ms(clock.now_ms()), unix_offset_ms(clock.to_unix_ms(0)) {}
  std::uint64_t now_ms;
  std::int64_t unix_offset_ms;
};

// What all cores wrote, as far as it is this core's now.
std::optional<std::string> read_share(DataDirectory& data, store::Store& store, std::uint32_t core,
                                      std::uint32_t cores, const Time& time, LoadProgress& progress,
                                      engine::RecoveryReport& report) {
  const auto is_mine = [core, cores](std::uint64_t token) {
    return commands::owner_of(token, cores) == core;
  };
  for (std::uint32_t from = 0; from < data.manifest().cores; ++from) {
    store::Store part;
    store::Replay replay(part, is_mine, time.unix_offset_ms, time.now_ms);
    Recovery recovery(data.directory(), data.manifest(), from, data.files(), Recovery::Mode::kCheck,
                      progress.bytes_read);
    progress.bytes_to_read += recovery.bytes_to_read();
    if (auto fault = recovery.run(replay)) return fault;
    store.absorb(part);
    if (core == 0) report.add(recovery.report());
  }
  return std::nullopt;
}

}  // namespace

std::variant<LoadedLog, std::string> load_core(DataDirectory& data, store::Store& store,
                                               std::uint32_t core, std::uint32_t cores,
                                               const engine::LogSettings& settings,
                                               const Clock& clock,
                                               const std::function<void()>& wake,
                                               LoadProgress& progress) {
  const Time time(clock);
  const Manifest manifest = next_manifest(data, cores);
  const bool same_cores = manifest.epoch == data.manifest().epoch;
  LoadedLog loaded;
  engine::LogPosition position;
  if (same_cores) {
    store::Replay replay(store, {}, time.unix_offset_ms, time.now_ms);
    Recovery recovery(data.directory(), manifest, core, data.files(), Recovery::Mode::kStart,
                      progress.bytes_read);
    progress.bytes_to_read += recovery.bytes_to_read();
    if (auto fault = recovery.run(replay)) return *std::move(fault);
    position = recovery.position();
    loaded.report = recovery.report();
  } else {
    // What an attempt that was cut short left of that epoch would be in the way.
    for (const NamedFile& file : data.files()) {
      if (file.epoch == manifest.epoch && file.header.core == core) {
        (void)data.directory().remove(file.name);
      }
    }
    if (auto fault = read_share(data, store, core, cores, time, progress, loaded.report)) {
      return *std::move(fault);
    }
  }
  loaded.log =
      std::make_unique<engine::Log>(data.directory(), store, clock, manifest, core, settings, wake);
  if (auto fault = loaded.log->open(position)) return *std::move(fault);
  if (!same_cores) {
    if (auto fault = loaded.log->checkpoint_now()) return *std::move(fault);
  }
  return loaded;
}

}  // namespace seshdb::server
