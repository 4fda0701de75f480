// The members of one opened container, in chunks of about a kilobyte. Most chunks are text: a small
// container of neighbouring members. A large container among the members is opened and has a chunk
// of its own. Adds and removes members, and divides and joins chunks by size. Never touches the
// containers above.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/buffer.h"
#include "json/chunk_row.h"
#include "json/text.h"
#include "json/value.h"

namespace seshdb::json {

class Container;

/// Members in some text, of which a chunk will be made.
struct Piece {
  std::string_view text;  // members with their commas, or one member's value
  std::string_view name;  // of a member that gets a chunk of its own
  std::uint32_t extent = 0;
  std::uint32_t count = 0;
  bool own = false;
};

class Chunks : public ChunkRow {
 public:
  /// Holds the members of `text`: a compact object or array that is not empty. The parent of opened
  /// members is `owner`.
  Chunks(Container& owner, std::string_view text, const Extents& extents, std::uint32_t extent);
  Chunks(const Chunks&) = delete;
  Chunks& operator=(const Chunks&) = delete;
  ~Chunks() = default;

  /// After a change of the value in this chunk: divides the chunk or joins it with a neighbour
  /// where its size requires it.
  void tidy(std::uint32_t number);
  /// Adds the members of `added` at the end; false where it has none. REQUIRES: it is of the same
  /// kind, and no name exists already.
  bool append(std::string_view added, const Extents& extents, std::uint32_t extent);
  /// Replaces `removed` members, from the one at `index` on, by `added`: members with their commas
  /// and without brackets. Appends those that go to `before` in the same form, unless that is null.
  /// Returns by how many bytes the whole text grows, modulo 2^64. REQUIRES: those to remove are
  /// there, no other member has an added name, and some members are left.
  std::size_t splice(std::size_t index, std::size_t removed, std::string_view added,
                     Buffer* before);
  /// Makes the value of this chunk, which holds one member's, an opened container of that `text`.
  void open(std::uint32_t number, std::string_view text);

 private:
  // New chunks of several members have up to this size. With its header, such a block takes a
  // kilobyte of the allocator.
  static constexpr std::size_t kChunkBytes = 1'000;
  // A chunk above the first size is divided, one below the second is joined with a neighbour. So
  // chunks have half a kilobyte or more on average, and a change moves a few kilobytes at most.
  static constexpr std::size_t kChunkBytesMax = 2'048;
  static constexpr std::size_t kChunkBytesLeast = 256;

  std::size_t remove(const Spot& from, std::size_t count, Buffer* before);
  std::size_t drop(std::uint32_t number, Buffer* before);
  std::size_t cut(std::uint32_t number, std::size_t offset, std::size_t count, Buffer* before);
  void add(Spot at, std::string_view members);
  [[nodiscard]] bool find_text_chunk(Spot& at, std::size_t bytes) const;
  void part(const Spot& at);
  void join_small_ones(std::size_t position, std::size_t count);
  void free_unused();

  void divide(std::uint32_t number);
  void join(std::uint32_t number);
  void absorb(std::uint32_t to, std::size_t position);
  void append_members(std::uint32_t number, std::string_view members, std::uint32_t count);
  void fold(std::uint32_t number);

  [[nodiscard]] static std::vector<Piece> pieces_of(std::string_view text, const Extents& extents,
                                                    std::uint32_t extent);
  [[nodiscard]] static std::size_t members_of(const std::vector<Piece>& pieces);
  void insert(std::size_t position, const std::vector<Piece>& pieces, const Extents& extents,
              std::uint32_t from);
  [[nodiscard]] Value make_value(const Piece& piece, const Extents& extents, std::uint32_t chunk);

  Container& owner_;
};

}  // namespace seshdb::json
