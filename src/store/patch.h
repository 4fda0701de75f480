// Makes the operations of a patch on a session, all or none: JSON Patch (RFC 6902) with `set`,
// `inc` and `trim`, and JSON Merge Patch (RFC 7396). Each costs what its path costs, and what comes
// or is copied.
#pragma once

#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <boost/container/small_vector.hpp>

#include "base/status.h"
#include "json/text.h"
#include "store/draft.h"
#include "store/patch_operation.h"

namespace seshdb::store {

class Patch {
 public:
  Patch(Store& store, Session& session, const Draft::Bounds& bounds)
      : draft_(store, session, bounds) {}

  /// Makes an operation, whose texts outlive this object. `is_last`: commit() follows if it
  /// succeeds. Errors:
  ///   kPathNotExist       nothing is there, or an index is out of the array
  ///   kTestFailed         of kTest
  ///   kValueTypeInvalid   no number, no array, no object in place of the session
  ///   kCommandSyntax      the session itself is removed, or a `from`
  ///   kOutOfBounds        too deep, a number of too many characters, or past the bound of steps
  ///   kValueSize          past the bound of growth, or a key's name is too long
  /// After an error only the destructor may follow; it takes back everything.
  /// REQUIRES: pointers are valid.
  [[nodiscard]] Status apply(const PatchOperation& operation, bool is_last);
  /// The sum that the last operation, a kIncrement, has written.
  [[nodiscard]] const std::string& sum() const { return sums_.back(); }
  [[nodiscard]] bool has_key(std::string_view name) { return draft_.has(name); }

  void commit() { draft_.commit({effects_.data(), effects_.size()}); }

 private:
  [[nodiscard]] Status make(const PatchOperation& operation);
  [[nodiscard]] std::optional<json::View> find(json::Pointer path);

  [[nodiscard]] Status add(std::string_view path, std::string_view value);
  [[nodiscard]] Status remove(std::string_view path);
  [[nodiscard]] Status replace(std::string_view path, std::string_view value);
  [[nodiscard]] Status move(const PatchOperation& operation);
  [[nodiscard]] Status copy(const PatchOperation& operation);
  [[nodiscard]] Status test(std::string_view path, std::string_view value);
  [[nodiscard]] Status set(std::string_view path, std::string_view value);
  [[nodiscard]] Status increment(const PatchOperation& operation);
  [[nodiscard]] Status trim(std::string_view path, std::string_view count);
  [[nodiscard]] Status merge(std::string_view path, std::string_view value);
  [[nodiscard]] Status merge_below(const std::string& path, std::string_view value,
                                   const json::Extents& extents, std::uint32_t extent);
  [[nodiscard]] Status set_whole(std::string_view value);
  [[nodiscard]] Status insert(std::string_view key, json::Pointer parent, const json::View& above,
                              std::size_t index, std::string_view token, std::string_view value);

  Draft draft_;
  boost::container::small_vector<PatchOperation, 4> effects_;
  std::deque<std::string> sums_;
  bool is_effect_ = true;  // has the operation at hand changed something?
};

/// Makes all operations, or none, without bounds: for records, whose operations have succeeded
/// once. Errors as above.
[[nodiscard]] Status patch_all(Store& store, Session& session,
                               std::span<const PatchOperation> operations);

}  // namespace seshdb::store
