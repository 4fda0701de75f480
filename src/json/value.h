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

class ChunkRow;
class Chunks;
class Container;

/// One change inside a value: replaces what `pointer` selects by `text`.
struct Edit {
  Pointer pointer;
  std::string_view text;    // compact
  std::uint32_t depth = 0;  // levels of nesting in `text`
};

/// One change of a container's members (or items) inside a value: replaces `removed` of them, from
/// the one at `index` on, by `added`. Covers insertion, removal, and the inverse of both.
struct Splice {
  Pointer parent;  // selects the object or array
  std::size_t index = 0;
  std::size_t removed = 0;
  std::string_view added;  // compact members with their commas, without the brackets; or empty
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

  /// Makes one edit, and appends the text that it replaces to `before`, unless that is null.
  /// Errors: as for update(); then nothing is changed. The depth of an edit with depth 0 is not
  /// checked, so that {pointer, before, 0} is the inverse. Costs the path. Call close_if_small()
  /// after the last of a sequence.
  [[nodiscard]] Status replace(const Edit& edit, std::uint32_t depth_max, Buffer* before);
  /// Replaces members, and appends the text of those that go to `before`, unless that is null: with
  /// commas and without brackets, like `added`. So the inverse is the same change with the numbers
  /// of members exchanged and `before` as `added`. Costs the path, and the members that come and
  /// go. Call close_if_small() after the last of a sequence. REQUIRES: `parent` selects a container
  /// that has index + removed members or more; an added name is none of its other names; the value
  /// stays within limits::kValueBytesMax and the caller's limit of depth.
  void splice(const Splice& change, Buffer* before);
  /// Is it a large object or array that is not opened?
  [[nodiscard]] bool is_large_text() const;
  /// Opens a large object or array, so that what is read and changed below it costs the path.
  void open_if_large();
  /// Makes a text of an opened container that has become small: a quarter of the size above which
  /// one is opened, or less.
  void close_if_small();

  /// KV_APPEND: joins two strings, adds an array's items or another value to an array, merges two
  /// objects. Errors: kValueTypeInvalid for another pair; kOutOfBounds and kValueSize as above.
  /// Then nothing is changed. `depth`: levels of nesting in `text`, which is compact.
  [[nodiscard]] Status append(std::string_view text, std::uint32_t depth, std::uint32_t depth_max);

 private:
  friend class ChunkRow;
  friend class Chunks;
  friend class Container;
  friend class View;
  struct Block;

  Value(std::string_view label, std::unique_ptr<Container> container);

  [[nodiscard]] bool opened() const;
  [[nodiscard]] Container& container() const;   // REQUIRES: opened()
  [[nodiscard]] std::string_view text() const;  // REQUIRES: !opened()
  void open();
  [[nodiscard]] Status update_in_place(std::span<const Edit> edits, std::uint32_t depth_max,
                                       std::size_t& failed);
  void append_items(std::string_view added, bool is_array);
  // splice() in `container`, which is a part of text().
  void splice_text(std::string_view container, std::size_t index, std::size_t removed,
                   std::string_view added, Buffer* before);
  // Replaces the `bytes` bytes at `at` by `text`, and moves the rest.
  void replace_range(std::size_t at, std::size_t bytes, std::string_view text);
  [[nodiscard]] char* resize(std::size_t text_bytes);

  Block* block_ = nullptr;
};

}  // namespace seshdb::json
