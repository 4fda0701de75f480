// Starting and stopping; what is shared by the cores is made here.
#include "server/server.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <system_error>
#include <utility>

#include "base/log.h"
#include "base/memory.h"
#include "base/processors.h"
#include "engine/secret.h"
#include "net/socket.h"
#include "server/descriptors.h"
#include "server/metrics.h"

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

// Why `threads` cores cannot start, with the limit to raise.
std::string no_room_for(std::size_t threads, int error) {
  std::string limit;
  switch (error) {
    case EMFILE:
      limit = "; raise the limit on open files (ulimit -Hn) or use fewer --threads";
      break;
    case ENFILE:
      limit = "; raise the machine's limit on open files (sysctl fs.file-max)";
      break;
    case ENOSPC:
      limit = "; raise the user's limit on watches (sysctl fs.epoll.max_user_watches)";
      break;
    case EAGAIN:
      limit =
          "; raise the limit on processes (ulimit -u), which counts threads, or use fewer "
          "--threads";
      break;
    default:
      break;
  }
  return "cannot start " + std::to_string(threads) + " threads: " + std::strerror(error) + limit;
}

std::variant<std::unique_ptr<Server>, std::string> Server::start(const Config& config,
                                                                 const Clock& clock,
                                                                 std::function<bool()> is_stopped) {
  const std::uint32_t threads = config.threads == 0 ? usable_processors() : config.threads;
  std::variant<std::uint32_t, std::string> room =
      room_for_connections(config.connections_max, threads);
  if (auto* const fault = std::get_if<std::string>(&room)) return std::move(*fault);
  std::unique_ptr<Server> server(new Server);
  server->is_stopped_ = is_stopped ? std::move(is_stopped) : [] { return false; };
  if (auto fault = server->find_data(config, threads)) {
    if (server->is_stopped_()) return server;
    return *std::move(fault);
  }
  std::variant<store::Secret, std::string> secret =
      server->data_ != nullptr ? server->data_->secret() : engine::secret_of(config.secret_file);
  if (auto* const fault = std::get_if<std::string>(&secret)) {
    return std::move(*fault);
  }
  Result<net::Listener> listener = net::listen_on(config.listen, config.port);
  if (!listener) return std::move(listener.error());
  server->address_ = listener->address;
  server->shared_.reset(new core::Shared{
      .clock = clock,
      .secret = std::get<store::Secret>(secret),
      .connections = {.clock = clock,
                      .message_bytes_max = config.message_bytes_max,
                      .unsent_bytes_max = config.unsent_bytes_max,
                      .push_bytes_max = config.unsent_bytes_max,
                      .handshake_ms = config.handshake_timeout_ms,
                      .idle_ping_ms = config.idle_ping_ms,
                      .idle_close_ms = config.idle_close_ms,
                      .origins = net::OriginPolicy(config.allow_origins)},
      .depth_max = config.depth_max,
      .connections_max = std::get<std::uint32_t>(room),
      .memory_max = config.memory_max != 0 ? config.memory_max : available_bytes() / 5 * 4,
      .tick_ms = tick_ms_of(config),
      .save_path = saves_of(config),
      .echo = config.echo,
      .engine = config.data.empty() ? "memory" : "log",
      .sync = config.data.empty() ? "none" : sync_name(config.log.sync),
      .write_metrics = append_metrics,
  });
  if (auto fault = server->make_cores(threads, std::move(listener->socket))) {
    return *std::move(fault);
  }
  if (auto fault = server->run_cores(config)) {
    if (!server->is_stopped_()) return *std::move(fault);
    server->leave_data();
  }
  return server;
}

std::optional<std::string> Server::make_cores(std::uint32_t threads, Descriptor listener) {
  shared_->add_cores(threads);
  for (const auto& mailbox : shared_->mailboxes) {
    if (mailbox->error() != 0) return no_room_for(threads, mailbox->error());
  }
  for (std::uint32_t i = 0; i < threads; ++i) {
    Descriptor own = std::exchange(listener, Descriptor());  // the first core's
    auto poller = std::make_unique<net::EpollPoller>();
    if (poller->error() != 0) return no_room_for(threads, poller->error());
    core::Core::Parts parts{.poller = std::move(poller),
                            .random = std::make_unique<SystemRandom>(),
                            .listener = std::move(own)};
    cores_.push_back(std::make_unique<core::Core>(*shared_, i, std::move(parts)));
    if (const int error = cores_.back()->error(); error != 0) return no_room_for(threads, error);
  }
  return std::nullopt;
}

std::optional<std::string> Server::find_data(const Config& config, std::uint32_t threads) {
  if (!config.data.empty()) {
    auto data = engine::DataDirectory::open_or_make(config.data, threads, config.secret_file);
    if (auto* const fault = std::get_if<std::string>(&data)) return std::move(*fault);
    data_ = std::move(std::get<std::unique_ptr<engine::DataDirectory>>(data));
    data_->directory().stop_when(is_stopped_);
  }
  return config.load_name.empty() ? std::nullopt : find_save(config);
}

// It is read here from end to end, so that a core makes none of its sessions where it is damaged.
std::optional<std::string> Server::find_save(const Config& config) {
  if (data_ != nullptr && !data_->is_new()) {
    log::info(
        "loadName: the save is not loaded, as the data directory is not new and sessions that were "
        "ended since would come back; SH_LOAD adds it to those that are there",
        {{"loadName", config.load_name}});
    return std::nullopt;
  }
  const std::string root = config.load_path.empty() ? saves_of(config) : config.load_path;
  Result<std::string> found = save::newest(root, config.load_name);
  if (!found) return found.error() + " in " + root;
  log::info("loading a save", {{"from", *found}});
  if (auto checked = save::check(*found, config.depth_max, is_stopped_); !checked) {
    return std::move(checked.error());
  }
  load_from_ = *std::move(found);
  return std::nullopt;
}

void Server::wake_cores() {
  for (const auto& mailbox : shared_->mailboxes) {
    mailbox->ring();
  }
}

void Server::stop() {
  if (threads_.empty()) {
    return;
  }
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
  for (std::thread& thread : threads_) {
    thread.join();
  }
  threads_.clear();
  for (const auto& core : cores_) {
    core->close();
  }
}

}  // namespace seshdb::server
