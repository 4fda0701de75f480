// The tools that work on a data directory without a server, one for each subcommand.
#pragma once

#include <cstdint>
#include <string>

#include "store/tokens.h"

namespace seshdb::admin {

/// A tool with its arguments.
struct Tool {
  enum class Kind : std::uint8_t { kNone, kCheck, kRepair, kBackUp, kExport, kImport };
  Kind kind = Kind::kNone;
  std::string path;   // the data directory
  std::string to;     // kBackUp: the new folder
  bool zstd = false;  // kExport
};

/// Runs the tool. The rest is for kImport: the server's secret file, or the one in the data
/// directory if it is empty, and how many bits its tokens have. Returns the exit status. REQUIRES:
/// a kind other than kNone.
[[nodiscard]] int run(const Tool& tool, const std::string& secret_file,
                      store::TokenBits token_bits);

}  // namespace seshdb::admin
