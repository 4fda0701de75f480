// Engines for a whole server in a test: none, or one that is slow and unreliable on each core.
#pragma once

#include <cstdlib>
#include <memory>
#include <string_view>

#include "base/clock.h"
#include "server/server.h"
#include "support/remote_engine.h"

namespace seshdb::testing {

/// Keeps each core's sessions elsewhere. Fetches and commits take real time, with any clock of the
/// server.
inline server::Server::MakeEngine remote_engines(const Clock& clock,
                                                 const RemoteEngine::Faults& faults) {
  static const SystemClock pace;
  return [&clock, faults](std::uint32_t core, store::Store& store) {
    return std::make_unique<RemoteEngine>(store, clock, core, faults, &pace);
  };
}

/// By SESHDB_TEST_ENGINE: "remote" is slow and meets conflicts, without a difference for clients;
/// else memory alone.
inline server::Server::MakeEngine engines_of_environment(const Clock& clock) {
  const char* const name = std::getenv("SESHDB_TEST_ENGINE");
  if (name == nullptr || std::string_view(name) != "remote") return {};
  return remote_engines(clock, {.conflicts = 3});
}

}  // namespace seshdb::testing
