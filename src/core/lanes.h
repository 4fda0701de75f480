// Requests whose sessions an engine keeps elsewhere. Each session has a lane: its requests run in
// the order in which they arrived, and do not wait for those of other sessions. One thread.
//
//   planned → fetching → runnable → committing → answered
//
// When the session is fetched, the requests in its lane run together and are committed together.
// After a conflict the session is fetched again and the same requests run again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/buffer.h"
#include "commands/executor.h"
#include "core/committer.h"
#include "core/parcel.h"
#include "engine/engine.h"

namespace seshdb::core {

class Lanes {
 public:
  /// Where answers go. `asker`: the core whose client has asked.
  class Answers {
   public:
    Answers() = default;
    Answers(const Answers&) = delete;
    Answers& operator=(const Answers&) = delete;
    virtual ~Answers() = default;
    virtual void answer(std::uint32_t asker, const ReturnAddress& to, std::string_view text,
                        Answered answered) = 0;
    /// It is not known whether the request's changes are kept.
    virtual void lose(std::uint32_t asker, const ReturnAddress& to) = 0;
  };

  Lanes(commands::Executor& executor, Committer& committer, Answers& answers)
      : executor_(executor), committer_(committer), answers_(answers) {}

  /// A request for this core's session of call.token. REQUIRES: its lower half is not 0.
  void add(std::uint32_t asker, const ReturnAddress& from, const commands::Call& call);
  /// The fetch of a session has ended.
  void on_fetched(std::uint64_t token, engine::Fetched fetched);
  /// The outcome of a commit; ignores tickets that no lane waits for.
  void on_outcome(engine::Ticket ticket, engine::Outcome outcome);

  /// Runs the runnable lanes, and answers the committed ones.
  void work();
  [[nodiscard]] bool has_work() const { return !due_.empty(); }
  /// How many sessions have requests under way.
  [[nodiscard]] std::size_t size() const { return lanes_.size(); }

 private:
  enum class State : std::uint8_t { kFetching, kRunnable, kCommitting };

  struct Request {
    std::uint32_t asker;
    ReturnAddress from;
    std::unique_ptr<const OwnedCall> call;
    Buffer answer;
    Answered answered = Answered::kNothing;
  };

  struct Lane {
    State state = State::kFetching;
    engine::Outcome outcome = engine::Outcome::kPending;  // of what is committed
    std::deque<Request> requests;
    std::size_t running = 0;  // how many of them are being committed
    unsigned conflicts = 0;   // of their commits so far
  };

  void fetch(std::uint64_t token, Lane& lane);
  void fetched(std::uint64_t token, Lane& lane, engine::Fetched fetched);
  void run(std::uint64_t token, Lane& lane);
  void conclude(std::uint64_t token, Lane& lane);
  // Answers the first `count` requests, and fetches the session again for the rest.
  void end_first(std::uint64_t token, Lane& lane, std::size_t count,
                 const std::function<void(Request&)>& answer);
  void refuse(Request& request);

  commands::Executor& executor_;
  Committer& committer_;
  Answers& answers_;
  std::unordered_map<std::uint64_t, Lane> lanes_;  // by token
  std::unordered_map<engine::Ticket, std::uint64_t> committing_;
  std::vector<std::uint64_t> due_;  // tokens of lanes for work() to run or answer
};

}  // namespace seshdb::core
