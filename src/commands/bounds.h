// What the server's settings allow one request.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/limits.h"
#include "json/steps.h"

namespace seshdb::commands {

struct RequestBounds {
  std::uint32_t depth = limits::kDepthDefault;  // levels of nesting, of a stored value too
  std::size_t message_bytes = limits::kMessageBytesDefault;
  // What KV_READ and KV_FIND give, and the stored bytes that a KV_READ, KV_PATCH or KV_MERGE has to
  // scan, open or copy.
  std::size_t answer_bytes = limits::kAnswerBytesDefault;
  std::uint64_t find_steps = limits::kFindStepsDefault;
  std::uint64_t find_results = limits::kFindResultsDefault;

  [[nodiscard]] std::int64_t scan_steps() const {
    return static_cast<std::int64_t>(answer_bytes / json::Steps::kBytes);
  }
};

}  // namespace seshdb::commands
