// What a client of the crash tests knows of a session: the state that was acknowledged, and the
// states that requests without an answer may have made of it, in order. After a crash the session
// has to stand in one of these.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
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
  std::int64_t asked_ms = 0;  // when
  std::int64_t answered_ms = 0;
};

class Session {
 public:
  using Effect = std::function<void(State&)>;

  std::string token;   // empty: not known
  std::string name;    // of a shared one, else empty
  bool brief = false;  // made to expire: it gets a key at once, and nothing later
  bool vague = false;  // it got that key about when it expired: nothing can be said of it

  [[nodiscard]] bool shared() const { return !name.empty(); }
  [[nodiscard]] const State& newest() const { return states_.back(); }
  [[nodiscard]] bool sure() const { return states_.size() == 1; }
  [[nodiscard]] bool may_be_live() const;
  /// A request was sent.
  void sent(const Effect& effect);
  /// The oldest that was sent is done.
  void done(std::int64_t now_ms);
  /// All other sessions were ended too; or may have been.
  void ended(bool for_sure);
  /// Takes what the server shows for what is; "" or what is wrong about it.
  std::string see(const Seen& seen);

 private:
  std::deque<State> states_ = {State{}};  // the first was acknowledged
};

std::int64_t unix_now_ms();

}  // namespace seshdb::testing
