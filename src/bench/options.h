// What a run of the load generator is to do.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

namespace seshdb::bench {

enum class Protocol : std::uint8_t { kWebSocket, kHttp, kRedis };
enum class Work : std::uint8_t { kGet, kSet, kUpdate };

struct Options {
  std::string host = "127.0.0.1";
  std::uint16_t port = 1987;
  Protocol protocol = Protocol::kWebSocket;
  Work work = Work::kGet;
  bool echo = false;  // the server answers each message with itself
  std::uint32_t connections = 50;
  std::uint32_t in_flight = 16;  // requests per connection that wait for their answers
  std::uint32_t document_bytes = 300;
  std::uint32_t sessions = 100'000;
  double rate = 0;  // requests per second in all; 0: as fast as answers come
  double warm_up_s = 2;
  double duration_s = 10;
  std::uint64_t seed = 1;
  int server_pid = 0;  // whose CPU time and memory are read; 0: nobody's
  bool json = false;
};

/// Reads the command line; on anything but a run gives the exit status, after it has printed why.
[[nodiscard]] std::variant<Options, int> read_options(int argument_count, char** arguments);

}  // namespace seshdb::bench
