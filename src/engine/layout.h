// The names of the files in a data directory. One server at a time uses the directory.
//
//   LOCK       locked (flock), like the directory itself, by the server or tool that uses it
//   MANIFEST   "seshdb-data FORMAT\nepoch E\ncores N\nsalt S\n": the epoch whose files are used.
//              Epoch 0: none are; the directory is new, and its first epoch is not complete yet.
//              Format 3 is that of tokens of 128 bits: "token-bits 128\n" follows. With tokens of
//              64 bits the format is 2
//   secret     the secret behind shared sessions' tokens (engine/secret.h)
//   eE-cC-SSSSSSSSSS.log          the changes of core C, in order
//   eE-cC-SSSSSSSSSS.checkpoint   core C's sessions at the beginning of log S
//   *.new      not finished; the next start removes it
//
// To start, a core needs its newest checkpoint S and the logs from S on, or all logs from 1 on. It
// needs at least one log, which each core has before the manifest names its epoch.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/file.h"
#include "engine/log_file.h"
#include "store/tokens.h"

namespace seshdb::engine {

struct Manifest {
  static constexpr std::uint32_t kFormatMost = 3;
  std::uint32_t format = 0;  // as it was read; 1 has no records of patches, tags and rotations
  std::uint32_t epoch = 1;
  std::uint32_t cores = 1;
  std::uint64_t salt = 0;  // random, one for each directory: see FileHeader
  store::TokenBits token_bits = store::TokenBits::k64;

  /// The format in which this version writes it: the oldest that has all that is needed.
  [[nodiscard]] std::uint32_t own_format() const {
    return token_bits == store::TokenBits::k128 ? 3 : 2;
  }
};

/// The name of a core's file in an epoch.
[[nodiscard]] std::string file_name(std::uint32_t epoch, const FileHeader& header);
inline constexpr std::string_view kUnfinished = ".new";

/// A file and what its name says.
struct NamedFile {
  std::uint32_t epoch = 0;
  FileHeader header;  // without `cores`
  bool unfinished = false;
  std::string name;
};
/// Nothing if it is not the name of a core's file.
[[nodiscard]] std::optional<NamedFile> parse_name(const std::string& name);
/// All cores' files of the directory.
[[nodiscard]] Result<std::vector<NamedFile>> files_of(Directory& directory);

/// The manifest, or nothing if there is none. The error says what to do.
[[nodiscard]] Result<std::optional<Manifest>> read_manifest(Directory& directory);
/// Replaces the manifest atomically and durably. After an error the old or the new one is there.
[[nodiscard]] Result<void> write_manifest(Directory& directory, const Manifest& manifest);

/// Returns when the whole content of a file is on the disk, also what other processes wrote. 0 or
/// an errno.
[[nodiscard]] int sync_file(Directory& directory, const std::string& name);

/// The message for an error of the disk: what failed, with which file, and why.
[[nodiscard]] std::string io_fault(const Directory& directory, std::string_view what,
                                   const std::string& name, int error);

}  // namespace seshdb::engine
