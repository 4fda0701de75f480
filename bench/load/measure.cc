// The order of the steps, and when the server's memory is read.
#include "load/measure.h"

#include <chrono>
#include <memory>
#include <thread>

#include "load/client.h"
#include "load/progress.h"
#include "load/run.h"
#include "load/setup.h"

namespace seshdb::bench {

namespace {

// Waits first: right after much work, allocators hold memory that they soon return.
Memory server_memory(const Options& options) {
  std::this_thread::sleep_for(std::chrono::duration<double>(options.settle_s));
  return options.server_pid == 0 ? Memory{} : memory_of(options.server_pid);
}

// Tokens as long as a server's, for a server that only echoes.
void make_up_tokens(const Options& options, Sessions& sessions) {
  SplitMix random(~options.seed);
  for (std::uint32_t slot = 0; slot < sessions.count(); ++slot) {
    sessions.adopt(slot, 10'000'000'000'000'000'000U + random.next() % 8'000'000'000'000'000'000U);
  }
}

}  // namespace

Result measure(const Options& options) {
  Sessions sessions(options.sessions, options.mix.has(Work::kEnd), options.mix.has(Work::kAppend));
  const std::unique_ptr<Requests> requests = make_requests(options);
  Client client(options);
  Progress progress;
  Result result;
  // The connections are open already, so further memory belongs to the sessions.
  result.memory_before = server_memory(options);
  Setup setup(options, sessions, *requests, progress);
  if (options.echo) {
    make_up_tokens(options, sessions);
  } else if (options.protocol != Protocol::kHttpStatic) {
    const std::uint64_t begin_ns = now_ns();
    setup.run(client);
    result.setup_s = static_cast<double>(now_ns() - begin_ns) / 1e9;
  }
  result.memory_after_setup = result.memory = server_memory(options);
  if (options.setup_only) return result;
  Workload workload(options, sessions, *requests);
  Run run(options, workload, progress, result, now_ns());
  client.run(run, options.rate == 0 ? options.in_flight : 0);
  const std::uint64_t now = now_ns();
  client.for_each_unanswered([&run, now](const Tag& tag) { run.never_answered(tag, now); });
  run.end(setup.expiry_ns());
  result.memory = server_memory(options);
  return result;
}

}  // namespace seshdb::bench
