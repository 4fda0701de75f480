// The server's runtime on one thread, with real sockets: a core whose turns the caller runs. Its
// sessions have one document each. Its clock does not move and nothing is random, so that every run
// does the same.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/clock.h"
#include "base/descriptor.h"
#include "base/random.h"
#include "core/core.h"
#include "micro/documents.h"

namespace seshdb::micro {

class OneCore {
 public:
  /// Makes the sessions 0 to `sessions` - 1, with the tokens token_of(number) and `document` under
  /// kKey.
  OneCore(std::uint32_t sessions, std::string_view document);

  /// Adds a connection; `socket` is the server's end.
  void add_client(Descriptor socket);
  /// Runs one turn of the loop: reads requests, runs them, sends the answers. Waits if there are
  /// none.
  void turn() { core_->turn(); }

 private:
  class SameNumbers final : public Random {
   public:
    [[nodiscard]] std::uint64_t next() override { return numbers_.next(); }

   private:
    Numbers numbers_{7};
  };

  ManualClock clock_;
  core::Shared shared_;
  std::unique_ptr<core::Core> core_;
};

}  // namespace seshdb::micro
