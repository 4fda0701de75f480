// The kernel releases the directory's lock when the process ends, however it ends.
#include "engine/data_directory.h"

#include <cerrno>
#include <cstring>
#include <functional>
#include <utility>

#include "base/check.h"
#include "base/file_sync.h"
#include "base/random.h"
#include "store/owner.h"
#include "store/replay.h"

namespace seshdb::engine {

Result<void> DataDirectory::open_path(const std::string& path) {
  const int error = open_directory(path, directory_);
  if (error == 0) return {};
  return fail("cannot open the data directory " + path + ": " + std::strerror(error));
}

// A directory that was replaced after it was opened is refused: its lock keeps nobody out of the
// one at the path.
Result<void> DataDirectory::lock(Lock kind) {
  int error = directory_->lock(kind);
  if (error == EWOULDBLOCK) {
    return fail("the data directory " + directory_->path() + " is in use by another seshdb");
  }
  if (error == 0) error = directory_->verify();
  if (error == 0) return {};
  return fail("cannot use the data directory " + directory_->path() + ": " + std::strerror(error));
}

Result<bool> DataDirectory::read() {
  auto files = files_of(*directory_);
  if (!files) return fail(std::move(files.error()));
  files_ = *std::move(files);
  const auto manifest = read_manifest(*directory_);
  if (!manifest) return fail(manifest.error());
  if (*manifest) {
    manifest_ = **manifest;
    return true;
  }
  if (!files_.empty()) {
    return fail(directory_->path() +
                "/MANIFEST is missing, though there is data. Restore it from a backup");
  }
  return false;
}

DataDirectory::Opened DataDirectory::open_or_make(const std::string& path, std::uint32_t cores,
                                                  store::TokenBits token_bits,
                                                  const std::string& secret_file) {
  if (const int error = make_folder(path); error != 0 && error != EEXIST) {
    return fail("cannot make the data directory " + path + ": " + std::strerror(error));
  }
  std::unique_ptr<DataDirectory> data(new DataDirectory);
  data->secret_file_ = secret_file.empty() ? path + "/secret" : secret_file;
  if (auto opened = data->open_path(path); !opened) return fail(std::move(opened.error()));
  if (auto locked = data->lock(Lock::kExclusive); !locked) return fail(std::move(locked.error()));
  const Result<bool> found = data->read();
  if (!found) return fail(found.error());
  auto ready = *found ? data->keep_to(token_bits) : data->make(cores, token_bits);
  if (!ready) return fail(std::move(ready.error()));
  return data;
}

// The directory is read before it is locked, so that no file is made in a directory that was named
// by mistake. It is read again after that, as it may have changed meanwhile.
DataDirectory::Opened DataDirectory::open(const std::string& path, Lock lock) {
  std::unique_ptr<DataDirectory> data(new DataDirectory);
  data->secret_file_ = path + "/secret";
  if (auto opened = data->open_path(path); !opened) return fail(std::move(opened.error()));
  Result<bool> found = data->read();
  if (found && *found) {
    if (auto locked = data->lock(lock); !locked) return fail(std::move(locked.error()));
    found = data->read();
  }
  if (!found) return fail(std::move(found.error()));
  if (!*found) return fail(path + " holds no data of seshdb");
  return data;
}

// The secret is made first: if there is a manifest, there was a secret.
Result<void> DataDirectory::make(std::uint32_t cores, store::TokenBits token_bits) {
  if (auto secret = secret_of(secret_file_); !secret) return fail(std::move(secret.error()));
  manifest_.epoch = 0;
  manifest_.cores = cores;
  manifest_.token_bits = token_bits;
  random_fill(&manifest_.salt, sizeof(manifest_.salt));
  manifest_.format = manifest_.own_format();
  return write_manifest(*directory_, manifest_);
}

// Clients have the tokens, so those that there are cannot be made longer or shorter.
Result<void> DataDirectory::keep_to(store::TokenBits token_bits) {
  if (manifest_.token_bits == token_bits) return {};
  if (!is_new()) {
    const auto text = [](store::TokenBits bits) { return std::to_string(static_cast<int>(bits)); };
    return fail("the data directory " + directory_->path() + " was made with --token-bits " +
                text(manifest_.token_bits) + ", and keeps to that: it cannot be used with " +
                text(token_bits));
  }
  manifest_.token_bits = token_bits;
  manifest_.format = manifest_.own_format();
  return write_manifest(*directory_, manifest_);
}

Result<void> DataDirectory::clear(std::uint32_t epoch) {
  SESHDB_CHECK(epoch != manifest_.epoch);  // else this would remove the data
  for (const NamedFile& file : files_) {
    if (file.epoch != epoch) continue;
    if (const int error = directory_->remove(file.name); error != 0) {
      return fail(io_fault(*directory_, "cannot remove", file.name, error));
    }
  }
  if (const int error = directory_->sync(); error != 0) {
    return fail(io_fault(*directory_, "cannot sync", "", error));
  }
  return {};
}

// The frames' checksums depend on the salt: under another one all files would seem damaged.
Result<void> DataDirectory::go_over_to(const Manifest& next) {
  SESHDB_CHECK(next.epoch > manifest_.epoch && next.salt == manifest_.salt);
  if (auto written = write_manifest(*directory_, next); !written) return written;
  manifest_ = next;
  manifest_.format = next.own_format();
  remove_other_epochs();
  return {};
}

Result<void> DataDirectory::go_on() {
  if (manifest_.format != manifest_.own_format()) {
    if (auto written = write_manifest(*directory_, manifest_); !written) return written;
    manifest_.format = manifest_.own_format();
  }
  remove_other_epochs();
  return {};
}

void DataDirectory::remove_other_epochs() {
  for (const NamedFile& file : files_) {
    const bool is_used = file.epoch == manifest_.epoch && file.header.core < manifest_.cores;
    if (!is_used) (void)directory_->remove(file.name);
  }
}

// The next start removes those that cannot be removed here.
void DataDirectory::remove_epoch(std::uint32_t epoch) {
  SESHDB_CHECK(epoch != manifest_.epoch);  // else this would remove the data
  const auto files = files_of(*directory_);
  if (!files) return;
  for (const NamedFile& file : *files) {
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

namespace {

Result<LogPosition> replay_core(DataDirectory& data, std::uint32_t core, Recovery::Mode mode,
                                store::Replay& replay, RecoveryReport& report) {
  Recovery recovery(data.directory(), data.manifest(), core, data.files(), mode,
                    data.progress().bytes_read);
  data.progress().bytes_to_read += recovery.bytes_to_read();
  auto position = recovery.run(replay);
  report = recovery.report();
  return position;
}

// A new epoch goes on from the latest time that any of the old logs has.
void keep_later(const std::optional<WallOffset>& from, std::optional<WallOffset>& to) {
  if (from && (!to || to->on_disk_ms < from->on_disk_ms)) to = from;
}

// Reads the sessions of an old core that are mine. A session of mine may have had a token that is
// not: then the log is read again, and that session is followed from its first token on.
Result<LogPosition> read_mine(DataDirectory& data, std::uint32_t core,
                              const std::function<bool(std::uint64_t token)>& is_mine,
                              const Clock& clock, std::unique_ptr<store::Store>& store,
                              RecoveryReport& report) {
  store::Replay::Tokens followed;
  for (;;) {
    store = std::make_unique<store::Store>(data.manifest().token_bits);
    store::Replay replay(*store, is_mine, clock.unix_offset_ms(), clock.now_ms(), followed);
    auto position = replay_core(data, core, Recovery::Mode::kCheck, replay, report);
    const store::Replay::Tokens missed = replay.missed();
    if (!position || missed.empty()) return position;
    followed.insert(missed.begin(), missed.end());
  }
}

}  // namespace

Result<LogPosition> read_core(DataDirectory& data, std::uint32_t core, Recovery::Mode mode,
                              const Clock& clock, store::Store& store, RecoveryReport& report) {
  store::Replay replay(store, {}, clock.unix_offset_ms(), clock.now_ms());
  return replay_core(data, core, mode, replay, report);
}

Result<LogPosition> read_share(DataDirectory& data, std::uint32_t core, std::uint32_t cores,
                               const Clock& clock, store::Store& store, RecoveryReport& report) {
  if (next_manifest(data, cores).epoch == data.manifest().epoch) {
    return read_core(data, core, Recovery::Mode::kStart, clock, store, report);
  }
  const auto is_mine = [core, cores](std::uint64_t token) {
    return store::owner_of(token, cores) == core;
  };
  LogPosition position;
  for (std::uint32_t from = 0; from < data.manifest().cores; ++from) {
    std::unique_ptr<store::Store> part;
    RecoveryReport its;
    const auto read = read_mine(data, from, is_mine, clock, part, its);
    if (!read) return fail(read.error());
    store.absorb(*part);
    keep_later(read->wall, position.wall);
    if (core == 0) report.add(its);
  }
  return position;
}

Result<void> write_core(DataDirectory& data, const Manifest& next, std::uint32_t core,
                        const Clock& clock, store::Store& store,
                        const std::optional<WallOffset>& wall) {
  SESHDB_CHECK(next.epoch > data.manifest().epoch && core < next.cores);
  Log log(data.directory(), store, clock, next, core, {}, [] {});
  if (auto opened = log.open({.wall = wall}); !opened) return opened;
  if (auto written = log.checkpoint_now(); !written) return written;
  store::Batch none;
  none.set_unix_offset_ms(log.unix_offset_ms());
  log.close(none);
  return {};
}

}  // namespace seshdb::engine
