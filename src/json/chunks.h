// The members of one opened container, in chunks of about a kilobyte. Most chunks are text: a small
// container of neighbouring members. A large container among the members is opened and has a chunk
// of its own. Finds the chunk of a member, and divides and joins chunks by size. Never touches the
// containers above.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/buffer.h"
#include "json/name_index.h"
#include "json/text.h"
#include "json/value.h"

namespace seshdb::json {

class Container;

/// Some neighbouring members.
struct Chunk {
  Value value;              // text of several members, or one member's value under its raw name
  std::uint32_t count = 0;  // members
  bool own = false;         // holds one member's value
};

/// Members in some text, of which a chunk will be made.
struct Piece {
  std::string_view text;  // members with their commas, or one member's value
  std::string_view name;  // of a member that gets a chunk of its own
  std::uint32_t extent = 0;
  std::uint32_t count = 0;
  bool own = false;
};

class Chunks {
 public:
  /// Holds the members of `text`: a compact object or array that is not empty. The parent of opened
  /// members is `owner`.
  Chunks(Container& owner, std::string_view text, const Extents& extents, std::uint32_t extent);
  Chunks(const Chunks&) = delete;
  Chunks& operator=(const Chunks&) = delete;
  ~Chunks() = default;

  [[nodiscard]] bool is_object() const { return object_; }
  void append_to(Buffer& out) const;

  /// Chunks have numbers, which hold until tidy() or append().
  [[nodiscard]] const Chunk& operator[](std::uint32_t number) const { return chunks_[number]; }
  [[nodiscard]] Chunk& operator[](std::uint32_t number) { return chunks_[number]; }
  /// The chunk of the member that a pointer's `token` selects. In a chunk of several members, sets
  /// `value` to the text from the member's value on.
  [[nodiscard]] std::optional<std::uint32_t> find(std::string_view token,
                                                  std::string_view& value) const;
  /// The same by a decoded name. REQUIRES: is_object().
  [[nodiscard]] std::optional<std::uint32_t> find_name(std::string_view name,
                                                       std::string_view& value) const;
  /// The same by an index. REQUIRES: !is_object().
  [[nodiscard]] std::optional<std::uint32_t> find_item(std::size_t index,
                                                       std::string_view& value) const;
  /// The chunks as the members follow each other: position 0 to size() - 1.
  [[nodiscard]] std::size_t size() const { return order_.size(); }
  [[nodiscard]] const Chunk& in_order(std::size_t position) const {
    return chunks_[order_[position]];
  }

  /// After a change of the value in this chunk: divides the chunk or joins it with a neighbour
  /// where its size requires it.
  void tidy(std::uint32_t number);
  /// Adds the members of `added` at the end; false where it has none. REQUIRES: it is of the same
  /// kind, and no name exists already.
  bool append(std::string_view added, const Extents& extents, std::uint32_t extent);

 private:
  // New chunks of several members have up to this size. With its header, such a block takes a
  // kilobyte of the allocator.
  static constexpr std::size_t kChunkBytes = 1'000;
  static constexpr std::uint32_t kNone = UINT32_MAX;

  [[nodiscard]] static std::vector<Piece> pieces_of(std::string_view text, const Extents& extents,
                                                    std::uint32_t extent);
  void insert(std::size_t position, const std::vector<Piece>& pieces, const Extents& extents,
              std::uint32_t from);
  [[nodiscard]] Value make_value(const Piece& piece, const Extents& extents, std::uint32_t chunk);
  [[nodiscard]] std::uint32_t new_chunk();
  [[nodiscard]] std::size_t position_of(std::uint32_t chunk) const;

  void divide(std::uint32_t number);
  void join(std::uint32_t number);
  void absorb(std::uint32_t to, std::size_t position);
  void append_members(std::uint32_t number, std::string_view members, std::uint32_t count);
  void fold(std::uint32_t number);

  void index_names(const Chunk& chunk, std::uint32_t from, std::uint32_t to);
  void make_room(std::size_t names);

  Container& owner_;
  bool object_;
  std::vector<Chunk> chunks_;          // by number
  std::vector<std::uint32_t> order_;   // numbers, in the order of the members
  std::vector<std::uint32_t> unused_;  // numbers
  NameIndex names_;                    // of an object
};

}  // namespace seshdb::json
