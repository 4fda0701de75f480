// A request counts if it was due in the measured time, whenever its answer arrives.
#include "load/run.h"

#include <algorithm>

namespace seshdb::bench {

namespace {

constexpr double kNsPerSecond = 1e9;
// How long the client waits for answers after the end.
constexpr std::uint64_t kDrainNs = 10'000'000'000;

std::uint64_t ns_of(double seconds) { return static_cast<std::uint64_t>(seconds * kNsPerSecond); }

double seconds_of(std::uint64_t ns) { return static_cast<double>(ns) / kNsPerSecond; }

}  // namespace

Run::Run(const Options& options, Workload& workload, Progress& progress, Result& result,
         std::uint64_t start_ns)
    : options_(options),
      workload_(workload),
      progress_(progress),
      result_(result),
      start_ns_(start_ns),
      from_ns_(start_ns + ns_of(options.warm_up_s)),
      until_ns_(from_ns_ + ns_of(options.duration_s)) {}

std::optional<Job::Request> Run::next(std::uint64_t now) {
  const std::uint64_t due = options_.rate == 0 ? now : due_of(sent_);
  if (due > now || due >= until_ns_) return std::nullopt;
  const std::optional<Request> request = workload_.next(due);
  if (request) ++sent_;
  return request;
}

void Run::answered(const Tag& tag, std::string_view answer, std::uint64_t now) {
  const bool success = workload_.answered(tag, answer);
  ++done_;
  if (!counts(tag)) return;
  Row& row = result_.rows[row_of(tag.step)];
  row.latency_ns.record(now - tag.due_ns);
  last_answer_ns_ = now;
  if (!success) {
    ++row.errors;
    if (result_.first_error.empty()) result_.first_error = answer.substr(0, 200);
  }
}

std::uint64_t Run::due_of(std::uint64_t number) const {
  const std::uint64_t first_of_burst = number - number % options_.burst;
  return start_ns_ + ns_of(static_cast<double>(first_of_burst) / options_.rate);
}

// 0 after the last request of an open loop: then only answers are left to wait for.
std::uint64_t Run::due_ns() const {
  if (options_.rate == 0) return 0;
  const std::uint64_t due = due_of(sent_);
  return due < until_ns_ ? due : 0;
}

bool Run::over(std::uint64_t now) {
  if (!measuring_ && now >= from_ns_) begin_measuring();
  progress_.work(now, done_, !measuring_);
  if (now < until_ns_) return false;
  const bool all_sent = options_.rate == 0 || due_of(sent_) >= until_ns_;
  return (all_sent && done_ == sent_) || now >= until_ns_ + kDrainNs;
}

void Run::begin_measuring() {
  measuring_ = true;
  own_cpu_before_ns_ = own_cpu_ns();
  if (options_.server_pid != 0) cpu_before_ns_ = cpu_ns_of(options_.server_pid);
}

void Run::never_answered(const Tag& tag, std::uint64_t now) {
  if (!counts(tag)) return;
  result_.rows[row_of(tag.step)].latency_ns.record(now - tag.due_ns);
  last_answer_ns_ = now;
  ++result_.unanswered;
}

void Run::end(std::uint64_t expiry_ns) {
  result_.seconds = seconds_of(std::max(until_ns_, last_answer_ns_) - from_ns_);
  result_.own_cpu_ns = own_cpu_ns() - own_cpu_before_ns_;
  if (options_.server_pid != 0) {
    result_.server_cpu_ns = cpu_ns_of(options_.server_pid) - cpu_before_ns_;
  }
  if (expiry_ns != 0) {
    result_.expiry_after_s = seconds_of(expiry_ns) - seconds_of(from_ns_);
  }
}

}  // namespace seshdb::bench
