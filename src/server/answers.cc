// How a turn's answers leave: to clients and to other cores, together, and not before what they
// tell is safe.
#include <utility>

#include "base/limits.h"
#include "server/core.h"

namespace seshdb::server {

// Once a turn's changes are committed. Where they are not safe yet, the answers wait for a sync;
// all that were there when it began go when it ends, and the next begins.
void Core::let_answers_leave() {
  if (engine_->is_lost()) {
    drop_unsafe_answers();
    engine_->lost_is_dealt_with();
  }
  if (engine_->is_safe()) {
    for (const net::Connection::Id id : parked_) unpark(id);
    parked_.clear();
    flush_dirty();
  } else {
    park_dirty();
    if (engine_->may_sync()) {
      seal();
      engine_->begin_sync(sealed_.size());
    }
  }
  send_answers();
}

void Core::park_dirty() {
  for (const net::Connection::Id id : dirty_) {
    Slot* const slot = slot_of(id);
    if (slot == nullptr) continue;
    slot->dirty = false;
    if (slot->connection->over()) {
      remove_connection(id);
      continue;
    }
    watch(*slot);
    if (!std::exchange(slot->parked, true)) parked_.push_back(id);
  }
  dirty_.clear();
}

void Core::unpark(net::Connection::Id id) {
  if (Slot* const slot = slot_of(id); slot != nullptr) {
    slot->parked = false;
    mark_dirty(id);
  }
}

void Core::seal() {
  for (const net::Connection::Id id : parked_) {
    Slot* const slot = slot_of(id);
    if (slot == nullptr) continue;
    slot->parked = false;
    slot->connection->seal();
    sealed_.push_back(id);
  }
  parked_.clear();
  for (Outgoing& parcels : outgoing_) seal(parcels);
}

void Core::seal(Outgoing& parcels) {
  for (auto& parcel : parcels.answers) parcels.sealed.push_back(std::move(parcel));
  parcels.answers.clear();
}

// A sync has come to its good end. Requests that were held back run: a commit is to follow.
void Core::release_sealed() {
  for (const net::Connection::Id id : sealed_) {
    Slot* const slot = slot_of(id);
    if (slot == nullptr) continue;
    slot->connection->release();
    slot->connection->flush_released(context_.now_ms);
    mark_dirty(id);  // there may be more, or its end
  }
  sealed_.clear();
  for (Outgoing& parcels : outgoing_) {
    for (auto& parcel : parcels.sealed) parcels.ready.push_back(std::move(parcel));
    parcels.sealed.clear();
  }
}

// Nobody learns what became of these requests, as if the server had died; who reads again sees what
// is in memory.
void Core::drop_unsafe_answers() {
  park_dirty();
  for (auto* const ids : {&sealed_, &parked_}) {
    for (const net::Connection::Id id : *ids) {
      if (Slot* const slot = slot_of(id); slot != nullptr) {
        slot->connection->abort();
        unpark(id);
      }
    }
    ids->clear();
  }
  for (Outgoing& parcels : outgoing_) {
    seal(parcels);
    for (auto& parcel : parcels.sealed) {
      parcel->lose_answers();
      parcels.ready.push_back(std::move(parcel));
    }
    parcels.sealed.clear();
  }
}

void Core::flush_dirty() {
  flushing_.swap(dirty_);
  for (const net::Connection::Id id : flushing_) {
    Slot* const found = slot_of(id);
    if (found == nullptr) continue;  // it ended after it was marked
    Slot& slot = *found;
    slot.dirty = false;
    net::Connection& connection = *slot.connection;
    if (cork(slot)) continue;
    connection.flush(context_.now_ms);
    if (connection.over()) {
      remove_connection(id);
      continue;
    }
    if (connection.wants_flush()) {
      mark_dirty(id);  // in the next turn, after its commit
    }
    watch(slot);
  }
  flushing_.clear();
}

// Answers that are ready wait a moment for those that other cores are working on, so that they
// leave in one piece: sending costs more than an answer does.
bool Core::cork(Slot& slot) {
  const bool late = slot.corked && context_.now_ms >= slot.corked_ms + limits::kCorkMs;
  if (late || !slot.connection->may_wait()) {
    slot.corked = false;
    return false;
  }
  if (!slot.corked) {
    slot.corked = true;
    slot.corked_ms = context_.now_ms;
    corked_.push_back(slot.connection->id());
  }
  return true;
}

void Core::uncork_late() {
  while (!corked_.empty()) {
    const Slot* const slot = slot_of(corked_.front());
    if (slot != nullptr && slot->corked) {
      if (context_.now_ms < slot->corked_ms + limits::kCorkMs) return;
      mark_dirty(corked_.front());
    }
    corked_.pop_front();
  }
}

void Core::watch(Slot& slot) {
  const bool read = slot.connection->wants_read();
  const bool write = slot.connection->wants_write();
  if (read != slot.read || write != slot.write) {
    poller_.change(slot.connection->fd(), slot.connection->id(), read, write);
    slot.read = read;
    slot.write = write;
  }
}

}  // namespace seshdb::server
