// An opened container: a large object or array whose members stand in chunks of about a kilobyte,
// so that a change inside it moves a chunk and not the whole text. Most chunks are text, a small
// container of neighbouring members; a large container among the members is opened too, and has a
// chunk of its own. Invisible behind json::Value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/buffer.h"
#include "json/name_index.h"
#include "json/pointer.h"
#include "json/text.h"
#include "json/value.h"

namespace seshdb::json {

class Container {
 public:
  /// Containers of up to this many bytes are kept as text.
  static constexpr std::size_t kTextBytesMax = 8'192;
  [[nodiscard]] static bool is_large(std::string_view value) {
    return value.size() > kTextBytesMax && (value.front() == '{' || value.front() == '[');
  }

  /// REQUIRES: `text` is an object or an array with something in it, compact.
  explicit Container(std::string_view text) : Container(text, Extents(text), 0, nullptr, 0) {}
  Container(const Container&) = delete;
  Container& operator=(const Container&) = delete;
  ~Container() = default;

  [[nodiscard]] bool is_object() const { return object_; }
  /// Size of its JSON text.
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  void append_to(Buffer& out) const;

  /// A value below an opened container. Holds until the next change.
  struct Place {
    Container* container = nullptr;
    std::uint32_t chunk = 0;
    bool whole = false;     // the only member of its chunk
    std::string_view text;  // else where it stands in the chunk's text

    [[nodiscard]] std::size_t bytes() const;
    void append_to(Buffer& out) const;
  };
  /// What `pointer` selects. REQUIRES: !pointer.done().
  [[nodiscard]] std::optional<Place> find(Pointer pointer);
  /// Puts the compact value `text` there.
  static void replace(const Place& place, std::string_view text);

  /// Puts the items of `added` behind the last one, or merges the members of `added` into its own,
  /// objects into objects. REQUIRES: `added` is a container of the same kind, compact.
  void append(std::string_view added);

 private:
  // A chunk of several members is made up to this size: with what stands around them a kilobyte, as
  // allocators have it.
  static constexpr std::size_t kChunkBytes = 1'000;
  static constexpr std::uint32_t kNone = UINT32_MAX;

  struct Chunk {
    Value value;              // text of several members, or one member's value under its raw name
    std::uint32_t count = 0;  // members
    bool own = false;         // holds one member's value
  };
  // Members that are to become a chunk, as they stand in some text.
  struct Piece {
    std::string_view text;  // members with their commas, or one member's value
    std::string_view name;  // of a member that gets a chunk of its own
    std::uint32_t extent = 0;
    std::uint32_t count = 0;
    bool own = false;
  };

  Container(std::string_view text, const Extents& extents, std::uint32_t extent, Container* parent,
            std::uint32_t parent_chunk);

  [[nodiscard]] std::optional<std::uint32_t> chunk_of(std::string_view token,
                                                      std::string_view& value);
  [[nodiscard]] std::optional<std::uint32_t> chunk_of_item(std::size_t index,
                                                           std::string_view& value);
  [[nodiscard]] std::optional<std::uint32_t> chunk_of_name(std::string_view name,
                                                           std::string_view& value);
  [[nodiscard]] static std::vector<Piece> pieces_of(std::string_view text, const Extents& extents,
                                                    std::uint32_t extent);
  void insert(std::size_t position, const std::vector<Piece>& pieces, const Extents& extents,
              std::uint32_t from);
  [[nodiscard]] Value make_value(const Piece& piece, const Extents& extents, std::uint32_t chunk);
  [[nodiscard]] std::uint32_t new_chunk();
  [[nodiscard]] std::size_t position_of(std::uint32_t chunk) const;

  static void put(const Place& place, std::string_view text);
  void close_if_small(std::uint32_t chunk);
  void tidy(std::uint32_t chunk);
  void divide(std::uint32_t chunk);
  void join(std::uint32_t chunk);
  void absorb(std::uint32_t to, std::size_t position);
  void append_members(std::uint32_t chunk, std::string_view members, std::uint32_t count);
  void fold(std::uint32_t chunk);

  void append(std::string_view added, const Extents& extents, std::uint32_t extent);
  void add(std::string_view added, const Extents& extents, std::uint32_t extent);
  void merge(const Place& place, std::string_view value, const Extents& extents,
             std::uint32_t extent);

  void index_names(const Chunk& chunk, std::uint32_t from, std::uint32_t to);
  void make_room(std::size_t names);

  bool object_;
  std::uint32_t parent_chunk_;
  Container* parent_;
  std::size_t bytes_;
  std::vector<Chunk> chunks_;          // by number
  std::vector<std::uint32_t> order_;   // numbers, as the members follow each other
  std::vector<std::uint32_t> unused_;  // numbers
  NameIndex names_;                    // of an object
};

}  // namespace seshdb::json
