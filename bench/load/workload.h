// What to ask for next: draws works and sessions, and sees to what a work needs behind it, such as
// the document of a new session. How that is spelled: requests.h; which session: distribution.h.
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

/// A work may need more requests behind it. They are sent as the very next ones:
/// - append: its session's log is emptied once in a while (sessions.h);
/// - new: the session gets its documents, and then takes the place of a random one, which stays on
///   the server but is not asked for any more;
/// - end: a new session is made and gets its documents, and takes the place of the ended one;
/// - expiring: the session gets its documents. Nobody asks for it afterwards.
class Workload {
 public:
  /// REQUIRES: options.work_sessions() > 0.
  Workload(const Options& options, Sessions& sessions, Requests& requests);

  /// The next request, with a tag whose moment is `due_ns`; its text holds until the next call.
  /// Nothing where every session is waiting to be replaced.
  [[nodiscard]] std::optional<Job::Request> next(std::uint64_t due_ns);
  /// Has to be told of each answer. True if it is a success.
  [[nodiscard]] bool answered(const Tag& tag, std::string_view answer);

 private:
  [[nodiscard]] std::optional<Ask> next_ask();
  [[nodiscard]] std::optional<Ask> draw();
  [[nodiscard]] std::optional<std::uint32_t> draw_slot(Work work);
  void follow_up(const Tag& tag, std::string_view answer, bool success);
  void go_on_with(std::uint32_t slot, std::uint64_t token, std::uint32_t documents);

  const Options& options_;
  Sessions& sessions_;
  Requests& requests_;
  SessionDistribution distribution_;
  SplitMix random_;
  std::deque<Ask> follow_ups_;
  // Drawn ahead, tokens missing, while those are fetched from memory: with many sessions, waiting
  // for that would take half of the generator's time. Not used where sessions end: whether one may
  // be asked for is only known when it is.
  std::array<Ask, 4> ahead_;
  std::size_t turn_ = 0;
};

}  // namespace seshdb::bench
