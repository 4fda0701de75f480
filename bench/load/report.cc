// The JSON always has the same members; what was not measured is 0.
#include "load/report.h"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace seshdb::bench {

namespace {

constexpr double kNsPerMicrosecond = 1e3;
constexpr double kNsPerSecond = 1e9;
// If the client is as busy as this, it may be the bottleneck.
constexpr double kClientShareMax = 0.9;

double us_of(std::uint64_t ns) { return static_cast<double>(ns) / kNsPerMicrosecond; }

double per(double amount, double of) { return of == 0 ? 0 : amount / of; }

Row total_of(const Result& result) {
  Row total;
  for (const Row& row : result.rows) {
    total.latency_ns.add(row.latency_ns);
    total.errors += row.errors;
  }
  return total;
}

double per_second(const Row& row, const Result& result) {
  return per(static_cast<double>(row.latency_ns.count()), result.seconds);
}

double cpu_us_per_operation(const Row& total, const Result& result) {
  return per(us_of(result.server_cpu_ns), static_cast<double>(total.latency_ns.count()));
}

double client_share(const Result& result) {
  return per(static_cast<double>(result.own_cpu_ns) / kNsPerSecond, result.seconds);
}

std::string json_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) >= 0x20) out += c;
  }
  return out + '"';
}

std::string json_latencies(const Histogram& latency_ns) {
  const auto us = [&latency_ns](double share) { return us_of(latency_ns.quantile(share)); };
  return fmt::format(
      R"("p50_us":{:.1f},"p90_us":{:.1f},"p99_us":{:.1f},"p999_us":{:.1f},"max_us":{:.1f})",
      us(0.5), us(0.9), us(0.99), us(0.999), us_of(latency_ns.max()));
}

std::string json_rows(const Result& result) {
  std::string text;
  for (std::size_t i = 0; i < kRows; ++i) {
    const Row& row = result.rows[i];
    if (row.latency_ns.count() == 0) continue;
    text += fmt::format(R"({}"{}":{{"operations":{},"operations_per_s":{:.0f},"errors":{},{}}})",
                        text.empty() ? "" : ",", row_name(i), row.latency_ns.count(),
                        per_second(row, result), row.errors, json_latencies(row.latency_ns));
  }
  return text;
}

std::string text_row(std::string_view name, const Row& row) {
  const auto us = [&row](double share) { return us_of(row.latency_ns.quantile(share)); };
  return fmt::format("{:<10}{:>12}{:>9}{:>10.0f}{:>10.0f}{:>10.0f}{:>10.0f}{:>10.0f}\n", name,
                     row.latency_ns.count(), row.errors, us(0.5), us(0.9), us(0.99), us(0.999),
                     us_of(row.latency_ns.max()));
}

std::string text_rows(const Result& result, const Row& total) {
  std::string text = fmt::format("{:<10}{:>12}{:>9}{:>10}{:>10}{:>10}{:>10}{:>10}\n", "", "count",
                                 "errors", "p50 us", "p90 us", "p99 us", "p99.9 us", "max us");
  std::size_t kinds = 0;
  for (std::size_t i = 0; i < kRows; ++i) {
    if (result.rows[i].latency_ns.count() == 0) continue;
    text += text_row(row_name(i), result.rows[i]);
    ++kinds;
  }
  return kinds == 1 ? text : text + text_row("all", total);
}

std::string text_setup(const Options& options, const Result& result) {
  if (result.setup_s == 0) return {};
  std::string text =
      fmt::format("setup:    {} sessions in {:.1f} s", options.sessions, result.setup_s);
  if (options.server_pid != 0) {
    const auto after = static_cast<double>(result.memory_after_setup.resident_kib);
    const auto before = static_cast<double>(result.memory_before.resident_kib);
    text += fmt::format("; server resident {:.0f} MiB, from {:.0f} MiB: {:.0f} bytes per session",
                        after / 1024, before / 1024, (after - before) * 1024 / options.sessions);
  }
  return text + '\n';
}

}  // namespace

std::uint64_t error_count(const Result& result) {
  std::uint64_t errors = 0;
  for (const Row& row : result.rows) errors += row.errors;
  return errors;
}

std::string report_json(const Options& options, const Result& result) {
  const Row total = total_of(result);
  std::string text =
      fmt::format(R"({{"operations":{},"seconds":{:.3f},"operations_per_s":{:.0f},"errors":{},)"
                  R"("first_error":{},{},"unanswered":{},"client_cpu_share":{:.3f},)",
                  total.latency_ns.count(), result.seconds, per_second(total, result), total.errors,
                  json_string(result.first_error), json_latencies(total.latency_ns),
                  result.unanswered, client_share(result));
  text += fmt::format(
      R"("server_cpu_us_per_operation":{:.3f},"server_resident_kib":{},"server_peak_kib":{},)"
      R"("server_resident_kib_before":{},"setup_server_resident_kib":{},"setup_seconds":{:.3f},)",
      cpu_us_per_operation(total, result), result.memory.resident_kib, result.memory.peak_kib,
      result.memory_before.resident_kib, result.memory_after_setup.resident_kib, result.setup_s);
  if (options.expire_at_once_s != 0) {
    text += fmt::format(R"("expiry_after_s":{:.3f},)", result.expiry_after_s);
  }
  return text + fmt::format("\"by_work\":{{{}}}}}\n", json_rows(result));
}

std::string report_text(const Options& options, const Result& result) {
  std::string text = text_setup(options, result);
  if (options.setup_only) return text;
  const Row total = total_of(result);
  text += fmt::format("{:.0f} operations/s: {} in {:.1f} s, {} errors\n", per_second(total, result),
                      total.latency_ns.count(), result.seconds, total.errors);
  if (!result.first_error.empty()) text += "the first error: " + result.first_error + '\n';
  text += '\n' + text_rows(result, total) + '\n';
  if (result.unanswered != 0) {
    text += fmt::format("{} requests were not answered; they count with the time they waited\n",
                        result.unanswered);
  }
  if (options.expire_at_once_s != 0) {
    text += fmt::format("sessions expired from second {:.1f} on\n", result.expiry_after_s);
  }
  if (options.server_pid != 0) {
    text += fmt::format("server:   {:.3f} us of CPU per operation; resident {} MiB, peak {} MiB\n",
                        cpu_us_per_operation(total, result), result.memory.resident_kib / 1024,
                        result.memory.peak_kib / 1024);
  }
  const double share = client_share(result);
  return text + fmt::format("client:   {:.0f} % of a processor{}\n", share * 100,
                            share < kClientShareMax ? "" : ": it may be what limits the result");
}

}  // namespace seshdb::bench
