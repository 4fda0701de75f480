// The keys that hold at the moment. They can be replaced while the server runs. Any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

#include "auth/keys.h"

namespace seshdb::auth {

class KeyRing {
 public:
  explicit KeyRing(Keys keys = {}) : keys_(std::make_shared<const Keys>(std::move(keys))) {}

  /// They stay as they are for as long as somebody holds them.
  [[nodiscard]] std::shared_ptr<const Keys> keys() const {
    const std::lock_guard lock(mutex_);
    return keys_;
  }
  void replace(Keys keys) {
    {
      const std::lock_guard lock(mutex_);
      keys_ = std::make_shared<const Keys>(std::move(keys));
    }
    version_.fetch_add(1, std::memory_order_release);
  }
  /// Becomes greater with each replacement.
  [[nodiscard]] std::uint64_t version() const { return version_.load(std::memory_order_acquire); }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const Keys> keys_;
  std::atomic<std::uint64_t> version_{0};
};

}  // namespace seshdb::auth
