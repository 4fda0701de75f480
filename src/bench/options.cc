// Options by CLI11.
#include "bench/options.h"

#include <CLI/CLI.hpp>
#include <map>

namespace seshdb::bench {

std::variant<Options, int> read_options(int argument_count, char** arguments) {
  CLI::App app("Drives a server with many clients and tells what it took.", "seshdb-bench");
  Options options;
  const std::map<std::string, Protocol> protocols = {
      {"ws", Protocol::kWebSocket}, {"http", Protocol::kHttp}, {"redis", Protocol::kRedis}};
  const std::map<std::string, Work> works = {
      {"get", Work::kGet}, {"set", Work::kSet}, {"update", Work::kUpdate}};
  app.add_option("--host", options.host, "address of the server")->capture_default_str();
  app.add_option("--port", options.port, "port of the server")->capture_default_str();
  app.add_option("--protocol", options.protocol, "ws, http or redis (GET and SET)")
      ->transform(CLI::CheckedTransformer(protocols));
  app.add_option("--work", options.work, "get, set or update one member of a document")
      ->transform(CLI::CheckedTransformer(works));
  app.add_flag("--echo", options.echo,
               "the server gives back what it gets (seshdb --echo true): measures the transport");
  app.add_option("--connections", options.connections, "clients")
      ->check(CLI::Range(1, 50'000))
      ->capture_default_str();
  app.add_option("--in-flight", options.in_flight, "requests per client that wait for an answer")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  app.add_option("--document-bytes", options.document_bytes, "size of a stored document")
      ->check(CLI::Range(150, 900'000))
      ->capture_default_str();
  app.add_option("--sessions", options.sessions, "sessions of one document each")
      ->check(CLI::Range(1, 100'000'000))
      ->capture_default_str();
  app.add_option("--rate", options.rate,
                 "requests per second in all, sent when they are due whether or not answers have "
                 "come; latency counts from then. Without it: as fast as answers come")
      ->check(CLI::PositiveNumber);
  app.add_option("--warm-up", options.warm_up_s, "seconds that do not count")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app.add_option("--duration", options.duration_s, "seconds that count")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--seed", options.seed, "of all random choices")->capture_default_str();
  app.add_option("--server-pid", options.server_pid, "process whose CPU time and memory are told")
      ->check(CLI::PositiveNumber);
  app.add_flag("--json", options.json, "tell the result as JSON");
  try {
    app.parse(argument_count, arguments);
  } catch (const CLI::ParseError& error) {
    const int status = app.exit(error);
    return status == 0 ? 0 : 2;
  }
  return options;
}

}  // namespace seshdb::bench
