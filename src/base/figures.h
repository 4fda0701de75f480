// Figures by name: what a part of the server has to say in SV_INFO and in /metrics. Neither of
// these knows which figures there are.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/check.h"

namespace seshdb {

/// A figure's names and meaning.
struct Figure {
  enum class Kind : std::uint8_t {
    kGauge,    // goes up and down
    kCounter,  // only goes up, from 0 at the start
  };
  enum class Unit : std::uint8_t {
    kNumber,       // a count, or bytes
    kNanoseconds,  // a metric in seconds
    kMoment,       // milliseconds on the clock's scale; 0: never. A metric in Unix seconds
  };
  std::string_view metric;  // in /metrics
  std::string_view member;  // in SV_INFO's `engine`; empty: not there
  std::string_view help;
  Kind kind = Kind::kGauge;
  Unit unit = Unit::kNumber;
};

/// Values for a list of figures, all 0 at first.
class Figures {
 public:
  static constexpr std::size_t kMost = 16;

  Figures() = default;
  /// `names` must outlive it. REQUIRES: kMost of them at most.
  explicit Figures(std::span<const Figure> names) : names_(names) {
    SESHDB_CHECK(names.size() <= kMost);
  }

  [[nodiscard]] std::span<const Figure> names() const { return names_; }
  [[nodiscard]] std::span<const std::uint64_t> values() const {
    return std::span(values_).first(names_.size());
  }
  std::uint64_t& operator[](std::size_t index) { return values_[index]; }
  std::uint64_t operator[](std::size_t index) const { return values_[index]; }

  /// Puts another core's figures to these: the sum, of a moment the last. REQUIRES: the same names.
  void add(const Figures& other) {
    if (names_.empty()) names_ = other.names_;
    for (std::size_t i = 0; i < names_.size(); ++i) {
      values_[i] = names_[i].unit == Figure::Unit::kMoment ? std::max(values_[i], other.values_[i])
                                                           : values_[i] + other.values_[i];
    }
  }

 private:
  std::span<const Figure> names_;
  std::array<std::uint64_t, kMost> values_{};
};

}  // namespace seshdb
