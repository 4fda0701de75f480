// The rows put together, and the way from a name to its row.
#include "commands/table.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <vector>

#include "base/check.h"
#include "base/limits.h"
#include "commands/all_session_commands.h"
#include "commands/auth_commands.h"
#include "commands/find_commands.h"
#include "commands/key_change_commands.h"
#include "commands/key_get_commands.h"
#include "commands/key_set_commands.h"
#include "commands/patch_commands.h"
#include "commands/read_commands.h"
#include "commands/save_commands.h"
#include "commands/server_commands.h"
#include "commands/session_commands.h"
#include "commands/session_find_commands.h"
#include "commands/tag_commands.h"

namespace seshdb::commands {

namespace {

struct Table {
  Table() {
    for (const std::span<const Row> rows :
         {auth_rows(), session_rows(), all_session_rows(), tag_rows(), session_find_rows(),
          save_rows(), key_set_rows(), key_get_rows(), key_change_rows(), read_rows(), find_rows(),
          patch_rows(), server_rows()}) {
      for (const Row& row : rows) {
        all.emplace_back(row, static_cast<std::uint32_t>(all.size()));
      }
    }
    for (const Command& command : all) by_length.at(command.name.size()).push_back(&command);
    // First those that are asked most.
    for (auto& names : by_length) {
      std::stable_partition(names.begin(), names.end(),
                            [](const Command* one) { return one->name.starts_with("KV_"); });
    }
  }

  std::vector<Command> all;
  // A handful of names share a length, so finding one is a few comparisons.
  std::array<std::vector<const Command*>, limits::kCommandNameBytesMax + 1> by_length;
};

const Table& table() {
  static const Table instance;
  return instance;
}

}  // namespace

Command::Command(const Row& row, std::uint32_t its_index)
    : Row(row), index(its_index), prefix("{\"" + std::string(row.name) + "_RSP\":") {
  SESHDB_CHECK(name.size() <= limits::kCommandNameBytesMax);
  SESHDB_CHECK((scope == Scope::kSession || scope == Scope::kToken) == (run != nullptr));
  SESHDB_CHECK((scope == Scope::kToken) == (find_token != nullptr));
  SESHDB_CHECK((scope == Scope::kEveryCore) == (gather.part != nullptr));
  for (std::size_t i = 0; i < params.size(); ++i) {
    const Type type = params[i].type;
    if (type == Type::kKey || type == Type::kKeyList || type == Type::kKeyValues) keys_param = i;
    if (is_rest(type)) rest_param = i;
    if (type == Type::kRevision) revision_param = i;
    if (type == Type::kExpiry) expiry_param = i;
    if (!app_needs.empty() && params[i].name == app_needs) app_param = i;
  }
  SESHDB_CHECK(app_needs.empty() || app_param != kParamsMax);
}

bool Command::allows(auth::Role role, const Call& call) const {
  if (!is_for(role)) return false;
  const auto has = [&call](std::size_t param) {
    return param != kParamsMax && call.param(param) != nullptr;
  };
  if (role == auth::Role::kToken) return call.name == kNoNode && !has(expiry_param);
  return role != auth::Role::kApp || app_param == kParamsMax || has(app_param);
}

std::span<const Command> all_commands() { return table().all; }

std::vector<Status> statuses_of(const Command& command) {
  std::set<Status> statuses(command.statuses.begin(), command.statuses.end());
  if (command.rest_param == kParamsMax) statuses.insert(command.unknown);
  for (const Param& param : command.params) {
    if (param.required) statuses.insert(param.missing);
    if (param.bytes_max != 0 || param.items_max != 0) statuses.insert(Status::kValueSize);
    if (param.type == Type::kKeyList) statuses.insert(Status::kKeyTypeInvalid);
    if (param.type == Type::kPaths) {
      statuses.insert({Status::kKeyTypeInvalid, Status::kPathInvalid});
    }
    if (param.type == Type::kChoice) statuses.insert(Status::kCommandSyntax);
    if (param.type == Type::kRevision) statuses.insert(Status::kTestFailed);
    statuses.insert(param.wrong_type);
  }
  if (command.scope == Scope::kConnection) statuses.insert(Status::kAuthFailed);
  // By `name`: of a wrong type, too short or long, or beside `tkn`.
  if (command.has_session()) {
    statuses.insert({Status::kSessionNotExist, Status::kValueTypeInvalid, Status::kValueSize,
                     Status::kCommandSyntax});
  }
  if (command.scope == Scope::kSaves) statuses.insert(Status::kCommandDisabled);
  if (command.grows()) statuses.insert(Status::kMemoryFull);
  if (command.changes()) statuses.insert({Status::kStorageFull, Status::kStorageFailed});
  return {statuses.begin(), statuses.end()};
}

const Command* find_command(std::string_view name) {
  if (name.size() > limits::kCommandNameBytesMax) {
    return nullptr;
  }
  const std::vector<const Command*>& candidates = table().by_length.at(name.size());
  const auto found = std::find_if(candidates.begin(), candidates.end(),
                                  [name](const Command* command) { return command->name == name; });
  return found == candidates.end() ? nullptr : *found;
}

}  // namespace seshdb::commands
