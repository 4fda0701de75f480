// The rows of SH_SAVE and SH_LOAD, their parameters and their answers.
#include "commands/save_commands.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "commands/arguments.h"
#include "commands/shared_rows.h"

namespace seshdb::commands {

namespace {

constexpr std::string_view kLoad = "SH_LOAD";

constexpr Param kSaveNameParam{
    .name = "name",
    .type = Type::kSaveName,
    .missing = Status::kValueMissing,
    .bytes_min = 1,
    .bytes_max = limits::kSaveNameBytesMax,
    .summary =
        "The save's name: letters, digits, `.`, `-` and `_`, not beginning with `.` (else "
        "13)."};
constexpr Params kSaveParams{
    kSaveNameParam,
    {.name = "tkns",
     .type = Type::kTokens,
     .required = false,
     .wrong_type = Status::kCommandSyntax,
     .summary = "Tokens: only those of these sessions that are live are saved, not all; items "
                "that are no strings are passed over."}};
constexpr Params kLoadParams{kSaveNameParam};

constexpr std::size_t kName = place_of("name", kSaveParams);
static_assert(kName == place_of("name", kLoadParams));
constexpr std::size_t kTokens = place_of("tkns", kSaveParams);

constexpr std::array kRows{
    Row{.name = "SH_SAVE",
        .roles = auth::Roles(),
        .scope = Scope::kSaves,
        .params = kSaveParams,
        .statuses = {Status::kSaveComplete, Status::kSaveDirWriteFail, Status::kSaveError},
        .answer = {{"st", "integer", "121, SaveComplete."},
                   {"name", "string", "The name, as it came."},
                   {"duration", "integer", "How long it took, in milliseconds."}},
        .summary = "Saves all sessions, or some, to disk under a name.",
        .details = "The server goes on serving; each session is saved as it stands at one "
                   "moment. A save never replaces an older one of its name. 122: its folder "
                   "cannot be made; 123: it failed later, nothing of it is left, or another "
                   "save or load is under way. See [saves](saves.md).",
        .example = {R"({"SH_SAVE":{"name":"nightly"}})",
                    R"({"SH_SAVE_RSP":{"st":121,"name":"nightly","duration":840}})"}},
    Row{.name = kLoad,
        .roles = auth::Roles(),
        .scope = Scope::kSaves,
        .effect = Effect::kGrows,
        .params = kLoadParams,
        .statuses = {Status::kLoadComplete, Status::kLoadError},
        .answer = {{"st", "integer", "141, LoadComplete."},
                   {"name", "string", "The name, as it came."},
                   {"sessions", "integer", "How many sessions were made."},
                   {"keys", "integer", "How many keys they have."}},
        .summary = "Makes the sessions of the newest save of a name anew.",
        .details = "They have their tokens, names, keys and expiry settings again, and their "
                   "clocks start now. A session that is there already stays as it is. 142: "
                   "there is no such save, it is damaged (then nothing is loaded), or another "
                   "save or load is under way. See [saves](saves.md).",
        .example = {R"({"SH_LOAD":{"name":"nightly"}})",
                    R"({"SH_LOAD_RSP":{"st":141,"name":"nightly","sessions":3,"keys":12}})"}}};

}  // namespace

std::span<const Row> save_rows() { return kRows; }

SaveRequest read_save_request(const Call& call) {
  SaveRequest request;
  std::string scratch;
  request.is_load = call.command->name == kLoad;
  request.name = call.param(kName)->string(call.text, scratch);
  if (request.is_load || call.param(kTokens) == nullptr) return request;
  std::vector<store::Token>& tokens = request.tokens.emplace();
  for_each_child(call, *call.param(kTokens), [&](const json::Node& item) {
    if (item.kind != json::Kind::kString) return;
    const store::Token token = store::parse_token(item.string(call.text, scratch));
    if (token.lower != 0) tokens.push_back(token);
  });
  std::sort(tokens.begin(), tokens.end(), store::has_less_lower);
  return request;
}

void write_save_result(const Call& call, const SaveResult& result, protocol::Reply& reply) {
  if (result.status != Status::kOk) {
    reply.fault(result.status, {}, result.fault);
    return;
  }
  const bool is_load = call.command->name == kLoad;
  reply.status(is_load ? Status::kLoadComplete : Status::kSaveComplete);
  reply.raw("name", call.param(kName)->text(call.text));
  if (is_load) {
    reply.number("sessions", result.counts.sessions);
    reply.number("keys", result.counts.keys);
  } else {
    reply.number("duration", result.duration_ms);
  }
}

}  // namespace seshdb::commands
