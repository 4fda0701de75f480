// `seshdb export` writes the sessions of a data directory as lines of JSON (docs/saves.md), and
// `seshdb import` reads them. No server may use the directory meanwhile.
#pragma once

#include <string>

#include "store/tokens.h"

namespace seshdb::admin {

/// Writes all live sessions of the data directory to standard output; with `zstd` compressed.
/// Returns the exit status.
[[nodiscard]] int export_data(const std::string& path, bool zstd);

/// Reads such lines, compressed or not, from standard input. Makes the sessions that are not in the
/// data directory yet; makes the directory if it is missing. Imports all sessions or none, even if
/// the lines are damaged, writing fails or the process is killed. `secret_file` and `token_bits`
/// are the server's: lines and directory keep to these bits. Returns the exit status.
[[nodiscard]] int import_data(const std::string& path, const std::string& secret_file,
                              store::TokenBits token_bits);

}  // namespace seshdb::admin
