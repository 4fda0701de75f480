// One save or load of the whole server: what its parts, one on each core, have in common.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "save/folder.h"

namespace seshdb::save {

/// Made by the core that was asked; the parts read it, and change nothing but the atomics.
struct SaveJob {
  enum class Kind : std::uint8_t { kSave, kLoad };
  Kind kind = Kind::kSave;
  std::string name;
  std::uint64_t begin_ms = 0;
  std::optional<std::vector<std::uint64_t>> tokens;  // kSave: only these sessions

  // Once it is prepared.
  std::unique_ptr<NewSave> folder;  // kSave; what was not published is removed with the job
  std::string load_from;            // kLoad: the save's folder

  std::atomic<bool> failed{false};  // a part has failed, or the server ends: the others stop
  std::atomic<std::uint64_t> foreign_names{0};  // kLoad: shared sessions of another secret

  /// What it answers where it fails.
  [[nodiscard]] Status error() const {
    return kind == Kind::kSave ? Status::kSaveError : Status::kLoadError;
  }
};

}  // namespace seshdb::save
