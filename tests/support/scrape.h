// Looks up single figures in the text of GET /metrics. Must not check its form: the test
// clients.prometheus does that with a third-party parser.
#pragma once

#include <algorithm>
#include <map>
#include <sstream>
#include <string>

namespace seshdb::testing {

class Scrape {
 public:
  Scrape() = default;
  explicit Scrape(const std::string& text) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      if (line.empty() || line.front() == '#') continue;
      const std::size_t space = line.rfind(' ');
      series_[line.substr(0, space)] = std::stod(line.substr(space + 1));
    }
  }

  /// The values by series, `a_total{b="c",d="e"}` as it stands in the text.
  [[nodiscard]] const std::map<std::string, double>& series() const { return series_; }

  /// A value; -1 where there is no such series.
  [[nodiscard]] double value(const std::string& series) const {
    const auto found = series_.find(series);
    return found == series_.end() ? -1 : found->second;
  }

  /// The number of series of a metric.
  [[nodiscard]] std::size_t count(const std::string& metric) const {
    return static_cast<std::size_t>(
        std::count_if(series_.begin(), series_.end(),
                      [&](const auto& each) { return is_of(each.first, metric); }));
  }

  /// The sum of all series of a metric; -1 where there is none.
  [[nodiscard]] double sum(const std::string& metric) const {
    double sum = 0;
    for (const auto& [series, value] : series_) sum += is_of(series, metric) ? value : 0;
    return count(metric) == 0 ? -1 : sum;
  }

 private:
  static bool is_of(const std::string& series, const std::string& metric) {
    return series.substr(0, series.find('{')) == metric;
  }

  std::map<std::string, double> series_;
};

}  // namespace seshdb::testing
