// What a run of the load generator is to do.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "load/mix.h"

namespace seshdb::bench {

enum class Protocol : std::uint8_t { kWebSocket, kHttp, kRedis, kValkeyJson, kHttpStatic };
enum class Distribution : std::uint8_t { kUniform, kZipf };
enum class Shape : std::uint8_t { kSession, kObject, kArray, kNested };

struct Options {
  std::string host = "127.0.0.1";
  std::uint16_t port = 1987;
  Protocol protocol = Protocol::kWebSocket;
  std::string path = "/";  // what kHttpStatic asks for
  Mix mix{Work::kGet};
  bool echo = false;  // the server answers each message with itself
  std::uint32_t connections = 50;
  std::uint32_t in_flight = 16;  // requests per connection that wait for their answers
  std::uint32_t sessions = 100'000;
  std::uint32_t keys_per_session = 1;
  Distribution distribution = Distribution::kUniform;
  double zipf_exponent = 0.99;
  Shape document_shape = Shape::kSession;
  std::uint32_t document_bytes = 300;
  bool empty_sessions = false;
  bool setup_only = false;
  std::uint32_t expire_at_once_s = 0;   // 0: the sessions of the setup stay
  std::uint32_t immortal_sessions = 0;  // that stay all the same; with expire_at_once_s
  std::uint32_t expiry_s = 60;          // of the sessions that Work::kExpiring makes
  double rate = 0;                      // requests per second in all; 0: as fast as answers come
  std::uint32_t burst = 1;              // with a rate: so many requests are due together
  double warm_up_s = 2;
  double duration_s = 10;
  std::uint64_t seed = 1;
  double settle_s = 0;  // before the server's memory is looked at
  int server_pid = 0;   // whose CPU time and memory are read; 0: nobody's
  bool json = false;

  /// Does the server speak SeshDB's own protocol?
  [[nodiscard]] bool sesh() const {
    return protocol == Protocol::kWebSocket || protocol == Protocol::kHttp;
  }
  /// How many sessions the work is about, from the first on.
  [[nodiscard]] std::uint32_t work_sessions() const {
    return expire_at_once_s == 0 ? sessions : immortal_sessions;
  }
};

/// Reads the command line; on anything but a run gives the exit status, after it has printed why.
[[nodiscard]] std::variant<Options, int> read_options(int argument_count,
                                                      const char* const* arguments);

}  // namespace seshdb::bench
