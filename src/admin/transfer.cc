// Reads the data directory as a starting server does. An import writes a new epoch, which replaces
// the old one at once.
#include "admin/transfer.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/exit_status.h"
#include "base/limits.h"
#include "base/logging.h"
#include "base/processors.h"
#include "base/result.h"
#include "engine/data_directory.h"
#include "engine/recovery.h"
#include "save/reader.h"
#include "save/restorer.h"
#include "save/share.h"
#include "save/writer.h"
#include "store/owner.h"

namespace seshdb::admin {

namespace {

using engine::Recovery;

constexpr std::size_t kChunkBytes = std::size_t{256} << 10;

// Prints the progress in one line, if standard error is a terminal.
class Progress {
 public:
  explicit Progress(const char* what) : what_(what), shown_(isatty(STDERR_FILENO) == 1) {}

  void update(const store::Counts& counts) {
    const auto now = std::chrono::steady_clock::now();
    if (!shown_ || now - updated_ < kInterval) return;
    updated_ = now;
    write(counts, "\r");
  }
  void end(const store::Counts& counts) const { write(counts, "\n"); }

 private:
  static constexpr std::chrono::milliseconds kInterval{200};

  void write(const store::Counts& counts, const char* behind) const {
    std::fprintf(stderr, "%s %llu sessions with %llu keys%s", what_,
                 static_cast<unsigned long long>(counts.sessions),
                 static_cast<unsigned long long>(counts.keys), behind);
  }

  const char* what_;
  bool shown_;
  std::chrono::steady_clock::time_point updated_;
};

Result<void> write_sessions(store::Store& store, const Clock& clock, save::Writer& writer,
                            store::Counts& counts, Progress& progress) {
  Buffer lines;
  Result<void> written;
  const auto flush_if_full = [&] {
    if (lines.size() < kChunkBytes) return;
    if (written) written = writer.append(lines.view());
    lines.clear();
  };
  std::uint64_t hash = 0;
  std::vector<std::uint64_t> tokens;
  do {
    tokens.clear();
    store.some_tokens(hash, tokens);
    for (const std::uint64_t token : tokens) {
      const store::Session* const session = store.find(token, clock.now_ms());
      if (session == nullptr) continue;
      (void)save::append_session(store, *session, lines, flush_if_full);
      ++counts.sessions;
      counts.keys += session->keys().size();
    }
    flush_if_full();
    progress.update(counts);
  } while (hash != 0 && written);
  return written ? writer.append(lines.view()) : written;
}

}  // namespace

int export_data(const std::string& path, bool zstd) {
  logging::set_level(logging::Level::kError);
  const auto opened = engine::DataDirectory::open(path, engine::Lock::kShared);
  if (!opened) return report_failure(opened.error());
  engine::DataDirectory& data = **opened;
  const SystemClock clock;
  save::Writer writer(STDOUT_FILENO, zstd ? save::Writer::Form::kZstd : save::Writer::Form::kPlain);
  Buffer header;
  save::append_header(
      {.name = "export",
       .unix_ms = static_cast<std::uint64_t>(std::max(clock.unix_ms(), std::int64_t{0})),
       .part = 0,
       .parts = 1,
       .token_bits = data.manifest().token_bits},
      header);
  Result<void> written = writer.append(header.view());
  store::Counts counts;
  Progress progress("exported");
  for (std::uint32_t core = 0; core < data.manifest().cores && written; ++core) {
    store::Store store(data.manifest().token_bits);
    engine::RecoveryReport report;
    const auto read = read_core(data, core, Recovery::Mode::kCheck, clock, store, report);
    if (!read) return report_failure(read.error());
    written = write_sessions(store, clock, writer, counts, progress);
  }
  if (written) written = writer.end(counts);
  if (!written) return report_failure(written.error());
  progress.end(counts);
  return 0;
}

namespace {

// One core's sessions: those of the directory, and those that are imported.
struct Importing {
  explicit Importing(store::TokenBits token_bits) : store(token_bits) {}

  store::Store store;
  std::unique_ptr<save::Share> share;
  std::unique_ptr<save::Restorer> restorer;
  std::optional<engine::WallOffset> wall;
};

using Cores = std::vector<std::unique_ptr<Importing>>;

struct Made {
  store::Counts counts;
  std::uint64_t foreign_names = 0;
};

Made made_by(const Cores& cores) {
  Made all;
  for (const auto& core : cores) {
    all.counts.add(core->restorer->made());
    all.foreign_names += core->restorer->foreign_names();
  }
  return all;
}

// Reads standard input into the stores.
Result<void> read_lines(const Cores& cores, Progress& progress) {
  save::PartReader reader(STDIN_FILENO, cores.front()->share->terms());
  bool any = false;
  for (std::uint64_t count = 1;; ++count) {
    const Result<save::PartReader::Item> item = reader.next();
    if (!item) return fail(item.error());
    switch (*item) {
      case save::PartReader::Item::kSession: {
        const std::uint64_t token = reader.session().token.lower;
        const auto owner = store::owner_of(token, static_cast<std::uint32_t>(cores.size()));
        (void)cores[owner]->restorer->restore(reader.session());
        if (count % 1'024 == 0) progress.update(made_by(cores).counts);
        break;
      }
      case save::PartReader::Item::kEndOfPart:
        any = true;
        break;
      case save::PartReader::Item::kEndOfFile:
        if (!any) return fail("there is nothing to import");
        return {};
    }
  }
}

// Writes all sessions as the next epoch, and then makes that the current one.
Result<void> write(engine::DataDirectory& data, const Clock& clock, const Cores& cores) {
  engine::Manifest next = data.manifest();
  ++next.epoch;
  if (auto cleared = data.clear(next.epoch); !cleared) return cleared;
  for (std::uint32_t core = 0; core < cores.size(); ++core) {
    auto written = write_core(data, next, core, clock, cores[core]->store, cores[core]->wall);
    if (!written) return written;
  }
  return data.go_over_to(next);
}

}  // namespace

int import_data(const std::string& path, const std::string& secret_file,
                store::TokenBits token_bits) {
  logging::set_level(logging::Level::kError);
  const auto opened =
      engine::DataDirectory::open_or_make(path, usable_processors(), token_bits, secret_file);
  if (!opened) return report_failure(opened.error());
  engine::DataDirectory& data = **opened;
  const auto secret = data.secret();
  if (!secret) return report_failure(secret.error());
  const SystemClock clock;
  const save::CheckedSave none;  // what is imported is not read before
  store::ForeignTokens foreign_tokens;
  Cores cores;
  for (std::uint32_t core = 0; core < data.manifest().cores; ++core) {
    Importing& importing = *cores.emplace_back(std::make_unique<Importing>(token_bits));
    importing.share.reset(new save::Share{.store = importing.store,
                                          .clock = clock,
                                          .secret = *secret,
                                          .depth_max = limits::kDepthMost,
                                          .core = core,
                                          .cores = data.manifest().cores,
                                          .now_ms = clock.now_ms()});
    importing.store.share_former_tokens(
        foreign_tokens,
        [&share = *importing.share](std::uint64_t token) { return share.owns(token); });
    engine::RecoveryReport report;
    const auto read = read_core(data, core, Recovery::Mode::kCheck, clock, importing.store, report);
    if (!read) return report_failure(read.error());
    importing.wall = read->wall;
    importing.restorer = std::make_unique<save::Restorer>(*importing.share, none, [] {});
  }
  Progress progress("imported");
  if (const auto lines = read_lines(cores, progress); !lines) {
    return report_failure("nothing was imported: " + lines.error());
  }
  if (const auto written = write(data, clock, cores); !written) {
    return report_failure(written.error());
  }
  const Made made = made_by(cores);
  progress.end(made.counts);
  if (made.foreign_names != 0) {
    std::fprintf(stderr,
                 "seshdb: %llu shared sessions were made under another secret: their names do not "
                 "open them\n",
                 static_cast<unsigned long long>(made.foreign_names));
  }
  return 0;
}

}  // namespace seshdb::admin
