// The members of one opened container, in chunks of about a kilobyte. Most chunks are text, a small
// container of neighbouring members; a large container among the members is opened, and has a chunk
// of its own. Finds the chunk of a member, and keeps chunks of a good size; knows nothing of the
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

/// Some of the members.
struct Chunk {
  Value value;              // text of several members, or one member's value under its raw name
  std::uint32_t count = 0;  // members
  bool own = false;         // holds one member's value
};

/// Members that are to become a chunk, as they stand in some text.
struct Piece {
  std::string_view text;  // members with their commas, or one member's value
  std::string_view name;  // of a member that gets a chunk of its own
  std::uint32_t extent = 0;
  std::uint32_t count = 0;
  bool own = false;
};

class Chunks {
 public:
  /// Of the members of `text`, an object or an array with something in it, compact. Opened members
  /// have `owner` as their parent.
  Chunks(Container& owner, std::string_view text, const Extents& extents, std::uint32_t extent);
  Chunks(const Chunks&) = delete;
  Chunks& operator=(const Chunks&) = delete;
  ~Chunks() = default;

  [[nodiscard]] bool is_object() const { return object_; }
  void append_to(Buffer& out) const;

  /// Chunks have numbers, which hold until tidy() or append().
  [[nodiscard]] const Chunk& operator[](std::uint32_t number) const { return chunks_[number]; }
  [[nodiscard]] Chunk& operator[](std::uint32_t number) { return chunks_[number]; }
  /// The chunk of the member that a pointer's `token` names; where the member is not alone there,
  /// `value` begins with its value.
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

  /// The value in this chunk was changed: divides the chunk, or joins it with a neighbour, where
  /// its size is not good any more.
  void tidy(std::uint32_t number);
  /// Adds the members of `added` at the end; false where there are none. REQUIRES: of the same
  /// kind, and names are new.
  bool append(std::string_view added, const Extents& extents, std::uint32_t extent);

 private:
  // A chunk of several members is made up to this size: with what stands around them a kilobyte, as
  // allocators have it.
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
  std::vector<std::uint32_t> order_;   // numbers, as the members follow each other
  std::vector<std::uint32_t> unused_;  // numbers
  NameIndex names_;                    // of an object
};

}  // namespace seshdb::json
