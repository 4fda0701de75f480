// Decides the next request: draws works and sessions, and adds the further steps of a work, such as
// storing the document of a new session. requests.h writes the requests; distribution.h draws the
// sessions.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>

#include "load/client.h"
#include "load/distribution.h"
#include "load/requests.h"
#include "load/sessions.h"

namespace seshdb::bench {

/// A work may need further requests. They are sent next:
/// - append: empties the session's log now and then (sessions.h);
/// - new: stores the session's documents, and then replaces a random session, which stays on the
///   server but is not used any more;
/// - end: makes a new session with its documents, which replaces the ended one;
/// - expiring: stores the session's documents. The session is not used afterwards.
class Workload {
 public:
  /// REQUIRES: options.work_sessions() > 0.
  Workload(const Options& options, Sessions& sessions, Requests& requests);

  /// The next request, with a tag that has `due_ns`. Its text is valid until the next call. Nothing
  /// if every session waits to be replaced.
  [[nodiscard]] std::optional<Job::Request> next(std::uint64_t due_ns);
  /// Handles an answer; call it for each. True if it is a success.
  [[nodiscard]] bool answered(const Tag& tag, std::string_view answer);

 private:
  [[nodiscard]] std::optional<Ask> next_ask();
  [[nodiscard]] std::optional<Ask> draw();
  [[nodiscard]] std::optional<std::uint32_t> draw_slot(Work work);
  void follow_up(const Tag& tag, std::string_view answer, bool success);
  void go_on_with(std::uint32_t slot, Token token, std::uint32_t documents);

  const Options& options_;
  Sessions& sessions_;
  Requests& requests_;
  SessionDistribution distribution_;
  SplitMix random_;
  std::deque<Ask> follow_ups_;
  // Requests that were drawn ahead, while their tokens are prefetched: with many sessions, cache
  // misses would take half of the generator's time. Not used if sessions end, because then a
  // session that was drawn early may not be used later.
  std::array<Ask, 4> ahead_;
  std::size_t turn_ = 0;
};

}  // namespace seshdb::bench
