// A reader of Prometheus's text format (version 0.0.4), written apart from the library that writes
// it, and stricter than a scraper: whatever the format does not allow is a fault.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace seshdb::testing {

/// Values by series: the name as it stands and its labels, `a_total{b="c",d="e"}`, labels in the
/// order of their names.
using Series = std::map<std::string, double>;

struct Metric {
  std::string type;
  std::string help;
  Series series;
};

struct Exposition {
  std::map<std::string, Metric> metrics;  // by name, a histogram's without its endings
  std::vector<std::string> faults;

  /// A value; -1 where there is no such series.
  [[nodiscard]] double value(const std::string& series) const;
  /// The sum of all series of a metric that is no histogram.
  [[nodiscard]] double sum(const std::string& metric) const;
};

[[nodiscard]] Exposition read_exposition(std::string_view text);

}  // namespace seshdb::testing
