// The tools that work without a server, most on a data directory: one for each subcommand.
#pragma once

#include <cstdint>
#include <string>

#include "store/tokens.h"

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

/// Runs the tool. The rest is for kImport: the server's secret file, or the one in the data
/// directory if it is empty, and how many bits its tokens have. Returns the exit status. REQUIRES:
/// a kind other than kNone.
[[nodiscard]] int run(const Tool& tool, const std::string& secret_file,
                      store::TokenBits token_bits);

}  // namespace seshdb::admin
