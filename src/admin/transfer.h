// `seshdb export` and `seshdb import`: from a data directory that no server uses to lines of JSON
// (docs/saves.md), and back.
#pragma once

#include <string>

namespace seshdb::admin {

/// Writes all live sessions of the data directory to standard output, compressed with `zstd`. Gives
/// the exit status.
[[nodiscard]] int export_data(const std::string& path, bool zstd);

/// Reads such lines, compressed or not, from standard input, and makes the sessions that are not in
/// the data directory, which is made where it is missing. All or none, whether the lines are not
/// whole, writing fails or it is killed. `secret_file`: as the server's. Gives the exit status.
[[nodiscard]] int import_data(const std::string& path, const std::string& secret_file);

}  // namespace seshdb::admin
