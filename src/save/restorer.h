// Makes saved sessions: those of a load that is under way, of a save that a server begins with, of
// an import.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "save/lines.h"
#include "save/share.h"

namespace seshdb::save {

/// What making a session counts for besides its text.
inline constexpr std::size_t kRestoreBytes = 256;

/// Makes saved sessions on their core's thread.
class Restorer {
 public:
  /// `commit` makes the engine take what was changed so far.
  Restorer(const Share& share, std::function<void()> commit)
      : share_(share), commit_(std::move(commit)) {}

  /// Makes the session, whose clock starts now, unless one of its token is there. Returns how much
  /// work that was, as bytes.
  std::size_t restore(const SavedSession& saved);

  [[nodiscard]] const store::Counts& made() const { return made_; }
  /// Of them, those whose names lead to another token than theirs, as the secret is another one.
  [[nodiscard]] std::uint64_t foreign_names() const { return foreign_names_; }

 private:
  void count_uncommitted(std::size_t bytes, std::size_t most);

  const Share& share_;
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
  std::optional<std::string> fault;  // what is wrong; then not all was made
};

/// For a core that does not serve yet: makes what it owns of the save in `folder`, all at once.
/// `has_room` is asked now and then; `is_stopped` for each session, and ends it early.
[[nodiscard]] Loaded load_now(const std::string& folder, const Share& share,
                              const std::function<bool()>& has_room,
                              const std::function<bool()>& is_stopped);

}  // namespace seshdb::save
