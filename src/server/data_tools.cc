// Everything is read by engine::Recovery, as at a server's start.
#include "server/data_tools.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "engine/log.h"
#include "engine/recovery.h"
#include "server/data_directory.h"
#include "store/replay.h"

namespace seshdb::server {

namespace {

using engine::Manifest;
using engine::NamedFile;
using engine::Recovery;

constexpr int kFailure = 1;

void say(const std::string& text) { std::printf("%s\n", text.c_str()); }

int fail(const std::string& text) {
  std::fprintf(stderr, "seshdb: %s\n", text.c_str());
  return kFailure;
}

// One core's data, as it was read.
struct Share {
  store::Store store;
  engine::RecoveryReport report;
  std::optional<std::string> fault;
};

void read(DataDirectory& data, std::uint32_t core, Recovery::Mode mode, const Clock& clock,
          Share& share) {
  std::atomic<std::uint64_t> bytes_read{0};
  store::Replay replay(share.store, {}, clock.to_unix_ms(0), clock.now_ms());
  Recovery recovery(data.directory(), data.manifest(), core, data.files(), mode, bytes_read);
  share.fault = recovery.run(replay);
  share.report = recovery.report();
}

void tell(std::uint32_t core, const Share& share) {
  const store::Counts counts = share.store.counts();
  say("core " + std::to_string(core) + ": " + std::to_string(share.report.files) + " files, " +
      std::to_string(share.report.bytes >> 20U) + " MiB, " + std::to_string(share.report.records) +
      " records, " + std::to_string(counts.sessions) + " sessions, " + std::to_string(counts.keys) +
      " keys");
  for (const std::string& dropped : share.report.dropped) {
    say("  a crash left unfinished, and the next start drops: " + dropped);
  }
}

std::optional<std::string> open_for_tool(const std::string& path,
                                         std::unique_ptr<DataDirectory>& data) {
  auto opened = DataDirectory::open(path, DataDirectory::Missing::kIsAFault, 0);
  if (auto* const fault = std::get_if<std::string>(&opened)) return std::move(*fault);
  data = std::move(std::get<std::unique_ptr<DataDirectory>>(opened));
  return std::nullopt;
}

// What an attempt that was cut short left of the next epoch would be in the way.
std::optional<std::string> remove_epoch(DataDirectory& data, std::uint32_t epoch) {
  for (const NamedFile& file : data.files()) {
    if (file.epoch != epoch) continue;
    if (const int error = data.directory().remove(file.name); error != 0) {
      return engine::io_fault(data.directory(), "cannot remove", file.name, error);
    }
  }
  if (const int error = data.directory().sync(); error != 0) {
    return engine::io_fault(data.directory(), "cannot sync", "", error);
  }
  return std::nullopt;
}

// Writes what was kept as the next epoch's.
std::optional<std::string> write_anew(DataDirectory& data, const Manifest& next, std::uint32_t core,
                                      const Clock& clock, store::Store& store) {
  engine::Log log(data.directory(), store, clock, next, core, {}, [] {});
  if (auto fault = log.open({})) return fault;
  if (auto fault = log.checkpoint_now()) return fault;
  log.close();
  return std::nullopt;
}

bool sync(const std::string& path, int flags) {
  const net::Socket file(::open(path.c_str(), flags | O_CLOEXEC));
  return file.open() && fsync(file.fd()) == 0;
}

// Gives the files that count another name in `folder`, lastingly.
std::optional<std::string> keep_in(DataDirectory& data, const std::string& folder) {
  if (const int error = make_folder(folder); error != 0) {
    return "cannot make " + folder + ": " + std::strerror(error);
  }
  for (const NamedFile& file : data.files()) {
    if (file.epoch != data.manifest().epoch) continue;
    const std::string from = data.directory().path() + "/" + file.name;
    if (link(from.c_str(), (folder + "/" + file.name).c_str()) != 0) {
      return "cannot link " + from + " into " + folder + ": " + std::strerror(errno) +
             "; the damaged files are as they were";
    }
  }
  if (!sync(folder, O_RDONLY | O_DIRECTORY)) {
    return "cannot sync " + folder + ": " + std::strerror(errno);
  }
  return std::nullopt;
}

// The damaged files go to a folder of their own, and the next epoch counts.
std::optional<std::string> replace(DataDirectory& data, const Manifest& next,
                                   const std::string& folder) {
  const std::uint32_t epoch = data.manifest().epoch;
  if (auto fault = keep_in(data, folder)) return fault;
  if (auto fault = engine::write_manifest(data.directory(), next)) return fault;
  for (const NamedFile& file : data.files()) {  // one that stays is removed by the next start
    if (file.epoch == epoch) (void)data.directory().remove(file.name);
  }
  return std::nullopt;
}

}  // namespace

int check_data(const std::string& path) {
  log::set_level(log::Level::kError);
  std::unique_ptr<DataDirectory> data;
  if (const auto fault = open_for_tool(path, data)) return fail(*fault);
  const SystemClock clock;
  bool whole = true;
  for (std::uint32_t core = 0; core < data->manifest().cores; ++core) {
    Share share;
    read(*data, core, Recovery::Mode::kCheck, clock, share);
    tell(core, share);
    if (share.fault) {
      say("  damaged: " + *share.fault);
      whole = false;
    }
  }
  say(path + (whole ? " is whole" : " is damaged"));
  return whole ? 0 : kFailure;
}

int repair_data(const std::string& path) {
  log::set_level(log::Level::kError);
  std::unique_ptr<DataDirectory> data;
  if (const auto fault = open_for_tool(path, data)) return fail(*fault);
  const SystemClock clock;
  Manifest next = data->manifest();
  ++next.epoch;
  std::vector<std::unique_ptr<Share>> shares;
  bool damaged = false;
  for (std::uint32_t core = 0; core < data->manifest().cores; ++core) {
    shares.push_back(std::make_unique<Share>());
    Share& share = *shares.back();
    read(*data, core, Recovery::Mode::kSalvage, clock, share);
    if (share.fault) return fail(*share.fault);
    tell(core, share);
    for (const std::string& damage : share.report.damage) say("  lost: " + damage);
    if (share.report.orphans != 0) {
      say("  " + std::to_string(share.report.orphans) +
          " records tell of sessions, keys or places that were lost, and are dropped");
    }
    damaged = damaged || !share.report.damage.empty() || share.report.orphans != 0;
  }
  if (!damaged) {
    say(path + " is whole; nothing was changed");
    return 0;
  }
  if (const auto fault = remove_epoch(*data, next.epoch)) return fail(*fault);
  for (std::uint32_t core = 0; core < next.cores; ++core) {
    if (const auto fault = write_anew(*data, next, core, clock, shares[core]->store)) {
      return fail(*fault);
    }
  }
  const std::string folder = path + "/damaged-" + std::to_string(clock.unix_ms());
  if (const auto fault = replace(*data, next, folder)) return fail(*fault);
  say(path + " is whole now; the files as they were are in " + folder);
  return 0;
}

namespace {

constexpr int kTries = 20;

namespace fs = std::filesystem;

// Newest first: where a log has frames, the one before it was complete already.
std::vector<NamedFile> in_copying_order(std::vector<NamedFile> files, std::uint32_t epoch) {
  std::erase_if(files,
                [epoch](const NamedFile& file) { return file.epoch != epoch || file.unfinished; });
  std::sort(files.begin(), files.end(), [](const NamedFile& a, const NamedFile& b) {
    if (a.header.sequence != b.header.sequence) return a.header.sequence > b.header.sequence;
    return a.header.kind < b.header.kind;
  });
  return files;
}

enum class Copy : std::uint8_t { kDone, kMoved, kFailed };

// kMoved: a checkpoint has replaced some of it meanwhile.
Copy copy_once(engine::Directory& from, const std::string& to, std::string& fault) {
  const auto manifest = engine::read_manifest(from);
  const auto files = engine::files_of(from);
  for (const auto* const wrong :
       {std::get_if<std::string>(&manifest), std::get_if<std::string>(&files)}) {
    if (wrong == nullptr) continue;
    fault = *wrong;
    return Copy::kFailed;
  }
  const auto& found = std::get<std::optional<Manifest>>(manifest);
  if (!found) {
    fault = from.path() + " holds no data of seshdb";
    return Copy::kFailed;
  }
  std::vector<std::string> names;
  for (const NamedFile& file :
       in_copying_order(std::get<std::vector<NamedFile>>(files), found->epoch)) {
    names.push_back(file.name);
  }
  names.insert(names.end(), {"secret", "MANIFEST"});
  for (const std::string& name : names) {
    std::error_code error;
    fs::copy_file(from.path() + "/" + name, to + "/" + name, fs::copy_options::overwrite_existing,
                  error);
    if (error == std::errc::no_such_file_or_directory) {
      if (name == "secret") continue;
      return Copy::kMoved;
    }
    if (error || !sync(to + "/" + name, O_RDONLY)) {
      fault = "cannot copy " + name + " to " + to + ": " + error.message();
      return Copy::kFailed;
    }
  }
  const auto after = engine::read_manifest(from);
  const auto* const still = std::get_if<std::optional<Manifest>>(&after);
  return still != nullptr && *still && (*still)->epoch == found->epoch ? Copy::kDone : Copy::kMoved;
}

}  // namespace

int back_up_data(const std::string& path, const std::string& to) {
  std::unique_ptr<engine::Directory> from;
  if (const int error = engine::open_directory(path, from); error != 0) {
    return fail("cannot open " + path + ": " + std::strerror(error));
  }
  for (int i = 0; i < kTries; ++i) {
    if (const int error = make_folder(to); error != 0) {
      return fail("cannot make " + to + ": " + std::strerror(error));
    }
    std::string fault;
    switch (copy_once(*from, to, fault)) {
      case Copy::kDone:
        if (!sync(to, O_RDONLY | O_DIRECTORY)) return fail("cannot sync " + to);
        say("copied " + path + " to " + to);
        return 0;
      case Copy::kFailed:
        return fail(fault);
      case Copy::kMoved:
        break;
    }
    std::error_code ignored;
    fs::remove_all(to, ignored);  // made by us, just now
  }
  return fail(path + " changes faster than it can be copied");
}

}  // namespace seshdb::server
