// A whole server: its listener, its cores and their threads, from start to a clean stop.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "base/clock.h"
#include "core/core.h"
#include "server/config.h"
#include "server/core_threads.h"
#include "server/initial_data.h"

namespace seshdb::server {

class Server {
 public:
  /// Makes an engine for a core, on the core's thread.
  using MakeEngine =
      std::function<std::unique_ptr<engine::Engine>(std::uint32_t core, store::Store& store)>;

  /// Listens and starts the cores; serves from then on. `clock` must outlive the server. Gives the
  /// server, or what failed, for people. Data are read until they are there or `is_stopped`, which
  /// any thread asks, says that nobody wants them any more: then the server never serves, and the
  /// data directory is as it was. `make_engine`: in place of memory alone, for tests.
  [[nodiscard]] static std::variant<std::unique_ptr<Server>, std::string> start(
      const Config& config, const Clock& clock, std::function<bool()> is_stopped = {},
      const MakeEngine& make_engine = {});
  /// Stops, if `stop` was not called.
  ~Server() { stop(); }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Not where it was stopped before it could.
  [[nodiscard]] bool is_serving() const { return threads_.size() != 0; }
  /// "127.0.0.1:1987"
  [[nodiscard]] const std::string& address() const { return address_; }
  [[nodiscard]] std::uint32_t threads() const {
    return static_cast<std::uint32_t>(threads_.size());
  }

  /// Accepts nobody more, answers what was received, says goodbye to all clients and ends the
  /// threads: after limits::kStopMs at the latest, whatever clients do.
  void stop();

 private:
  explicit Server(std::function<bool()> is_stopped) : data_(std::move(is_stopped)) {}
  // Nothing, or what failed.
  [[nodiscard]] std::optional<std::string> make_cores(std::uint32_t threads, Descriptor listener);
  [[nodiscard]] std::optional<std::string> run_cores(const MakeEngine& make_engine);
  void wake_cores();

  std::string address_;
  InitialData data_;
  std::unique_ptr<core::Shared> shared_;
  CoreThreads::Cores cores_;
  CoreThreads threads_;
};

}  // namespace seshdb::server
