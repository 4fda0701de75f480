// seshdb: reads the command line, starts a server, waits for SIGTERM or SIGINT, and stops it.
#include <signal.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <exception>
#include <memory>
#include <string>
#include <utility>

#include "admin/tool.h"
#include "auth/keys.h"
#include "base/clock.h"
#include "base/exit_status.h"
#include "base/logging.h"
#include "base/standard_streams.h"
#include "server/config.h"
#include "server/server.h"

namespace {

// False if some of the text was not written; errno has the reason.
bool write_to(std::FILE* file, const std::string& text) {
  const bool wrote = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  return std::fflush(file) == 0 && wrote;
}

// Logs an exception that nothing catches, such as one for memory that the system refuses.
[[noreturn]] void terminated() {
  const char* reason = "";
  try {
    std::rethrow_exception(std::current_exception());
  } catch (const std::exception& error) {
    reason = error.what();
  }
  std::fprintf(stderr, "level=critical msg=\"cannot go on\" reason=\"%s\"\n", reason);
  std::abort();
}

// Reads the keys again. Wrong ones are logged, and those of before go on to hold.
void reload_keys(const std::string& path, seshdb::server::Server& server) {
  namespace logging = seshdb::logging;
  auto keys = seshdb::auth::Keys::read(path);
  if (!keys) {
    logging::error("SIGHUP: the keys of before stay", {{"reason", keys.error()}});
    return;
  }
  logging::info("SIGHUP: read the keys again", {{"keys", keys->all().size()}});
  server.replace_keys(std::move(*keys));
}

// Waits for the next signal; 0 where none comes in time. `wait_s` 0: waits without end.
int next_signal(const sigset_t& signals, time_t wait_s) {
  for (;;) {
    const timespec wait{.tv_sec = wait_s, .tv_nsec = 0};
    const int signal =
        wait_s == 0 ? sigwaitinfo(&signals, nullptr) : sigtimedwait(&signals, nullptr, &wait);
    if (signal > 0) return signal;
    if (errno == EAGAIN) return 0;
  }
}

// Until a signal to stop, which is returned. Reads again what may change meanwhile.
int wait_for_stop(const sigset_t& signals, const std::string& auth_file,
                  seshdb::server::Server& server) {
  // How often the certificate's files are looked at.
  constexpr time_t kLookSeconds = 5;
  for (;;) {
    const int signal = next_signal(signals, server.speaks_tls() ? kLookSeconds : 0);
    if (signal == SIGTERM || signal == SIGINT) return signal;
    if (server.speaks_tls()) server.reload_certificates(signal != SIGHUP);
    if (signal != SIGHUP) continue;
    if (!auth_file.empty()) {
      reload_keys(auth_file, server);
    } else if (!server.speaks_tls()) {
      seshdb::logging::info("ignored SIGHUP: settings are read at start only", {});
    }
  }
}

int serve(const seshdb::server::Config& config) {
  namespace logging = seshdb::logging;
  logging::set_level(config.log_level);
  std::set_terminate(terminated);
  // A write beyond the limit on the size of files then gives an errno like any other.
  signal(SIGXFSZ, SIG_IGN);
  // Blocked before any thread starts, so that only this thread receives them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  // The signals stay pending until wait_for_stop below. A pending one ends the reading of data.
  const auto is_stopped = [] {
    sigset_t pending;
    sigemptyset(&pending);
    sigpending(&pending);
    return sigismember(&pending, SIGTERM) == 1 || sigismember(&pending, SIGINT) == 1;
  };
  const seshdb::SystemClock clock;
  auto started = seshdb::server::Server::start(config, clock, is_stopped);
  if (!started) return seshdb::report_failure(started.error());
  seshdb::server::Server& server = **started;
  if (!server.is_serving()) {
    logging::info("stopped while data were read");
    // The end of the process frees all memory at once; freeing it piece by piece would take long.
    std::_Exit(0);
  }
  logging::info(
      "started",
      {{"version", SESHDB_VERSION}, {"address", server.address()}, {"threads", server.threads()}});
  if (!write_to(stdout, "listening on " + server.address() + "\n")) {
    logging::warn("cannot write to standard output where it listens",
                  {{"error", std::strerror(errno)}});
  }
  const int signal = wait_for_stop(signals, config.auth_file, server);
  logging::info("stopping", {{"signal", signal == SIGTERM ? "SIGTERM" : "SIGINT"}});
  server.stop();
  logging::info("stopped");
  return 0;
}

int run(const seshdb::server::CommandLine& command) {
  using seshdb::server::CommandLine;
  switch (command.kind) {
    case CommandLine::Kind::kPrint:
      std::fwrite(command.text.data(), 1, command.text.size(), stdout);
      return 0;
    case CommandLine::Kind::kUsageError:
      (void)write_to(stderr, command.text);
      return seshdb::kExitUsage;
    case CommandLine::Kind::kTool:
      return seshdb::admin::run(command.tool, command.config.secret_file,
                                command.config.token_bits);
    case CommandLine::Kind::kServe:
      break;
  }
  return serve(command.config);
}

}  // namespace

int main(int argument_count, char** arguments) {
  seshdb::prepare_standard_streams();
  const auto command = seshdb::server::read_command_line(argument_count, arguments);
  const int status = run(command);
  if (command.kind == seshdb::server::CommandLine::Kind::kServe) return status;
  return seshdb::end_output("seshdb", status);
}
