// The engine without durability: what is in memory is all there is, and a commit costs nothing.
#pragma once

#include "engine/engine.h"

namespace seshdb::engine {

class Memory final : public Engine {
 public:
  void commit(std::uint64_t /*now_ms*/) override {}
};

}  // namespace seshdb::engine
