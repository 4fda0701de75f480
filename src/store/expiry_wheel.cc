// The wheel's levels: 256 slots of 1, 256, 65,536 and 16,777,216 ticks. When a slot of an upper
// level begins, its entries become due too. The caller that takes them adds them again, and they
// fall into a lower level.
#include "store/expiry_wheel.h"

#include <algorithm>

namespace seshdb::store {

ExpiryWheel::~ExpiryWheel() {
  make_all_due(false);
  for (Entry entry{}; take_due(entry);) {
  }
}

void ExpiryWheel::add(std::uint64_t token, std::uint32_t tick) {
  tick = std::max(tick, now_);
  std::uint32_t level = 0;
  while (level + 1 < kLevels && (tick - now_) >> (kBits * (level + 1)) != 0) {
    ++level;
  }
  const std::uint32_t shift = kBits * level;
  Chunk*& chain = slots_[level][tick >> shift & kMask];
  if (chain == nullptr || chain->count == kChunkTokens) {
    auto* const chunk = new Chunk;
    chunk->next = chain;
    chain = chunk;
  }
  chain->latest_tick = std::max(chain->latest_tick, tick);
  chain->tokens[chain->count++] = token;
  ++size_;
}

void ExpiryWheel::make_due(Chunk*& chain, bool swept) {
  while (chain != nullptr) {
    Chunk* const chunk = chain;
    chain = chunk->next;
    chunk->next = due_;
    chunk->swept = swept;
    due_ = chunk;
  }
}

void ExpiryWheel::make_all_due(bool swept) {
  for (auto& level : slots_) {
    for (Chunk*& chain : level) {
      make_due(chain, swept);
    }
  }
}

void ExpiryWheel::sweep() { make_all_due(true); }

void ExpiryWheel::advance(std::uint32_t tick, bool and_this) {
  // For a long jump, visiting every entry is cheaper than every tick. The caller adds early ones
  // again.
  constexpr std::uint32_t kLongJump = kSlots * kSlots;
  if (tick > now_ && (size_ == 0 || tick - now_ > kLongJump)) {
    make_all_due(false);
    now_ = tick;
  }
  while (now_ < tick) {
    make_due(slots_[0][now_ & kMask]);
    ++now_;
    for (std::uint32_t level = 1; level < kLevels; ++level) {
      const std::uint32_t shift = kBits * level;
      if ((now_ & ((1U << shift) - 1U)) != 0) break;
      make_due(slots_[level][now_ >> shift & kMask]);
    }
  }
  if (and_this) {
    make_due(slots_[0][now_ & kMask]);
  }
}

bool ExpiryWheel::take_due(Entry& entry) {
  if (due_ == nullptr) {
    return false;
  }
  entry = {
      .token = due_->tokens[--due_->count], .latest_tick = due_->latest_tick, .swept = due_->swept};
  --size_;
  if (due_->count == 0) {
    Chunk* const spent = due_;
    due_ = spent->next;
    delete spent;
  }
  return true;
}

}  // namespace seshdb::store
