// JSONPath searches, with the time that a step takes: `ns_per_step`. The first are usual ones, the
// others are chosen for the most work per step. The default of --find-steps-max rests on these.
#include "json/path.h"

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "json/container.h"
#include "json/path_search.h"
#include "json/view.h"
#include "micro/documents.h"

namespace seshdb::micro {

namespace {

constexpr std::size_t kBytes = 680'000;
constexpr json::SearchBounds kBounds{.steps = json::Steps::kUnbounded, .results = SIZE_MAX};

void find(benchmark::State& state, const json::View& root, std::string_view text) {
  const auto path = json::Path::parse(text);
  if (!path) {
    state.SkipWithError("the path is not valid");
    return;
  }
  std::int64_t steps = 0;
  std::size_t results = 0;
  const auto from = std::chrono::steady_clock::now();
  for (auto _ : state) {
    results = 0;
    steps += json::search(*path, root, kBounds, [&results](const auto&, const auto&) {
               ++results;
               return true;
             }).steps;
  }
  const std::chrono::nanoseconds taken = std::chrono::steady_clock::now() - from;
  state.counters["results"] = static_cast<double>(results);
  state.counters["steps"] =
      benchmark::Counter(static_cast<double>(steps), benchmark::Counter::kAvgIterations);
  state.counters["ns_per_step"] = static_cast<double>(taken.count()) / static_cast<double>(steps);
}

void find_in_text(benchmark::State& state, const std::string& document, std::string_view path) {
  find(state, json::View(std::string_view(document)), path);
}

std::string strings(std::size_t count, std::string_view text) {
  std::string out = "[";
  for (std::size_t i = 0; i < count; ++i) {
    if (i != 0) out += ',';
    out.append("\"").append(text).append("\"");
  }
  return out + "]";
}

std::string nested(std::size_t levels, std::string_view before, std::string_view after) {
  std::string out;
  for (std::size_t i = 0; i < levels; ++i) out += before;
  out += "1";
  for (std::size_t i = 0; i < levels; ++i) out += after;
  return out;
}

void path_parse(benchmark::State& state) {
  constexpr std::string_view kPath = "$.cart[?@.price < 10 && @.tags[0] == 'root'].name";
  for (auto _ : state) benchmark::DoNotOptimize(json::Path::parse(kPath));
}
void path_parse_regexp(benchmark::State& state) {
  constexpr std::string_view kPath = "$[?match(@.name, '[a-z]+[0-9]{1,3}')]";
  for (auto _ : state) benchmark::DoNotOptimize(json::Path::parse(kPath));
}
void path_names_in_300_bytes(benchmark::State& state) {
  find_in_text(state, visitor_document(300), "$.cart[0].count");
}
void path_filter_in_680_kb(benchmark::State& state) {
  find_in_text(state, list_document(kBytes), "$.items[?@.id == 77]");
}
void path_filter_in_opened_680_kb(benchmark::State& state) {
  const std::string document = list_document(kBytes);
  const json::Container container(document);
  find(state, json::View(container), "$.items[?@.id == 77]");
}
void path_descendants_in_680_kb(benchmark::State& state) {
  find_in_text(state, list_document(kBytes), "$..price");
}
void path_all_in_680_kb(benchmark::State& state) {
  find_in_text(state, list_document(kBytes), "$..*");
}
void path_match_in_680_kb(benchmark::State& state) {
  find_in_text(state, list_document(kBytes), "$.items[?match(@.name, 'P.t+ato')]");
}
void path_hard_regexp(benchmark::State& state) {
  find_in_text(state, strings(100, std::string(5'000, 'a') + "ba"),
               "$[?search(@, '(a|b)*a(a|b){12}c')]");
}
void path_hard_classes(benchmark::State& state) {
  find_in_text(state, strings(1'000, "aé漢1 Ab_xé9漢"),
               "$[?search(@, '(\\\\p{L}|\\\\p{N})x(.[^a]){9}z')]");
}
void path_dynamic_regexps(benchmark::State& state) {
  std::string document = "[";
  for (int i = 0; i < 500; ++i) {
    document += (i == 0 ? "\"" : ",\"") + std::string("\\\\p{L}+[a-z]{9}x\\\\P{Lu}") +
                std::to_string(i) + "\"";
  }
  find_in_text(state, document + "]", "$[?search(@, @)]");
}
void path_deep_descendants(benchmark::State& state) {
  find_in_text(state, nested(1'000, R"([0,)", "]"), "$..[?@..[?@ > 1]]");
}
void path_tiny_arrays(benchmark::State& state) {
  find_in_text(state, "[" + nested(2'000, "[],", "").append("]"), "$..[0,-1,'a',:1]");
}
void path_backwards(benchmark::State& state) {
  find_in_text(state, "[" + nested(1'000, "[1,2,3],", "").append("]"), "$..[::-1]");
}
void path_compare_objects(benchmark::State& state) {
  std::string a = "{";
  std::string b = "{";
  for (int i = 0; i < 1'000; ++i) {
    a += "\"m" + std::to_string(i) + "\":1,";
    b += "\"m" + std::to_string(999 - i) + "\":1,";
  }
  a.back() = '}';
  b.back() = '}';
  std::string document = R"({"a":)" + a + R"(,"l":[)";
  for (int i = 0; i < 50; ++i) document += b + ",";
  document.back() = ']';
  find_in_text(state, document + "}", "$.l[?@ == $.a]");
}
void path_compare_numbers(benchmark::State& state) {
  find_in_text(state, "[" + nested(1'000, "1.00e10,", "").append("]"), "$[?@ <= 10000000000.0]");
}
void path_compare_escapes(benchmark::State& state) {
  find_in_text(state, strings(1'000, R"(\u0061\u0062\u0063\u0064\u0065\u0066\u0067)"),
               "$[?@ < 'abcdefh']");
}
void path_many_filters(benchmark::State& state) {
  find_in_text(state, list_document(kBytes / 10),
               "$.items[?count(@.*) > 3 && length(@.tags) == 2 || value(@..name) == 'x']");
}

BENCHMARK(path_parse);
BENCHMARK(path_parse_regexp);
BENCHMARK(path_names_in_300_bytes);
BENCHMARK(path_filter_in_680_kb);
BENCHMARK(path_filter_in_opened_680_kb);
BENCHMARK(path_descendants_in_680_kb);
BENCHMARK(path_all_in_680_kb);
BENCHMARK(path_match_in_680_kb);
BENCHMARK(path_hard_regexp);
BENCHMARK(path_hard_classes);
BENCHMARK(path_dynamic_regexps);
BENCHMARK(path_deep_descendants);
BENCHMARK(path_tiny_arrays);
BENCHMARK(path_backwards);
BENCHMARK(path_compare_objects);
BENCHMARK(path_compare_numbers);
BENCHMARK(path_compare_escapes);
BENCHMARK(path_many_filters);

}  // namespace

}  // namespace seshdb::micro
