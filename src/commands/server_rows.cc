// SV_INFO, as users and the server know it.
#include "commands/server_rows.h"

#include <array>

#include "commands/param_rows.h"
#include "commands/server_commands.h"

namespace seshdb::commands {

namespace {

constexpr std::array kInfoStatuses{Status::kOk, Status::kCommandSyntax};

constexpr std::array kInfoAnswer{
    kStAnswer,
    AnswerMember{"version", "string", "The server's version."},
    AnswerMember{"uptime", "integer", "Seconds since it was started."},
    AnswerMember{"cores", "integer", "Its threads, each with a share of sessions and connections."},
    AnswerMember{"sessions", "integer",
                 "Sessions in memory; for a moment also such as have expired. SH_INFO_ALL counts "
                 "exactly."},
    AnswerMember{"keys", "integer", "The keys of all of them."},
    AnswerMember{"connections", "integer", "Clients that are connected, this one too."},
    AnswerMember{"memory", "object",
                 "`bytes`: of the process, resident. `full`: true where it is more than the limit, "
                 "and what stores something is refused."},
    AnswerMember{
        "engine", "object",
        "`kind`: memory or log. `sync`: when changes are put on the disk, always, interval or off, "
        "or none where there is no disk. `state`: good, little (nothing that grows is stored), "
        "full or failed (nothing is changed); of several cores the worst. `lastSync`: when a sync "
        "was last finished, in Unix seconds, or null. `unsyncedBytes`: of the log, written but not "
        "known to be on the disk. `logBytes`: of the log since the last checkpoint. "
        "`checkpointBytes`: of the last checkpoint. `checkpoints`: written since the start."},
    AnswerMember{
        "limits", "object",
        "The settings `memoryBytes`, `connections`, `messageBytes`, `unsentBytes`, `depth`."}};

constexpr std::array kRows{Command{
    .name = "SV_INFO",
    .prefix = R"({"SV_INFO_RSP":)",
    .scope = Scope::kEveryCore,
    .grows = false,
    .writes = false,
    .slides = false,
    .settles = false,
    .params = {},
    .statuses = kInfoStatuses,
    .answer = kInfoAnswer,
    .summary = "Tells how the server is doing.",
    .details = "The same figures and more, for Prometheus: `GET /metrics`.",
    .example =
        {R"({"SV_INFO":{}})",
         R"({"SV_INFO_RSP":{"st":1,"version":"0.1.0","uptime":86400,"cores":2,"sessions":1200,)"
         R"("keys":3400,"connections":17,"memory":{"bytes":13348864,"full":false},)"
         R"("engine":{"kind":"log","sync":"interval","state":"good","lastSync":1766102400,)"
         R"("unsyncedBytes":0,"logBytes":4194304,"checkpointBytes":1048576,"checkpoints":3},)"
         R"("limits":{"memoryBytes":6442450944,"connections":10000,"messageBytes":1048576,)"
         R"("unsentBytes":16777216,"depth":1024}}})"},
    .run = nullptr,
    .part = sv_info_part,
    .finish = sv_info_finish}};

}  // namespace

std::span<const Command> server_rows() { return kRows; }

}  // namespace seshdb::commands
