// The simplest specification of the server: a std::map of sessions, each with a list of keys and a
// deadline. It makes no tokens, but takes them from the answers.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "support/json_tree.h"

namespace seshdb::testing {

class Model {
 public:
  void advance_ms(std::uint64_t ms) { now_ms_ += ms; }
  /// Moves the wall clock by this. It changes the deadlines shown, and no session.
  void shift_wall_ms(std::int64_t ms) { wall_shift_ms_ += ms; }

  /// The value of the right answer to a request without faults, as text for `mismatch`; "{{…}}" is
  /// a part that cannot be predicted. Nothing where there is no answer.
  std::optional<std::string> run(const std::string& command, const Json& params);
  /// Sets the token that SH_NEW returned for the last new session.
  void learn_token(const std::string& token);

  [[nodiscard]] std::int64_t now_ms() const { return static_cast<std::int64_t>(now_ms_); }

 private:
  struct Session {
    std::string name;
    bool shared = false;
    bool delete_session = true;
    bool sliding = false;
    std::uint64_t duration_ms = 0;
    std::uint64_t deadline_ms = 0;
    std::map<std::string, Json> keys;
  };

  void expire();
  void set_expiry(Session& session, const Json* expiry);
  [[nodiscard]] std::string expiry_text(const Session& session) const;
  Session* find_shared(const std::string& name, std::string& token);
  std::string run_new(const Json& params);
  std::string run_exists(const Json& params);
  std::optional<std::string> run_keys(const std::string& command, const Json& params,
                                      Session& session, const std::string& tkn);
  std::string run_update(const Json& params, Session& session, const std::string& tkn);

  std::uint64_t now_ms_ = 0;
  std::int64_t wall_shift_ms_ = 0;
  std::map<std::string, Session> sessions_;  // by token
  Session made_;
};

}  // namespace seshdb::testing
