// The folders of saves: ROOT/NAME/TIME/part-K.jsonl.zst, TIME in Unix milliseconds. While a save is
// written, its folder is named TIME.new; a reader ignores every name that is not all digits.
// Everything here blocks: never call it on a core's thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>

#include "base/descriptor.h"
#include "base/result.h"
#include "save/reader.h"

namespace seshdb::save {

/// A save that is being written. The destructor removes its folder, unless it was published.
class NewSave {
 public:
  /// Makes the save's folder and those above it. Removes what unfinished saves of this name left.
  /// The save's time is `unix_ms`, or later than that of the newest save of this name if the clock
  /// was set back. REQUIRES: is_save_name(name).
  [[nodiscard]] static Result<std::unique_ptr<NewSave>> make(const std::string& root,
                                                             const std::string& name,
                                                             std::int64_t unix_ms);
  ~NewSave();
  NewSave(const NewSave&) = delete;
  NewSave& operator=(const NewSave&) = delete;

  [[nodiscard]] const std::string& name() const { return name_; }
  /// The save's time, later than that of every complete save of this name.
  [[nodiscard]] std::uint64_t unix_ms() const { return unix_ms_; }
  /// A new file for a part.
  [[nodiscard]] Result<Descriptor> create_part(std::uint32_t part) const;
  /// Gives the save its final name, durably. Call it when all parts are complete and synced. On an
  /// error the save is removed.
  [[nodiscard]] Result<void> publish();
  /// Removes the save, unless it was published.
  void discard();

 private:
  NewSave() = default;
  [[nodiscard]] std::string path() const;

  std::string folder_;  // ROOT/NAME
  std::string name_;
  std::uint64_t unix_ms_ = 0;
  Descriptor lock_;  // held until the save is published or removed
  bool exists_ = false;
};

/// The folder of the newest save of a name.
[[nodiscard]] Result<std::string> newest(const std::string& root, const std::string& name);

/// Reads all sessions of a save, part after part.
class SaveReader {
 public:
  SaveReader(std::string folder, const Terms& terms);

  /// See PartReader::want.
  void want(std::function<bool(std::uint64_t token)> wanted) { wanted_ = std::move(wanted); }

  /// The next session, valid until the next call. Null at the end of the save: all parts were there
  /// and complete. An error names the file and the line.
  [[nodiscard]] Result<SavedSession*> next();

 private:
  [[nodiscard]] tl::unexpected<std::string> fail_in_part(const std::string& what) const;
  [[nodiscard]] Result<void> open_part();
  [[nodiscard]] Result<void> end_part();

  const std::string folder_;
  const Terms terms_;
  std::function<bool(std::uint64_t)> wanted_;
  Descriptor file_;
  std::unique_ptr<PartReader> part_;
  std::uint32_t number_ = 0;
  std::uint32_t parts_ = 1;    // from the first part's header
  std::uint64_t unix_ms_ = 0;  // from the first part's header
};

/// A save that was read to its end, and is whole.
struct CheckedSave {
  std::string folder;  // empty: none
  /// The tokens that its sessions had before. Where a session was rotated while the save was
  /// written, the save may have it twice: the one with the former token is not to be made.
  std::unordered_set<std::uint64_t> former;
};

/// Reads a whole save and checks it. Stops with an error when `is_stopped` returns true.
[[nodiscard]] Result<CheckedSave> check(const std::string& folder, const Terms& terms,
                                        const std::function<bool()>& is_stopped);

}  // namespace seshdb::save
