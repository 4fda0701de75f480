// The options one by one. A value is checked here, so that a wrong one gives the same message on
// the command line and in the file.
#include "server/options.h"

#include <array>

#include "server/setters.h"

namespace seshdb::server {

namespace {

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
    Option{"tls-cert", "FILE",
           [](Config& c, const std::string& v) { return set_text(c.tls.certificate_file, v); },
           "speak TLS only, with this certificate (PEM, its issuers behind it) (no TLS)"},
    Option{"tls-key", "FILE",
           [](Config& c, const std::string& v) { return set_text(c.tls.key_file, v); },
           "with --tls-cert: its private key (PEM, without a password)"},
    Option{"tls-client-ca", "FILE",
           [](Config& c, const std::string& v) { return set_text(c.tls.client_ca_file, v); },
           "with --tls-cert: issuers of client certificates (PEM); clients may show one (none)"},
    Option{"tls-min", "VERSION", set_tls_min,
           "with --tls-cert: oldest version of TLS, 1.2 or 1.3 (1.2)"},
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
