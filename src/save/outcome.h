// How a save or load went: all of it, or one core's part.
#pragma once

#include <string>

#include "base/status.h"
#include "store/store.h"

namespace seshdb::save {

struct Outcome {
  Status status = Status::kOk;
  std::string fault = {};     // what is wrong, where the status is not kOk; a part that stopped
                              // because another failed has none
  store::Counts counts = {};  // written or made

  /// Puts another part's outcome to this. The first fault with a reason counts.
  void add(const Outcome& other) {
    counts.add(other.counts);
    if (other.status != Status::kOk && fault.empty()) {
      status = other.status;
      fault = other.fault;
    }
  }
};

}  // namespace seshdb::save
