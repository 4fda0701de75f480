// What a client knows of its session: what it was told, what it waits for, and when the session
// expires at the earliest and at the latest. Says what may be kept of the session, but reads no
// disk.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <string>

#include "store/store.h"
#include "support/model.h"

namespace seshdb::testing {

struct Request {
  std::uint64_t number;
  std::string command;
  std::string params;
  std::uint64_t sent_ms = 0;
  bool to_all = false;  // appends to the value that all clients share
};

/// A session expires at a moment that follows from when some request ran. The client only knows
/// when it sent the request and when the answer came.
class Lifetime {
 public:
  Lifetime() = default;
  Lifetime(std::uint64_t duration_ms, bool slides) : duration_ms_(duration_ms), slides_(slides) {}

  [[nodiscard]] bool slides() const { return slides_; }

  /// The request that made the session ran in this time.
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

  /// May a request that ran at `ms` or later have found the session?
  [[nodiscard]] bool may_live(std::uint64_t ms) const {
    return duration_ms_ == 0 || ms < latest_ms_;
  }
  /// May one that ran at `ms` or earlier have found that it had expired?
  [[nodiscard]] bool may_be_over(std::uint64_t ms) const {
    return duration_ms_ != 0 && ms >= earliest_ms_;
  }
  /// What is kept of a deadline that slides is behind by so much at most.
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
  std::string token;    // "": not told yet
  std::string heir_of;  // the token that shared ones of its name have had
  bool is_shared = false;
  Model model;  // of what was told
  std::deque<Request> pending;
  Lifetime lifetime;
  bool is_over = false;  // the client was told so
};

/// "" or what is wrong with what `store` keeps of the session: it is to be what was told, and of
/// what the client waits for the first so many requests, or some where `may_refuse`, in order.
[[nodiscard]] std::string wrong_with(const Known& known, const store::Store& store,
                                     std::uint64_t now_ms, bool may_refuse);

}  // namespace seshdb::testing
