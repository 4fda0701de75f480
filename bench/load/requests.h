// Writes requests and recognizes successful answers, in SeshDB's protocol or in another server's.
// workload.h and setup.h decide which request is sent for which session.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string_view>

#include "load/decimal.h"
#include "load/documents.h"
#include "load/mix.h"
#include "load/options.h"

namespace seshdb::bench {

/// What one request does: first the works, with Work's numbers, then further steps of a work.
enum class Step : std::uint8_t {
  kGet,
  kSet,
  kUpdate,
  kRead,
  kPatch,
  kIncrement,
  kMerge,
  kFind,
  kAppend,
  kNew,
  kEnd,
  kExpiring,
  kNewAgain,  // makes a session that replaces an ended one
  kDocument,  // stores a document of a new session
  kEmptyLog,  // empties the text that appends make longer
  kTouch      // sets the expiry of a session of the setup
};
static_assert(static_cast<std::size_t>(Step::kNewAgain) == kWorkNames.size());

inline constexpr std::uint32_t kNoSlot = std::numeric_limits<std::uint32_t>::max();

struct Ask {
  Step step = Step::kGet;
  std::uint16_t key = 0;       // which of the session's documents
  std::uint32_t slot = 0;      // which of the generator's sessions; kNoSlot: none of them
  Token token = 0;             // of the session
  std::uint64_t expiry_s = 0;  // for kTouch
};

class Requests {
 public:
  Requests() = default;
  Requests(const Requests&) = delete;
  Requests& operator=(const Requests&) = delete;
  virtual ~Requests() = default;

  /// The request; valid until the next call.
  [[nodiscard]] virtual std::string_view text(const Ask& ask, SplitMix& random) = 0;
  /// True if the answer looks like a success of that step. Cheap, but enough to count errors.
  [[nodiscard]] virtual bool succeeded(Step step, std::string_view answer) const = 0;
};

[[nodiscard]] std::unique_ptr<Requests> make_requests(const Options& options);

/// The token in an answer, if there is one.
[[nodiscard]] std::optional<Token> token_in(std::string_view answer);

}  // namespace seshdb::bench
