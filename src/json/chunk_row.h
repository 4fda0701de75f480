// A row of chunks, which hold the members of one container, and the index of an object's names.
// Finds the chunk of a member; how members are put into chunks is left to json::Chunks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/buffer.h"
#include "json/name_index.h"
#include "json/text.h"
#include "json/value.h"

namespace seshdb::json {

/// Some neighbouring members.
struct Chunk {
  Value value;              // text of several members, or one member's value under its raw name
  std::uint32_t count = 0;  // members
  bool own = false;         // holds one member's value
};

class ChunkRow {
 public:
  ChunkRow(const ChunkRow&) = delete;
  ChunkRow& operator=(const ChunkRow&) = delete;

  [[nodiscard]] bool is_object() const { return object_; }
  void append_to(Buffer& out) const;
  /// The same without the brackets.
  void append_members_to(Buffer& out) const;
  /// How many members there are.
  [[nodiscard]] std::size_t count() const;

  /// Chunks have numbers, which hold until the next change of the row.
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
  /// How many members stand before the one of that decoded name. REQUIRES: is_object().
  [[nodiscard]] std::optional<std::size_t> index_of(std::string_view name) const;
  /// The chunks as the members follow each other: position 0 to size() - 1.
  [[nodiscard]] std::size_t size() const { return order_.size(); }
  [[nodiscard]] const Chunk& in_order(std::size_t position) const {
    return chunks_[order_[position]];
  }

 protected:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  // Between two members: behind the first `offset` members of the chunk at `position`.
  struct Spot {
    std::size_t position = 0;
    std::size_t offset = 0;
  };

  explicit ChunkRow(bool object) : object_(object) {}
  ~ChunkRow() = default;

  [[nodiscard]] Spot spot_of(std::size_t index) const;
  [[nodiscard]] std::size_t position_of(std::uint32_t chunk) const;
  [[nodiscard]] std::uint32_t new_chunk();
  void append_chunk_to(const Chunk& chunk, Buffer& out) const;

  void index_names(const Chunk& chunk, std::uint32_t from, std::uint32_t to);
  void index_members(Members members, std::size_t count, std::uint32_t from, std::uint32_t to);
  void make_room(std::size_t names);

 private:
  friend class Chunks;

  void index_name(std::string_view raw, std::uint32_t from, std::uint32_t to, std::string& scratch);

  bool object_;
  std::vector<Chunk> chunks_;          // by number
  std::vector<std::uint32_t> order_;   // numbers, in the order of the members
  std::vector<std::uint32_t> unused_;  // numbers
  NameIndex names_;                    // of an object
};

}  // namespace seshdb::json
