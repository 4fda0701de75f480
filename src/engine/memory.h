// The engine without durability: what is in memory is all there is, and a commit costs nothing.
#pragma once

#include "engine/engine.h"

namespace seshdb::engine {

class Memory final : public Engine {
 public:
  [[nodiscard]] bool reads_changes() const override { return false; }
  [[nodiscard]] Committed commit(store::Batch& /*changes*/, std::uint64_t /*now_ms*/) override {
    return {};
  }
};

}  // namespace seshdb::engine
