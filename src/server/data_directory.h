// The data directory as a whole: making it, locking it, its manifest; and reading it into cores,
// each on its own thread, whatever number of cores wrote it.
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
#include "net/socket.h"
#include "store/store.h"

namespace seshdb::server {

/// Makes a directory, for its owner only; its name lasts then. Gives 0 or an errno.
[[nodiscard]] int make_folder(const std::string& path);

class DataDirectory {
 public:
  enum class Missing : std::uint8_t { kIsMade, kIsAFault };

  /// Opens and locks it; one that is missing, or empty, is made for so many cores, with a secret in
  /// `secret_file`, or where that is empty in the directory: there it has to be from then on for
  /// who may make one. Gives the directory, or what is wrong, for people.
  [[nodiscard]] static std::variant<std::unique_ptr<DataDirectory>, std::string> open(
      const std::string& path, Missing missing, std::uint32_t cores,
      const std::string& secret_file = {});

  [[nodiscard]] engine::Directory& directory() { return *directory_; }
  [[nodiscard]] const engine::Manifest& manifest() const { return manifest_; }
  [[nodiscard]] const std::vector<engine::NamedFile>& files() const { return files_; }
  [[nodiscard]] const std::string& secret_file() const { return secret_file_; }

  /// From here on `next` counts; what belongs to other epochs is removed.
  [[nodiscard]] std::optional<std::string> go_over_to(const engine::Manifest& next);
  /// Removes what belongs to other epochs.
  void remove_other_epochs();

 private:
  DataDirectory() = default;
  [[nodiscard]] std::optional<std::string> make(std::uint32_t cores);

  std::unique_ptr<engine::Directory> directory_;
  net::Socket lock_;
  std::string secret_file_;
  engine::Manifest manifest_;
  std::vector<engine::NamedFile> files_;
};

/// What reading has come to; any thread.
struct LoadProgress {
  std::atomic<std::uint64_t> bytes_read{0};
  std::atomic<std::uint64_t> bytes_to_read{0};
};

/// Reads core `core` of `cores` into its store, on the core's thread, and gives the log it goes on
/// with, or a fault. Where the directory was written by another number of cores, that log belongs
/// to the next epoch: once all cores are read, go_over_to(next_manifest).
struct LoadedLog {
  std::unique_ptr<engine::Log> log;
  engine::RecoveryReport report;
};
[[nodiscard]] engine::Manifest next_manifest(const DataDirectory& data, std::uint32_t cores);
[[nodiscard]] std::variant<LoadedLog, std::string> load_core(
    DataDirectory& data, store::Store& store, std::uint32_t core, std::uint32_t cores,
    const engine::LogSettings& settings, const Clock& clock, const std::function<void()>& wake,
    LoadProgress& progress);

}  // namespace seshdb::server
