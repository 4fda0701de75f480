// Calls the function of each tool.
#include "admin/tool.h"

#include "admin/backup.h"
#include "admin/keygen.h"
#include "admin/repair.h"
#include "admin/transfer.h"
#include "base/check.h"

namespace seshdb::admin {

int run(const Tool& tool, const std::string& secret_file, store::TokenBits token_bits) {
  switch (tool.kind) {
    case Tool::Kind::kCheck:
      return check_data(tool.path);
    case Tool::Kind::kRepair:
      return repair_data(tool.path);
    case Tool::Kind::kBackUp:
      return back_up_data(tool.path, tool.to);
    case Tool::Kind::kExport:
      return export_data(tool.path, tool.zstd);
    case Tool::Kind::kImport:
      return import_data(tool.path, secret_file, token_bits);
    case Tool::Kind::kKeygen:
      return make_key(tool.name, tool.role);
    case Tool::Kind::kNone:
      break;
  }
  SESHDB_CHECK(tool.kind != Tool::Kind::kNone);
  return 0;
}

}  // namespace seshdb::admin
