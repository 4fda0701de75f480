// The files of one core in one epoch: their headers and names; removing or syncing all files before
// a sequence. Holds no state: a copy may be used on any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/file.h"
#include "engine/layout.h"
#include "engine/log_file.h"

namespace seshdb::engine {

class CoreFiles {
 public:
  /// `directory` must outlive this object and its copies.
  CoreFiles(Directory& directory, const Manifest& manifest, std::uint32_t core)
      : directory_(&directory), manifest_(manifest), core_(core) {}

  [[nodiscard]] Directory& directory() const { return *directory_; }
  [[nodiscard]] std::uint32_t core() const { return core_; }
  [[nodiscard]] FileHeader header(FileKind kind, std::uint64_t sequence) const;
  [[nodiscard]] std::string name(FileKind kind, std::uint64_t sequence) const;

  /// Removes the files with a lower sequence. The next call tries again those that it cannot
  /// remove.
  void remove_before(std::uint64_t sequence) const;
  /// Puts the log segments with a lower sequence on the disk. 0 or an errno.
  [[nodiscard]] int sync_logs_before(std::uint64_t sequence) const;

 private:
  // Adds the files with a lower sequence to `files`. 0 or an errno.
  [[nodiscard]] int list_before(std::uint64_t sequence, std::vector<NamedFile>& files) const;

  Directory* directory_;
  Manifest manifest_;
  std::uint32_t core_;
};

}  // namespace seshdb::engine
