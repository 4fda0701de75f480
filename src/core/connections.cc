// Slots are used again; the generation, the upper half of an id, tells their connections apart.
#include "core/connections.h"

#include <cstring>
#include <utility>

#include "base/check.h"
#include "base/logging.h"

namespace seshdb::core {

net::Connection* Connections::add(std::unique_ptr<net::Transport>& transport,
                                  net::RequestHandler& handler, std::uint64_t now_ms) {
  auto index = static_cast<std::uint32_t>(slots_.size());
  if (free_.empty()) {
    slots_.emplace_back();
  } else {
    index = free_.back();
    free_.pop_back();
  }
  Slot& slot = slots_[index];
  const Id id = std::uint64_t{slot.generation} << 32U | index;
  SESHDB_CHECK(slot.connection == nullptr);     // else it would lose a live connection
  SESHDB_CHECK(slot.generation != UINT32_MAX);  // tags from there on are not connections'
  if (const int error = poller_.add(transport->fd(), id, true, false); error != 0) {
    logging::error("cannot watch a connection", {{"error", std::strerror(error)}});
    free_.push_back(index);
    return nullptr;
  }
  slot = Slot{.connection = std::make_unique<net::Connection>(id, std::move(transport), settings_,
                                                              handler, pools_, now_ms),
              .generation = slot.generation};
  logging::debug("opened a connection", {{"connection", id}});
  return slot.connection.get();
}

void Connections::remove(Id id) {
  Slot* const slot = find(id);
  SESHDB_CHECK(slot != nullptr);
  logging::debug("removed a connection", {{"connection", id}});
  slot->connection.reset();  // closing the descriptor ends its watch
  ++slot->generation;
  free_.push_back(static_cast<std::uint32_t>(id));
  open_.fetch_sub(1);
}

void Connections::watch(Slot& slot) {
  const bool reads = slot.connection->wants_read();
  const bool writes = slot.connection->wants_write();
  if (reads != slot.reads || writes != slot.writes) {
    poller_.change(slot.connection->fd(), slot.connection->id(), reads, writes);
    slot.reads = reads;
    slot.writes = writes;
  }
}

}  // namespace seshdb::core
