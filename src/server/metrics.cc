// The names and descriptions of the figures; the library writes the format. docs/operating.md,
// "What to watch", has each of them.
#include "server/metrics.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "base/memory.h"
#include "commands/table.h"

namespace seshdb::server {

namespace {

using commands::Command;
using commands::CommandTally;
using core::Published;
using core::Shared;
using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

constexpr double kPerMs = 1e-3;
constexpr double kPerUs = 1e-6;
constexpr double kPerNs = 1e-9;
// The statuses of requests that name no known command.
constexpr std::array kOfNone{Status::kPayLoadInvalid, Status::kJsonInvalid,
                             Status::kCommandNotExist, Status::kCommandMultiple,
                             Status::kCommandSyntax};
// Statuses that any command may have.
constexpr std::array kOfAny{Status::kCommandType, Status::kValueTypeInvalid, Status::kValueSize};
constexpr std::uint64_t kStatusesMost = 256;

class Families {
 public:
  explicit Families(const Shared& shared) : shared_(shared) {}

  void add_server();
  void add_cores();
  void add_engine();
  void add_commands();
  void append_to(Buffer& out) const;

 private:
  using Tallies = std::vector<const CommandTally*>;  // of one command, one for each core

  void begin(std::string name, std::string help, MetricType type) {
    families_.emplace_back();
    families_.back().name = std::move(name);
    families_.back().help = std::move(help);
    families_.back().type = type;
  }
  void add(double value, Labels labels = {}) {
    ClientMetric metric;
    metric.label = std::move(labels);
    metric.counter.value = value;
    metric.gauge.value = value;
    families_.back().metric.push_back(std::move(metric));
  }
  void add_one(std::string name, std::string help, MetricType type, double value) {
    begin(std::move(name), std::move(help), type);
    add(value);
  }
  [[nodiscard]] double in_unit(Figure::Unit unit, std::uint64_t value) const;
  template <typename Read>
  void add_each_core(std::string name, std::string help, MetricType type, Read read);
  void add_durations(const std::vector<const Durations*>& parts, Labels labels);
  void add_errors(const Tallies& tallies, const std::string& name,
                  const std::set<Status>& statuses);
  [[nodiscard]] Tallies tallies_of(const Command* command) const;

  const Shared& shared_;
  std::vector<MetricFamily> families_;
};

template <typename Read>
void Families::add_each_core(std::string name, std::string help, MetricType type, Read read) {
  begin(std::move(name), std::move(help), type);
  for (std::size_t core = 0; core < shared_.published.size(); ++core) {
    add(read(*shared_.published[core]), {{"core", std::to_string(core)}});
  }
}

double number(const Count& count) { return static_cast<double>(count.get()); }

// User and system time of the process.
double cpu_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
         static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec) * kPerUs;
}

void Families::add_server() {
  begin("seshdb_info", "Always 1; the labels tell version, engine and when it syncs.",
        MetricType::Gauge);
  add(1, {{"version", SESHDB_VERSION},
          {"engine", std::string(shared_.engine)},
          {"sync", std::string(shared_.sync)}});
  add_one("process_start_time_seconds", "When the server was started, in Unix time.",
          MetricType::Gauge,
          static_cast<double>(shared_.clock.to_unix_ms(shared_.started_ms)) * kPerMs);
  add_one("process_cpu_seconds_total", "Processor time, user and system.", MetricType::Counter,
          cpu_seconds());
  add_one("process_resident_memory_bytes", "Memory of the process.", MetricType::Gauge,
          static_cast<double>(resident_bytes()));
  add_one("seshdb_memory_max_bytes", "The setting memory-max.", MetricType::Gauge,
          static_cast<double>(shared_.memory_max));
  add_one("seshdb_memory_full", "1: memory is beyond its limit, and what stores more is refused.",
          MetricType::Gauge, shared_.memory_full.load(std::memory_order_relaxed) ? 1 : 0);
  add_one("seshdb_connections_max",
          "The setting connections-max, or what the limit on open files leaves room for.",
          MetricType::Gauge, shared_.connections_max);
  add_one("seshdb_wrong_guesses_total",
          "Wrong keys, and wrong tokens of clients without a key; the same one from one address "
          "counts once a minute.",
          MetricType::Counter, static_cast<double>(shared_.guesses.guesses()));
  add_one("seshdb_guess_blocks_total",
          "How often an address had to wait for a minute after too many wrong guesses.",
          MetricType::Counter, static_cast<double>(shared_.guesses.blocks()));
  const Published& first = *shared_.published.front();  // it accepts for all
  add_one("seshdb_connections_accepted_total", "Connections since the start.", MetricType::Counter,
          number(first.accepted));
  add_one("seshdb_connections_refused_total", "Connections refused because there were too many.",
          MetricType::Counter, number(first.refused));
}

void Families::add_cores() {
  add_each_core("seshdb_sessions", "Sessions in memory.", MetricType::Gauge,
                [](const Published& core) { return number(core.sessions); });
  add_each_core("seshdb_keys", "Keys of the sessions in memory.", MetricType::Gauge,
                [](const Published& core) { return number(core.keys); });
  add_each_core("seshdb_connections", "Clients that are connected.", MetricType::Gauge,
                [](const Published& core) { return number(core.connections); });
  begin("seshdb_turn_duration_seconds",
        "Rounds of a core's loop, without its waiting: a request waits for one at most.",
        MetricType::Histogram);
  for (std::size_t core = 0; core < shared_.published.size(); ++core) {
    add_durations({&shared_.published[core]->turns}, {{"core", std::to_string(core)}});
  }
}

void Families::add_engine() {
  add_each_core("seshdb_storage_state", "0 good, 1 little room, 2 full, 3 failed.",
                MetricType::Gauge, [](const Published& core) { return number(core.storage); });
  const std::span<const Figure> names = shared_.published.front()->names;
  for (std::size_t i = 0; i < names.size(); ++i) {
    add_each_core(std::string(names[i].metric), std::string(names[i].help),
                  names[i].kind == Figure::Kind::kCounter ? MetricType::Counter : MetricType::Gauge,
                  [this, unit = names[i].unit, i](const Published& core) {
                    return in_unit(unit, core.engine[i].get());
                  });
  }
}

double Families::in_unit(Figure::Unit unit, std::uint64_t value) const {
  switch (unit) {
    case Figure::Unit::kNanoseconds:
      return static_cast<double>(value) * kPerNs;
    case Figure::Unit::kMoment:
      return value == 0 ? 0 : static_cast<double>(shared_.clock.to_unix_ms(value)) * kPerMs;
    case Figure::Unit::kNumber:
      break;
  }
  return static_cast<double>(value);
}

// Each bucket includes those before it. The library writes the last, "+Inf", from the count.
void Families::add_durations(const std::vector<const Durations*>& parts, Labels labels) {
  ClientMetric metric;
  metric.label = std::move(labels);
  ClientMetric::Histogram& histogram = metric.histogram;
  const auto count_of = [&parts](std::size_t bucket) {
    std::uint64_t count = 0;
    for (const Durations* const part : parts) count += part->count(bucket);
    return count;
  };
  for (std::size_t bucket = 0; bucket < Durations::kBounds; ++bucket) {
    histogram.sample_count += count_of(bucket);
    const auto bound_us = static_cast<double>(Durations::bound_us(bucket));
    histogram.bucket.push_back(
        {.cumulative_count = histogram.sample_count, .upper_bound = bound_us / 1e6});
  }
  histogram.sample_count += count_of(Durations::kBounds);
  for (const Durations* const part : parts) {
    histogram.sample_sum += static_cast<double>(part->sum_ns()) * kPerNs;
  }
  families_.back().metric.push_back(std::move(metric));
}

// Figures of `statuses` exist from the start, so that the first error is an increase too.
void Families::add_errors(const Tallies& tallies, const std::string& name,
                          const std::set<Status>& statuses) {
  for (std::uint64_t i = 0; i < kStatusesMost; ++i) {
    const auto status = static_cast<Status>(i);
    std::uint64_t count = 0;
    for (const CommandTally* const tally : tallies) count += tally->count_of(status);
    if (!is_success(status) && (count != 0 || statuses.count(status) != 0)) {
      add(static_cast<double>(count), {{"command", name},
                                       {"status", std::to_string(i)},
                                       {"name", std::string(status_name(status))}});
    }
  }
}

Families::Tallies Families::tallies_of(const Command* command) const {
  Tallies tallies;
  for (const auto& core : shared_.published) {
    const commands::Tally& tally = core->tally;
    tallies.push_back(command == nullptr ? &tally.of_none() : &tally.of(*command));
  }
  return tallies;
}

void Families::add_commands() {
  begin("seshdb_requests_total", "Requests that were answered, whatever the answer.",
        MetricType::Counter);
  const auto total = [](const Tallies& tallies) {
    std::uint64_t sum = 0;
    for (const CommandTally* const tally : tallies) sum += tally->total();
    return static_cast<double>(sum);
  };
  for (const Command& command : commands::all_commands()) {
    add(total(tallies_of(&command)), {{"command", std::string(command.name)}});
  }
  add(total(tallies_of(nullptr)), {{"command", "none"}});

  begin("seshdb_errors_total",
        "Requests by the status of their fault: the answer's, or the first of a key's.",
        MetricType::Counter);
  for (const Command& command : commands::all_commands()) {
    const std::vector<Status> own = commands::statuses_of(command);
    std::set<Status> statuses(own.begin(), own.end());
    statuses.insert(kOfAny.begin(), kOfAny.end());
    add_errors(tallies_of(&command), std::string(command.name), statuses);
  }
  add_errors(tallies_of(nullptr), "none", {kOfNone.begin(), kOfNone.end()});

  begin("seshdb_command_duration_seconds",
        "Running a command on its core, of one request in " +
            std::to_string(commands::Tally::kTimedOneIn) + " or so.",
        MetricType::Histogram);
  for (const Command& command : commands::all_commands()) {
    std::vector<const Durations*> parts;
    for (const CommandTally* const tally : tallies_of(&command)) parts.push_back(&tally->durations);
    add_durations(parts, {{"command", std::string(command.name)}});
  }
}

void Families::append_to(Buffer& out) const {
  std::ostringstream text;
  prometheus::TextSerializer().Serialize(text, families_);
  out.append(text.str());
}

}  // namespace

void append_metrics(const core::Shared& shared, Buffer& out) {
  Families families(shared);
  families.add_server();
  families.add_cores();
  families.add_engine();
  families.add_commands();
  families.append_to(out);
}

}  // namespace seshdb::server
