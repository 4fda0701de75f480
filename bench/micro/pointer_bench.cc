// Finding the value that a JSON Pointer selects. In the large document the member comes nearly
// last.
#include "json/pointer.h"

#include <benchmark/benchmark.h>

#include <optional>
#include <string>
#include <string_view>

#include "micro/documents.h"

namespace seshdb::micro {

namespace {

void find_member(benchmark::State& state, const std::string& document, std::string_view path) {
  const json::Pointer pointer = *json::Pointer::parse(path);
  std::string_view text = document;
  const std::optional<std::string_view> found = json::find(text, pointer);
  if (!found) {
    state.SkipWithError("nothing is found");
    return;
  }
  for (auto _ : state) {
    benchmark::DoNotOptimize(text);
    benchmark::DoNotOptimize(json::find(text, pointer));
  }
  const std::ptrdiff_t read = found->data() + found->size() - document.data();
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(state.iterations() * read);
}

void find_in_65_bytes(benchmark::State& state) {
  find_member(state, visitor_document(65), kMember);
}

void find_in_300_bytes(benchmark::State& state) {
  find_member(state, visitor_document(300), kMember);
}

void find_deeper_in_300_bytes(benchmark::State& state) {
  find_member(state, visitor_document(300), "/cart/0/count");
}

void find_behind_680_kb(benchmark::State& state) {
  find_member(state, list_document(680'000), kMember);
}

void find_inside_680_kb(benchmark::State& state) {
  find_member(state, list_document(680'000), "/items/5000/name");
}

BENCHMARK(find_in_65_bytes);
BENCHMARK(find_in_300_bytes);
BENCHMARK(find_deeper_in_300_bytes);
BENCHMARK(find_behind_680_kb);
BENCHMARK(find_inside_680_kb);

}  // namespace

}  // namespace seshdb::micro
