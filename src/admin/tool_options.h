// The subcommands that do something with a data directory and end, as the command line has them.
#pragma once

#include <string>

#include "admin/tool.h"

namespace CLI {  // NOLINT(readability-identifier-naming): a library's
class App;
}  // namespace CLI

namespace seshdb::admin {

class ToolOptions {
 public:
  /// Adds them to the program's own, which outlive it.
  explicit ToolOptions(CLI::App& app);
  ToolOptions(const ToolOptions&) = delete;
  ToolOptions& operator=(const ToolOptions&) = delete;
  ~ToolOptions() = default;

  /// Once the command line is read: the tool that it names, if any.
  [[nodiscard]] Tool asked_for() const;

 private:
  CLI::App* check_;
  CLI::App* repair_;
  CLI::App* back_up_;
  CLI::App* export_;
  CLI::App* import_;
  std::string path_;
  std::string to_;
  bool zstd_ = false;
};

}  // namespace seshdb::admin
