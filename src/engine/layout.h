// What stands in a data directory, by name. One server at a time uses it.
//
//   LOCK       held (flock), as the directory itself is, by the server or tool that uses it
//   MANIFEST   "seshdb-data FORMAT\nepoch E\ncores N\nsalt S\n": which files count.
//              Epoch 0: none do; the directory is new, and its first epoch not complete yet
//   secret     the secret behind shared sessions' tokens (engine/secret.h)
//   eE-cC-SSSSSSSSSS.log          what core C of N changed, in order
//   eE-cC-SSSSSSSSSS.checkpoint   core C's sessions as they stood where log S begins
//   *.new      not finished; removed at the next start
//
// To start, a core needs its newest checkpoint S and the logs from S on, or all logs from 1 on: one
// log at least, which each core has before its epoch counts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/file.h"
#include "engine/log_file.h"

namespace seshdb::engine {

struct Manifest {
  static constexpr std::uint32_t kFormat = 1;
  std::uint32_t epoch = 1;
  std::uint32_t cores = 1;
  std::uint64_t salt = 0;  // random, of the directory: see FileHeader
};

/// The name of a core's file in an epoch.
[[nodiscard]] std::string file_name(std::uint32_t epoch, const FileHeader& header);
inline constexpr std::string_view kUnfinished = ".new";

/// What such a name says.
struct NamedFile {
  std::uint32_t epoch = 0;
  FileHeader header;  // without `cores`
  bool unfinished = false;
  std::string name;
};
[[nodiscard]] std::optional<NamedFile> parse_name(const std::string& name);
/// All such files of the directory, or a fault.
[[nodiscard]] std::variant<std::vector<NamedFile>, std::string> files_of(Directory& directory);

/// The manifest; nothing where there is none; or a fault, in words that say what to do.
[[nodiscard]] std::variant<std::optional<Manifest>, std::string> read_manifest(
    Directory& directory);
/// Replaces it, all at once and lastingly; nothing, or a fault.
[[nodiscard]] std::optional<std::string> write_manifest(Directory& directory,
                                                        const Manifest& manifest);

/// Returns when all of a file is on the disk that stands in it, whoever wrote it. 0 or an errno.
[[nodiscard]] int sync_file(Directory& directory, const std::string& name);

/// A fault's text: what could not be done with which file, and why.
[[nodiscard]] std::string io_fault(const Directory& directory, std::string_view what,
                                   const std::string& name, int error);

}  // namespace seshdb::engine
