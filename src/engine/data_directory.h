// The data directory as a whole: making it, locking it, its manifest and epochs; and one core's
// data in it, read into a store and written anew.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "engine/file.h"
#include "engine/layout.h"
#include "engine/log.h"
#include "engine/recovery.h"
#include "engine/secret.h"
#include "store/store.h"

namespace seshdb::engine {

/// What reading has come to; any thread.
struct ReadProgress {
  std::atomic<std::uint64_t> bytes_read{0};
  std::atomic<std::uint64_t> bytes_to_read{0};
};

class DataDirectory {
 public:
  using Opened = std::variant<std::unique_ptr<DataDirectory>, std::string>;

  /// Opens it for its only user; one that is missing, or empty, is made, without an epoch that
  /// counts, for so many cores, with a secret in `secret_file`, or where that is empty in the
  /// directory. Gives the directory, or what is wrong, for people.
  [[nodiscard]] static Opened open_or_make(const std::string& path, std::uint32_t cores,
                                           const std::string& secret_file);
  /// Opens one that holds data; anything else is a fault and stays as it is. With kShared nothing
  /// is changed, so that it may be on a disk that is only read.
  [[nodiscard]] static Opened open(const std::string& path, Lock lock);

  [[nodiscard]] Directory& directory() { return *directory_; }
  [[nodiscard]] const Manifest& manifest() const { return manifest_; }
  /// No server has ever served from it, and nothing was imported.
  [[nodiscard]] bool is_new() const { return manifest_.epoch == 0; }
  [[nodiscard]] const std::vector<NamedFile>& files() const { return files_; }
  /// The secret behind the tokens of the shared sessions in it, or what is wrong with that.
  [[nodiscard]] std::variant<store::Secret, std::string> secret() const {
    return secret_of(secret_file_, is_new() ? NoSecret::kIsMade : NoSecret::kIsAFault);
  }

  [[nodiscard]] ReadProgress& progress() { return progress_; }

  /// Removes what an attempt to write this epoch left that was cut short; nothing, or a fault.
  [[nodiscard]] std::optional<std::string> clear(std::uint32_t epoch);
  /// From here on `next` counts; what belongs to other epochs is removed.
  [[nodiscard]] std::optional<std::string> go_over_to(const Manifest& next);
  /// Removes what belongs to other epochs.
  void remove_other_epochs();
  /// Removes what was written of an epoch that is not to count.
  void remove_epoch(std::uint32_t epoch);

 private:
  DataDirectory() = default;
  // Each gives nothing, or what is wrong.
  [[nodiscard]] std::optional<std::string> open_path(const std::string& path);
  [[nodiscard]] std::optional<std::string> lock(Lock kind);
  // What is there; `found`: it holds data.
  [[nodiscard]] std::optional<std::string> read(bool& found);
  [[nodiscard]] std::optional<std::string> make(std::uint32_t cores);

  std::unique_ptr<Directory> directory_;
  std::string secret_file_;
  Manifest manifest_;
  std::vector<NamedFile> files_;
  ReadProgress progress_;
};

/// The manifest under which so many cores write: the directory's, or the next epoch's where it is
/// new or another number of cores wrote it.
[[nodiscard]] Manifest next_manifest(const DataDirectory& data, std::uint32_t cores);

/// What was read of a core's files, besides the sessions.
struct CoreRead {
  LogPosition position;  // where its log goes on
  RecoveryReport report;
};

/// Reads what core `core` wrote into `store`, as far as `is_wanted` (empty: all); nothing, or the
/// first fault.
[[nodiscard]] std::optional<std::string> read_core(
    DataDirectory& data, std::uint32_t core, Recovery::Mode mode, const Clock& clock,
    store::Store& store, CoreRead& read, std::function<bool(std::uint64_t token)> is_wanted = {});

/// Reads for a server of `cores` cores what is core `core`'s, on its thread, whoever wrote it.
/// Nothing, or a fault.
[[nodiscard]] std::optional<std::string> read_share(DataDirectory& data, std::uint32_t core,
                                                    std::uint32_t cores, const Clock& clock,
                                                    store::Store& store, CoreRead& read);

/// Writes what is in `store` as core `core`'s data in an epoch that does not count yet and is
/// clear; `wall`: what it was read by. Nothing, or a fault.
[[nodiscard]] std::optional<std::string> write_core(DataDirectory& data, const Manifest& next,
                                                    std::uint32_t core, const Clock& clock,
                                                    store::Store& store,
                                                    const std::optional<WallOffset>& wall);

}  // namespace seshdb::engine
