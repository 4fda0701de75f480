// Worlds of many seeds: a fixed set, and more of them for as long as SESHDB_SIMULATE_SECONDS says,
// from SESHDB_SIMULATE_SEED on. A world that goes wrong says its seed on its first line.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>

#include "simulation/world.h"

namespace seshdb::testing {

namespace {

constexpr std::size_t kSteps = 3'000;

std::uint64_t number_of(const char* variable, std::uint64_t otherwise) {
  const char* const text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

}  // namespace

TEST(Simulation, of_any_seed_gives_the_answers_of_the_model_in_order) {
  const std::uint64_t first = number_of("SESHDB_SIMULATE_SEED", 1);
  const std::uint64_t seconds = number_of("SESHDB_SIMULATE_SECONDS", 0);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  std::uint64_t answers = 0;
  std::uint64_t elapsed_ms = 0;
  std::uint64_t seed = first;
  for (; seed < first + 300 / SESHDB_TEST_SHARE || std::chrono::steady_clock::now() < end; ++seed) {
    World world(seed);
    std::string wrong;
    try {
      wrong = world.run(kSteps);
    } catch (const std::exception& failed) {
      wrong = world.kind() + ", " + failed.what();
    }
    ASSERT_TRUE(wrong.empty()) << "seed " << seed << ": " << wrong;
    answers += world.answers();
    elapsed_ms += world.elapsed_ms();
  }
  std::cout << seed - first << " worlds, " << answers << " answers, " << elapsed_ms / 1'000
            << " simulated seconds\n";
}

}  // namespace seshdb::testing
