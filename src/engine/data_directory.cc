// Its lock is one that the kernel undoes when the process ends, however that happens.
#include "engine/data_directory.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/file_sync.h"
#include "base/random.h"
#include "engine/secret.h"
#include "store/owner.h"
#include "store/replay.h"

namespace seshdb::engine {

std::optional<std::string> DataDirectory::open_path(const std::string& path) {
  const int error = open_directory(path, directory_);
  if (error == 0) return std::nullopt;
  return "cannot open the data directory " + path + ": " + std::strerror(error);
}

// Whoever opened it before it was replaced has a lock on nothing that matters.
std::optional<std::string> DataDirectory::lock(Lock kind) {
  int error = directory_->lock(kind);
  if (error == EWOULDBLOCK) {
    return "the data directory " + directory_->path() + " is in use by another seshdb";
  }
  if (error == 0) error = directory_->verify();
  if (error == 0) return std::nullopt;
  return "cannot use the data directory " + directory_->path() + ": " + std::strerror(error);
}

std::optional<std::string> DataDirectory::read(bool& found) {
  auto files = files_of(*directory_);
  if (auto* const fault = std::get_if<std::string>(&files)) return std::move(*fault);
  files_ = std::move(std::get<std::vector<NamedFile>>(files));
  auto manifest = read_manifest(*directory_);
  if (auto* const fault = std::get_if<std::string>(&manifest)) return std::move(*fault);
  const auto& read = std::get<std::optional<Manifest>>(manifest);
  found = read.has_value();
  if (found) {
    manifest_ = *read;
  } else if (!files_.empty()) {
    return directory_->path() +
           "/MANIFEST is missing, though there is data. Restore it from a backup";
  }
  return std::nullopt;
}

DataDirectory::Opened DataDirectory::open_or_make(const std::string& path, std::uint32_t cores,
                                                  const std::string& secret_file) {
  if (const int error = make_folder(path); error != 0 && error != EEXIST) {
    return "cannot make the data directory " + path + ": " + std::strerror(error);
  }
  std::unique_ptr<DataDirectory> data(new DataDirectory);
  data->secret_file_ = secret_file.empty() ? path + "/secret" : secret_file;
  bool found = false;
  std::optional<std::string> fault = data->open_path(path);
  if (!fault) fault = data->lock(Lock::kExclusive);
  if (!fault) fault = data->read(found);
  if (!fault && !found) fault = data->make(cores);
  if (fault) return *std::move(fault);
  return data;
}

// Read before it is locked, so that nothing is made in a directory that was named by mistake; and
// again, as it may have changed meanwhile.
DataDirectory::Opened DataDirectory::open(const std::string& path, Lock lock) {
  std::unique_ptr<DataDirectory> data(new DataDirectory);
  data->secret_file_ = path + "/secret";
  bool found = false;
  std::optional<std::string> fault = data->open_path(path);
  if (!fault) fault = data->read(found);
  if (!fault && found) fault = data->lock(lock);
  if (!fault && found) fault = data->read(found);
  if (!fault && !found) fault = path + " holds no data of seshdb";
  if (fault) return *std::move(fault);
  return data;
}

// The secret first: where there is a manifest, there was one.
std::optional<std::string> DataDirectory::make(std::uint32_t cores) {
  auto secret = secret_of(secret_file_);
  if (auto* const fault = std::get_if<std::string>(&secret)) return std::move(*fault);
  manifest_.epoch = 0;
  manifest_.cores = cores;
  random_fill(&manifest_.salt, sizeof(manifest_.salt));
  return write_manifest(*directory_, manifest_);
}

std::optional<std::string> DataDirectory::clear(std::uint32_t epoch) {
  for (const NamedFile& file : files_) {
    if (file.epoch != epoch) continue;
    if (const int error = directory_->remove(file.name); error != 0) {
      return io_fault(*directory_, "cannot remove", file.name, error);
    }
  }
  if (const int error = directory_->sync(); error != 0) {
    return io_fault(*directory_, "cannot sync", "", error);
  }
  return std::nullopt;
}

std::optional<std::string> DataDirectory::go_over_to(const Manifest& next) {
  if (auto fault = write_manifest(*directory_, next)) return fault;
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

// Where they cannot be removed the next start does.
void DataDirectory::remove_epoch(std::uint32_t epoch) {
  const auto files = files_of(*directory_);
  const auto* const found = std::get_if<std::vector<NamedFile>>(&files);
  if (found == nullptr) return;
  for (const NamedFile& file : *found) {
    if (file.epoch == epoch) (void)directory_->remove(file.name);
  }
}

Manifest next_manifest(const DataDirectory& data, std::uint32_t cores) {
  Manifest next = data.manifest();
  if (data.is_new() || next.cores != cores) {
    ++next.epoch;
    next.cores = cores;
  }
  return next;
}

std::optional<std::string> read_core(DataDirectory& data, std::uint32_t core, Recovery::Mode mode,
                                     const Clock& clock, store::Store& store, CoreRead& read,
                                     std::function<bool(std::uint64_t token)> is_wanted) {
  store::Replay replay(store, std::move(is_wanted), clock.unix_offset_ms(), clock.now_ms());
  Recovery recovery(data.directory(), data.manifest(), core, data.files(), mode,
                    data.progress().bytes_read);
  data.progress().bytes_to_read += recovery.bytes_to_read();
  std::optional<std::string> fault = recovery.run(replay);
  read.position = recovery.position();
  read.report = recovery.report();
  return fault;
}

namespace {

// What is written anew goes on from the latest time that any of the old logs knows.
void keep_later(const std::optional<WallOffset>& from, std::optional<WallOffset>& to) {
  if (from && (!to || to->on_disk_ms < from->on_disk_ms)) to = from;
}

}  // namespace

std::optional<std::string> read_share(DataDirectory& data, std::uint32_t core, std::uint32_t cores,
                                      const Clock& clock, store::Store& store, CoreRead& read) {
  if (next_manifest(data, cores).epoch == data.manifest().epoch) {
    return read_core(data, core, Recovery::Mode::kStart, clock, store, read);
  }
  const auto is_mine = [core, cores](std::uint64_t token) {
    return store::owner_of(token, cores) == core;
  };
  for (std::uint32_t from = 0; from < data.manifest().cores; ++from) {
    store::Store part;
    CoreRead its;
    if (auto fault = read_core(data, from, Recovery::Mode::kCheck, clock, part, its, is_mine)) {
      return fault;
    }
    store.absorb(part);
    keep_later(its.position.wall, read.position.wall);
    if (core == 0) read.report.add(its.report);
  }
  return std::nullopt;
}

std::optional<std::string> write_core(DataDirectory& data, const Manifest& next, std::uint32_t core,
                                      const Clock& clock, store::Store& store,
                                      const std::optional<WallOffset>& wall) {
  Log log(data.directory(), store, clock, next, core, {}, [] {});
  if (auto fault = log.open({.wall = wall})) return fault;
  if (auto fault = log.checkpoint_now()) return fault;
  store::Batch none;
  none.set_unix_offset_ms(log.unix_offset_ms());
  log.close(none);
  return std::nullopt;
}

}  // namespace seshdb::engine
