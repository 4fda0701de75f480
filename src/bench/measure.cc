// Two jobs for the client: making the sessions, and the work.
#include "bench/measure.h"

#include <fmt/format.h>

#include <memory>

#include "bench/client.h"
#include "bench/workload.h"

namespace seshdb::bench {

namespace {

constexpr double kNsPerSecond = 1e9;
constexpr double kNsPerMicrosecond = 1e3;

// One step of the prefill, for every session.
class Prefill final : public Job {
 public:
  Prefill(Workload& workload, std::uint32_t step, std::uint32_t sessions)
      : workload_(workload), step_(step), sessions_(sessions) {}

  [[nodiscard]] std::optional<Request> next(std::uint64_t /*now*/) override {
    if (next_ == sessions_) return std::nullopt;
    const std::uint32_t session = next_++;
    return Request{workload_.prefill(step_, session), session};
  }
  void answered(std::uint64_t tag, std::string_view answer, std::uint64_t /*now*/) override {
    workload_.prefilled(step_, static_cast<std::uint32_t>(tag), answer);
    ++done_;
  }
  [[nodiscard]] bool over(std::uint64_t /*now*/) const override { return done_ == sessions_; }

 private:
  Workload& workload_;
  const std::uint32_t step_;
  const std::uint32_t sessions_;
  std::uint32_t next_ = 0;
  std::uint32_t done_ = 0;
};

// The work; the tag is the moment at which a request was to be sent.
class Measured final : public Job {
 public:
  Measured(const Options& options, Workload& workload, Result& result)
      : options_(options),
        workload_(workload),
        result_(result),
        start_(now_ns()),
        from_(start_ + static_cast<std::uint64_t>(options.warm_up_s * kNsPerSecond)),
        until_(from_ + static_cast<std::uint64_t>(options.duration_s * kNsPerSecond)) {}

  [[nodiscard]] std::optional<Request> next(std::uint64_t now) override {
    begin_measuring(now);
    if (options_.rate == 0) return Request{workload_.next(), now};
    const std::uint64_t due = due_ns();
    if (due > now) return std::nullopt;
    ++sent_;
    return Request{workload_.next(), due};
  }
  void answered(std::uint64_t tag, std::string_view answer, std::uint64_t now) override {
    if (!measuring_) return;
    result_.latency_ns.record(now - tag);
    if (!workload_.succeeded(answer)) {
      if (result_.errors++ == 0) result_.first_error = answer.substr(0, 200);
    }
  }
  [[nodiscard]] std::uint64_t due_ns() const override {
    if (options_.rate == 0) return 0;
    return start_ +
           static_cast<std::uint64_t>(static_cast<double>(sent_) * kNsPerSecond / options_.rate);
  }
  [[nodiscard]] bool over(std::uint64_t now) const override { return now >= until_; }

  void end() {
    result_.seconds = static_cast<double>(now_ns() - measured_from_) / kNsPerSecond;
    if (options_.server_pid != 0) {
      result_.server_cpu_ns = cpu_ns_of(options_.server_pid) - cpu_before_;
      result_.server_memory = memory_of(options_.server_pid);
    }
  }

 private:
  void begin_measuring(std::uint64_t now) {
    if (measuring_ || now < from_) return;
    measuring_ = true;
    measured_from_ = now;
    if (options_.server_pid != 0) cpu_before_ = cpu_ns_of(options_.server_pid);
  }

  const Options& options_;
  Workload& workload_;
  Result& result_;
  const std::uint64_t start_;
  const std::uint64_t from_;
  const std::uint64_t until_;
  bool measuring_ = false;
  std::uint64_t measured_from_ = 0;
  std::uint64_t cpu_before_ = 0;
  std::uint64_t sent_ = 0;
};

std::string json_string(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) >= 0x20) out += c;
  }
  return out + '"';
}

}  // namespace

Result measure(const Options& options) {
  Workload workload(options);
  Client client(options);
  for (std::uint32_t step = 0; step < workload.prefill_steps(); ++step) {
    Prefill prefill(workload, step, options.sessions);
    client.run(prefill, 64);
  }
  Result result;
  Measured measured(options, workload, result);
  client.run(measured, options.rate == 0 ? options.in_flight : 0);
  measured.end();
  return result;
}

std::string report(const Options& options, const Result& result) {
  const auto count = static_cast<double>(result.latency_ns.count());
  const double cpu_us =
      count == 0 ? 0 : static_cast<double>(result.server_cpu_ns) / count / kNsPerMicrosecond;
  const auto us = [&result](double share) {
    return static_cast<double>(result.latency_ns.quantile(share)) / kNsPerMicrosecond;
  };
  const double max_us = static_cast<double>(result.latency_ns.max()) / kNsPerMicrosecond;
  if (options.json) {
    return fmt::format(
        R"({{"operations":{},"seconds":{:.3f},"operations_per_s":{:.0f},"errors":{},)"
        R"("first_error":{},"p50_us":{:.1f},"p90_us":{:.1f},"p99_us":{:.1f},"p999_us":{:.1f},)"
        R"("max_us":{:.1f},"server_cpu_us_per_operation":{:.3f},"server_resident_kib":{},)"
        "\"server_peak_kib\":{}}}\n",
        result.latency_ns.count(), result.seconds, count / result.seconds, result.errors,
        json_string(result.first_error), us(0.5), us(0.9), us(0.99), us(0.999), max_us, cpu_us,
        result.server_memory.resident_kib, result.server_memory.peak_kib);
  }
  std::string text = fmt::format(
      "{:>14.0f} operations/s   {} in {:.1f} s, {} errors\n"
      "latency, us:   p50 {:.0f}   p90 {:.0f}   p99 {:.0f}   p99.9 {:.0f}   max {:.0f}\n",
      count / result.seconds, result.latency_ns.count(), result.seconds, result.errors, us(0.5),
      us(0.9), us(0.99), us(0.999), max_us);
  if (result.errors != 0) text += "the first error: " + result.first_error + '\n';
  if (options.server_pid != 0) {
    text += fmt::format("server:        {:.3f} us of CPU per operation, {} MiB resident\n", cpu_us,
                        result.server_memory.resident_kib / 1024);
  }
  return text;
}

}  // namespace seshdb::bench
