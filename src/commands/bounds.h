// What the server's settings allow one request.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/limits.h"

namespace seshdb::commands {

struct RequestBounds {
  std::uint32_t depth = limits::kDepthDefault;  // levels of nesting, of a stored value too
  std::size_t message_bytes = limits::kMessageBytesDefault;
  std::size_t answer_bytes = limits::kAnswerBytesDefault;  // of KV_READ and KV_FIND
  std::uint64_t find_steps = limits::kFindStepsDefault;
  std::uint64_t find_results = limits::kFindResultsDefault;
};

}  // namespace seshdb::commands
