// A whole server and its clients in one thread, driven by a seed: the order of everything, how much
// is read and written at a time, clients that vanish, commits that are slow, meet conflicts, are
// refused or lost, disks that fail. The same seed does the same again.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "engine/layout.h"
#include "support/faulty_directory.h"
#include "support/model.h"
#include "support/one_thread_server.h"
#include "support/random.h"

namespace seshdb::testing {

class World {
 public:
  explicit World(std::uint64_t seed);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  /// So many steps, then rest, a look at everything that clients were told, and a stop. "" or what
  /// is wrong.
  std::string run(std::size_t steps);

  /// What the seed has drawn, for people.
  [[nodiscard]] std::string kind() const;
  [[nodiscard]] std::uint64_t answers() const { return answers_; }
  /// Simulated time.
  [[nodiscard]] std::uint64_t elapsed_ms() const { return clock_.now_ms() - begin_ms_; }

 private:
  enum class Keeper : std::uint8_t { kMemory, kLog, kRemote };

  struct Request {
    std::uint64_t number;
    std::string command;
    std::string params;
    bool to_all = false;  // appends to the value that all clients share
  };

  struct Client {
    char letter = 'a';  // what it appends to the shared value
    std::shared_ptr<Line> line;
    std::string unsent;  // on its way to the server
    std::string received;
    Model model;
    std::string token;
    std::deque<Request> pending;
    std::uint64_t appended = 0;  // letters whose request was answered
    std::uint64_t unknown = 0;   // letters of which nobody knows
    bool is_new = true;          // no session yet
    bool is_upgraded = false;    // its line
  };

  void step();
  void connect(Client& client);
  void disconnect(Client& client);
  void ask(Client& client);
  void send(Client& client, Request request);
  void deliver(Client& client, std::size_t bytes_most);
  void receive(Client& client);
  void take_answer(Client& client, const std::string& text);
  void compare(Client& client, const Request& request, const Json& answer);
  void rest();
  [[nodiscard]] engine::Manifest manifest() const;
  void check_ends();
  void check_power_loss();
  void stop();
  void fail(const std::string& what);
  std::unique_ptr<engine::Engine> make_engine(std::uint32_t core, store::Store& store);
  std::string ask_now(const std::string& text);

  Dice dice_;
  const Keeper keeper_;
  const bool has_faults_;
  const bool syncs_always_;
  ManualClock clock_;
  const std::uint64_t begin_ms_;
  std::vector<std::unique_ptr<FaultyDirectory>> disks_;
  std::unique_ptr<OneThreadServer> server_;
  std::vector<Client> clients_;
  std::string shared_token_;
  std::uint64_t next_number_ = 0;
  std::uint64_t answers_ = 0;
  std::uint64_t steps_ = 0;
  bool is_stopping_ = false;
  std::string wrong_;
};

}  // namespace seshdb::testing
