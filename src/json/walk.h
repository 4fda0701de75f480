// The members of an object or the items of an array, one after the other as they are stored:
//   for (Walk walk(view); walk.more(); walk.next()) … walk.name(), walk.value()
// Reads each byte once, and none of a container inside where extents are at hand.
#pragma once

#include <cstddef>

#include "json/steps.h"
#include "json/text.h"
#include "json/view.h"

namespace seshdb::json {

class Walk {
 public:
  /// Over nothing, as over a scalar.
  Walk() = default;
  /// Takes a step for each member, and for each 64 bytes that it reads; ends early where `steps`
  /// has none left. Holds no reference to `view` itself.
  explicit Walk(const View& view, Steps* steps = nullptr);

  [[nodiscard]] bool more() const { return more_; }
  /// Of a member; empty in an array.
  [[nodiscard]] const Name& name() const { return name_; }
  [[nodiscard]] std::size_t index() const { return index_; }
  [[nodiscard]] View value() const;
  void next();

 private:
  void enter(const Members& members);
  void load();
  void next_chunk();
  void load_entry();
  void take(std::size_t bytes) {
    if (steps_ != nullptr && !steps_->take_bytes(bytes)) more_ = false;
  }

  Members members_;                  // in a text
  const char* value_end_ = nullptr;  // of the one there
  const Chunks* chunks_ = nullptr;
  const ObjectSource* source_ = nullptr;
  Steps* steps_ = nullptr;
  View whole_;  // the value, where it is not a part of a text
  Name name_;
  std::size_t index_ = 0;
  std::size_t position_ = 0;  // of the next chunk
  bool is_whole_ = false;
  bool more_ = false;
};

}  // namespace seshdb::json
