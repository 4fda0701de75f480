// The simplest specification of the server: a std::map of sessions, each with a list of keys and a
// deadline. It makes no tokens and no revisions, but takes them from the answers.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "support/document_model.h"
#include "support/json_tree.h"

namespace seshdb::testing {

class Model {
 public:
  void advance_ms(std::uint64_t ms) { now_ms_ += ms; }
  /// Moves the wall clock by this. It changes the deadlines shown, and no session.
  void shift_wall_ms(std::int64_t ms) { wall_shift_ms_ += ms; }

  /// The value of the right answer, as text for `mismatch`; "{{…}}" is a part that cannot be
  /// predicted. Nothing where there is no answer. REQUIRES: the request has no fault, but for
  /// SH_NEW, SH_TAG, SH_FIND, SH_END_TAG and SH_ROTATE.
  std::optional<std::string> run(const std::string& command, const Json& params);
  /// Sets the token that SH_NEW or SH_ROTATE returned for the last session.
  void learn_token(const std::string& token);
  /// Takes the revision from the right answer to the last request, where the answer has one.
  void learn_revision(const Json& answer);
  /// The sessions were loaded again, as after a restart: a revision may have grown, but it is not
  /// smaller. Where `keeps` is false the wall clock was set, so nothing is known of them.
  void reload(bool keeps);

  /// The keys of a live session, or null.
  [[nodiscard]] const Keys* keys(const std::string& token) const;
  /// The token of the shared session of that name; "" where there is none.
  [[nodiscard]] std::string token_of(const std::string& name) const;
  /// The last revision that an answer told; 0: none. It may be stale, but not in doubt.
  [[nodiscard]] std::uint64_t revision(const std::string& token) const;

  [[nodiscard]] std::int64_t now_ms() const { return static_cast<std::int64_t>(now_ms_); }

 private:
  // What is known of a session's revision: it is `seen`, or greater.
  struct Revision {
    std::uint64_t seen = 0;                  // the last one in an answer; 0: none
    bool has_grown = false;                  // it is greater now
    bool may_grow = false;                   // it may be greater now
    [[nodiscard]] std::string text() const;  // as an answer has it, for `mismatch`
    void note(Changed changed);
  };
  struct Session {
    std::string name;
    bool shared = false;
    bool delete_session = true;
    bool sliding = false;
    std::uint64_t duration_ms = 0;
    std::uint64_t deadline_ms = 0;
    Keys keys;
    std::set<std::string> tags;
    Revision revision;
  };
  using Sessions = std::map<std::string, Session>;  // by token

  void expire();
  Sessions::iterator end(Sessions::iterator session);
  void set_expiry(Session& session, const Json* expiry);
  [[nodiscard]] std::string expiry_text(const Session& session) const;
  [[nodiscard]] std::optional<std::string> run_faults(const std::string& command,
                                                      const Json& params) const;
  std::optional<std::string> run_alone(const std::string& command, const Json& params);
  std::string run_new(const Json& params);
  void fill_new(const Json& params);
  std::string run_tag(const Json& params, Session& session, const std::string& tkn);
  std::string run_rotate(Sessions::iterator session, const std::string& tkn);
  [[nodiscard]] std::string run_find_sessions(const Json& params) const;
  std::string run_end_tag(const Json& params);
  std::string run_exists(const Json& params);
  std::optional<std::string> run_changes(const std::string& command, const Json& params,
                                         Session& session, const std::string& tkn);
  std::optional<std::string> run_keys(const std::string& command, const Json& params,
                                      Session& session, const std::string& tkn);
  std::string run_update(const Json& params, Session& session, const std::string& tkn);
  // Of a session as one document.
  std::optional<std::string> run_document(const std::string& command, const Json& params,
                                          Session& session, const std::string& tkn);
  std::string run_patch(const Json& params, Session& session, const std::string& tkn);
  std::string run_merge(const Json& params, Session& session, const std::string& tkn);
  std::string run_read(const Json& params, Session& session, const std::string& tkn);
  std::string run_find(const Json& params, Session& session, const std::string& tkn);
  // The answer with the session's revision, which the next learn_revision() takes.
  std::string with_revision(const std::string& answer, const Session& session,
                            const std::string& tkn);

  std::uint64_t now_ms_ = 0;
  std::int64_t wall_shift_ms_ = 0;
  Sessions sessions_;
  std::map<std::string, Revision> ended_;  // revisions of sessions that were there, by token
  Session made_;
  bool is_rotating_ = false;  // made_ is a session that has no token at the moment
  std::string tells_;  // the token of the session whose revision the last answer has; "": none
};

}  // namespace seshdb::testing
