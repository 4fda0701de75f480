// Two layouts of the same rows.
#include "commands/manual.h"

#include <algorithm>
#include <vector>

#include "base/limits.h"
#include "commands/table.h"

namespace seshdb::commands {

namespace {

std::string_view type_text(Type type) {
  switch (type) {
    case Type::kToken:
    case Type::kName:
    case Type::kKey:
    case Type::kSaveName:
    case Type::kPath:
    case Type::kChoice:
    case Type::kCursor:
      return "string";
    case Type::kTokens:
      return "array";
    case Type::kBool:
      return "bool";
    case Type::kExpiry:
    case Type::kKeyValues:
      return "object";
    case Type::kKeyList:
    case Type::kPaths:
    case Type::kTags:
    case Type::kNewTags:
      return "array of strings";
    case Type::kTokenOrTokens:
      return "string or array of strings";
    case Type::kOperations:
      return "array of objects";
    case Type::kRevision:
    case Type::kCount:
      return "integer";
    case Type::kPointers:
    case Type::kOperators:
      return "any";
  }
  return "";
}

std::string param_name(const Param& param) {
  return is_rest(param.type) ? "<" + std::string(param.name) + ">" : std::string(param.name);
}

// "Required. Up to 256 bytes." and the like.
std::string param_notes(const Param& param) {
  std::string notes;
  const bool is_text = param.type == Type::kName || param.type == Type::kKey ||
                       param.type == Type::kSaveName || param.type == Type::kPath;
  const bool is_list = param.type == Type::kKeyList || param.type == Type::kKeyValues;
  if (is_text) {
    notes += " " + std::to_string(param.bytes_min) + " to " + std::to_string(param.bytes_max) +
             " bytes.";
  } else if (param.type == Type::kTags || param.type == Type::kNewTags) {
    notes += " Each of " + std::to_string(param.bytes_min) + " to " +
             std::to_string(param.bytes_max) + " bytes.";
    if (param.items_max != 0) {
      notes += " At most " + std::to_string(param.items_max) + ", no two alike.";
    }
  } else if (is_list) {
    notes += " A name has at most " + std::to_string(param.bytes_max) + " bytes.";
  } else if (param.items_max != 0) {
    notes += " At most " + std::to_string(param.items_max) + ".";
  }
  if (!param.fallback.empty()) {
    notes += " Default: " + std::string(param.fallback) + ".";
  }
  return notes;
}

std::string number(Status status) { return std::to_string(static_cast<int>(status)); }

// Every command that takes `tkn` takes `name` in its place, so no row lists it.
std::string name_notes() {
  return "In place of `tkn` the name of a shared session, 1 to " +
         std::to_string(limits::kSessionNameBytesMax) + " bytes.";
}

std::string required_text(const Param& param, std::string_view yes, std::string_view no) {
  return param.type == Type::kToken ? "or `name`" : std::string(param.required ? yes : no);
}

// Every command takes `rid`, so no row lists it.
std::string rid_notes() {
  return "Comes back in the answer. At most " + std::to_string(limits::kRidBytesMax) +
         " bytes. A longer one gives " + number(Status::kValueSize) + ", another type " +
         number(Status::kValueTypeInvalid) + ", whatever the command.";
}

// Which roles may use the command.
std::string roles_text(const Command& command) {
  std::string text;
  for (const std::string_view name : auth::kRoleNames) {
    const auth::Role role = *auth::role_of(name);
    if (!command.is_for(role)) continue;
    if (!text.empty()) text += ", ";
    text += name;
    if (role == auth::Role::kApp && !command.app_needs.empty()) {
      text += " (with `" + std::string(command.app_needs) + "`)";
    }
    if (role == auth::Role::kToken && command.has_session()) {
      const bool has_clock = command.expiry_param != kParamsMax;
      text += has_clock ? " (by `tkn`, without `expiry`)" : " (by `tkn`)";
    }
  }
  return text;
}

std::string status_list(const Command& command) {
  std::string text;
  for (const Status status : statuses_of(command)) {
    text += " " + number(status) + " " + std::string(status_name(status)) + ",";
  }
  return text;
}

std::string list_of_all() {
  std::string text = "Commands (seshdb help COMMAND tells more):\n";
  for (const Command& command : all_commands()) {
    std::string name(command.name);
    name.resize(14, ' ');
    text += "  " + name + std::string(command.summary) + "\n";
  }
  return text;
}

std::string text_of(const Command& command) {
  std::string text = std::string(command.name) + ": " + std::string(command.summary) + "\n";
  if (!command.details.empty()) text += std::string(command.details) + "\n";
  text += "\nParameters:\n";
  for (const Param& param : command.params) {
    text += "  " + param_name(param) + " (" + std::string(type_text(param.type)) + ", " +
            required_text(param, "required", "optional") + "): " + std::string(param.summary) +
            param_notes(param) + "\n";
  }
  if (command.has_session()) text += "  name (string): " + name_notes() + "\n";
  text += "  rid (string or integer, optional): " + rid_notes() + "\n";
  if (!command.answer.empty()) {
    text += "\nAnswer:\n";
    for (const AnswerMember& member : command.answer) {
      text += "  " + std::string(member.name) + " (" + std::string(member.type) +
              "): " + std::string(member.summary) + "\n";
    }
  }
  text += "\nRoles: " + roles_text(command) + ".\nStatuses:";
  text += status_list(command);
  text.back() = '\n';
  text += "\nExample:\n  " + std::string(command.example.request) + "\n";
  text += command.example.answer.empty() ? "  (no answer)\n"
                                         : "  " + std::string(command.example.answer) + "\n";
  return text;
}

std::string markdown_of(const Command& command) {
  std::string text = "## " + std::string(command.name) + "\n\n" + std::string(command.summary);
  if (!command.details.empty()) text += " " + std::string(command.details);
  text += "\n\n| parameter | type | required | |\n|---|---|:-:|---|\n";
  for (const Param& param : command.params) {
    text += "| `" + param_name(param) + "` | " + std::string(type_text(param.type)) + " | " +
            required_text(param, "yes", "no") + " | " + std::string(param.summary) +
            param_notes(param) + " |\n";
  }
  if (command.has_session()) text += "| `name` | string | | " + name_notes() + " |\n";
  text += "| `rid` | string or integer | no | " + rid_notes() + " |\n\n";
  if (command.answer.empty()) {
    text += "A success has no answer.\n\n";
  } else {
    text += "| answer | type | |\n|---|---|---|\n";
    for (const AnswerMember& member : command.answer) {
      text += "| `" + std::string(member.name) + "` | " + std::string(member.type) + " | " +
              std::string(member.summary) + " |\n";
    }
    text += "\n";
  }
  text += "Roles: " + roles_text(command) + ".\n\nStatuses:";
  text += status_list(command);
  text.back() = '.';
  text += "\n\n```json\n" + std::string(command.example.request) + "\n";
  if (!command.example.answer.empty()) text += std::string(command.example.answer) + "\n";
  return text + "```\n\n";
}

std::string upper_case(std::string_view name) {
  std::string upper(name);
  std::transform(upper.begin(), upper.end(), upper.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return upper;
}

}  // namespace

std::optional<std::string> manual_text(std::string_view name) {
  if (name.empty()) {
    return list_of_all();
  }
  const Command* const command = find_command(upper_case(name));
  return command == nullptr ? std::nullopt : std::optional(text_of(*command));
}

std::string manual_markdown() {
  std::string text =
      "# Commands\n\n"
      "Made from the server's table of commands by `seshdb help --markdown`; do not edit. How "
      "requests and answers travel, what the statuses mean and how faults are answered stands in "
      "[the protocol](protocol.md).\n\n";
  for (const Command& command : all_commands()) {
    text += "- [" + std::string(command.name) + "](#" +
            [&] {
              std::string anchor(command.name);
              std::transform(anchor.begin(), anchor.end(), anchor.begin(), [](char c) {
                return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
              });
              return anchor;
            }() +
            "): " + std::string(command.summary) + "\n";
  }
  text += "\n";
  for (const Command& command : all_commands()) {
    text += markdown_of(command);
  }
  text.pop_back();
  return text;
}

}  // namespace seshdb::commands
