// Finds the sessions that may have expired, a few at a time: a hierarchical timing wheel of tokens
// (Varghese and Lauck, 1987). The session's own deadline decides; an entry may be late, early or
// stale, and a deadline that moves back needs no change here.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace seshdb::store {

class ExpiryWheel {
 public:
  ExpiryWheel() = default;
  ~ExpiryWheel();
  ExpiryWheel(const ExpiryWheel&) = delete;
  ExpiryWheel& operator=(const ExpiryWheel&) = delete;

  /// The length of a tick.
  static constexpr std::uint64_t kTickMs = 1'000;
  [[nodiscard]] static std::uint32_t tick_of(std::uint64_t ms) {
    return static_cast<std::uint32_t>(ms / kTickMs);
  }

  struct Entry {
    std::uint64_t token;
    std::uint32_t latest_tick;  // the entry was added for this tick or an earlier one
    bool swept;                 // due by sweep(), not by its tick
  };

  void add(std::uint64_t token, std::uint32_t tick);
  /// Makes the entries of all ticks before `tick` due, and with `and_this` those of `tick` too.
  void advance(std::uint32_t tick, bool and_this = false);
  /// Takes one due entry; false where none is left.
  [[nodiscard]] bool take_due(Entry& entry);
  [[nodiscard]] bool any_due() const { return due_ != nullptr; }
  [[nodiscard]] std::size_t size() const { return size_; }
  /// Makes all other entries due, marked as swept.
  void sweep();

 private:
  static constexpr std::size_t kLevels = 4;
  static constexpr std::uint32_t kBits = 8;
  static constexpr std::uint32_t kSlots = 1U << kBits;
  static constexpr std::uint32_t kMask = kSlots - 1;
  static constexpr std::size_t kChunkTokens = 62;  // a chunk of 512 bytes

  struct Chunk {
    Chunk* next = nullptr;
    std::uint16_t count = 0;
    bool swept = false;
    std::uint32_t latest_tick = 0;
    std::array<std::uint64_t, kChunkTokens> tokens;
  };

  static_assert(sizeof(Chunk) == 512);

  void make_due(Chunk*& chain, bool swept = false);
  void make_all_due(bool swept);

  std::array<std::array<Chunk*, kSlots>, kLevels> slots_{};
  Chunk* due_ = nullptr;
  std::size_t size_ = 0;
  std::uint32_t now_ = 0;
};

}  // namespace seshdb::store
