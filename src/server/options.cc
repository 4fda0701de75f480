// The options one by one. A value is checked here, so that a wrong one gives the same message on
// the command line and in the file.
#include "server/options.h"

#include <array>
#include <charconv>
#include <optional>

#include "base/crash_point.h"
#include "base/save_name.h"
#include "net/origin_form.h"

namespace seshdb::server {

namespace {

template <typename Number>
Result<void> set_number(Number& to, const std::string& text, std::uint64_t least,
                        std::uint64_t most) {
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [behind, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || behind != end || number < least || number > most) {
    return fail("a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  }
  to = static_cast<Number>(number);
  return {};
}

Result<void> set_text(std::string& to, const std::string& text) {
  if (text.empty()) return fail("a text that is not empty");
  to = text;
  return {};
}

Result<void> set_log_level(Config& config, const std::string& text) {
  const std::optional<logging::Level> level = logging::level_of(text);
  if (!level) return fail("debug, info, warn, error or off");
  config.log_level = *level;
  return {};
}

Result<void> set_echo(Config& config, const std::string& text) {
  if (text != "true" && text != "false") return fail("true or false");
  config.echo = text == "true";
  return {};
}

Result<void> set_token_bits(Config& config, const std::string& text) {
  if (text != "64" && text != "128") return fail("64 or 128");
  config.token_bits = text == "64" ? store::TokenBits::k64 : store::TokenBits::k128;
  return {};
}

Result<void> set_sync(Config& config, const std::string& text) {
  using engine::SyncLevel;
  if (text != "always" && text != "interval" && text != "off") {
    return fail("always, interval or off");
  }
  config.log.sync = text == "always"     ? SyncLevel::kAlways
                    : text == "interval" ? SyncLevel::kInterval
                                         : SyncLevel::kOff;
  return {};
}

Result<void> set_checkpoint_ratio(Config& config, const std::string& text) {
  constexpr double kLeast = 0.1;
  constexpr double kMost = 100;
  double ratio = 0;
  const char* const end = text.data() + text.size();
  const auto [behind, error] = std::from_chars(text.data(), end, ratio);
  if (error != std::errc() || behind != end || !(ratio >= kLeast && ratio <= kMost)) {
    return fail("a number from 0.1 to 100");
  }
  config.log.checkpoint_ratio = ratio;
  return {};
}

Result<void> set_load_name(Config& config, const std::string& text) {
  if (!is_save_name(text)) {
    return fail("1 to 64 letters, digits, dots, dashes and underscores, not beginning with a dot");
  }
  config.load_name = text;
  return {};
}

Result<void> set_crash_at(Config& /*config*/, const std::string& text) {
  if (!arm_crash_point(text)) return fail("a place and a count, as in append:3");
  return {};
}

Result<void> add_origin(Config& config, const std::string& text) {
  if (text != "*") {  // all of them
    if (const std::optional<net::OriginFault> fault = net::find_origin_fault(text)) {
      return fail("an origin such as " + fault->right + ", or *; " + fault->wrong);
    }
  }
  config.allow_origins.push_back(text);
  return {};
}

Result<void> set_anonymous(Config& config, const std::string& text) {
  config.anonymous = auth::role_of(text);
  if (!config.anonymous) return fail("none, token, monitor, app or admin");
  return {};
}

Result<void> add_trusted_proxy(Config& config, const std::string& text) {
  const std::optional<Network> network = network_from(text);
  if (!network) {
    return fail(
        "an address or a network such as 10.0.0.0/8 or fd00::/8, without bits behind "
        "the prefix");
  }
  config.trusted_proxies.push_back(*network);
  return {};
}

constexpr std::array kOptions{
    Option{"listen", "ADDRESS",
           [](Config& c, const std::string& v) { return set_text(c.listen, v); },
           "address to listen on (127.0.0.1)"},
    Option{"port", "PORT",
           [](Config& c, const std::string& v) { return set_number(c.port, v, 0, 65'535); },
           "port to listen on; 0 takes a free one (1987)"},
    Option{"threads", "N",
           [](Config& c, const std::string& v) {
             return set_number(c.threads, v, 1, limits::kThreadsMost);
           },
           "cores to use (one for each processor the server may use)"},
    Option{"connections-max", "N",
           [](Config& c, const std::string& v) {
             return set_number(c.connections_max, v, 1, limits::kConnectionsMost);
           },
           "clients at the same time; more are refused (10000)"},
    Option{"message-bytes-max", "BYTES",
           [](Config& c, const std::string& v) {
             return set_number(c.bounds.message_bytes, v, limits::kMessageBytesLeast,
                               limits::kMessageBytesMost);
           },
           "size of one request (1048576)"},
    Option{"depth-max", "LEVELS",
           [](Config& c, const std::string& v) {
             return set_number(c.bounds.depth, v, limits::kDepthLeast, limits::kDepthMost);
           },
           "nesting of arrays and objects in requests and values (1024)"},
    Option{"answer-bytes-max", "BYTES",
           [](Config& c, const std::string& v) {
             return set_number(c.bounds.answer_bytes, v, limits::kAnswerBytesLeast,
                               limits::kAnswerBytesMost);
           },
           "size of what one KV_READ, KV_FIND or SH_FIND gives, and of the stored values that a "
           "KV_READ, KV_PATCH or KV_MERGE may scan, open or copy (16777216)"},
    Option{"find-steps-max", "STEPS",
           [](Config& c, const std::string& v) {
             return set_number(c.bounds.find_steps, v, 1, limits::kFindStepsMost);
           },
           "work of one KV_FIND: values visited, comparisons, 64 bytes read (40000)"},
    Option{"find-results-max", "N",
           [](Config& c, const std::string& v) {
             return set_number(c.bounds.find_results, v, 1, limits::kFindResultsMost);
           },
           "results of one KV_FIND (10000)"},
    Option{"unsent-bytes-max", "BYTES",
           [](Config& c, const std::string& v) {
             return set_number(c.unsent_bytes_max, v, limits::kUnsentBytesLeast,
                               limits::kUnsentBytesMost);
           },
           "answers a client has not taken yet, beyond which reading from it pauses (16777216)"},
    Option{"memory-max", "BYTES",
           [](Config& c, const std::string& v) {
             return set_number(c.memory_max, v, limits::kMemoryLeast, limits::kMemoryMost);
           },
           "memory of the server, beyond which it refuses what would take more (four fifths of the "
           "machine's or its control group's)"},
    Option{"handshake-timeout-ms", "MS",
           [](Config& c, const std::string& v) {
             return set_number(c.handshake_timeout_ms, v, 1, limits::kTimeoutMsMost);
           },
           "time for a client to send a whole HTTP request or upgrade (10000)"},
    Option{"idle-ping-ms", "MS",
           [](Config& c, const std::string& v) {
             return set_number(c.idle_ping_ms, v, 1, limits::kTimeoutMsMost);
           },
           "silence after which a WebSocket is pinged (25000)"},
    Option{"idle-close-ms", "MS",
           [](Config& c, const std::string& v) {
             return set_number(c.idle_close_ms, v, 1, limits::kTimeoutMsMost);
           },
           "silence after which a connection is closed (75000)"},
    Option{"allow-origin", "ORIGIN", add_origin,
           "let pages of this origin in, besides the server's own; may be given more than once"},
    Option{"auth-file", "FILE",
           [](Config& c, const std::string& v) { return set_text(c.auth_file, v); },
           "the keys of clients and their roles; see seshdb keygen (no keys)"},
    Option{"anonymous", "ROLE", set_anonymous,
           "what a client without a key may do: none, token, monitor, app or admin (admin where "
           "there is no auth file and the server listens on loopback addresses only, else none)"},
    Option{"guesses-per-min", "N",
           [](Config& c, const std::string& v) {
             return set_number(c.guesses_per_min, v, 0, limits::kGuessesPerMinuteMost);
           },
           "wrong keys and tokens from one address in a minute, beyond which it waits for a "
           "minute; 0 for no limit (60)"},
    Option{"trusted-proxy", "CIDR", add_trusted_proxy,
           "a proxy, or a network of them, whose X-Forwarded-For names the client; may be given "
           "more than once"},
    Option{"secret-file", "FILE",
           [](Config& c, const std::string& v) { return set_text(c.secret_file, v); },
           "where the secret behind shared sessions' tokens is kept; made where it is missing (in "
           "memory only)"},
    Option{"token-bits", "BITS", set_token_bits,
           "length of tokens, 64 or 128; a data directory keeps to what it was made with (64)"},
    Option{"data", "DIR", [](Config& c, const std::string& v) { return set_text(c.data, v); },
           "directory to keep everything in, made where it is missing; used by one server at a "
           "time (memory only)"},
    Option{"savePath", "DIR",
           [](Config& c, const std::string& v) { return set_text(c.save_path, v); },
           "directory for named saves (SH_SAVE), made where it is missing (saves in the --data "
           "directory; without that none)"},
    Option{"loadName", "NAME", set_load_name,
           "begin with the sessions of the newest save of this name; with --data only where the "
           "directory "
           "is new"},
    Option{"loadPath", "DIR",
           [](Config& c, const std::string& v) { return set_text(c.load_path, v); },
           "with --loadName: the directory that has it (where saves are made)"},
    Option{"sync", "WHEN", set_sync,
           "with --data: when changes are put on the disk: always (before they are answered), "
           "interval (at least every second) or off (when the kernel does) (interval)"},
    Option{"checkpoint-bytes", "BYTES",
           [](Config& c, const std::string& v) {
             return set_number(c.log.checkpoint_bytes, v, limits::kCheckpointBytesLeast,
                               limits::kCheckpointBytesMost);
           },
           "with --data: length of a core's log below which no checkpoint is written (268435456)"},
    Option{"checkpoint-ratio", "X", set_checkpoint_ratio,
           "with --data: a checkpoint is written when the log is longer than the last one times "
           "this (1)"},
    Option{"log-level", "LEVEL", set_log_level, "debug, info, warn, error or off (info)"},
    Option{"echo", "BOOL", set_echo, "", true},
    Option{"crash-at", "NAME:COUNT", set_crash_at, "", true},
    Option{"segment-bytes", "BYTES",
           [](Config& c, const std::string& v) {
             return set_number(c.log.segment_bytes, v, 1, limits::kCheckpointBytesMost);
           },
           "", true},
};

}  // namespace

std::span<const Option> options() { return kOptions; }

}  // namespace seshdb::server
