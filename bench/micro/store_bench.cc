// Looking sessions up, uniformly at random. In `find` the processor can begin a look-up before the
// last one has ended, as with many requests in one read. In `find_one_by_one` it cannot, because
// the next number depends on the session found. Both compute the tokens (a few ns): reading them
// from a list would cost more.
#include "store/store.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <ctime>
#include <map>
#include <memory>
#include <vector>

#include "micro/documents.h"

namespace seshdb::micro {

namespace {

constexpr std::uint64_t kNow = 1'000'000;

double thread_us() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

// A static store: the library calls a benchmark several times, and filling it is slow.
store::Store& store_of(std::uint64_t sessions) {
  static std::map<std::uint64_t, std::unique_ptr<store::Store>> stores;
  std::unique_ptr<store::Store>& store = stores[sessions];
  if (store == nullptr) {
    store = std::make_unique<store::Store>();
    for (std::uint64_t i = 0; i < sessions; ++i) {
      (void)store->create(token_of(i), false, {}, {}, kNow);
    }
  }
  return *store;
}

void find(benchmark::State& state) {
  const auto sessions = static_cast<std::uint64_t>(state.range(0));
  store::Store& store = store_of(sessions);
  Numbers numbers(1);
  for (auto _ : state) {
    store::Session* const session = store.find(token_of(numbers.below(sessions)), kNow);
    if (session == nullptr) {
      state.SkipWithError("a session is not found");
      return;
    }
    benchmark::DoNotOptimize(session->token());
  }
  state.SetItemsProcessed(state.iterations());
}

void find_one_by_one(benchmark::State& state) {
  const auto sessions = static_cast<std::uint64_t>(state.range(0));
  store::Store& store = store_of(sessions);
  std::uint64_t last = 1;
  for (auto _ : state) {
    const store::Session* const session = store.find(token_of(Numbers(last).below(sessions)), kNow);
    if (session == nullptr) {
      state.SkipWithError("a session is not found");
      return;
    }
    last += session->token();
  }
  benchmark::DoNotOptimize(last);
  state.SetItemsProcessed(state.iterations());
}

void find_unknown(benchmark::State& state) {
  const auto sessions = static_cast<std::uint64_t>(state.range(0));
  store::Store& store = store_of(sessions);
  Numbers numbers(1);
  for (auto _ : state) {
    benchmark::DoNotOptimize(store.find(token_of(sessions + numbers.below(sessions)), kNow));
  }
  state.SetItemsProcessed(state.iterations());
}

// Making sessions one after the other: the median and the longest time for one session, which would
// show a pause for growing the table. Uses the thread's CPU time, so other processes do not count.
void grow(benchmark::State& state) {
  const auto sessions = static_cast<std::uint64_t>(state.range(0));
  std::vector<float> each_us;
  each_us.reserve(sessions);
  for (auto _ : state) {
    store::Store store;
    each_us.clear();
    for (std::uint64_t i = 0; i < sessions; ++i) {
      const double begin_us = thread_us();
      benchmark::DoNotOptimize(&store.create(token_of(i), false, {}, {}, kNow));
      each_us.push_back(static_cast<float>(thread_us() - begin_us));
    }
  }
  std::sort(each_us.begin(), each_us.end());
  state.counters["median_us"] = each_us[each_us.size() / 2];
  state.counters["p9999_us"] = each_us[each_us.size() / 10'000 * 9'999];
  state.counters["longest_us"] = each_us.back();
}

BENCHMARK(grow)->Name("store_grow")->Arg(10'000'000)->Iterations(1)->Unit(benchmark::kMillisecond);
BENCHMARK(find)->Name("store_find")->Arg(10'000)->Arg(1'000'000);
BENCHMARK(find_one_by_one)->Name("store_find_one_by_one")->Arg(10'000)->Arg(1'000'000);
BENCHMARK(find_unknown)->Name("store_find_unknown")->Arg(10'000)->Arg(1'000'000);

}  // namespace

}  // namespace seshdb::micro
