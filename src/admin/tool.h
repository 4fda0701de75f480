// What is done with a data directory besides serving from it: one tool for each subcommand.
#pragma once

#include <cstdint>
#include <string>

namespace seshdb::admin {

/// What the command line asks for.
struct Tool {
  enum class Kind : std::uint8_t { kNone, kCheck, kRepair, kBackUp, kExport, kImport };
  Kind kind = Kind::kNone;
  std::string path;   // the data directory
  std::string to;     // kBackUp: where to
  bool zstd = false;  // kExport
};

/// Runs it. `secret_file`: kImport: as the server's; empty: in the data directory. Gives the exit
/// status. REQUIRES: a kind other than kNone.
[[nodiscard]] int run(const Tool& tool, const std::string& secret_file);

}  // namespace seshdb::admin
