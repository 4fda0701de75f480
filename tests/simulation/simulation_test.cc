// Worlds of many seeds: a fixed set, and more of them for as long as SESHDB_SIMULATE_SECONDS says,
// from SESHDB_SIMULATE_SEED on. A world that goes wrong says its seed on its first line.
#include <gtest/gtest.h>

#include <unistd.h>

#include <atomic>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <string_view>

#include "base/logging.h"
#include "simulation/world.h"

namespace seshdb::testing {

namespace {

constexpr std::size_t kSteps = 3'000;

std::uint64_t number_of(const char* variable, std::uint64_t otherwise) {
  const char* const text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// A failed check of the server aborts the process, so the seed is printed before.
std::atomic<std::uint64_t> running_seed{0};

void tell_seed(int /*signal*/) {
  char text[64] = "seed ";
  char* const end = std::to_chars(text + 5, text + 30, running_seed.load()).ptr;
  constexpr std::string_view kRest = " stops the process\n";
  kRest.copy(end, kRest.size());
  [[maybe_unused]] const ssize_t written =
      write(STDERR_FILENO, text, static_cast<std::size_t>(end - text) + kRest.size());
}

struct Result {
  std::string wrong;  // "": nothing
  std::uint64_t answers = 0;
  std::uint64_t refused = 0;
  std::uint64_t expired = 0;
  std::uint64_t stale = 0;
  std::uint64_t exchanged = 0;
  std::uint64_t rotated = 0;
  std::uint64_t found = 0;
  std::uint64_t ended = 0;
  std::uint64_t digest = 0;
  std::uint64_t elapsed_ms = 0;
  bool operator==(const Result&) const = default;
};

Result run(std::uint64_t seed) {
  running_seed = seed;
  World world(seed);
  Result result;
  try {
    result.wrong = world.run(kSteps);
  } catch (const std::exception& failed) {
    result.wrong = world.kind() + ": " + failed.what();
  }
  result.answers = world.scene().answers;
  result.refused = world.scene().refused;
  result.expired = world.scene().expired;
  result.stale = world.scene().stale;
  result.exchanged = world.scene().exchanged;
  result.rotated = world.scene().rotated;
  result.found = world.scene().found;
  result.ended = world.scene().ended;
  result.digest = world.scene().digest;
  result.elapsed_ms = world.elapsed_ms();
  return result;
}

}  // namespace

TEST(Simulation, of_any_seed_gives_the_answers_of_the_model_in_order) {
  logging::set_level(logging::Level::kOff);  // disks fail on purpose
  (void)std::signal(SIGABRT, tell_seed);
  const std::uint64_t first = number_of("SESHDB_SIMULATE_SEED", 1);
  const std::uint64_t seconds = number_of("SESHDB_SIMULATE_SECONDS", 0);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  Result all;
  std::uint64_t seed = first;
  for (; seed < first + 300 / SESHDB_TEST_SHARE || std::chrono::steady_clock::now() < end; ++seed) {
    const Result result = run(seed);
    if (!result.wrong.empty()) {
      std::cerr << "seed " << seed << " fails, "
                << (run(seed) == result ? "and fails in the same way again"
                                        : "but not in the same way again")
                << ": ./x simulate 0 " << seed << '\n';
      FAIL() << result.wrong;
    }
    all.answers += result.answers;
    all.refused += result.refused;
    all.expired += result.expired;
    all.stale += result.stale;
    all.exchanged += result.exchanged;
    all.rotated += result.rotated;
    all.found += result.found;
    all.ended += result.ended;
    all.digest ^= result.digest;
    all.elapsed_ms += result.elapsed_ms;
  }
  std::cout << seed - first << " worlds, " << all.answers << " answers, " << all.refused
            << " of them refused, " << all.expired << " sessions expired, " << all.stale
            << " changes of a stale revision refused and " << all.exchanged << " others made, "
            << all.rotated << " sessions rotated, " << all.found << " found by their tag and "
            << all.ended << " ended by it, " << all.elapsed_ms / 1'000
            << " simulated seconds, digest " << all.digest << '\n';
  EXPECT_GT(all.refused, 0U);
  EXPECT_GT(all.expired, 0U);
  EXPECT_GT(all.stale, 0U);
  EXPECT_GT(all.exchanged, 0U);
  EXPECT_GT(all.rotated, 0U);
  EXPECT_GT(all.found, 0U);
  EXPECT_GT(all.ended, 0U);
}

TEST(Simulation, of_the_same_seed_is_the_same_again) {
  logging::set_level(logging::Level::kOff);
  for (std::uint64_t seed = 1; seed <= 12; ++seed) EXPECT_EQ(run(seed), run(seed)) << seed;
}

}  // namespace seshdb::testing
