// One regular expression a kind of line, and then what holds between lines.
#include "support/exposition.h"

#include <cmath>
#include <limits>
#include <regex>
#include <set>
#include <sstream>

namespace seshdb::testing {

namespace {

const std::string kName = "[a-zA-Z_:][a-zA-Z0-9_:]*";
const std::string kLabel = R"rx([a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\]|\\["\\n])*")rx";
const std::string kValue = R"([+-]?(?:\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|Inf)|NaN)";
const std::regex kHelp("# HELP (" + kName + R"() ((?:[^\\]|\\[\\n])*))");
const std::regex kType("# TYPE (" + kName + ") (counter|gauge|histogram|summary|untyped)");
const std::regex kSample("(" + kName + ")(?:\\{((?:" + kLabel + "(?:," + kLabel + ")*)?)\\})? (" +
                         kValue + ")(?: -?\\d+)?");
const std::regex kOneLabel(kLabel);

double number(const std::string& text) {
  if (text.find("Inf") != std::string::npos) {
    return text.front() == '-' ? -std::numeric_limits<double>::infinity()
                               : std::numeric_limits<double>::infinity();
  }
  return std::stod(text);
}

class Reader {
 public:
  explicit Reader(Exposition& to) : to_(to) {}

  void line(const std::string& text) {
    std::smatch found;
    if (std::regex_match(text, found, kHelp)) {
      begin(found[1]);
      if (!metric_->help.empty() || !metric_->series.empty()) fault("a late HELP", text);
      metric_->help = found[2];
    } else if (std::regex_match(text, found, kType)) {
      begin(found[1]);
      if (!metric_->type.empty() || !metric_->series.empty()) fault("a late TYPE", text);
      metric_->type = found[2];
    } else if (std::regex_match(text, found, kSample)) {
      sample(text, found[1], found[2], found[3]);
    } else if (text.rfind("# ", 0) != 0 || text.rfind("# HELP", 0) == 0 ||
               text.rfind("# TYPE", 0) == 0) {
      fault("no such line is allowed", text);
    }
  }

  void check_histograms() {
    for (auto& [name, metric] : to_.metrics) {
      if (metric.type == "histogram") check_histogram(name, metric.series);
    }
  }

 private:
  void fault(const std::string& what, const std::string& where) {
    to_.faults.push_back(what + ": " + where);
  }

  // All lines of a metric stand together.
  void begin(const std::string& name) {
    if (name == name_) return;
    if (to_.metrics.count(name) != 0) fault("a metric in two places", name);
    name_ = name;
    metric_ = &to_.metrics[name];
  }

  void sample(const std::string& text, const std::string& name, const std::string& labels,
              const std::string& value) {
    static const std::set<std::string> kEndings = {"_bucket", "_sum", "_count"};
    const bool has_ending = metric_ != nullptr && metric_->type == "histogram" &&
                            name.rfind(name_, 0) == 0 && kEndings.count(name.substr(name_.size()));
    if (!has_ending) begin(name);
    if (metric_->type.empty() || metric_->help.empty()) fault("not described before", text);
    if (metric_->type == "histogram" && !has_ending) fault("a histogram without an ending", text);
    const bool is_total = name.size() > 6 && name.substr(name.size() - 6) == "_total";
    if ((metric_->type == "counter") != is_total) fault("a counter's name ends in _total", text);
    if (metric_->type == "counter" && number(value) < 0) fault("a counter below zero", text);
    std::multiset<std::string> sorted;
    for (std::sregex_iterator at(labels.begin(), labels.end(), kOneLabel), end; at != end; ++at) {
      sorted.insert(at->str());
    }
    std::set<std::string> names;
    std::string series = name;
    for (const std::string& label : sorted) {
      if (!names.insert(label.substr(0, label.find('='))).second) fault("a label twice", text);
      series += (names.size() == 1 ? "{" : ",") + label;
    }
    if (!names.empty()) series += '}';
    if (!metric_->series.emplace(series, number(value)).second) fault("a series twice", text);
  }

  // Bucket by bucket, each with those before it in it, up to "+Inf", which is the count.
  void check_histogram(const std::string& name, const Series& all) {
    static const std::regex kBound(R"rx(,?le="([^"]*)")rx");
    std::map<std::string, std::map<double, double>> buckets;
    for (const auto& [series, value] : all) {
      if (series.rfind(name + "_bucket", 0) != 0) continue;
      std::smatch found;
      if (!std::regex_search(series, found, kBound)) {
        fault("a bucket without a bound", series);
        continue;
      }
      std::string labels = found.prefix().str() + found.suffix().str();
      labels.erase(0, (name + "_bucket").size());
      if (labels == "{}") labels.clear();
      buckets[labels][number(found[1])] = value;
    }
    for (const auto& [labels, by_bound] : buckets) {
      double before = 0;
      for (const auto& [bound, value] : by_bound) {
        if (value < before) fault("a bucket holds less than the one before", name + labels);
        before = value;
      }
      const auto count = all.find(name + "_count" + labels);
      if (!std::isinf(by_bound.rbegin()->first) || count == all.end() || count->second != before) {
        fault("the last bucket is not the count", name + labels);
      }
      if (all.count(name + "_sum" + labels) == 0) fault("no sum", name + labels);
    }
  }

  Exposition& to_;
  std::string name_;
  Metric* metric_ = nullptr;
};

}  // namespace

double Exposition::value(const std::string& series) const {
  for (const auto& [name, metric] : metrics) {
    const auto found = metric.series.find(series);
    if (found != metric.series.end()) return found->second;
  }
  return -1;
}

double Exposition::sum(const std::string& metric) const {
  double sum = 0;
  const auto found = metrics.find(metric);
  if (found == metrics.end()) return -1;
  for (const auto& [series, value] : found->second.series) sum += value;
  return sum;
}

Exposition read_exposition(std::string_view text) {
  Exposition exposition;
  if (text.empty() || text.back() != '\n') {
    exposition.faults.emplace_back("the last line does not end");
  }
  Reader reader(exposition);
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty()) reader.line(line);
  }
  reader.check_histograms();
  return exposition;
}

}  // namespace seshdb::testing
