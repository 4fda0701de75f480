// The subcommands of the command line that run a tool on a data directory.
#pragma once

#include <string>

#include "admin/tool.h"

namespace CLI {  // NOLINT(readability-identifier-naming): a library's
class App;
}  // namespace CLI

namespace seshdb::admin {

class ToolOptions {
 public:
  /// Adds the subcommands to `app`, which must outlive this object.
  explicit ToolOptions(CLI::App& app);
  ToolOptions(const ToolOptions&) = delete;
  ToolOptions& operator=(const ToolOptions&) = delete;
  ~ToolOptions() = default;

  /// The tool that the command line names, or kNone. Call it after the command line was parsed.
  [[nodiscard]] Tool asked_for() const;

 private:
  CLI::App* check_;
  CLI::App* repair_;
  CLI::App* back_up_;
  CLI::App* export_;
  CLI::App* import_;
  CLI::App* keygen_;
  std::string name_;
  std::string role_;
  std::string path_;
  std::string to_;
  bool zstd_ = false;
};

}  // namespace seshdb::admin
