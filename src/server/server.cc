// Makes the cores and what they share: each part after those that it needs.
#include "server/server.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "base/memory.h"
#include "base/processors.h"
#include "net/socket.h"
#include "server/descriptors.h"
#include "server/metrics.h"
#include "server/policy.h"

namespace seshdb::server {

namespace {

constexpr std::uint64_t kTickMsMost = 1'000;
constexpr std::uint64_t kTickMsLeast = 5;

std::string_view sync_name(engine::SyncLevel level) {
  switch (level) {
    case engine::SyncLevel::kAlways:
      return "always";
    case engine::SyncLevel::kInterval:
      return "interval";
    case engine::SyncLevel::kOff:
      break;
  }
  return "off";
}

std::uint64_t tick_ms_of(const Config& config) {
  const std::uint64_t shortest = std::min({config.handshake_timeout_ms, config.idle_ping_ms,
                                           config.idle_close_ms - config.idle_ping_ms});
  return std::clamp(shortest / 4, kTickMsLeast, kTickMsMost);
}

}  // namespace

Result<std::unique_ptr<Server>> Server::start(const Config& config, const Clock& clock,
                                              std::function<bool()> is_stopped,
                                              const MakeEngine& make_engine) {
  const std::uint32_t threads = config.threads == 0 ? usable_processors() : config.threads;
  Result<std::uint32_t> room = room_for_connections(config.connections_max, threads);
  if (!room) return fail(std::move(room.error()));
  if (!is_stopped) is_stopped = [] { return false; };
  std::unique_ptr<Server> server(new Server(is_stopped));
  if (auto found = server->data_.find(config, threads); !found) {
    if (is_stopped()) return server;
    return fail(std::move(found.error()));
  }
  Result<store::Secret> secret = server->data_.secret(config);
  if (!secret) return fail(std::move(secret.error()));
  if (config.tls.is_on()) {
    auto certificates = Certificates::load(config.tls);
    if (!certificates) return fail(std::move(certificates.error()));
    server->certificates_ = *std::move(certificates);
  }
  Result<net::Listener> listener = net::listen_on(config.listen, config.port);
  if (!listener) return fail(std::move(listener.error()));
  server->address_ = listener->address;
  const Result<auth::Policy> policy = policy_of(config, listener->address);
  if (!policy) return fail(policy.error());
  server->shared_.reset(new core::Shared{
      .clock = clock,
      .secret = *secret,
      .token_bits = config.token_bits,
      .connections = {.clock = clock,
                      .message_bytes_max = config.bounds.message_bytes,
                      .unsent_bytes_max = config.unsent_bytes_max,
                      .push_bytes_max = config.unsent_bytes_max,
                      .handshake_ms = config.handshake_timeout_ms,
                      .idle_ping_ms = config.idle_ping_ms,
                      .idle_close_ms = config.idle_close_ms,
                      .origins = net::OriginPolicy(config.allow_origins, config.tls.is_on())},
      .bounds = config.bounds,
      .policy = *policy,
      .keys = auth::KeyRing(config.keys),
      .guesses = auth::Guesses(config.guesses_per_min),
      .connections_max = *room,
      .memory_max = config.memory_max != 0 ? config.memory_max : available_bytes() / 5 * 4,
      .tick_ms = tick_ms_of(config),
      .save_path = saves_of(config),
      .echo = config.echo,
      .engine = config.data.empty() ? "memory" : "log",
      .sync = config.data.empty() ? "none" : sync_name(config.log.sync),
      .write_metrics = append_metrics,
  });
  if (const Certificates* const certificates = server->certificates_.get()) {
    server->shared_->speaks_tls = true;
    server->shared_->make_transport = [certificates](Descriptor socket) {
      return certificates->accept(std::move(socket));
    };
  }
  if (auto made = server->make_cores(threads, std::move(listener->socket)); !made) {
    return fail(std::move(made.error()));
  }
  if (auto running = server->run_cores(make_engine); !running) {
    if (server->data_.was_kept() || !is_stopped()) return fail(std::move(running.error()));
    server->data_.take_back(server->cores_);
  }
  return server;
}

Result<void> Server::make_cores(std::uint32_t threads, Descriptor listener) {
  shared_->add_cores(threads);
  for (const auto& mailbox : shared_->mailboxes) {
    if (mailbox->error() != 0) return fail(no_room_for(threads, mailbox->error()));
  }
  for (std::uint32_t i = 0; i < threads; ++i) {
    Descriptor own = std::exchange(listener, Descriptor());  // the first core's
    auto poller = std::make_unique<net::EpollPoller>();
    if (poller->error() != 0) return fail(no_room_for(threads, poller->error()));
    core::Core::Parts parts{.poller = std::move(poller),
                            .random = std::make_unique<SystemRandom>(),
                            .listener = std::move(own)};
    cores_.push_back(std::make_unique<core::Core>(*shared_, i, std::move(parts)));
    if (const int error = cores_.back()->error(); error != 0) {
      return fail(no_room_for(threads, error));
    }
  }
  return {};
}

Result<void> Server::run_cores(const MakeEngine& make_engine) {
  if (auto begun = data_.begin(); !begun) return begun;
  const auto prepare = [this, &make_engine](std::uint32_t index) {
    core::Core& core = *cores_[index];
    if (make_engine) core.use(make_engine(index, core.store()));
    return data_.fill(core, index, shared_->clock,
                      [this, index] { shared_->mailboxes[index]->ring(); });
  };
  Result<void> ready = threads_.start(cores_, prepare, [this] { data_.log_progress(); });
  if (ready) ready = data_.keep();
  if (ready) {
    threads_.run();
  } else {
    threads_.end();
  }
  return ready;
}

void Server::replace_keys(auth::Keys keys) {
  shared_->keys.replace(std::move(keys));
  wake_cores();
}

void Server::reload_certificates(bool only_if_changed) {
  only_if_changed ? certificates_->reload_if_changed() : certificates_->reload();
}

void Server::wake_cores() {
  for (const auto& mailbox : shared_->mailboxes) {
    mailbox->ring();
  }
}

void Server::stop() {
  if (!is_serving()) return;
  using std::chrono::milliseconds;
  using std::chrono::steady_clock;
  constexpr milliseconds kLook{5};
  const auto deadline = steady_clock::now() + milliseconds(limits::kStopMs);
  shared_->stop.store(true);
  wake_cores();
  while (shared_->quiet_cores.load() != threads_.size() && steady_clock::now() < deadline) {
    std::this_thread::sleep_for(kLook);
  }
  shared_->halt.store(true);
  wake_cores();
  threads_.join();
  for (const auto& core : cores_) {
    core->close();
  }
}

}  // namespace seshdb::server
