// A session as some changes would leave it, of which all are made or none. Keys that come or go,
// and a changed copy of a small value, are kept beside the session until commit(). A large value is
// changed where it stands; without commit() its changes are undone. So nothing large is copied, and
// the session keeps its order of keys where it keeps its revision.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <boost/container/small_vector.hpp>

#include "base/buffer.h"
#include "base/status.h"
#include "json/steps.h"
#include "json/view.h"
#include "store/patch_operation.h"
#include "store/store.h"

namespace seshdb::store {

class Draft {
 public:
  /// What the changes may make of the session.
  struct Bounds {
    std::uint32_t depth = UINT32_MAX;              // levels of nesting of a value
    std::size_t growth = std::size_t{1} << 48U;    // bytes that the session has more than before
    std::int64_t steps = json::Steps::kUnbounded;  // of opening and copying what is stored
  };

  /// REQUIRES: nobody else changes the session meanwhile.
  Draft(Store& store, Session& session, const Bounds& bounds)
      : store_(store), session_(session), bounds_(bounds), steps_(bounds.steps) {}
  ~Draft();
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  /// True: only one more change follows, and then commit() if it succeeds. It needs no undo.
  void set_last(bool is_last) { is_last_ = is_last; }

  [[nodiscard]] bool has(std::string_view key) { return value_of(at(key)) != nullptr; }
  /// The value of a key, or null. Holds until the next change. A large one is opened, which takes
  /// steps.
  [[nodiscard]] const json::Value* find(std::string_view key);
  /// The whole session as JSON text, which takes steps.
  void append_to(Buffer& out);
  /// Once they are spent, the results of find() and append_to() mean nothing.
  [[nodiscard]] json::Steps& steps() { return steps_; }

  // Changes. Errors: kValueSize (past bounds().growth, the size of a value or of a key's name) and
  // kOutOfBounds (past bounds().depth); then nothing is changed.

  /// Sets a key to a compact value.
  [[nodiscard]] Status put(std::string_view key, std::string_view text);
  /// REQUIRES: the key exists.
  void remove(std::string_view key);
  void clear();
  /// Replaces what `pointer` selects in a key's value. kPathNotExist if it selects nothing, or
  /// there is no such key. REQUIRES: it is not the whole value.
  [[nodiscard]] Status replace(std::string_view key, json::Pointer pointer, std::string_view text);
  /// Inserts one member of an object or an item of an array: `member` is its text, with the name
  /// where it has one, and `value` the value in it. REQUIRES: as json::Value::splice.
  [[nodiscard]] Status insert(std::string_view key, json::Pointer parent, std::size_t index,
                              std::string_view member, std::string_view value);
  /// Removes members. REQUIRES: as json::Value::splice.
  void erase(std::string_view key, json::Pointer parent, std::size_t index, std::size_t count);

  /// Counts as a change of the session, although it may change nothing.
  void note_change() { changed_ = true; }

  /// Makes the changes, which a record of `effects` tells. Does nothing if there are none.
  void commit(std::span<const PatchOperation> effects);

 private:
  // A key that was asked for.
  struct Key {
    enum class State : std::uint8_t { kStored, kOwn, kGone };
    std::string name;
    json::Value* stored = nullptr;  // in the session; null: it has no such key, or was cleared
    json::Value own;                // in place of that one
    State state = State::kStored;
    bool in_place = false;  // `stored` was changed
  };
  // The inverse of a change of a stored value.
  struct Undo {
    std::size_t key;      // index in keys_
    std::string pointer;  // of the value, or of the container whose members changed
    std::size_t index;
    std::size_t removed;
    Buffer text;
    bool is_splice;
  };

  [[nodiscard]] Key& at(std::string_view name);
  // Null: it was not asked for.
  [[nodiscard]] Key* known(std::string_view name);
  [[nodiscard]] json::Value* value_of(Key& key);
  // The value to change: a copy, if the stored one is small and may have to be taken back.
  [[nodiscard]] json::Value& editable(Key& key);
  // Where the text goes that the change of a value replaces; null: it is not needed.
  [[nodiscard]] Buffer* undo_of(const Key& key, json::Pointer pointer, std::size_t index,
                                std::size_t added, bool is_splice);
  [[nodiscard]] Status check(std::uint32_t levels_above, std::string_view text) const;
  // Counts a change by its bytes; kValueSize, and it does not count, if it is past the bound.
  [[nodiscard]] Status charge(std::size_t more, std::size_t less);
  [[nodiscard]] bool has_room(std::size_t more, std::size_t less) const;
  // Takes the steps of opening a large value; false: there are too few.
  [[nodiscard]] bool can_open(const json::Value& value);
  void begin();
  void take_back();

  Store& store_;
  Session& session_;
  const Bounds bounds_;
  json::Steps steps_;
  boost::container::small_vector<Key, 1> keys_;
  // Where they are in keys_, by the hash of their names; empty while they are few.
  std::unordered_multimap<std::uint64_t, std::size_t> places_;
  std::vector<Undo> undo_;
  std::int64_t growth_ = 0;
  bool begun_ = false;
  bool changed_ = false;
  bool cleared_ = false;
  bool is_last_ = false;
};

}  // namespace seshdb::store
