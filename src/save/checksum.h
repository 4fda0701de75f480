// The checksum of a part's lines: XXH3 with 64 bits and seed 0, the one that `xxhsum -H3` prints.
#pragma once

#include <cstdint>
#include <string_view>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace seshdb::save {

class Checksum {
 public:
  Checksum() { reset(); }

  void reset() { XXH3_64bits_reset(&state_); }
  void add(std::string_view bytes) { XXH3_64bits_update(&state_, bytes.data(), bytes.size()); }
  [[nodiscard]] std::uint64_t value() const { return XXH3_64bits_digest(&state_); }

 private:
  XXH3_state_t state_;
};

}  // namespace seshdb::save
