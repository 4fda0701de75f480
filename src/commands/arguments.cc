// One check per type of parameter.
#include "commands/arguments.h"

#include <algorithm>
#include <functional>
#include <unordered_set>

#include "base/limits.h"
#include "base/save_name.h"
#include "commands/shared_rows.h"
#include "json/decimal.h"
#include "json/pointer.h"
#include "json/string.h"
#include "store/tokens.h"

namespace seshdb::commands {

namespace {

using json::Kind;
using json::Node;

constexpr std::size_t kFewKeys = 16;  // up to here comparing all pairs beats a table

bool names(const Call& call, const Node& node, std::string_view wanted) {
  const std::string_view raw = node.name(call.text);
  return node.name_escaped ? json::same_string(raw, wanted) : raw == wanted;
}

// Whole, and within the bound.
std::optional<std::uint64_t> duration_of(std::string_view number) {
  return json::whole_number(number, limits::kDurationSecondsMax);
}

bool expiry_is_valid(const Call& call, const Node& expiry) {
  if (expiry.kind != Kind::kObject) {
    return false;
  }
  bool valid = true;
  bool has_duration = false;
  bool has_delete_session = false;
  for_each_child(call, expiry, [&](const Node& node) {
    if (names(call, node, "duration")) {
      has_duration = true;
      valid = valid && node.kind == Kind::kNumber && duration_of(node.text(call.text)).has_value();
    } else if (names(call, node, "deleteSession")) {
      has_delete_session = true;
      valid = valid && node.kind == Kind::kBool;
    } else {
      valid = valid && names(call, node, "sliding") && node.kind == Kind::kBool;
    }
  });
  return valid && has_duration && has_delete_session;
}

// A string's length within the parameter's bounds, in decoded bytes.
bool within(const Param& param, std::string_view raw, bool escaped) {
  const std::size_t bytes = escaped ? json::decoded_bytes(raw) : raw.size();
  return bytes >= param.bytes_min && bytes <= param.bytes_max;
}

// Which parameter the node is; kParamsMax: none.
std::size_t place_in(const Params& params, const Call& call, const Node& node) {
  for (std::size_t i = 0; i < params.size(); ++i) {
    if (!is_rest(params[i].type) && names(call, node, params[i].name)) return i;
  }
  return kParamsMax;
}

void note_token(Call& call, std::uint32_t index) {
  const Node& node = call.nodes[index];
  if (node.kind == Kind::kString && !node.raw(call.text).empty()) call.tkn = index;
}

std::optional<Fault> fault_of(const Param& param, Status status) {
  return Fault{status, std::string(param.name)};
}

std::optional<Fault> check_string(const Call& call, const Param& param, const Node& node) {
  if (node.kind != Kind::kString) return fault_of(param, param.wrong_type);
  if (!within(param, node.raw(call.text), node.escaped)) return fault_of(param, Status::kValueSize);
  return std::nullopt;
}

// The name becomes the name of a folder, so it must not lead out of the directory of saves.
std::optional<Fault> check_save_name(const Call& call, const Param& param, const Node& node) {
  if (std::optional<Fault> fault = check_string(call, param, node)) return fault;
  std::string scratch;
  return is_save_name(node.string(call.text, scratch)) ? std::nullopt
                                                       : fault_of(param, Status::kCommandSyntax);
}

std::optional<Fault> check_array(const Call& call, const Param& param, const Node& list) {
  if (list.kind != Kind::kArray) return fault_of(param, param.wrong_type);
  std::size_t items = 0;
  for_each_child(call, list, [&items](const Node&) { ++items; });
  return items > param.items_max ? fault_of(param, Status::kValueSize) : std::nullopt;
}

std::optional<Fault> check_paths(const Call& call, const Param& param, const Node& list) {
  std::optional<Fault> fault = check_array(call, param, list);
  std::string scratch;
  std::size_t index = 0;
  for_each_child(call, list, [&](const Node& item) {
    if (fault) return;
    if (item.kind != Kind::kString) {
      fault = Fault{Status::kKeyTypeInvalid, std::to_string(index)};
    } else if (const auto path = item.string(call.text, scratch); !json::Pointer::parse(path)) {
      fault = Fault{Status::kPathInvalid, std::string(path)};
    }
    ++index;
  });
  return fault;
}

// A string, or an array of strings.
bool are_strings(const Call& call, const Node& node) {
  if (node.kind != Kind::kArray) return node.kind == Kind::kString;
  bool all = true;
  for_each_child(call, node, [&](const Node& item) { all = all && item.kind == Kind::kString; });
  return all;
}

// Strings within the parameter's bounds. `distinct`: no two are alike.
std::optional<Fault> check_tags(const Call& call, const Param& param, const Node& list,
                                bool distinct) {
  if (list.kind != Kind::kArray || !are_strings(call, list)) {
    return fault_of(param, param.wrong_type);
  }
  bool fit = true;
  std::vector<std::string_view> raws;
  for_each_child(call, list, [&](const Node& item) {
    fit = fit && within(param, item.raw(call.text), item.escaped);
    if (!distinct || !fit) return;
    fit = raws.size() < param.items_max &&
          std::none_of(
              raws.begin(), raws.end(),
              [&](std::string_view raw) { return json::same_string(raw, item.raw(call.text)); });
    raws.push_back(item.raw(call.text));
  });
  return fit ? std::nullopt : fault_of(param, Status::kValueSize);
}

std::optional<Fault> check_count(const Call& call, const Param& param, const Node& node) {
  if (node.kind != Kind::kNumber) return fault_of(param, param.wrong_type);
  return json::whole_number(node.text(call.text), param.items_max)
             ? std::nullopt
             : fault_of(param, Status::kValueSize);
}

std::optional<Fault> check_cursor(const Call& call, const Param& param, const Node& node) {
  if (node.kind != Kind::kString) return fault_of(param, param.wrong_type);
  std::string scratch;
  return store::parse_cursor(node.string(call.text, scratch)) != 0
             ? std::nullopt
             : fault_of(param, Status::kValueSize);
}

std::optional<Fault> check_choice(const Call& call, const Param& param, const Node& node) {
  std::string scratch;
  const std::string_view given = node.kind == Kind::kString ? node.string(call.text, scratch) : "";
  for (std::string_view rest = param.choices; !rest.empty() && !given.empty();) {
    const std::string_view choice = rest.substr(0, rest.find(' '));
    if (choice == given) return std::nullopt;
    rest.remove_prefix(std::min(rest.size(), choice.size() + 1));
  }
  return fault_of(param, Status::kCommandSyntax);
}

std::optional<Fault> check_key_list(const Call& call, const Param& param, const Node& list) {
  if (list.kind != Kind::kArray) return fault_of(param, param.wrong_type);
  std::optional<Fault> fault;
  std::size_t index = 0;
  for_each_child(call, list, [&](const Node& item) {
    if (fault) return;
    if (item.kind != Kind::kString) {
      fault = Fault{Status::kKeyTypeInvalid, std::to_string(index)};
    } else if (!within(param, item.raw(call.text), item.escaped)) {
      fault = fault_of(param, Status::kValueSize);
    }
    ++index;
  });
  return fault;
}

std::optional<Fault> check_key_values(const Call& call, const Param& param, const Node& object) {
  if (object.kind != Kind::kObject) return fault_of(param, param.wrong_type);
  bool fits = true;
  for_each_child(call, object, [&](const Node& member) {
    fits = fits && within(param, member.name(call.text), member.name_escaped);
  });
  return fits ? std::nullopt : fault_of(param, Status::kValueSize);
}

std::optional<Fault> check_param(const Call& call, const Param& param, const Node& node) {
  const auto expect = [&](bool right) {
    return right ? std::nullopt : fault_of(param, param.wrong_type);
  };
  switch (param.type) {
    case Type::kToken:      // looked up before
    case Type::kPointers:   // no single node
    case Type::kOperators:  // the same
      return std::nullopt;
    case Type::kPaths:
      return check_paths(call, param, node);
    case Type::kChoice:
      return check_choice(call, param, node);
    case Type::kOperations:
      return check_array(call, param, node);
    case Type::kRevision:
      return expect(node.kind == Kind::kNumber && json::is_whole(node.text(call.text)));
    case Type::kTokens:
      return expect(node.kind == Kind::kArray);
    case Type::kTokenOrTokens:
      return expect(are_strings(call, node));
    case Type::kTags:
    case Type::kNewTags:
      return check_tags(call, param, node, param.type == Type::kNewTags);
    case Type::kCount:
      return check_count(call, param, node);
    case Type::kCursor:
      return check_cursor(call, param, node);
    case Type::kBool:
      return expect(node.kind == Kind::kBool);
    case Type::kExpiry:
      return expect(expiry_is_valid(call, node));
    case Type::kName:
    case Type::kKey:
    case Type::kPath:
      return check_string(call, param, node);
    case Type::kSaveName:
      return check_save_name(call, param, node);
    case Type::kKeyList:
      return check_key_list(call, param, node);
    case Type::kKeyValues:
      return check_key_values(call, param, node);
  }
  return std::nullopt;
}

}  // namespace

Call bind(const Command& command, const protocol::Envelope& envelope) {
  Call call;
  call.command = &command;
  call.text = envelope.text;
  call.nodes = envelope.nodes;
  for_each_child(call, call.nodes[1], [&](const Node& node) {
    const auto index = static_cast<std::uint32_t>(&node - call.nodes.data());
    // No parameter of a row begins so, but each pointer of KV_UPDATE does.
    const bool is_pointer = call.text[node.name_begin] == '/';
    const std::size_t place = is_pointer ? kParamsMax : place_in(command.params, call, node);
    if (place != kParamsMax) {
      call.params[place] = index;
      if (command.params[place].type == Type::kToken) note_token(call, index);
    } else if (!is_pointer && names(call, node, "rid")) {
      call.rid = index;
    } else if (!is_pointer && command.has_session() && names(call, node, "name")) {
      call.name = index;
    } else if (command.rest_param == kParamsMax) {
      call.unknown = index;
      if (names(call, node, "tkn")) note_token(call, index);
    } else if (call.params[command.rest_param] == kNoNode) {
      call.params[command.rest_param] = index;
    }
  });
  return call;
}

std::optional<Fault> check_rid(const Call& call) {
  if (call.rid == kNoNode) {
    return std::nullopt;
  }
  const Node& rid = call.nodes[call.rid];
  if (rid.kind == Kind::kString) {
    if (json::decoded_bytes(rid.raw(call.text)) <= limits::kRidBytesMax) return std::nullopt;
    return Fault{Status::kValueSize, "rid"};
  }
  if (rid.kind != Kind::kNumber || !json::is_whole(rid.text(call.text))) {
    return Fault{Status::kValueTypeInvalid, "rid"};
  }
  if (rid.end - rid.begin > limits::kRidBytesMax) {
    return Fault{Status::kValueSize, "rid"};
  }
  return std::nullopt;
}

std::optional<Fault> check_params(const Call& call) {
  if (call.unknown != kNoNode) {
    std::string scratch;
    const Node& node = call.nodes[call.unknown];
    return Fault{call.command->unknown, std::string(node.decoded_name(call.text, scratch))};
  }
  // The session was looked up before.
  for (std::size_t i = call.command->has_session() ? kTokenPlace + 1 : 0;
       i < call.command->params.size(); ++i) {
    const Param& param = call.command->params[i];
    const Node* const node = call.param(i);
    if (node == nullptr) {
      if (param.required) return fault_of(param, param.missing);
    } else if (std::optional<Fault> fault = check_param(call, param, *node)) {
      return fault;
    }
  }
  return std::nullopt;
}

store::Expiry read_expiry(const Call& call, const Node* node) {
  store::Expiry expiry;
  if (node == nullptr) {
    return expiry;
  }
  for_each_child(call, *node, [&](const Node& member) {
    const std::string_view text = member.text(call.text);
    if (names(call, member, "duration")) {
      expiry.duration_s = static_cast<std::uint32_t>(duration_of(text).value_or(0));
    } else if (names(call, member, "deleteSession")) {
      expiry.delete_session = text == "true";
    } else {
      expiry.sliding = text == "true";
    }
  });
  return expiry;
}

std::string_view read_string(const Call& call, const Node* node, std::string_view fallback,
                             std::string& scratch) {
  return node == nullptr ? fallback : node->string(call.text, scratch);
}

std::string_view token_text(const Call& call, TokenDigits& digits) {
  if (call.tkn != kNoNode) return given_token(call);
  char* const first = digits.data();
  *first = '"';
  char* const end = store::write_token(call.token, first + 1);
  *end = '"';
  return {first, static_cast<std::size_t>(end + 1 - first)};
}

void write_fault(const Call& call, Status status, std::string_view message,
                 protocol::Reply& reply) {
  TokenDigits digits;
  reply.fault(status, token_text(call, digits), message);
}

bool read_bool(const Call& call, const Node* node) {
  return node != nullptr && node->text(call.text) == "true";
}

void unique_keys(const Call& call, const Node& list, std::vector<const Node*>& kept) {
  kept.clear();
  for_each_child(call, list, [&](const Node& item) { kept.push_back(&item); });
  const auto raw = [&call](const Node* node) { return node->raw(call.text); };
  if (kept.size() <= kFewKeys) {
    for (std::size_t i = 0; i + 1 < kept.size(); ++i) {
      const bool repeated = std::any_of(
          kept.begin() + static_cast<std::ptrdiff_t>(i) + 1, kept.end(),
          [&](const Node* later) { return json::same_string(raw(kept[i]), raw(later)); });
      if (repeated) {
        kept[i] = nullptr;
      }
    }
  } else {
    std::unordered_set<std::string, json::StringHash, std::equal_to<>> seen;
    std::string scratch;
    for (auto at = kept.rbegin(); at != kept.rend(); ++at) {
      if (!seen.emplace(json::decoded(raw(*at), scratch)).second) {
        *at = nullptr;
      }
    }
  }
  std::erase(kept, nullptr);
}

}  // namespace seshdb::commands
