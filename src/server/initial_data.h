// The data that a server begins with: a data directory, a save, or nothing. Finds them, fills each
// core with its share, and opens the core's log. Until keep() another start would find the same
// data in the directory.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "core/core.h"
#include "engine/data_directory.h"
#include "save/folder.h"
#include "server/config.h"

namespace seshdb::server {

class InitialData {
 public:
  /// The reading ends early when `is_stopped` returns true; any thread calls it.
  explicit InitialData(std::function<bool()> is_stopped) : is_stopped_(std::move(is_stopped)) {}

  /// Opens the data directory, or makes it. Finds the save, and reads it to check that it is whole.
  [[nodiscard]] Result<void> find(const Config& config, std::uint32_t cores);
  /// Removes what an interrupted start left. Call it before fill().
  [[nodiscard]] Result<void> begin();
  /// Reads a core's share and opens its log, on the core's thread. `wake` makes its loop turn.
  [[nodiscard]] Result<void> fill(core::Core& core, std::uint32_t index, const Clock& clock,
                                  const std::function<void()>& wake);
  /// Makes the files that the cores have begun the current ones. REQUIRES: all cores are filled.
  [[nodiscard]] Result<void> keep();
  /// True once keep() was called. Even if it failed, the manifest may name the new files.
  [[nodiscard]] bool was_kept() const { return was_kept_; }

  /// Removes what the cores have begun in the data directory. They keep nothing from then on.
  /// REQUIRES: !was_kept().
  void take_back(const std::vector<std::unique_ptr<core::Core>>& cores);
  /// Logs how much was read.
  void log_progress() const;
  /// The secret behind the tokens of shared sessions.
  [[nodiscard]] Result<store::Secret> secret(const Config& config) const;

 private:
  [[nodiscard]] Result<void> find_save(const Config& config);
  [[nodiscard]] Result<void> open_log(core::Core& core, std::uint32_t index, const Clock& clock,
                                      const engine::LogPosition& position,
                                      const std::function<void()>& wake);
  // The manifest for the cores' logs.
  [[nodiscard]] engine::Manifest next() const { return next_manifest(*data_, cores_); }
  // True if it has another epoch than the directory's manifest.
  [[nodiscard]] bool is_new_epoch() const { return next().epoch != data_->manifest().epoch; }
  void log_report() const;

  const std::function<bool()> is_stopped_;
  std::uint32_t cores_ = 0;
  engine::LogSettings log_settings_;
  std::unique_ptr<engine::DataDirectory> data_;  // null: memory only
  save::CheckedSave load_from_;
  std::chrono::steady_clock::time_point begun_;

  std::mutex mutex_;
  engine::RecoveryReport report_;  // of all cores that were filled
  std::uint32_t filled_ = 0;       // so many cores
  bool was_kept_ = false;
};

}  // namespace seshdb::server
