// The server's settings: one table of options, read from the command line and from a file.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "admin/tool.h"
#include "auth/keys.h"
#include "auth/role.h"
#include "base/address.h"
#include "base/limits.h"
#include "base/logging.h"
#include "commands/bounds.h"
#include "engine/log.h"
#include "net/tls_context.h"
#include "store/tokens.h"

namespace seshdb::server {

struct Config {
  std::string listen = "127.0.0.1";
  std::uint16_t port = 1987;
  std::uint32_t threads = 0;  // 0: one for each processor that the process may use
  commands::RequestBounds bounds;
  std::uint32_t connections_max = limits::kConnectionsDefault;
  std::size_t unsent_bytes_max = limits::kUnsentBytesDefault;
  std::uint64_t memory_max = 0;  // bytes; 0: four fifths of the available memory
  std::uint64_t handshake_timeout_ms = limits::kHandshakeMsDefault;
  std::uint64_t idle_ping_ms = limits::kIdlePingMsDefault;
  std::uint64_t idle_close_ms = limits::kIdleCloseMsDefault;
  std::vector<std::string> allow_origins;
  net::TlsSettings tls;
  std::string secret_file;
  store::TokenBits token_bits = store::TokenBits::k64;
  std::string data;       // directory; empty: memory only
  std::string save_path;  // directory of named saves; empty: see saves_of
  std::string load_name;  // the save to begin with; empty: none
  std::string load_path;  // directory of that save; empty: saves_of
  engine::LogSettings log;
  logging::Level log_level = logging::Level::kInfo;
  bool echo = false;
  std::string auth_file;                // of keys; empty: none
  auth::Keys keys;                      // that it has
  std::optional<auth::Role> anonymous;  // nothing: see policy_of
  std::uint32_t guesses_per_min = limits::kGuessesPerMinuteDefault;
  std::vector<Network> trusted_proxies;
};

/// The directory of named saves; empty if there is none.
[[nodiscard]] std::string saves_of(const Config& config);

/// The result of reading the command line.
struct CommandLine {
  enum class Kind : std::uint8_t { kServe, kPrint, kUsageError, kTool };
  Kind kind = Kind::kServe;
  Config config;     // kServe, and kTool for the settings that a tool uses
  std::string text;  // kPrint: for standard output; kUsageError: for standard error
  admin::Tool tool;  // kTool
};

/// Reads the command line, and the file that --config names. A wrong option or value gives
/// kUsageError with a text that says which one, where, and what is allowed.
[[nodiscard]] CommandLine read_command_line(int argument_count, const char* const* arguments);

}  // namespace seshdb::server
