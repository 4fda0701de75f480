// A whole server and its clients in one thread, driven by a seed: the order of all events, the
// sizes of reads and writes, clients that vanish, cores that pause, commits that are slow, meet
// conflicts, are refused or lost, disks that fail or are full. The same seed gives the same run.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "engine/layout.h"
#include "simulation/client.h"
#include "support/faulty_directory.h"
#include "support/one_thread_server.h"
#include "support/random.h"
#include "support/remote_engine.h"

namespace seshdb::testing {

class World {
 public:
  explicit World(std::uint64_t seed);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  /// Runs this many steps, stops, at once or after a rest, and checks what is stored. Returns "" or
  /// an error.
  std::string run(std::size_t steps);

  /// The settings drawn from the seed, for people.
  [[nodiscard]] std::string kind() const;
  /// The results of its clients.
  [[nodiscard]] const Scene& scene() const { return *scene_; }
  /// Simulated time.
  [[nodiscard]] std::uint64_t elapsed_ms() const { return clock_.now_ms() - begin_ms_; }

 private:
  enum class Keeper : std::uint8_t { kMemory, kLog, kRemote };
  enum class Fault : std::uint8_t {
    kNone,
    kFails,  // the remote engine refuses and loses commits; a log's syncs fail from some time on
    kFull,   // the log's disks are full at times
  };

  void step();
  void turn(std::uint32_t core);
  void rest();
  void stop();
  // Checks the values of the session that all clients share: "all", "exchanged" and "counts".
  void check_shared(const Json& keys);
  // Checks that a power failure or a kill at this moment would keep what was answered.
  [[nodiscard]] bool may_be_behind(const Known& known) const;
  void check_kept(const Client& client);
  // At the end: what has the tags of clients.
  void check_tagged(const Stores& stores);
  // At the end, of all sessions that ever were.
  void check_all_kept();
  // The stored sessions of a core, after a stop or in the middle of its work.
  [[nodiscard]] std::unique_ptr<store::Store> kept_by(std::uint32_t core, bool is_stopped);
  void read_log(FaultyDirectory& disk, std::uint32_t core, store::Store& store);
  [[nodiscard]] std::uint32_t owner_of(const std::string& token) const;

  [[nodiscard]] engine::Manifest manifest() const;
  std::unique_ptr<engine::Engine> make_engine(std::uint32_t core, store::Store& store);
  std::string ask_now(const std::string& text);
  void fail(const std::string& what) { scene_->fail(what); }
  [[nodiscard]] bool is_right() const { return scene_->wrong.empty(); }

  Dice dice_;
  const Keeper keeper_;
  const Fault fault_;
  const bool syncs_always_;
  const bool rests_;  // before the stop
  ManualClock clock_;
  const std::uint64_t begin_ms_;
  std::vector<std::unique_ptr<FaultyDirectory>> disks_;
  std::vector<const RemoteEngine*> remotes_;
  std::unique_ptr<OneThreadServer> server_;
  std::unique_ptr<Scene> scene_;
  std::deque<Client> clients_;
  std::vector<std::uint64_t> still_until_;  // by core: the step at which its pause ends
  bool is_full_ = false;                    // the disks
  std::uint64_t steps_ = 0;
};

}  // namespace seshdb::testing
