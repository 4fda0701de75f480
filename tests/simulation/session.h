// What a client expects of its session: the answered state, the requests under way, and when the
// session expires at the earliest and at the latest. Checks a stored session, but reads no disk.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "store/store.h"
#include "support/model.h"

namespace seshdb::testing {

struct Request {
  std::uint64_t number;
  std::string command;
  std::string params;
  std::uint64_t sent_ms = 0;
  bool to_all = false;     // is about the session that all clients share
  bool is_more = false;    // SH_NEW of a further session
  bool may_end = false;    // SH_END_TAG that does not except the client's session
  std::string token = {};  // of the client's session when it was sent
};

/// The deadline of a session depends on when a request ran. The client only has the times at which
/// it sent the request and got the answer.
class Lifetime {
 public:
  Lifetime() = default;
  Lifetime(std::uint64_t duration_ms, bool slides) : duration_ms_(duration_ms), slides_(slides) {}

  [[nodiscard]] bool slides() const { return slides_; }

  /// The request that created the session ran in this time.
  void begin(std::uint64_t sent_ms, std::uint64_t answered_ms) {
    earliest_ms_ = sent_ms + duration_ms_;
    latest_ms_ = answered_ms + duration_ms_;
  }
  /// The session was used, or may have been where `is_sure` is false.
  void use(std::uint64_t sent_ms, std::uint64_t answered_ms, bool is_sure) {
    if (!slides_) return;
    if (is_sure) earliest_ms_ = std::max(earliest_ms_, sent_ms + duration_ms_);
    latest_ms_ = std::max(latest_ms_, answered_ms + duration_ms_);
  }

  /// True where a request that ran at `ms` or later may have found the session.
  [[nodiscard]] bool may_live(std::uint64_t ms) const {
    return duration_ms_ == 0 || ms < latest_ms_;
  }
  /// True where one that ran at `ms` or earlier may have found it expired.
  [[nodiscard]] bool may_be_over(std::uint64_t ms) const {
    return duration_ms_ != 0 && ms >= earliest_ms_;
  }
  /// A stored sliding deadline is behind by this much at most.
  [[nodiscard]] std::uint64_t lag_ms() const {
    return slides_ ? std::max<std::uint64_t>(duration_ms_ / 16, 1'000) : 0;
  }

 private:
  std::uint64_t duration_ms_ = 0;  // 0: it does not expire
  bool slides_ = false;
  std::uint64_t earliest_ms_ = 0;
  std::uint64_t latest_ms_ = 0;
};

struct Known {
  std::string token;         // "": not answered yet
  std::string former_token;  // of earlier shared sessions of its name
  bool is_shared = false;
  Model model;  // the answered state
  std::deque<Request> pending;
  Lifetime lifetime;
  bool is_over = false;      // an answer said so
  bool ended_early = false;  // so did one before that to the SH_END_TAG which may have ended it
  // Further sessions of the client, none of which expires. They and the session itself have a tag
  // that no other session ever has.
  std::string tag;
  std::vector<std::string> more;
  std::vector<std::string> rotated;  // tokens that the session had before
};

/// The stores of all cores, or what is kept of them.
using Stores = std::vector<const store::Store*>;

/// "" or an error in the session of `store`: it has to be the answered state, after the first few
/// requests under way, or some of them in order where `may_refuse`.
[[nodiscard]] std::string wrong_with(const Known& known, const store::Store& store,
                                     std::uint64_t now_ms, bool may_refuse);

/// "" or an error in all sessions that have, or had, the client's tag: the further ones are as they
/// were answered, former tokens are dead, and nobody else has the tag.
[[nodiscard]] std::string wrong_with_tagged(const Known& known, const Stores& stores);

}  // namespace seshdb::testing
