// What a client of the crash tests expects of a session: the acknowledged state, and the states
// that requests without an answer may have led to, in order. After a crash the session has to be in
// one of these states.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>

#include "support/json_tree.h"

namespace seshdb::testing {

struct State {
  bool live = false;
  std::uint32_t duration_s = 0;
  bool delete_session = true;
  bool sliding = false;
  std::int64_t deadline_least_ms = 0;  // Unix time
  std::int64_t deadline_most_ms = 0;
  std::map<std::string, Json> keys;
  std::set<std::string> groups;  // the tags that several sessions of the client have

  void set_expiry(std::uint32_t seconds, bool deletes, bool slides, std::int64_t now_ms);
  void restart_clock(std::int64_t now_ms);
};

/// A session as the server shows it.
struct Seen {
  bool live = false;
  bool shared = false;
  std::uint32_t duration_s = 0;
  bool delete_session = true;
  bool sliding = false;
  std::int64_t deadline_s = 0;
  std::size_t key_count = 0;
  std::map<std::string, std::string> keys;
  std::set<std::string> tags;
  std::int64_t asked_ms = 0;  // time of the request
  std::int64_t answered_ms = 0;
};

class Session {
 public:
  using Effect = std::function<void(State&)>;

  std::string token;       // empty: not known
  std::string name;        // of a shared one, else empty
  std::string tag;         // that no other session has; shared ones have none
  bool rotating = false;   // a request is under way that gives it another token
  bool brief = false;      // created to expire: it gets one key at once and no other change
  bool uncertain = false;  // it got that key about when it expired: any state is right

  [[nodiscard]] bool shared() const { return !name.empty(); }
  [[nodiscard]] const State& newest() const { return states_.back(); }
  [[nodiscard]] bool sure() const { return states_.size() == 1; }
  [[nodiscard]] bool may_be_live() const;
  /// Records that a request was sent.
  void sent(const Effect& effect);
  /// The oldest request under way is done.
  void done(std::int64_t now_ms);
  /// All sessions were ended, or may have been.
  void ended(bool for_sure);
  /// Compares with what the server shows, and takes that as the state. Returns "" or an error.
  std::string see(const Seen& seen);

 private:
  std::deque<State> states_ = {State{}};  // the first was acknowledged
};

std::int64_t unix_now_ms();

}  // namespace seshdb::testing
