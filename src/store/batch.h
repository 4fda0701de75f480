// Records of changes in their order, as a log and a checkpoint hold them. Never touches a file.
// store/records.h reads records, store/replay.h applies them to a store.
//
//   batch   := record*
//   record  := create | end | end_all | expiry | deadline | set | remove | clear | update | append
//            | clock | patch | tags | rotate | former | create128 | rotate128
//   create  := 1 token settings when name    a session; an existing one of that token ends first
//   end     := 2 token                       the session and its keys
//   end_all := 3                             all sessions of the core
//   expiry  := 4 token settings when         other settings
//   deadline:= 5 token when                  the expiry clock restarted
//   set     := 6 token text text             a key's name and its value
//   remove  := 7 token text                  a key
//   clear   := 8 token                       all keys
//   update  := 9 token text count (text text)*   a key's name; pointers and new values
//   append  := 10 token text text            a key's name and the appended value (KV_APPEND)
//   clock   := 11 shift now                  the wall clock was set, or (shift 0) its time
//   patch   := 12 token count operation*     a change of the session as one document
//   tags    := 13 token count text*          all tags of a session, sorted by bytes
//   rotate  := 14 token token                the session has the second token from here on
//   former  := 15 token count token*         the tokens that a session had before, the oldest first
//   create128 := 16 token upper settings when name     create, where tokens have 128 bits
//   rotate128 := 17 token token upper                  the same of rotate: the half of the second
//   operation := kind:1 byte text text       PatchOperation::Kind; a pointer; a value, or for move
//              and copy a pointer, or empty for remove
//   token   := 8 bytes, little-endian; of a token of 128 bits the lower half
//   upper   := 8 bytes, little-endian: its upper half, not 0
//   settings:= flags:1 byte (1: shared, 2: deleteSession, 4: sliding) seconds:number
//   when    := number: the deadline in Unix milliseconds, those before 1970 in two's complement; of
//              a session without an expiry 0
//   shift   := signed: milliseconds by which all deadlines before this record move
//   now     := signed: Unix milliseconds after the shift
//   name    := text: a shared session's name, else empty
//   text    := bytes:number, then that many bytes
//   count, number := 1 to 10 bytes, seven bits each, the lowest first (LEB128)
//   signed  := number: twice n, or for a negative one -2n - 1 (zigzag)
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include "base/buffer.h"
#include "json/value.h"
#include "store/patch_operation.h"
#include "store/tokens.h"

namespace seshdb::store {

enum class Op : std::uint8_t {
  kCreate = 1,
  kEnd = 2,
  kEndAll = 3,
  kExpiry = 4,
  kDeadline = 5,
  kSet = 6,
  kRemove = 7,
  kClear = 8,
  kUpdate = 9,
  kAppend = 10,
  kClock = 11,
  kPatch = 12,
  kTags = 13,
  kRotate = 14,
  kFormer = 15,
  kCreate128 = 16,
  kRotate128 = 17,
};

static_assert(static_cast<int>(Op::kRotate128) == 17, "record numbers are on disks");

inline constexpr std::uint8_t kFlagShared = 1;
inline constexpr std::uint8_t kFlagDeleteSession = 2;
inline constexpr std::uint8_t kFlagSliding = 4;

struct Expiry;

class Batch {
 public:
  /// Milliseconds to add to a deadline on the monotonic clock to get Unix milliseconds. For an
  /// empty batch: between records, clock() changes the offset and records that.
  void set_unix_offset_ms(std::int64_t offset_ms) { unix_offset_ms_ = offset_ms; }
  [[nodiscard]] std::int64_t unix_offset_ms() const { return unix_offset_ms_; }

  void create(const Token& token, bool shared, const Expiry& expiry, std::uint64_t deadline_ms,
              std::string_view name);
  void end(std::uint64_t token) { (void)begin(Op::kEnd, token, 0); }
  void end_all();
  void expiry(std::uint64_t token, bool shared, const Expiry& expiry, std::uint64_t deadline_ms);
  void deadline(std::uint64_t token, std::uint64_t deadline_ms);
  void set(std::uint64_t token, std::string_view name, std::string_view text) {
    name_and_text(Op::kSet, token, name, text);
  }
  /// The same for a stored value, under its label.
  void set(std::uint64_t token, const json::Value& value);
  void remove(std::uint64_t token, std::string_view name);
  void clear(std::uint64_t token) { (void)begin(Op::kClear, token, 0); }
  void update(std::uint64_t token, std::string_view name, std::span<const json::Edit> edits);
  void append(std::uint64_t token, std::string_view name, std::string_view text) {
    name_and_text(Op::kAppend, token, name, text);
  }
  void patch(std::uint64_t token, std::span<const PatchOperation> operations);
  void tags(std::uint64_t token, std::span<const std::string_view> tags);
  void rotate(std::uint64_t token, const Token& to);
  void former(std::uint64_t token, std::span<const std::uint64_t> tokens);

  /// The wall clock was set: earlier deadlines move to the new offset, and later records use it.
  /// With the offset unchanged it only records the time.
  void clock(std::int64_t unix_offset_ms, std::uint64_t now_ms);

  /// Adds the records of another batch. REQUIRES: it has the same offset.
  void add(std::string_view records) { bytes_.append(records); }

  [[nodiscard]] bool empty() const { return bytes_.empty(); }
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  [[nodiscard]] std::string_view view() const { return bytes_.view(); }
  /// Moves the records out.
  [[nodiscard]] Buffer take() { return std::exchange(bytes_, Buffer()); }
  /// Removes all records, and frees the memory of a huge batch.
  void reset() { bytes_.clear_or_release(); }

 private:
  // Writes op and token, reserves `more` bytes behind them, and returns where those begin.
  char* begin(Op op, std::uint64_t token, std::size_t more);
  void finish(const char* end);
  void name_and_text(Op op, std::uint64_t token, std::string_view name, std::string_view text);
  void settings(Op op, const Token& token, bool shared, const Expiry& expiry,
                std::uint64_t deadline_ms, std::string_view name);
  [[nodiscard]] std::uint64_t unix_ms(std::uint64_t deadline_ms) const;

  Buffer bytes_;
  std::int64_t unix_offset_ms_ = 0;
};

}  // namespace seshdb::store
