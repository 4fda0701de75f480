// KV_SET to KV_UPDATE, as users and the server know them.
#include "commands/key_rows.h"

#include <array>

#include "commands/key_commands.h"
#include "commands/param_rows.h"

namespace seshdb::commands {

namespace {

constexpr std::array kTokenOnly{kTokenParam};
constexpr std::array kKeyListParams{kTokenParam, kKeyListParam};
constexpr std::array kKeyValuesParams{kTokenParam, kKeyValuesParam};
constexpr std::array kUpdateParams{
    kTokenParam,
    Param{.name = "key",
          .type = Type::kKey,
          .required = true,
          .missing = Status::kParamMissing,
          .wrong_type = Status::kValueTypeInvalid,
          .bytes_min = 0,
          .bytes_max = limits::kKeyNameBytesMax,
          .fallback = "",
          .summary = "The key whose value is changed."},
    Param{.name = "path",
          .type = Type::kPointers,
          .required = true,
          .missing = Status::kParamMissing,
          .wrong_type = Status::kPathInvalid,
          .bytes_min = 0,
          .bytes_max = 0,
          .fallback = "",
          .summary =
              "Every further parameter: its name is a JSON Pointer (RFC 6901) into the value, "
              "its value replaces what the pointer selects."}};

constexpr std::array kPlainStatuses{Status::kOk, Status::kCommandSyntax, Status::kSessionNotExist,
                                    Status::kSessionTokenInvalid};
constexpr std::array kSetStatuses{Status::kCommandSyntax,    Status::kKeySet,
                                  Status::kKeyUpdated,       Status::kParamMissing,
                                  Status::kValueTypeInvalid, Status::kValueSize,
                                  Status::kSessionNotExist,  Status::kSessionTokenInvalid};
constexpr std::array kSetqStatuses{Status::kCommandSyntax,    Status::kParamMissing,
                                   Status::kValueTypeInvalid, Status::kValueSize,
                                   Status::kSessionNotExist,  Status::kSessionTokenInvalid};
constexpr std::array kAddStatuses{Status::kCommandSyntax,    Status::kKeySet,
                                  Status::kKeyExist,         Status::kParamMissing,
                                  Status::kValueTypeInvalid, Status::kValueSize,
                                  Status::kSessionNotExist,  Status::kSessionTokenInvalid};
constexpr std::array kAddqStatuses{Status::kCommandSyntax,      Status::kKeyExist,
                                   Status::kParamMissing,       Status::kValueTypeInvalid,
                                   Status::kValueSize,          Status::kSessionNotExist,
                                   Status::kSessionTokenInvalid};
constexpr std::array kGetStatuses{Status::kCommandSyntax,      Status::kParamMissing,
                                  Status::kKeyTypeInvalid,     Status::kValueTypeInvalid,
                                  Status::kValueSize,          Status::kSessionNotExist,
                                  Status::kSessionTokenInvalid};
constexpr std::array kContainsStatuses{Status::kOk,
                                       Status::kCommandSyntax,
                                       Status::kParamMissing,
                                       Status::kKeyTypeInvalid,
                                       Status::kValueTypeInvalid,
                                       Status::kValueSize,
                                       Status::kSessionNotExist,
                                       Status::kSessionTokenInvalid};
constexpr std::array kRmvStatuses{
    Status::kCommandSyntax, Status::kKeyNotExist,     Status::kKeyRemoved,
    Status::kParamMissing,  Status::kKeyTypeInvalid,  Status::kValueTypeInvalid,
    Status::kValueSize,     Status::kSessionNotExist, Status::kSessionTokenInvalid};
constexpr std::array kClearSetStatuses{Status::kOk,
                                       Status::kCommandSyntax,
                                       Status::kKeySet,
                                       Status::kParamMissing,
                                       Status::kValueTypeInvalid,
                                       Status::kValueSize,
                                       Status::kSessionNotExist,
                                       Status::kSessionTokenInvalid};
constexpr std::array kAppendStatuses{
    Status::kOk,           Status::kCommandSyntax,    Status::kKeyNotExist,
    Status::kParamMissing, Status::kValueTypeInvalid, Status::kValueSize,
    Status::kOutOfBounds,  Status::kSessionNotExist,  Status::kSessionTokenInvalid};
constexpr std::array kUpdateStatuses{Status::kOk,
                                     Status::kPathInvalid,
                                     Status::kPathNotExist,
                                     Status::kKeyNotExist,
                                     Status::kParamMissing,
                                     Status::kValueTypeInvalid,
                                     Status::kValueSize,
                                     Status::kOutOfBounds,
                                     Status::kSessionNotExist,
                                     Status::kSessionTokenInvalid};

constexpr std::array kSetAnswer{
    kTknAnswer, AnswerMember{"keys", "object", "For each key 20 (it is new) or 21 (replaced)."}};
constexpr std::array kAddAnswer{
    kTknAnswer, AnswerMember{"keys", "object", "For each key 20 (added) or 23 (it exists)."}};
constexpr std::array kAddqAnswer{
    kTknAnswer, AnswerMember{"keys", "object", "The keys that exist, each with 23."}};
constexpr std::array kGetAnswer{
    kTknAnswer,
    AnswerMember{"keys", "object", "Each key's value; null where there is no such key."}};
constexpr std::array kContainsAnswer{kStAnswer, kTknAnswer,
                                     AnswerMember{"keys", "object", "For each key true or false."}};
constexpr std::array kRmvAnswer{
    kTknAnswer, AnswerMember{"<key>", "integer", "For each key 24 (removed) or 22 (no such key)."}};
constexpr std::array kClearAnswer{kStAnswer, kTknAnswer,
                                  AnswerMember{"cnt", "integer", "How many keys went."}};
constexpr std::array kClearSetAnswer{
    kStAnswer, kTknAnswer, AnswerMember{"cnt", "integer", "How many keys went."},
    AnswerMember{"keys", "object", "Each key that is set now, with 20."}};
constexpr std::array kCountAnswer{kStAnswer, kTknAnswer,
                                  AnswerMember{"cnt", "integer", "How many keys there are."}};
constexpr std::array kKeysAnswer{kStAnswer, kTknAnswer,
                                 AnswerMember{"keys", "array", "The names."}};
constexpr std::array kAppendAnswer{
    kTknAnswer,
    AnswerMember{
        "keys", "object",
        "For each key 1 (done), 22 (no such key), 41 (the two do not fit), 43 (too deep) or "
        "42 (too large)."}};
constexpr std::array kUpdateAnswer{
    kTknAnswer,
    AnswerMember{"key", "object",
                 "The key with 1 (done), 22 (no such key), 4 (no JSON Pointer), 5 (it selects "
                 "nothing), 43 (too deep) or 42 (too large)."},
    AnswerMember{"m", "string", "With 4, 5, 42 and 43: the pointer to blame. Nothing is changed."}};

constexpr std::array kRows{
    Command{.name = "KV_SET",
            .prefix = R"({"KV_SET_RSP":)",
            .scope = Scope::kSession,
            .grows = true,
            .writes = true,
            .slides = true,
            .settles = false,
            .params = kKeyValuesParams,
            .statuses = kSetStatuses,
            .answer = kSetAnswer,
            .summary = "Sets keys, new or not.",
            .details = "",
            .example = {R"({"KV_SET":{"tkn":"8467384731478681233","keys":{"city":"London"}}})",
                        R"({"KV_SET_RSP":{"tkn":"8467384731478681233","keys":{"city":20}}})"},
            .run = kv_set,
            .part = nullptr,
            .finish = nullptr},
    Command{
        .name = "KV_SETQ",
        .prefix = R"({"KV_SETQ_RSP":)",
        .scope = Scope::kSession,
        .grows = true,
        .writes = true,
        .slides = true,
        .settles = false,
        .params = kKeyValuesParams,
        .statuses = kSetqStatuses,
        .answer = {},
        .summary = "Sets keys like KV_SET, without an answer on success.",
        .details = "Over HTTP a success is status 204 without a body.",
        .example = {R"({"KV_SETQ":{"tkn":"8467384731478681233","keys":{"city":"London"}}})", ""},
        .run = kv_setq,
        .part = nullptr,
        .finish = nullptr},
    Command{
        .name = "KV_ADD",
        .prefix = R"({"KV_ADD_RSP":)",
        .scope = Scope::kSession,
        .grows = true,
        .writes = true,
        .slides = true,
        .settles = false,
        .params = kKeyValuesParams,
        .statuses = kAddStatuses,
        .answer = kAddAnswer,
        .summary = "Sets keys that do not exist yet; an existing key keeps its value.",
        .details = "",
        .example = {R"({"KV_ADD":{"tkn":"8467384731478681233","keys":{"user":1,"city":"London"}}})",
                    R"({"KV_ADD_RSP":{"tkn":"8467384731478681233","keys":{"user":23,"city":20}}})"},
        .run = kv_add,
        .part = nullptr,
        .finish = nullptr},
    Command{.name = "KV_ADDQ",
            .prefix = R"({"KV_ADDQ_RSP":)",
            .scope = Scope::kSession,
            .grows = true,
            .writes = true,
            .slides = true,
            .settles = false,
            .params = kKeyValuesParams,
            .statuses = kAddqStatuses,
            .answer = kAddqAnswer,
            .summary = "Adds keys like KV_ADD, without an answer where every key was added.",
            .details = "",
            .example =
                {R"({"KV_ADDQ":{"tkn":"8467384731478681233","keys":{"user":1,"city":"London"}}})",
                 R"({"KV_ADDQ_RSP":{"tkn":"8467384731478681233","keys":{"user":23}}})"},
            .run = kv_addq,
            .part = nullptr,
            .finish = nullptr},
    Command{
        .name = "KV_GET",
        .prefix = R"({"KV_GET_RSP":)",
        .scope = Scope::kSession,
        .grows = false,
        .writes = false,
        .slides = true,
        .settles = false,
        .params = kKeyListParams,
        .statuses = kGetStatuses,
        .answer = kGetAnswer,
        .summary = "Gives the values of keys.",
        .details = "KV_CONTAINS tells a stored null from a missing key.",
        .example =
            {R"({"KV_GET":{"tkn":"8467384731478681233","keys":["access","none"]}})",
             R"({"KV_GET_RSP":{"tkn":"8467384731478681233","keys":{"access":[{"Reports":true},{"Admin":false}],"none":null}}})"},
        .run = kv_get,
        .part = nullptr,
        .finish = nullptr},
    Command{
        .name = "KV_CONTAINS",
        .prefix = R"({"KV_CONTAINS_RSP":)",
        .scope = Scope::kSession,
        .grows = false,
        .writes = false,
        .slides = true,
        .settles = false,
        .params = kKeyListParams,
        .statuses = kContainsStatuses,
        .answer = kContainsAnswer,
        .summary = "Tells which keys exist.",
        .details = "",
        .example =
            {R"({"KV_CONTAINS":{"tkn":"8467384731478681233","keys":["user","none"]}})",
             R"({"KV_CONTAINS_RSP":{"st":1,"tkn":"8467384731478681233","keys":{"user":true,"none":false}}})"},
        .run = kv_contains,
        .part = nullptr,
        .finish = nullptr},
    Command{.name = "KV_RMV",
            .prefix = R"({"KV_RMV_RSP":)",
            .scope = Scope::kSession,
            .grows = false,
            .writes = true,
            .slides = true,
            .settles = false,
            .params = kKeyListParams,
            .statuses = kRmvStatuses,
            .answer = kRmvAnswer,
            .summary = "Removes keys.",
            .details = "A key named `tkn` or `rid` is removed but not listed in the answer.",
            .example = {R"({"KV_RMV":{"tkn":"8467384731478681233","keys":["user","none"]}})",
                        R"({"KV_RMV_RSP":{"tkn":"8467384731478681233","user":24,"none":22}})"},
            .run = kv_rmv,
            .part = nullptr,
            .finish = nullptr},
    Command{.name = "KV_CLEAR",
            .prefix = R"({"KV_CLEAR_RSP":)",
            .scope = Scope::kSession,
            .grows = false,
            .writes = true,
            .slides = true,
            .settles = false,
            .params = kTokenOnly,
            .statuses = kPlainStatuses,
            .answer = kClearAnswer,
            .summary = "Removes all keys of a session.",
            .details = "",
            .example = {R"({"KV_CLEAR":{"tkn":"8467384731478681233"}})",
                        R"({"KV_CLEAR_RSP":{"st":1,"tkn":"8467384731478681233","cnt":2}})"},
            .run = kv_clear,
            .part = nullptr,
            .finish = nullptr},
    Command{
        .name = "KV_CLEAR_SET",
        .prefix = R"({"KV_CLEAR_SET_RSP":)",
        .scope = Scope::kSession,
        .grows = true,
        .writes = true,
        .slides = true,
        .settles = false,
        .params = kKeyValuesParams,
        .statuses = kClearSetStatuses,
        .answer = kClearSetAnswer,
        .summary = "Removes all keys and sets others, in one step.",
        .details = "",
        .example =
            {R"({"KV_CLEAR_SET":{"tkn":"8467384731478681233","keys":{"city":"London"}}})",
             R"({"KV_CLEAR_SET_RSP":{"st":1,"tkn":"8467384731478681233","cnt":2,"keys":{"city":20}}})"},
        .run = kv_clear_set,
        .part = nullptr,
        .finish = nullptr},
    Command{.name = "KV_COUNT",
            .prefix = R"({"KV_COUNT_RSP":)",
            .scope = Scope::kSession,
            .grows = false,
            .writes = false,
            .slides = true,
            .settles = false,
            .params = kTokenOnly,
            .statuses = kPlainStatuses,
            .answer = kCountAnswer,
            .summary = "Counts the keys of a session.",
            .details = "",
            .example = {R"({"KV_COUNT":{"tkn":"8467384731478681233"}})",
                        R"({"KV_COUNT_RSP":{"st":1,"tkn":"8467384731478681233","cnt":2}})"},
            .run = kv_count,
            .part = nullptr,
            .finish = nullptr},
    Command{
        .name = "KV_KEYS",
        .prefix = R"({"KV_KEYS_RSP":)",
        .scope = Scope::kSession,
        .grows = false,
        .writes = false,
        .slides = true,
        .settles = false,
        .params = kTokenOnly,
        .statuses = kPlainStatuses,
        .answer = kKeysAnswer,
        .summary = "Gives the names of all keys of a session, in no order.",
        .details = "",
        .example =
            {R"({"KV_KEYS":{"tkn":"8467384731478681233"}})",
             R"({"KV_KEYS_RSP":{"st":1,"tkn":"8467384731478681233","keys":["user","access"]}})"},
        .run = kv_keys,
        .part = nullptr,
        .finish = nullptr},
    Command{
        .name = "KV_APPEND",
        .prefix = R"({"KV_APPEND_RSP":)",
        .scope = Scope::kSession,
        .grows = true,
        .writes = true,
        .slides = true,
        .settles = false,
        .params = kKeyValuesParams,
        .statuses = kAppendStatuses,
        .answer = kAppendAnswer,
        .summary = "Adds to the values of keys.",
        .details = "String and string are joined as they stand. Of an array, its items are added "
                   "to an array; any other value is added as one item. Of an object, the members "
                   "are added to an object: an existing one is overwritten, two objects under one "
                   "name are merged the same way. Any other pair: 41, and that key stays as it is.",
        .example =
            {R"({"KV_APPEND":{"tkn":"8467384731478681233","keys":{"access":[{"Audit":true}],"none":1}}})",
             R"({"KV_APPEND_RSP":{"tkn":"8467384731478681233","keys":{"access":1,"none":22}}})"},
        .run = kv_append,
        .part = nullptr,
        .finish = nullptr},
    Command{.name = "KV_UPDATE",
            .prefix = R"({"KV_UPDATE_RSP":)",
            .scope = Scope::kSession,
            .grows = true,
            .writes = true,
            .slides = true,
            .settles = false,
            .params = kUpdateParams,
            .statuses = kUpdateStatuses,
            .answer = kUpdateAnswer,
            .summary = "Changes one value, or several, inside the value of a key.",
            .details = "Several pointers are applied in the order given, all or none. `\"\"` is "
                       "the whole value, `/` the member whose name is empty. A pointer selects "
                       "what is there; it adds nothing.",
            .example =
                {R"({"KV_UPDATE":{"tkn":"8467384731478681233","key":"user","/avatar":"img2.png"}})",
                 R"({"KV_UPDATE_RSP":{"tkn":"8467384731478681233","key":{"user":1}}})"},
            .run = kv_update,
            .part = nullptr,
            .finish = nullptr}};

}  // namespace

std::span<const Command> key_rows() { return kRows; }

}  // namespace seshdb::commands
