// Whole commands in process, from the request's text to the answer's: envelope, plan, execute. A
// thousand sessions, so that the caches hold them: waits for memory are store_bench's affair.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "base/limits.h"
#include "commands/executor.h"
#include "micro/one_core.h"
#include "protocol/envelope.h"

namespace seshdb::micro {

namespace {

constexpr std::uint32_t kSessions = 1'000;

// Runs the requests one after the other, over and over.
void run_requests(benchmark::State& state, const std::vector<std::string>& requests,
                  std::string_view answer_end) {
  OneCore core(kSessions, visitor_document(kDocumentBytes));
  protocol::EnvelopeReader reader(limits::kDepthDefault);
  Buffer out;
  std::size_t at = 0;
  std::int64_t bytes = 0;
  for (auto _ : state) {
    const std::string& request = requests[at];
    at = at + 1 == requests.size() ? 0 : at + 1;
    bytes += static_cast<std::int64_t>(request.size());
    out.clear();
    const commands::Plan plan = core.executor().plan(reader.read(request), out);
    (void)core.executor().execute(plan.call, out);
    if (!out.view().ends_with(answer_end)) {
      state.SkipWithError("the answer is wrong");
      return;
    }
  }
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(bytes);
}

template <typename Make>
std::vector<std::string> requests_of(Make make) {
  Numbers numbers(3);
  std::vector<std::string> requests;
  for (std::size_t i = 0; i < kSessions; ++i) {
    requests.push_back(make(token_of(numbers.below(kSessions)), i));
  }
  return requests;
}

void command_kv_get(benchmark::State& state) {
  run_requests(state,
               requests_of([](std::uint64_t token, std::size_t) { return get_request(token); }),
               "}}}}");
}

void command_kv_set(benchmark::State& state) {
  const std::string document = visitor_document(kDocumentBytes);
  run_requests(state, requests_of([&](std::uint64_t token, std::size_t) {
                 return set_request(token, document);
               }),
               ":21}}}");
}

void command_kv_update(benchmark::State& state) {
  run_requests(state, requests_of([](std::uint64_t token, std::size_t i) {
                 return update_request(token, avatar(i));
               }),
               ":1}}}");
}

BENCHMARK(command_kv_get);
BENCHMARK(command_kv_set);
BENCHMARK(command_kv_update);

}  // namespace

}  // namespace seshdb::micro
