// A stored JSON value: compact text in one block of memory, or, after a change inside a large
// object or array, an opened container (json/container.h). Callers do not see which. The block also
// holds a label, a few bytes for its owner: the store keeps the key's name there, which saves an
// allocation and a cache miss per key.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "base/buffer.h"
#include "base/status.h"
#include "json/outline.h"
#include "json/pointer.h"

namespace seshdb::json {

class Chunks;
class Container;

/// One change inside a value: replaces what `pointer` selects by `text`.
struct Edit {
  Pointer pointer;
  std::string_view text;    // compact
  std::uint32_t depth = 0;  // levels of nesting in `text`
};

class Value {
 public:
  static constexpr std::size_t kLabelBytesMax = UINT16_MAX;

  Value() = default;
  /// Copies both. REQUIRES: `text` is compact JSON without duplicate names; `label` has at most
  /// kLabelBytesMax bytes.
  Value(std::string_view label, std::string_view text);
  ~Value();
  Value(Value&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  Value& operator=(Value&& other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  Value(const Value&) = delete;
  Value& operator=(const Value&) = delete;

  [[nodiscard]] bool empty() const { return block_ == nullptr; }
  /// Hints that the value will be read soon.
  void prefetch() const;
  [[nodiscard]] std::string_view label() const;
  [[nodiscard]] Kind kind() const;
  /// Size of the JSON text, in bytes.
  [[nodiscard]] std::size_t bytes() const;
  void append_to(Buffer& out) const;

  /// Replaces the text. REQUIRES: as for the constructor.
  void assign(std::string_view text);

  /// Makes all edits, in order, or none. Errors: kPathNotExist (a pointer selects nothing),
  /// kOutOfBounds (deeper than depth_max levels), kValueSize (over limits::kValueBytesMax). Then
  /// nothing is changed, and `failed` is the index of the edit that failed. REQUIRES: at least one
  /// edit.
  [[nodiscard]] Status update(std::span<const Edit> edits, std::uint32_t depth_max,
                              std::size_t& failed);

  /// KV_APPEND: joins two strings, adds an array's items or another value to an array, merges two
  /// objects. Errors: kValueTypeInvalid for another pair; kOutOfBounds and kValueSize as above.
  /// Then nothing is changed. `depth`: levels of nesting in `text`, which is compact.
  [[nodiscard]] Status append(std::string_view text, std::uint32_t depth, std::uint32_t depth_max);

 private:
  friend class Chunks;
  friend class Container;
  friend class View;
  struct Block;

  Value(std::string_view label, std::unique_ptr<Container> container);

  [[nodiscard]] bool opened() const;
  [[nodiscard]] Container& container() const;   // REQUIRES: opened()
  [[nodiscard]] std::string_view text() const;  // REQUIRES: !opened()
  void open();
  void close_if_small();
  // Makes one edit. Appends the replaced text to `before`, unless that is null.
  [[nodiscard]] Status splice(const Edit& edit, std::uint32_t depth_max, Buffer* before);
  [[nodiscard]] Status update_in_place(std::span<const Edit> edits, std::uint32_t depth_max,
                                       std::size_t& failed);
  void append_items(std::string_view added, bool is_array);
  // Replaces the `bytes` bytes at `at` by `text`, and moves the rest.
  void replace_range(std::size_t at, std::size_t bytes, std::string_view text);
  [[nodiscard]] char* resize(std::size_t text_bytes);

  Block* block_ = nullptr;
};

}  // namespace seshdb::json
