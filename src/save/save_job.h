// One save or load of the whole server: the state that its parts, one on each core, share.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "save/folder.h"
#include "store/tokens.h"

namespace seshdb::save {

/// The core that runs the command makes it. The parts only read it, except for the atomics.
struct SaveJob {
  enum class Kind : std::uint8_t { kSave, kLoad };
  Kind kind = Kind::kSave;
  std::string name;
  std::uint64_t begin_ms = 0;
  std::optional<std::vector<store::Token>> tokens;  // kSave: only these; sorted by has_less_lower

  // Set by Saver::prepare.
  std::unique_ptr<NewSave> folder;  // kSave; the job's destructor removes an unpublished save
  CheckedSave load_from;            // kLoad

  std::atomic<bool> failed{false};  // a part has failed or the server is stopping: all parts stop
  std::atomic<std::uint64_t> foreign_names{0};  // kLoad: see Restorer::foreign_names

  /// The status of the answer if it fails.
  [[nodiscard]] Status error() const {
    return kind == Kind::kSave ? Status::kSaveError : Status::kLoadError;
  }
};

}  // namespace seshdb::save
