// The tools that work without a server, most on a data directory: one for each subcommand.
#pragma once

#include <cstdint>
#include <string>

namespace seshdb::admin {

/// A tool with its arguments.
struct Tool {
  enum class Kind : std::uint8_t { kNone, kCheck, kRepair, kBackUp, kExport, kImport, kKeygen };
  Kind kind = Kind::kNone;
  std::string path;   // the data directory
  std::string to;     // kBackUp: the new folder
  bool zstd = false;  // kExport
  std::string name;   // kKeygen: of the key
  std::string role;   // kKeygen
};

/// Runs the tool. `secret_file` is for kImport: the server's secret file; empty means the one in
/// the data directory. Returns the exit status. REQUIRES: a kind other than kNone.
[[nodiscard]] int run(const Tool& tool, const std::string& secret_file);

}  // namespace seshdb::admin
