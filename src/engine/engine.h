// The seam between running commands and keeping what they changed. A core runs all commands of a
// loop turn, commits them together, and only then lets their answers leave: nobody learns of a
// change that could still be lost.
#pragma once

namespace seshdb::engine {

/// One per core; used on that core's thread only.
class Engine {
 public:
  Engine() = default;
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  virtual ~Engine() = default;

  /// Makes durable, to the level promised, all that the turn changed. Called once per loop turn,
  /// before any answer of the turn leaves.
  virtual void commit() = 0;
};

}  // namespace seshdb::engine
