// Figures by name, for SV_INFO and /metrics. A part of the server defines its figures; SV_INFO and
// /metrics show whatever figures there are.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/check.h"

namespace seshdb {

/// The names and the meaning of a figure.
struct Figure {
  enum class Kind : std::uint8_t {
    kGauge,    // goes up and down
    kCounter,  // only goes up, from 0 at the start
  };
  enum class Unit : std::uint8_t {
    kNumber,       // a count, or bytes
    kNanoseconds,  // shown in seconds in /metrics
    kMoment,       // milliseconds on the clock's scale, 0: never; Unix seconds in /metrics
  };
  std::string_view metric;  // the name in /metrics
  std::string_view member;  // the name in SV_INFO's `engine`; empty: not shown there
  std::string_view help;
  Kind kind = Kind::kGauge;
  Unit unit = Unit::kNumber;
};

/// The values of a list of figures, initially 0.
class Figures {
 public:
  static constexpr std::size_t kMost = 16;

  Figures() = default;
  /// `names` must outlive this object. REQUIRES: names.size() <= kMost.
  explicit Figures(std::span<const Figure> names) : names_(names) {
    SESHDB_CHECK(names.size() <= kMost);
  }

  [[nodiscard]] std::span<const Figure> names() const { return names_; }
  [[nodiscard]] std::span<const std::uint64_t> values() const {
    return std::span(values_).first(names_.size());
  }
  std::uint64_t& operator[](std::size_t index) { return values_[index]; }
  std::uint64_t operator[](std::size_t index) const { return values_[index]; }

  /// Merges another core's figures: adds values, and takes the later of two moments. REQUIRES: the
  /// same names.
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
