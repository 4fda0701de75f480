// Tells which sessions may have expired, cheaply and a few at a time: a hierarchical timing wheel
// (Varghese and Lauck, 1987) of tokens. It holds no truth: the session's own deadline decides, so
// an entry may be late, early or stale, and moving a deadline back costs nothing here.
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

  /// One tick is this long, in milliseconds.
  static constexpr std::uint64_t kTickMs = 1'000;
  [[nodiscard]] static std::uint32_t tick_of(std::uint64_t ms) {
    return static_cast<std::uint32_t>(ms / kTickMs);
  }

  struct Entry {
    std::uint64_t token;
    std::uint32_t latest_tick;  // the entry was added for this tick or an earlier one
    bool swept;                 // due because of sweep(), not of its tick
  };

  void add(std::uint64_t token, std::uint32_t tick);
  /// Entries whose tick is past by `tick` become due, and with `and_this` those of `tick` itself.
  void advance(std::uint32_t tick, bool and_this = false);
  /// Takes one due entry; false where none is left.
  [[nodiscard]] bool take_due(Entry& entry);
  [[nodiscard]] bool any_due() const { return due_ != nullptr; }
  [[nodiscard]] std::size_t size() const { return size_; }
  /// Makes all entries due that are not, marked as swept.
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
