// Where saves stand: ROOT/NAME/TIME/part-K.jsonl.zst, TIME in Unix milliseconds. A save that is
// being written is called TIME.new until it is whole; only names that are all digits are ever read.
// Blocks; for a thread that may.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/descriptor.h"
#include "save/reader.h"

namespace seshdb::save {

/// A save that is being written. Its folder goes with it, unless it was published.
class NewSave {
 public:
  /// Makes its folder, and those above it, and removes what saves of this name left that were cut
  /// short. Its time is `unix_ms`, or behind that of the newest one of this name, whatever the
  /// clock was set to since. Gives it, or what failed. REQUIRES: is_save_name(name).
  [[nodiscard]] static std::variant<std::unique_ptr<NewSave>, std::string> make(
      const std::string& root, const std::string& name, std::int64_t unix_ms);
  ~NewSave();
  NewSave(const NewSave&) = delete;
  NewSave& operator=(const NewSave&) = delete;

  [[nodiscard]] const std::string& name() const { return name_; }
  /// Its time, later than that of any other save of this name that is whole.
  [[nodiscard]] std::uint64_t unix_ms() const { return unix_ms_; }
  /// A new file for a part; not open where that failed, with an errno.
  [[nodiscard]] Descriptor create_part(std::uint32_t part) const;
  /// All parts are whole and synced: the save has its name from here on, lastingly. Nothing, or
  /// what failed; it is removed then.
  [[nodiscard]] std::optional<std::string> publish();
  /// Removes it, unless it was published.
  void discard();

 private:
  NewSave() = default;
  [[nodiscard]] std::string path() const;

  std::string folder_;  // ROOT/NAME
  std::string name_;
  std::uint64_t unix_ms_ = 0;
  Descriptor lock_;  // held while somebody writes here
  bool there_ = false;
};

/// The newest save of a name.
struct Found {
  std::string folder;
  std::string fault;  // why there is none; else empty
};
[[nodiscard]] Found newest(const std::string& root, const std::string& name);

/// All sessions of a save, part after part.
class SaveReader {
 public:
  SaveReader(std::string folder, std::uint32_t depth_max);

  /// See PartReader.
  void want(std::function<bool(std::uint64_t token)> wanted) { wanted_ = std::move(wanted); }

  enum class Result : std::uint8_t { kSession, kEnd, kFault };
  /// kEnd: all parts are there and whole.
  [[nodiscard]] Result next();
  [[nodiscard]] SavedSession& session() { return part_->session(); }
  /// What is wrong, with the file and the line.
  [[nodiscard]] const std::string& fault() const { return fault_; }

 private:
  Result fail(const std::string& what);
  [[nodiscard]] bool open_part();
  [[nodiscard]] bool end_part();

  const std::string folder_;
  const std::uint32_t depth_max_;
  std::function<bool(std::uint64_t)> wanted_;
  Descriptor file_;
  std::unique_ptr<PartReader> part_;
  std::uint32_t number_ = 0;
  std::uint32_t parts_ = 1;    // as the first part says
  std::uint64_t unix_ms_ = 0;  // the same
  std::string fault_;
};

/// Reads all of a save; nothing, or what is wrong with it. Gives up once `is_stopped`
/// says so.
[[nodiscard]] std::optional<std::string> check(const std::string& folder, std::uint32_t depth_max,
                                               const std::function<bool()>& is_stopped);

}  // namespace seshdb::save
