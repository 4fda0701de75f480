// A few items inside a constant, such as a row of the table. Too many do not compile.
#pragma once

#include <array>
#include <cstddef>
#include <initializer_list>

namespace seshdb::commands {

template <typename T, std::size_t kMost>
class List {
 public:
  constexpr List() = default;
  /// More than kMost items do not compile.
  consteval List(std::initializer_list<T> items) {
    for (const T& item : items) items_.at(size_++) = item;
  }

  [[nodiscard]] constexpr const T* begin() const { return items_.data(); }
  [[nodiscard]] constexpr const T* end() const { return items_.data() + size_; }
  [[nodiscard]] constexpr std::size_t size() const { return size_; }
  [[nodiscard]] constexpr bool empty() const { return size_ == 0; }
  [[nodiscard]] constexpr const T& operator[](std::size_t index) const { return items_[index]; }

 private:
  std::array<T, kMost> items_{};
  std::size_t size_ = 0;
};

}  // namespace seshdb::commands
