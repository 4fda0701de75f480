// An opened container: a large object or array whose members are in chunks, so that a change inside
// it moves a chunk and not the whole text. Large containers among its members are opened too, which
// makes a tree. Finds and changes values in the tree, and keeps its sizes. json::Value hides it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/buffer.h"
#include "json/chunks.h"
#include "json/pointer.h"
#include "json/text.h"

namespace seshdb::json {

class Container {
 public:
  /// Containers of up to this many bytes are kept as text.
  static constexpr std::size_t kTextBytesMax = 8'192;
  [[nodiscard]] static bool is_large(std::string_view value) {
    return value.size() > kTextBytesMax && opens_container(value.front());
  }

  /// REQUIRES: `text` is a compact object or array that is not empty.
  explicit Container(std::string_view text) : Container(text, Extents(text), 0, nullptr, 0) {}
  Container(const Container&) = delete;
  Container& operator=(const Container&) = delete;
  ~Container() = default;

  [[nodiscard]] bool is_object() const { return chunks_.is_object(); }
  /// Size of its JSON text, in bytes.
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  void append_to(Buffer& out) const;
  [[nodiscard]] const Chunks& chunks() const { return chunks_; }

  /// A value below an opened container. Holds until the next change.
  struct Place {
    Container* container = nullptr;
    std::uint32_t chunk = 0;
    bool whole = false;     // the only member of its chunk
    std::string_view text;  // else the value, a view of the chunk's text

    [[nodiscard]] std::size_t bytes() const;
    void append_to(Buffer& out) const;
  };
  /// The value that `pointer` (RFC 6901) selects, or nothing. REQUIRES: !pointer.done().
  [[nodiscard]] std::optional<Place> find(Pointer pointer);
  /// Replaces the value by the compact value `text`.
  static void replace(const Place& place, std::string_view text);

  /// Value::splice(); false, with the members still there, where it would leave none.
  [[nodiscard]] bool splice(const Splice& change, Buffer* before);

  /// Adds the items of `added` at the end, or merges its members into the object, objects into
  /// objects. REQUIRES: `added` is a compact container of the same kind.
  void append(std::string_view added);

 private:
  friend class Chunks;

  Container(std::string_view text, const Extents& extents, std::uint32_t extent, Container* parent,
            std::uint32_t parent_chunk);

  static void put(const Place& place, std::string_view text);
  static void splice_text(const Place& place, const Splice& change, Buffer* before);
  void grow(std::size_t bytes);
  void close_small_ones();
  void close_if_small(std::uint32_t chunk);

  void append(std::string_view added, const Extents& extents, std::uint32_t extent);
  void add(std::string_view added, const Extents& extents, std::uint32_t extent);
  void merge(const Place& place, std::string_view value, const Extents& extents,
             std::uint32_t extent);

  std::uint32_t parent_chunk_;
  Container* parent_;
  std::size_t bytes_;
  Chunks chunks_;
};

}  // namespace seshdb::json
