// How a request is spelled and how a success looks, in SeshDB's protocol or in another server's.
// Which request is sent, and about which session, is decided elsewhere (workload.h, setup.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string_view>

#include "load/documents.h"
#include "load/mix.h"
#include "load/options.h"

namespace seshdb::bench {

/// What one request does: first the works, with Work's numbers, then what works need besides.
enum class Step : std::uint8_t {
  kGet,
  kSet,
  kUpdate,
  kAppend,
  kNew,
  kEnd,
  kExpiring,
  kNewAgain,  // a session in the place of one that was ended
  kDocument,  // of a session that was just made
  kEmptyLog,  // the text that appends make longer starts anew
  kTouch      // gives a session of the setup its expiry
};
static_assert(static_cast<std::size_t>(Step::kNewAgain) == kWorkNames.size());

inline constexpr std::uint32_t kNoSlot = std::numeric_limits<std::uint32_t>::max();

struct Ask {
  Step step = Step::kGet;
  std::uint16_t key = 0;       // which of the session's documents
  std::uint32_t slot = 0;      // which of the generator's sessions; kNoSlot: none of them
  std::uint64_t token = 0;     // of the session
  std::uint64_t expiry_s = 0;  // for kTouch
};

class Requests {
 public:
  Requests() = default;
  Requests(const Requests&) = delete;
  Requests& operator=(const Requests&) = delete;
  virtual ~Requests() = default;

  /// The request, until the next call.
  [[nodiscard]] virtual std::string_view text(const Ask& ask, SplitMix& random) = 0;
  /// Is this how a success of that step looks? Cheap, but enough to count what went wrong.
  [[nodiscard]] virtual bool succeeded(Step step, std::string_view answer) const = 0;
};

[[nodiscard]] std::unique_ptr<Requests> make_requests(const Options& options);

/// The token in an answer; nothing where there is none.
[[nodiscard]] std::optional<std::uint64_t> token_in(std::string_view answer);

}  // namespace seshdb::bench
