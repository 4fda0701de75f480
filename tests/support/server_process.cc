// fork, exec, and two pipes.
#include "support/server_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "support/token_bits.h"

namespace seshdb::testing {

namespace {

constexpr int kDeadlineMs = 10'000;

struct Child {
  pid_t pid;
  int out;
  int err;
};

Child start(const char* path, const std::vector<std::string>& arguments,
            bool (*prepare)() = nullptr) {
  std::vector<char*> pointers = {const_cast<char*>(path)};
  for (const std::string& argument : arguments) {
    pointers.push_back(const_cast<char*>(argument.c_str()));
  }
  pointers.push_back(nullptr);
  std::array<int, 2> out{};
  std::array<int, 2> err{};
  if (pipe2(out.data(), O_CLOEXEC) != 0 || pipe2(err.data(), O_CLOEXEC) != 0) {
    throw std::runtime_error("pipe2 failed");
  }
  // Opened before `prepare`: another user may not have access to its path.
  const int program = open(path, O_RDONLY | O_CLOEXEC);
  const pid_t pid = fork();
  if (pid < 0) throw std::runtime_error("fork failed");
  if (pid == 0) {
    dup2(out[1], STDOUT_FILENO);
    dup2(err[1], STDERR_FILENO);
    if (prepare == nullptr || prepare()) fexecve(program, pointers.data(), environ);
    _exit(127);
  }
  close(program);
  close(out[1]);
  close(err[1]);
  return {pid, out[0], err[0]};
}

// Appends what is there; false at the end.
bool read_some(int fd, std::string& to) {
  std::array<char, 4096> block{};
  const ssize_t got = read(fd, block.data(), block.size());
  if (got > 0) to.append(block.data(), static_cast<std::size_t>(got));
  return got > 0;
}

// Reads both pipes to their ends.
bool drain(int out, int err, Outcome& outcome) {
  std::array<pollfd, 2> wait{pollfd{.fd = out, .events = POLLIN, .revents = 0},
                             pollfd{.fd = err, .events = POLLIN, .revents = 0}};
  while (wait[0].fd >= 0 || wait[1].fd >= 0) {
    if (poll(wait.data(), wait.size(), kDeadlineMs) <= 0) return false;
    if (wait[0].revents != 0 && !read_some(out, outcome.out)) wait[0].fd = -1;
    if (wait[1].revents != 0 && !read_some(err, outcome.err)) wait[1].fd = -1;
  }
  return true;
}

// Returns the child's status; kills it first where it does not end.
int reap(pid_t pid, bool kill_first) {
  if (kill_first) kill(pid, SIGKILL);
  int status = 0;
  waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// Those of the server's program, with the tokens that the environment asks for.
std::vector<std::string> with_token_bits(std::vector<std::string> arguments) {
  constexpr const char* kOption = "--token-bits";
  const bool is_named = std::find(arguments.begin(), arguments.end(), kOption) != arguments.end();
  if (!is_named && token_bits_of_environment() == store::TokenBits::k128) {
    arguments.insert(arguments.begin(), {kOption, "128"});
  }
  return arguments;
}

Outcome run(const char* path, const std::vector<std::string>& arguments, bool (*prepare)()) {
  const Child child = start(path, arguments, prepare);
  Outcome outcome;
  const bool ended = drain(child.out, child.err, outcome);
  close(child.out);
  close(child.err);
  outcome.status = reap(child.pid, !ended);
  return outcome;
}

}  // namespace

bool set_limit(__rlimit_resource what, rlim_t most) {
  constexpr uid_t kNobody = 65'534;
  const rlimit both{.rlim_cur = most, .rlim_max = most};
  return (getuid() != 0 || setuid(kNobody) == 0) && setrlimit(what, &both) == 0;
}

Outcome run_program(const std::vector<std::string>& arguments, bool (*prepare)()) {
  return run(SESHDB_BINARY, with_token_bits(arguments), prepare);
}

Outcome run_bench(const std::vector<std::string>& arguments, bool (*prepare)()) {
  return run(SESHDB_BENCH_BINARY, arguments, prepare);
}

ServerProcess::ServerProcess(std::vector<std::string> arguments, bool (*prepare)()) {
  arguments.insert(arguments.begin(), {"--port", "0"});
  const Child child = start(SESHDB_BINARY, with_token_bits(std::move(arguments)), prepare);
  pid_ = child.pid;
  out_ = child.out;
  err_ = child.err;
  constexpr std::string_view kReady = "listening on ";
  while (outcome_.out.find('\n') == std::string::npos) {
    pollfd wait{.fd = out_, .events = POLLIN, .revents = 0};
    if (poll(&wait, 1, kDeadlineMs) <= 0) {
      throw std::runtime_error("the server does not start: " + this->wait().err);
    }
    if (!read_some(out_, outcome_.out)) throw NotStarted(this->wait());
  }
  if (outcome_.out.rfind(kReady, 0) != 0) {
    throw std::runtime_error("the server said " + outcome_.out);
  }
  port_ = static_cast<std::uint16_t>(std::stoi(outcome_.out.substr(outcome_.out.rfind(':') + 1)));
}

ServerProcess::~ServerProcess() {
  if (pid_ > 0) {
    reap(pid_, true);
    close_pipes();
  }
}

std::size_t ServerProcess::descriptors() const {
  const std::filesystem::directory_iterator files("/proc/" + std::to_string(pid_) + "/fd");
  return static_cast<std::size_t>(std::distance(begin(files), end(files)));
}

std::uint64_t ServerProcess::peak_resident_bytes() const {
  std::ifstream status("/proc/" + std::to_string(pid_) + "/status");
  constexpr std::string_view kName = "VmHWM:";
  for (std::string line; std::getline(status, line);) {
    if (line.rfind(kName, 0) == 0) return 1024 * std::stoull(line.substr(kName.size()));
  }
  throw std::runtime_error("no " + std::string(kName));
}

void ServerProcess::send_signal(int number) const { kill(pid_, number); }

void ServerProcess::stop_reading_log() { close(std::exchange(err_, -1)); }

void ServerProcess::close_pipes() {
  close(std::exchange(out_, -1));
  if (err_ >= 0) close(std::exchange(err_, -1));
}

Outcome ServerProcess::wait() {
  const bool ended = drain(out_, err_, outcome_);
  close_pipes();
  outcome_.status = reap(std::exchange(pid_, -1), !ended);
  return outcome_;
}

}  // namespace seshdb::testing
