// The server's runtime on one thread, with real sockets: a core whose turns the caller runs. It has
// sessions with one document each, a clock that stands still and no randomness, so that every run
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
  /// Makes sessions 0 to `sessions` - 1, of token_of(number), each with `document` under kKey.
  OneCore(std::uint32_t sessions, std::string_view document);

  /// Takes in a client whose connection has this socket as the server's end.
  void add_client(Descriptor socket);
  /// One turn of the loop: reads what was sent, runs it, sends the answers. Waits where nothing
  /// was.
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
