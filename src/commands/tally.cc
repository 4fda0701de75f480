// What is not on the hot path.
#include "commands/tally.h"

#include "commands/table.h"

namespace seshdb::commands {

std::uint64_t CommandTally::total() const {
  std::uint64_t sum = 0;
  for (const Count& count : by_status_) sum += count.get();
  return sum;
}

Tally::Tally() : commands_(all_commands().size() + 1) {}

// 1 to 31, each as often as the others: 16 on average. Numerical Recipes' quick generator.
std::uint32_t Tally::next_step() {
  static_assert(kTimedOneIn == 16);
  do {
    chance_ = chance_ * 1'664'525U + 1'013'904'223U;
  } while (chance_ >> 27U == 0);
  return chance_ >> 27U;
}

}  // namespace seshdb::commands
