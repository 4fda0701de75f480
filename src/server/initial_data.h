// What a server begins with: a data directory, a save, or nothing. Finds it, fills each core with
// its share, and lets the core's log go on from there. Until keep() the data directory stays as a
// start would find it again.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "core/core.h"
#include "engine/data_directory.h"
#include "server/config.h"

namespace seshdb::server {

class InitialData {
 public:
  /// `is_stopped`, asked on any thread, ends the reading early.
  explicit InitialData(std::function<bool()> is_stopped) : is_stopped_(std::move(is_stopped)) {}

  // Each gives nothing, or what is wrong, for people.

  /// Opens the data directory, or makes it, and finds the save; a save is read to see that it is
  /// whole.
  [[nodiscard]] std::optional<std::string> find(const Config& config, std::uint32_t cores);
  /// Begins to read: removes what an earlier attempt left.
  [[nodiscard]] std::optional<std::string> begin();
  /// Reads a core's share and opens its log, on the core's thread. `wake` makes its loop turn.
  [[nodiscard]] std::optional<std::string> fill(core::Core& core, std::uint32_t index,
                                                const Clock& clock,
                                                const std::function<void()>& wake);
  /// All cores are filled: what their logs have begun counts from here on.
  [[nodiscard]] std::optional<std::string> keep();

  /// Takes back what the cores have begun in the data directory; they keep nothing from here on.
  void take_back(const std::vector<std::unique_ptr<core::Core>>& cores);
  /// How far the reading is.
  void log_progress() const;
  /// The secret behind shared sessions' tokens, or what is wrong with it.
  [[nodiscard]] std::variant<store::Secret, std::string> secret(const Config& config) const;

 private:
  [[nodiscard]] std::optional<std::string> find_save(const Config& config);
  [[nodiscard]] std::optional<std::string> open_log(core::Core& core, std::uint32_t index,
                                                    const Clock& clock,
                                                    const engine::LogPosition& position,
                                                    const std::function<void()>& wake);
  // The manifest under which the cores' logs go on.
  [[nodiscard]] engine::Manifest next() const { return next_manifest(*data_, cores_); }
  // It is of an epoch that does not count yet.
  [[nodiscard]] bool is_new_epoch() const { return next().epoch != data_->manifest().epoch; }
  void log_report() const;

  const std::function<bool()> is_stopped_;
  std::uint32_t cores_ = 0;
  engine::LogSettings log_settings_;
  std::unique_ptr<engine::DataDirectory> data_;  // null: memory only
  std::string load_from_;                        // the save's folder; empty: none
  std::chrono::steady_clock::time_point begun_;

  std::mutex mutex_;
  engine::RecoveryReport report_;  // of the cores that were filled
};

}  // namespace seshdb::server
