// Both tools read all files with engine::Recovery, as a starting server does.
#include "admin/repair.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/exit_status.h"
#include "base/file_sync.h"
#include "base/logging.h"
#include "base/result.h"
#include "engine/data_directory.h"
#include "engine/recovery.h"

namespace seshdb::admin {

namespace {

using engine::Manifest;
using engine::NamedFile;
using engine::Recovery;

void say(const std::string& text) { std::printf("%s\n", text.c_str()); }

void print_report(std::uint32_t core, const store::Store& store,
                  const engine::RecoveryReport& report) {
  const store::Counts counts = store.counts();
  say("core " + std::to_string(core) + ": " + std::to_string(report.files) + " files, " +
      std::to_string(report.bytes >> 20U) + " MiB, " + std::to_string(report.records) +
      " records, " + std::to_string(counts.sessions) + " sessions, " + std::to_string(counts.keys) +
      " keys");
  for (const std::string& dropped : report.dropped) {
    say("  left unfinished by a crash, the next start drops it: " + dropped);
  }
}

// Links the current epoch's files into `folder`, durably.
Result<void> keep_in(engine::DataDirectory& data, const std::string& folder) {
  if (const int error = make_folder(folder); error != 0) {
    return fail("cannot make " + folder + ": " + std::strerror(error));
  }
  for (const NamedFile& file : data.files()) {
    if (file.epoch != data.manifest().epoch) continue;
    const std::string from = data.directory().path() + "/" + file.name;
    if (link(from.c_str(), (folder + "/" + file.name).c_str()) != 0) {
      return fail("cannot link " + from + " into " + folder + ": " + std::strerror(errno) +
                  "; the damaged files are as they were");
    }
  }
  if (const int error = sync_path(folder); error != 0) {
    return fail("cannot sync " + folder + ": " + std::strerror(error));
  }
  return {};
}

}  // namespace

int check_data(const std::string& path) {
  logging::set_level(logging::Level::kError);
  const auto opened = engine::DataDirectory::open(path, engine::Lock::kShared);
  if (!opened) return report_failure(opened.error());
  engine::DataDirectory& data = **opened;
  const SystemClock clock;
  bool whole = true;
  for (std::uint32_t core = 0; core < data.manifest().cores; ++core) {
    store::Store store(data.manifest().token_bits);
    engine::RecoveryReport report;
    const auto read = read_core(data, core, Recovery::Mode::kCheck, clock, store, report);
    print_report(core, store, report);
    if (!read) {
      say("  damaged: " + read.error());
      whole = false;
    }
  }
  say(path + (whole ? " is whole" : " is damaged"));
  return whole ? 0 : kExitFailure;
}

int repair_data(const std::string& path) {
  logging::set_level(logging::Level::kError);
  const auto opened = engine::DataDirectory::open(path, engine::Lock::kExclusive);
  if (!opened) return report_failure(opened.error());
  engine::DataDirectory& data = **opened;
  const SystemClock clock;
  Manifest next = data.manifest();
  ++next.epoch;
  std::vector<std::unique_ptr<store::Store>> stores;
  std::vector<std::optional<engine::WallOffset>> walls;
  bool damaged = false;
  for (std::uint32_t core = 0; core < data.manifest().cores; ++core) {
    store::Store& store = *stores.emplace_back(std::make_unique<store::Store>(next.token_bits));
    engine::RecoveryReport report;
    const auto read = read_core(data, core, Recovery::Mode::kSalvage, clock, store, report);
    if (!read) return report_failure(read.error());
    walls.push_back(read->wall);
    print_report(core, store, report);
    for (const std::string& damage : report.damage) say("  lost: " + damage);
    if (report.orphans != 0) {
      say("  " + std::to_string(report.orphans) +
          " records are dropped: their sessions, keys or places were lost");
    }
    damaged = damaged || !report.damage.empty() || report.orphans != 0;
  }
  if (!damaged) {
    say(path + " is whole; nothing was changed");
    return 0;
  }
  if (const auto cleared = data.clear(next.epoch); !cleared) {
    return report_failure(cleared.error());
  }
  for (std::uint32_t core = 0; core < next.cores; ++core) {
    const auto written = write_core(data, next, core, clock, *stores[core], walls[core]);
    if (!written) return report_failure(written.error());
  }
  const std::string folder = path + "/damaged-" + std::to_string(clock.unix_ms());
  if (const auto kept = keep_in(data, folder); !kept) return report_failure(kept.error());
  if (const auto done = data.go_over_to(next); !done) return report_failure(done.error());
  say(path + " is whole now; the files as they were are in " + folder);
  return 0;
}

}  // namespace seshdb::admin
