// A client of a simulated server: sends requests, and compares its answers, in order, with those of
// the model. A request runs in the model when its answer arrives.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "simulation/session.h"
#include "support/json_tree.h"
#include "support/one_thread_server.h"
#include "support/random.h"

namespace seshdb::testing {

class Client;

/// The state that the clients of a world share.
struct Scene {
  Dice& dice;
  const Clock& clock;
  OneThreadServer& server;
  bool is_remote;       // the engine is: searches see requests under way, or overtake them
  bool may_refuse;      // requests may be refused
  bool may_disconnect;  // clients may be disconnected
  std::string shared_token{};
  /// The server has written something to a client.
  std::function<void(Client&)> on_write{};

  bool is_stopping = false;
  std::uint64_t next_number = 0;
  std::uint64_t answers = 0;
  std::uint64_t refused = 0;    // of them
  std::uint64_t expired = 0;    // sessions that answers reported as expired
  std::uint64_t stale = 0;      // conditional changes that were not made
  std::uint64_t exchanged = 0;  // those of the shared session that were made
  std::uint64_t rotated = 0;    // sessions
  std::uint64_t found = 0;      // sessions that searches gave
  std::uint64_t ended = 0;      // sessions that ended by their tag
  std::uint64_t digest = 0;     // of all answers
  std::vector<Known> former{};  // sessions that their clients use no more
  std::string wrong{};          // the first error

  void fail(const std::string& what) {
    if (wrong.empty()) wrong = what;
  }
};

class Client {
 public:
  Client(Scene& scene, char letter) : scene_(scene), letter_(letter) {}

  /// Adds a request to the unsent ones, unless too many are under way.
  void ask();
  /// The same with a read of all its keys.
  void ask_for_all();
  /// Moves this many bytes to the server.
  void deliver(std::size_t bytes_most);
  /// Reads and checks what the server has written.
  void receive();
  void disconnect();
  /// Limits how many bytes one read and one write move, or removes the limits.
  void set_pace(std::size_t write_room, std::size_t read_most);

  [[nodiscard]] Line* line() { return line_.get(); }
  [[nodiscard]] const Known& known() const { return known_; }
  /// What this client has done for sure to the session that all clients share, and what it may have
  /// done besides.
  struct Share {
    std::uint64_t answered = 0;
    std::uint64_t unknown = 0;
  };
  /// Of a command.
  [[nodiscard]] Share share(const std::string& command) const;
  /// "" or an error in the values that all clients append to: each has every letter of this client
  /// that was answered, and no more than it has sent.
  [[nodiscard]] std::string wrong_with_letters(const std::string& command,
                                               std::string_view value) const;

 private:
  void connect();
  void begin_anew();
  [[nodiscard]] Request draw();
  [[nodiscard]] Request draw_new();
  [[nodiscard]] std::string draw_tags();
  [[nodiscard]] Request draw_tagged(const std::string& tkn);
  [[nodiscard]] Request draw_more();
  [[nodiscard]] Request draw_find();
  [[nodiscard]] Request draw_end_tag();
  [[nodiscard]] Request draw_to_all();
  [[nodiscard]] Request draw_change(const std::string& tkn);
  [[nodiscard]] std::string draw_operations(const std::string& name, const std::string& value);
  [[nodiscard]] bool is_pending(const std::string& command) const;
  void send(Request request);
  void take_answer(const std::string& text);
  void compare(const Request& request, const Json& answer);
  void compare_to_all(const Request& request, const Json& answer, bool is_stale);
  void compare_with_model(const Request& request, const Json& answer, bool is_over);
  void compare_found(const Request& request, Json answer);
  void compare_ended(const Request& request, const Json& answer);
  void take_new(const Request& request, const Json& answer);
  void note_over();
  [[nodiscard]] bool may_be_ended() const;
  [[nodiscard]] bool may_search() const;
  void expect(const Request& request, const std::string& content, const Json& answer);

  Scene& scene_;
  const char letter_;  // the letter that it appends to the shared value
  std::shared_ptr<Line> line_;
  std::string unsent_;  // on its way to the server
  std::string received_;
  bool is_upgraded_ = false;  // its line
  Known known_;
  bool is_asked_for_ = false;  // its session
  std::uint64_t names_ = 0;    // of sessions, so far
  std::uint64_t tags_ = 0;     // the same
  // Of the session that all clients share.
  std::map<std::string, Share> shares_;  // by command
  std::string counted_ = "0";            // the last number that its counter had
  std::string revision_ = "0";           // the last one that was read; "0": none, or it was used
  std::string exchanged_;                // the value at that revision
};

}  // namespace seshdb::testing
