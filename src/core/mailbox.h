// Carries parcels from each core to one core, and wakes that core by a bell. A ring per sender,
// with one writer and one reader each: no locks, no waiting.
#pragma once

#include <atomic>
#include <boost/lockfree/spsc_queue.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/descriptor.h"
#include "core/parcel.h"

namespace seshdb::core {

class Mailbox {
 public:
  explicit Mailbox(std::size_t cores);
  ~Mailbox();
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  /// 0, or the errno with which the eventfd failed. Then the mailbox must not be used.
  [[nodiscard]] int error() const { return error_; }

  /// On core `sender`'s thread. False where the ring is full; `parcel` is unchanged then.
  [[nodiscard]] bool push(std::size_t sender, std::unique_ptr<Parcel>& parcel);
  /// Wakes the owner, if it sleeps. Any thread.
  void ring();

  // Owner's thread only, from here on.

  /// The next parcel of `sender`, or null.
  [[nodiscard]] std::unique_ptr<Parcel> pop(std::size_t sender);
  /// The eventfd of the bell; readable after it rang.
  [[nodiscard]] int bell() const { return bell_.fd(); }
  /// Between the two calls a parcel rings the bell. False: a parcel is here already.
  [[nodiscard]] bool begin_sleep();
  void end_sleep() { sleeping_.exchange(false, std::memory_order_acq_rel); }
  /// Makes the bell unreadable until it rings again.
  void clear_bell();

 private:
  static constexpr std::size_t kRing = 256;
  using Ring = boost::lockfree::spsc_queue<Parcel*, boost::lockfree::capacity<kRing>>;

  std::vector<std::unique_ptr<Ring>> rings_;
  Descriptor bell_;  // an eventfd
  int error_;
  alignas(64) std::atomic<bool> sleeping_{false};
};

}  // namespace seshdb::core
