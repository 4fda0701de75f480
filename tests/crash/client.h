// A client that changes its own sessions, with many requests at a time, until the server ends. Then
// it asks the next server about each session.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <string>
#include <vector>

#include "crash/journal.h"
#include "support/random.h"
#include "support/socket_client.h"

namespace seshdb::testing {

class CrashClient {
 public:
  CrashClient(std::uint64_t seed, std::size_t number);

  /// Asks about all its sessions. Returns "" or the first error. Sets `whole` to false where the
  /// server ended meanwhile.
  std::string verify(std::uint16_t port, bool& whole);
  /// Sends commands until the server ends, or until `more`, called after each batch with the number
  /// of its answers, returns false. Returns "" or an error.
  std::string run(std::uint16_t port, const std::function<bool(std::size_t)>& more);
  /// Another client ended all sessions, or may have.
  void all_ended(bool for_sure);

  /// How many of its sessions exist, once verified, and how many more may exist.
  [[nodiscard]] std::size_t live_least() const;
  [[nodiscard]] std::size_t live_most() const;

 private:
  struct Pending {
    Session* session = nullptr;  // null: a session that is being created
    std::uint64_t rid = 0;
    bool quiet = false;  // success has no answer
    State made;          // of a session that is being created
    std::string tag{};   // the same
    bool brief = false;
    bool ends_group = false;
    std::vector<Session*> ended{};  // by SH_END_TAG
  };

  void send_one(std::string& frames);
  void make(std::string& frames);
  void make_shared_one(Session& session, std::string& frames);
  void change(Session& session, std::string& frames);
  void change_keys(Session& session, std::string& frames);
  void change_value(Session& session, std::string& frames);
  void patch(Session& session, std::string& frames);
  void rotate(Session& session, std::string& frames);
  void settings(Session& session, std::string& frames);
  void tag(Session& session, std::string& frames);
  void end_group(std::string& frames);
  void put(std::string_view command, Session* session, const std::string& params,
           std::string& frames, const Session::Effect& effect, bool quiet = false);
  std::string take(const std::string& answer);
  static std::string wrong_count(const Pending& pending, const std::string& answer);
  void done(const Pending& pending, const std::string& answer);
  void give_up();

  Seen look(WebSocketClient& client, Session& session);
  std::string find_token(WebSocketClient& client, Session& session);
  std::string verify_ended(WebSocketClient& client);
  std::string verify_groups(WebSocketClient& client);
  std::string expiry(State& state, bool brief);
  std::string key();
  std::string value();
  std::string key_values(std::map<std::string, Json>& to);

  Dice dice_;
  std::list<Session> sessions_;
  std::vector<std::string> ended_;  // tokens of ended sessions
  std::size_t unknown_ = 0;         // how many sessions may have been created
  std::deque<Pending> pending_;
  std::vector<Session*> new_brief_;  // they get a key at once
  std::uint64_t rid_ = 0;
  const std::string tag_;            // how the tags that one session has begin
  std::vector<std::string> groups_;  // tags that several sessions may have
};

}  // namespace seshdb::testing
