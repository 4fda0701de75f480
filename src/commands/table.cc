// The rows put together, and the way from a name to its row.
#include "commands/table.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/check.h"
#include "base/limits.h"
#include "commands/key_rows.h"
#include "commands/save_rows.h"
#include "commands/server_rows.h"
#include "commands/session_rows.h"

namespace seshdb::commands {

namespace {

struct Table {
  Table() {
    for (const std::span<const Command> rows :
         {session_rows(), save_rows(), key_rows(), server_rows()}) {
      all.insert(all.end(), rows.begin(), rows.end());
    }
    for (Command& command : all) {
      command.index = static_cast<std::uint32_t>(&command - all.data());
      SESHDB_CHECK(command.name.size() <= limits::kCommandNameBytesMax);
      SESHDB_CHECK(command.params.size() <= kParamsMax);
      SESHDB_CHECK((command.scope == Scope::kEveryCore) == (command.run == nullptr));
      SESHDB_CHECK(command.saving == Saving::kNone || command.scope == Scope::kEveryCore);
      by_length.at(command.name.size()).push_back(&command);
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

std::span<const Command> all_commands() { return table().all; }

std::vector<Status> statuses_of(const Command& command) {
  std::vector<Status> statuses(command.statuses.begin(), command.statuses.end());
  if (command.grows) statuses.push_back(Status::kMemoryFull);
  if (command.writes) {
    statuses.push_back(Status::kStorageFull);
    statuses.push_back(Status::kStorageFailed);
  }
  return statuses;
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
