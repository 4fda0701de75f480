// What SV_INFO reads of the server: plain figures, no sockets, no disk.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "base/figures.h"
#include "commands/bounds.h"
#include "store/storage.h"

namespace seshdb::commands {

/// Of one core, or of several together.
struct CoreFigures {
  std::uint64_t connections = 0;
  store::Storage storage = store::Storage::kGood;  // of several the worst
  Figures engine;

  void add(const CoreFigures& other) {
    connections += other.connections;
    storage = std::max(storage, other.storage);
    engine.add(other.engine);
  }
};

/// Of the whole server.
struct ServerFigures {
  std::string_view engine;  // "memory", "log"
  std::string_view sync;    // when changes are put on the disk; "none" where there is none
  std::uint64_t started_ms = 0;
  std::uint64_t memory_bytes = 0;  // resident
  bool memory_full = false;
  // Limits.
  std::uint64_t memory_max = 0;
  std::uint64_t unsent_bytes_max = 0;
  std::uint32_t connections_max = 0;
  RequestBounds bounds{};
};

class Host {
 public:
  Host() = default;
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;
  virtual ~Host() = default;

  [[nodiscard]] virtual CoreFigures core_figures() const = 0;
  [[nodiscard]] virtual ServerFigures server_figures() const = 0;
};

}  // namespace seshdb::commands
