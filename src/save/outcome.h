// The outcome of a save or load: of the whole, or of one core's part.
#pragma once

#include <string>

#include "base/status.h"
#include "store/store.h"

namespace seshdb::save {

struct Outcome {
  Status status = Status::kOk;
  std::string fault = {};     // what failed, if the status is not kOk; empty in a part that stopped
                              // because another part failed
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
