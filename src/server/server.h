// A whole server: its listener, its cores and their threads, from start to a clean stop.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/result.h"
#include "core/core.h"
#include "server/certificates.h"
#include "server/config.h"
#include "server/core_threads.h"
#include "server/initial_data.h"

namespace seshdb::server {

class Server {
 public:
  /// Makes an engine for a core, on the core's thread.
  using MakeEngine =
      std::function<std::unique_ptr<engine::Engine>(std::uint32_t core, store::Store& store)>;

  /// Reads the data, listens and starts the cores; the server serves from then on. `clock` must
  /// outlive the server. If `is_stopped` returns true while the data are read, the server never
  /// serves, and the data directory is as it was; any thread calls it. `make_engine` replaces the
  /// engine without durability, for tests.
  [[nodiscard]] static Result<std::unique_ptr<Server>> start(const Config& config,
                                                             const Clock& clock,
                                                             std::function<bool()> is_stopped = {},
                                                             const MakeEngine& make_engine = {});
  /// Stops the server, unless stop() was called.
  ~Server() { stop(); }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// False if the server was stopped while the data were read, or by stop().
  [[nodiscard]] bool is_serving() const { return threads_.size() != 0; }
  /// "127.0.0.1:1987"
  [[nodiscard]] const std::string& address() const { return address_; }
  [[nodiscard]] std::uint32_t threads() const {
    return static_cast<std::uint32_t>(threads_.size());
  }

  /// Other keys hold from now on. Connections of keys that went or have another role end.
  void replace_keys(auth::Keys keys);
  /// The port speaks TLS, and nothing else.
  [[nodiscard]] bool speaks_tls() const { return certificates_ != nullptr; }
  /// Reads the certificate's files again: see Certificates. `only_if_changed`: where the files have
  /// changed since. One thread. REQUIRES: speaks_tls().
  void reload_certificates(bool only_if_changed);

  /// Accepts no more connections, answers the requests that were received, closes all connections
  /// and ends the threads: within limits::kStopMs, whatever the clients do.
  void stop();

 private:
  explicit Server(std::function<bool()> is_stopped) : data_(std::move(is_stopped)) {}
  [[nodiscard]] Result<void> make_cores(std::uint32_t threads, Descriptor listener);
  [[nodiscard]] Result<void> run_cores(const MakeEngine& make_engine);
  void wake_cores();

  std::string address_;
  InitialData data_;
  std::unique_ptr<Certificates> certificates_;  // null: no TLS
  std::unique_ptr<core::Shared> shared_;
  CoreThreads::Cores cores_;
  CoreThreads threads_;
};

}  // namespace seshdb::server
