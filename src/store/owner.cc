// A multiplicative hash of the token, scaled to the number of cores.
#include "store/owner.h"

namespace seshdb::store {

std::uint32_t owner_of(std::uint64_t token, std::uint32_t cores) {
  if (cores == 1) {
    return 0;
  }
  // Uses other bits than token_hash, which chooses the place in the owner's table.
  const std::uint64_t mixed = (token ^ token >> 29U) * 0xBF58476D1CE4E5B9U >> 32U;
  return static_cast<std::uint32_t>(mixed * cores >> 32U);
}

}  // namespace seshdb::store
