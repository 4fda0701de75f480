// The engine without durability: sessions exist in memory only, and a commit does nothing.
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
