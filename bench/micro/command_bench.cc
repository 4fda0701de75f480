// Whole requests through a core, as many in a turn as a server plans before it runs them: frames,
// envelope, plan, execute, answers, and the system calls on both ends of a socket pair. There are
// only a thousand sessions, so that they fit into the caches: store_bench measures cache misses.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "micro/client.h"
#include "micro/one_core.h"

namespace seshdb::micro {

namespace {

constexpr std::uint32_t kSessions = 1'000;

// Runs the requests in a loop, one window after the other.
template <typename Make>
void run_requests(benchmark::State& state, Make make, std::string_view answer_end) {
  OneCore core(kSessions, visitor_document(kDocumentBytes));
  Client client(core);
  Numbers numbers(3);
  std::vector<std::string> requests;
  for (std::size_t i = 0; i < kSessions * Client::kWindow; ++i) {
    requests.push_back(make(token_of(numbers.below(kSessions)), i));
  }
  std::size_t at = 0;
  for (auto _ : state) {
    for (std::size_t i = 0; i < Client::kWindow; ++i) {
      client.write(requests[at]);
      at = at + 1 == requests.size() ? 0 : at + 1;
    }
    client.send();
    core.turn();
    if (!client.receive().ends_with(answer_end)) {
      state.SkipWithError("the answer is wrong");
      return;
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(Client::kWindow));
}

void command_kv_get(benchmark::State& state) {
  run_requests(state, [](std::uint64_t token, std::size_t) { return get_request(token); }, "}}}}");
}

void command_kv_set(benchmark::State& state) {
  const std::string document = visitor_document(kDocumentBytes);
  run_requests(
      state, [&](std::uint64_t token, std::size_t) { return set_request(token, document); },
      ":21}}}");
}

void command_kv_update(benchmark::State& state) {
  run_requests(
      state, [](std::uint64_t token, std::size_t i) { return update_request(token, avatar(i)); },
      ":1}}}");
}

BENCHMARK(command_kv_get);
BENCHMARK(command_kv_set);
BENCHMARK(command_kv_update);

}  // namespace

}  // namespace seshdb::micro
