// A command line has at most one of these subcommands.
#include "admin/tool_options.h"

#include <CLI/CLI.hpp>

namespace seshdb::admin {

ToolOptions::ToolOptions(CLI::App& app)
    : check_(app.add_subcommand("check", "read a data directory and say whether it is whole")),
      repair_(app.add_subcommand("repair", "keep what is whole of a damaged data directory")),
      back_up_(app.add_subcommand("backup", "copy a data directory, which may be in use")),
      export_(
          app.add_subcommand("export", "write the sessions of a data directory as lines of JSON")),
      import_(app.add_subcommand("import", "read such lines into a data directory")),
      keygen_(
          app.add_subcommand("keygen", "make a key for a client, and its line for --auth-file")) {
  for (CLI::App* const tool : {check_, repair_, back_up_, export_, import_}) {
    tool->add_option("DIR", path_, "the data directory")->required();
  }
  back_up_->add_option("TO", to_, "the new folder, which must not exist")->required();
  keygen_->add_option("NAME", name_, "the key's name: letters, digits, dots, dashes")->required();
  keygen_->add_option("ROLE", role_, "admin, app, monitor or token")->required();
  export_->add_flag("--zstd", zstd_, "compress them");
}

Tool ToolOptions::asked_for() const {
  Tool tool;
  tool.path = path_;
  tool.to = to_;
  tool.zstd = zstd_;
  tool.name = name_;
  tool.role = role_;
  if (check_->parsed()) {
    tool.kind = Tool::Kind::kCheck;
  } else if (repair_->parsed()) {
    tool.kind = Tool::Kind::kRepair;
  } else if (back_up_->parsed()) {
    tool.kind = Tool::Kind::kBackUp;
  } else if (export_->parsed()) {
    tool.kind = Tool::Kind::kExport;
  } else if (import_->parsed()) {
    tool.kind = Tool::Kind::kImport;
  } else if (keygen_->parsed()) {
    tool.kind = Tool::Kind::kKeygen;
  }
  return tool;
}

}  // namespace seshdb::admin
