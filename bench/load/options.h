// The options of the load generator.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "load/mix.h"

namespace seshdb::bench {

enum class Protocol : std::uint8_t { kWebSocket, kHttp, kRedis, kValkeyJson, kHttpStatic };
enum class Distribution : std::uint8_t { kUniform, kZipf };
/// Instead of a work: clients that connect and leave, each with a TLS handshake of this kind.
enum class Handshakes : std::uint8_t { kNone, kFull, kResumed };
enum class Shape : std::uint8_t { kSession, kObject, kArray, kNested };

struct Options {
  std::string host = "127.0.0.1";
  std::uint16_t port = 1987;
  Protocol protocol = Protocol::kWebSocket;
  std::string key;  // that clients show; empty: none
  bool tls = false;
  std::string tls_ca;  // file that the server's certificate is verified with; empty: it is not
  Handshakes handshakes = Handshakes::kNone;
  std::string path = "/";  // the path that kHttpStatic requests
  Mix mix{Work::kGet};
  bool echo = false;  // the server echoes each message
  std::uint32_t connections = 50;
  std::uint32_t in_flight = 16;  // requests per connection that wait for their answers
  std::uint32_t sessions = 100'000;
  std::uint32_t keys_per_session = 1;
  Distribution distribution = Distribution::kUniform;
  double zipf_exponent = 0.99;
  Shape document_shape = Shape::kSession;
  std::uint32_t document_bytes = 300;
  bool empty_sessions = false;
  std::string tag;  // of each session that is made; empty: none
  bool setup_only = false;
  std::uint32_t expire_at_once_s = 0;   // 0: the sessions of the setup do not expire
  std::uint32_t immortal_sessions = 0;  // with expire_at_once_s: sessions that do not expire
  std::uint32_t expiry_s = 60;          // of the sessions that Work::kExpiring makes
  double rate = 0;          // requests per second in total; 0: as fast as answers arrive
  std::uint32_t burst = 1;  // with a rate: how many requests are due together
  double warm_up_s = 2;
  double duration_s = 10;
  std::uint64_t seed = 1;
  double settle_s = 0;  // wait before the server's memory is read
  int server_pid = 0;   // process whose CPU time and memory are read; 0: none
  bool json = false;

  /// True if the protocol is SeshDB's own.
  [[nodiscard]] bool sesh() const {
    return protocol == Protocol::kWebSocket || protocol == Protocol::kHttp;
  }
  /// How many sessions the work uses, from the first one on.
  [[nodiscard]] std::uint32_t work_sessions() const {
    return expire_at_once_s == 0 ? sessions : immortal_sessions;
  }
};

/// Reads the command line. Returns the options of a run; or, after printing the help or an error,
/// the exit status.
[[nodiscard]] std::variant<Options, int> read_options(int argument_count,
                                                      const char* const* arguments);

}  // namespace seshdb::bench
