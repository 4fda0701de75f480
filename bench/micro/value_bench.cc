// Changing a stored value: with a text of the same size, with one of another size (the changes grow
// and shrink the value by turns), and at several places at once. Also copying it out.
#include "json/value.h"

#include <benchmark/benchmark.h>

#include <array>
#include <string>
#include <vector>

#include "base/limits.h"
#include "micro/documents.h"

namespace seshdb::micro {

namespace {

json::Edit edit(std::string_view path, std::string_view text) {
  return {.pointer = *json::Pointer::parse(path), .text = text};
}

// Applies the two lists of edits by turns.
using Turns = std::array<std::vector<json::Edit>, 2>;

void update(benchmark::State& state, const std::string& document, const Turns& turns) {
  json::Value value(kKey, document);
  std::size_t failed = 0;
  std::size_t turn = 0;
  for (auto _ : state) {
    const Status status = value.update(turns[turn], limits::kDepthDefault, failed);
    if (status != Status::kOk) {
      state.SkipWithError("the update failed");
      return;
    }
    turn ^= 1U;
    benchmark::ClobberMemory();
  }
  benchmark::DoNotOptimize(value.bytes());
  state.SetItemsProcessed(state.iterations());
}

Turns same_size() {
  return {std::vector{edit(kMember, R"("img00001.png")")},
          std::vector{edit(kMember, R"("img00002.png")")}};
}

Turns other_size() {
  return {std::vector{edit(kMember, R"("img0000100001.png")")},
          std::vector{edit(kMember, R"("img1.png")")}};
}

void update_same_size_in_65_bytes(benchmark::State& state) {
  update(state, visitor_document(65), same_size());
}

void update_same_size_in_300_bytes(benchmark::State& state) {
  update(state, visitor_document(300), same_size());
}

void update_same_size_in_680_kb(benchmark::State& state) {
  update(state, list_document(680'000), same_size());
}

void update_other_size_in_65_bytes(benchmark::State& state) {
  update(state, visitor_document(65), other_size());
}

void update_other_size_in_300_bytes(benchmark::State& state) {
  update(state, visitor_document(300), other_size());
}

void update_other_size_in_680_kb(benchmark::State& state) {
  update(state, list_document(680'000), other_size());
}

void update_two_members_in_300_bytes(benchmark::State& state) {
  Turns turns = same_size();
  for (std::vector<json::Edit>& edits : turns) {
    edits.push_back(edit("/visits", "13"));
  }
  update(state, visitor_document(300), turns);
}

// Copies a whole document that is not in the caches, as on a server with many documents.
void gather_680_kb(benchmark::State& state) {
  constexpr std::size_t kDocuments = 300;
  const std::string document = list_document(680'000);
  std::vector<json::Value> values;
  for (std::size_t i = 0; i < kDocuments; ++i) values.emplace_back(kKey, document);
  Buffer out;
  std::size_t next = 0;
  for (auto _ : state) {
    out.clear();
    values[next].append_to(out);
    next = (next + 1) % kDocuments;
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK(gather_680_kb);
BENCHMARK(update_same_size_in_65_bytes);
BENCHMARK(update_same_size_in_300_bytes);
BENCHMARK(update_same_size_in_680_kb);
BENCHMARK(update_other_size_in_65_bytes);
BENCHMARK(update_other_size_in_300_bytes);
BENCHMARK(update_other_size_in_680_kb);
BENCHMARK(update_two_members_in_300_bytes);

}  // namespace

}  // namespace seshdb::micro
