// The real programs as child processes. Each is ended by its own pid, a server at the latest with
// its owner.
#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace seshdb::testing {

/// The result of a program that ends by itself.
struct Outcome {
  int status = -1;  // exit status; 128 + the signal's number where one ended it
  std::string out;
  std::string err;
};
/// For `prepare` below: sets a limit that the program cannot raise again. Limits do not hold for
/// root, so that root becomes nobody.
bool set_limit(__rlimit_resource what, rlim_t most);
/// Runs the server's program with these arguments until it ends, ten seconds at most. `prepare` is
/// called in the child before the program begins, to set limits for it; false ends it with 127.
Outcome run_program(const std::vector<std::string>& arguments, bool (*prepare)() = nullptr);
/// The same with the load generator, seshdb-bench.
Outcome run_bench(const std::vector<std::string>& arguments, bool (*prepare)() = nullptr);

/// A server ended before it listened.
struct NotStarted : std::runtime_error {
  explicit NotStarted(const Outcome& how)
      : std::runtime_error("the server did not start: " + how.err), status(how.status) {}
  int status;  // as in Outcome
};

class ServerProcess {
 public:
  /// Starts it on a free port, and waits until it listens; `prepare` as for run_program. Throws
  /// NotStarted, or another std::runtime_error where it does neither.
  explicit ServerProcess(std::vector<std::string> arguments = {}, bool (*prepare)() = nullptr);
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] pid_t pid() const { return pid_; }
  /// How many descriptors it has open.
  [[nodiscard]] std::size_t descriptors() const;
  /// Its peak resident memory, in bytes.
  [[nodiscard]] std::uint64_t peak_resident_bytes() const;
  void send_signal(int number) const;
  /// Closes the reading end of its standard error, as a log's reader that ends.
  void stop_reading_log();
  /// Waits for the end, ten seconds at most. Returns the exit status and the whole output.
  Outcome wait();

 private:
  void close_pipes();
  pid_t pid_ = -1;
  int out_ = -1;
  int err_ = -1;
  std::uint16_t port_ = 0;
  Outcome outcome_;
};

}  // namespace seshdb::testing
