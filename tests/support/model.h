// What the server is to do, said as plainly as it can be: a std::map of sessions, each with a list
// of keys and a deadline. No tokens of its own: it learns them from the answers.
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
  /// The wall clock is set by so much: deadlines are shown by it, and no session minds.
  void shift_wall_ms(std::int64_t ms) { wall_shift_ms_ += ms; }

  /// The answer's value that a request without faults deserves, as text for `mismatch`: "{{…}}"
  /// stand for what cannot be foretold. Nothing where there is to be no answer.
  std::optional<std::string> run(const std::string& command, const Json& params);
  /// SH_NEW gave this token for what was last made.
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
