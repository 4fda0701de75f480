// A whole server: its listener, its cores and their threads, from start to a clean stop.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "core/core.h"
#include "engine/data_directory.h"
#include "server/config.h"

namespace seshdb::server {

/// Why `threads` cores cannot start, with the limit to raise. `error`: an errno.
[[nodiscard]] std::string no_room_for(std::size_t threads, int error);

class Server {
 public:
  /// Listens and starts the cores; serves from then on. `clock` must outlive the server. Gives the
  /// server, or what failed, for people. Data are read until they are there or `is_stopped`, which
  /// any thread asks, says that nobody wants them any more: then the server never serves, and the
  /// data directory is as it was.
  [[nodiscard]] static std::variant<std::unique_ptr<Server>, std::string> start(
      const Config& config, const Clock& clock, std::function<bool()> is_stopped = {});
  /// Stops, if `stop` was not called.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Not where it was stopped before it could.
  [[nodiscard]] bool is_serving() const { return !threads_.empty(); }
  /// "127.0.0.1:1987"
  [[nodiscard]] const std::string& address() const { return address_; }
  [[nodiscard]] std::uint32_t threads() const {
    return static_cast<std::uint32_t>(threads_.size());
  }

  /// Accepts nobody more, answers what was received, says goodbye to all clients and ends the
  /// threads: after limits::kStopMs at the latest, whatever clients do.
  void stop();

 private:
  // Where starting stands, between the threads of the cores and the one that waits for them.
  struct Starting;

  Server();
  // Nothing, or what failed.
  [[nodiscard]] std::optional<std::string> make_cores(std::uint32_t threads, Descriptor listener);
  // A thread for each core, which reads its share of the data, if there is any; nothing, or what
  // failed.
  [[nodiscard]] std::optional<std::string> run_cores(const Config& config);
  // What a core begins with, and its log, on its own thread; nothing, or what failed.
  [[nodiscard]] std::optional<std::string> fill_core(std::uint32_t index, const Config& config,
                                                     const Clock& clock,
                                                     engine::RecoveryReport& report);
  [[nodiscard]] std::optional<std::string> open_log(std::uint32_t index, const Config& config,
                                                    const Clock& clock,
                                                    const engine::LogPosition& position);
  void run_core(std::uint32_t index, const Config& config, const Clock& clock);
  [[nodiscard]] std::optional<std::string> wait_for_cores();
  void let_cores(bool go);
  // Takes back what was begun in the data directory.
  void leave_data();
  void wake_cores();

  // What there is to begin with; nothing, or what is wrong.
  [[nodiscard]] std::optional<std::string> find_data(const Config& config, std::uint32_t threads);
  // The save to begin with, unless there are data to begin with: found and whole; nothing, or what
  // is wrong.
  [[nodiscard]] std::optional<std::string> find_save(const Config& config);

  std::function<bool()> is_stopped_;
  std::string address_;
  std::string load_from_;  // the folder of the save to begin with; empty: none
  std::unique_ptr<engine::DataDirectory> data_;  // null: memory only
  std::unique_ptr<Starting> starting_;
  std::unique_ptr<core::Shared> shared_;
  std::vector<std::unique_ptr<core::Core>> cores_;
  std::vector<std::thread> threads_;
};

}  // namespace seshdb::server
