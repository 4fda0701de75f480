// One operation of a patch, as KV_PATCH and KV_MERGE make it and a record keeps it.
#pragma once

#include <cstdint>
#include <string_view>

namespace seshdb::store {

/// Pointers (RFC 6901, decoded) begin at the session, whose members are its keys.
struct PatchOperation {
  enum class Kind : std::uint8_t {
    kAdd = 1,         // RFC 6902, section 4.1; so are the next five
    kRemove = 2,      //
    kReplace = 3,     //
    kMove = 4,        //
    kCopy = 5,        //
    kTest = 6,        // never in a record
    kSet = 7,         // adds or replaces, and makes parents that are missing
    kTrim = 8,        // keeps the first `value` items of an array, or the last -`value`
    kMerge = 9,       // RFC 7396
    kIncrement = 10,  // adds the number `value`; in a record it is the kSet of the sum
  };

  Kind kind = Kind::kTest;
  std::string_view path;
  std::string_view from{};   // of kMove and kCopy: a pointer
  std::string_view value{};  // of the others but kRemove: compact JSON
};

/// Has the operation a value?
[[nodiscard]] constexpr bool has_value(PatchOperation::Kind kind) {
  using Kind = PatchOperation::Kind;
  return kind != Kind::kRemove && kind != Kind::kMove && kind != Kind::kCopy;
}
/// Has it a `from`?
[[nodiscard]] constexpr bool has_from(PatchOperation::Kind kind) {
  return kind == PatchOperation::Kind::kMove || kind == PatchOperation::Kind::kCopy;
}

}  // namespace seshdb::store
