// Makes sessions from saved ones: for SH_LOAD, for a save that a server loads at its start, and for
// an import. Runs on the thread of the core that owns the sessions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "base/result.h"
#include "save/folder.h"
#include "save/lines.h"
#include "save/share.h"

namespace seshdb::save {

/// The work of making a session, as bytes, besides its keys.
inline constexpr std::size_t kRestoreBytes = 256;

class Restorer {
 public:
  /// `save`: where the sessions come from. `commit` commits to the engine what was changed so far.
  Restorer(const Share& share, const CheckedSave& save, std::function<void()> commit)
      : share_(share), save_(save), commit_(std::move(commit)) {}

  /// Makes the session, unless there is one of that token, or one that had it before. Its expiry
  /// starts now. Returns the work done, as bytes.
  std::size_t restore(const SavedSession& saved);

  /// What was made so far.
  [[nodiscard]] const store::Counts& made() const { return made_; }
  /// How many shared sessions have a token that their name does not give, because they were saved
  /// under another secret.
  [[nodiscard]] std::uint64_t foreign_names() const { return foreign_names_; }

 private:
  void count_uncommitted(std::size_t bytes, std::size_t bytes_max);

  [[nodiscard]] bool is_wanted(std::uint64_t token) const;

  const Share& share_;
  const CheckedSave& save_;
  std::function<void()> commit_;
  std::size_t uncommitted_bytes_ = 0;
  store::Counts made_;
  std::uint64_t foreign_names_ = 0;
  std::string name_;
};

/// What load_now made.
struct Loaded {
  store::Counts made;
  std::uint64_t foreign_names = 0;
  Result<void> result;  // on an error some sessions may be missing
};

/// Makes the core's sessions of a save, all at once. Only for a core that does not
/// serve yet. Calls `has_room` now and then and `is_stopped` before each session, and ends early
/// with an error when there is no room or a stop was asked for.
[[nodiscard]] Loaded load_now(const CheckedSave& save, const Share& share,
                              const std::function<bool()>& has_room,
                              const std::function<bool()>& is_stopped);

}  // namespace seshdb::save
