// The data directory as a whole: making it, locking it, its manifest and epochs. Reads one core's
// data from it into a store, and writes a store's data as a new epoch.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "engine/file.h"
#include "engine/layout.h"
#include "engine/log.h"
#include "engine/recovery.h"
#include "engine/secret.h"
#include "store/store.h"

namespace seshdb::engine {

/// How much was read; any thread.
struct ReadProgress {
  std::atomic<std::uint64_t> bytes_read{0};
  std::atomic<std::uint64_t> bytes_to_read{0};
};

class DataDirectory {
 public:
  using Opened = Result<std::unique_ptr<DataDirectory>>;

  /// Opens the directory and locks it exclusively. A missing or empty directory is made first: at
  /// epoch 0, for `cores` cores and tokens of `token_bits`, with a secret in `secret_file`, or in
  /// the directory if that is empty. One that holds tokens of other bits is an error; a new one
  /// goes over to these.
  [[nodiscard]] static Opened open_or_make(const std::string& path, std::uint32_t cores,
                                           store::TokenBits token_bits,
                                           const std::string& secret_file);
  /// Opens a directory that holds data; any other is an error and is not changed. kShared changes
  /// nothing in the directory, so that it may be on a read-only disk.
  [[nodiscard]] static Opened open(const std::string& path, Lock lock);

  [[nodiscard]] Directory& directory() { return *directory_; }
  [[nodiscard]] const Manifest& manifest() const { return manifest_; }
  /// True if no server has served from the directory and nothing was imported.
  [[nodiscard]] bool is_new() const { return manifest_.epoch == 0; }
  [[nodiscard]] const std::vector<NamedFile>& files() const { return files_; }
  /// The secret behind the tokens of the shared sessions in the directory.
  [[nodiscard]] Result<store::Secret> secret() const {
    return secret_of(secret_file_, is_new() ? NoSecret::kIsMade : NoSecret::kIsAFault);
  }

  [[nodiscard]] ReadProgress& progress() { return progress_; }

  /// Removes the files that an interrupted attempt to write this epoch left. REQUIRES: not the
  /// manifest's epoch.
  [[nodiscard]] Result<void> clear(std::uint32_t epoch);
  /// Makes `next` the manifest, and removes the files of other epochs. REQUIRES: a later epoch,
  /// whose files are complete and on the disk.
  [[nodiscard]] Result<void> go_over_to(const Manifest& next);
  /// Goes on with the manifest's epoch: marks the data as of this program's format, so that an
  /// older program refuses it, and removes the files of other epochs.
  [[nodiscard]] Result<void> go_on();
  /// Removes the files of an epoch that was given up. REQUIRES: not the manifest's epoch.
  void remove_epoch(std::uint32_t epoch);

 private:
  DataDirectory() = default;
  [[nodiscard]] Result<void> open_path(const std::string& path);
  [[nodiscard]] Result<void> lock(Lock kind);
  // Reads the manifest and the names of the files; true if the directory holds data.
  [[nodiscard]] Result<bool> read();
  [[nodiscard]] Result<void> make(std::uint32_t cores, store::TokenBits token_bits);
  [[nodiscard]] Result<void> keep_to(store::TokenBits token_bits);
  void remove_other_epochs();

  std::unique_ptr<Directory> directory_;
  std::string secret_file_;
  Manifest manifest_;
  std::vector<NamedFile> files_;
  ReadProgress progress_;
};

/// The manifest for a server of `cores` cores: the directory's, or that of the next epoch if the
/// directory is new or was written by another number of cores.
[[nodiscard]] Manifest next_manifest(const DataDirectory& data, std::uint32_t cores);

/// Reads the data of core `core` into `store`. Gives the position at which the core's log goes on.
/// `report` is set after an error too.
[[nodiscard]] Result<LogPosition> read_core(DataDirectory& data, std::uint32_t core,
                                            Recovery::Mode mode, const Clock& clock,
                                            store::Store& store, RecoveryReport& report);

/// Reads the sessions that belong to core `core` of `cores`, whatever number of cores wrote them.
/// Called on that core's thread. Gives the position at which the core's log goes on.
[[nodiscard]] Result<LogPosition> read_share(DataDirectory& data, std::uint32_t core,
                                             std::uint32_t cores, const Clock& clock,
                                             store::Store& store, RecoveryReport& report);

/// Writes the sessions in `store` as core `core`'s data in the epoch of `next`. `wall` is the
/// offset by which they were read. REQUIRES: a later epoch than the manifest's, which has no files
/// yet.
[[nodiscard]] Result<void> write_core(DataDirectory& data, const Manifest& next, std::uint32_t core,
                                      const Clock& clock, store::Store& store,
                                      const std::optional<WallOffset>& wall);

}  // namespace seshdb::engine
