// Rings and bell. The owner sets `sleeping_` and then reads the rings; a sender pushes its parcel
// and then reads `sleeping_`. So no parcel is missed: both use a read-modify-write (acquire and
// release) on `sleeping_`, and the second of them sees what the first did before its own.
#include "core/mailbox.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace seshdb::core {

Mailbox::Mailbox(std::size_t cores)
    : bell_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)), error_(bell_.open() ? 0 : errno) {
  for (std::size_t i = 0; i < cores; ++i) {
    rings_.push_back(std::make_unique<Ring>());
  }
}

Mailbox::~Mailbox() {
  for (std::size_t i = 0; i < rings_.size(); ++i) {
    while (pop(i) != nullptr) {
    }
  }
}

bool Mailbox::push(std::size_t sender, std::unique_ptr<Parcel>& parcel) {
  if (!rings_[sender]->push(parcel.get())) {
    return false;
  }
  (void)parcel.release();  // the ring owns it now
  return true;
}

void Mailbox::ring() {
  if (sleeping_.exchange(false, std::memory_order_acq_rel)) {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = write(bell_.fd(), &one, sizeof(one));
  }
}

std::unique_ptr<Parcel> Mailbox::pop(std::size_t sender) {
  Parcel* parcel = nullptr;
  (void)rings_[sender]->pop(parcel);
  return std::unique_ptr<Parcel>(parcel);
}

bool Mailbox::begin_sleep() {
  sleeping_.exchange(true, std::memory_order_acq_rel);
  return std::all_of(rings_.begin(), rings_.end(),
                     [](const auto& ring) { return ring->read_available() == 0; });
}

void Mailbox::clear_bell() {
  std::uint64_t rung = 0;
  [[maybe_unused]] const ssize_t got = read(bell_.fd(), &rung, sizeof(rung));
}

}  // namespace seshdb::core
