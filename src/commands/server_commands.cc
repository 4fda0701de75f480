// SV_INFO: what operators ask of the server. The figures of each core are parts; those of the
// server are read where the parts are put together.
#include "commands/server_commands.h"

#include <array>

#include "commands/shared_rows.h"

namespace seshdb::commands {

namespace {

constexpr std::uint64_t kMsPerSecond = 1'000;

void number(protocol::ObjectWriter& object, std::string_view name, std::uint64_t value) {
  object.raw_name(name).append_number(value);
}

void text(protocol::ObjectWriter& object, std::string_view name, std::string_view value) {
  json::append_string(value, object.raw_name(name));
}

void append_memory(const ServerFigures& server, protocol::Reply& reply) {
  protocol::ObjectWriter memory = reply.object("memory");
  number(memory, "bytes", server.memory_bytes);
  memory.raw_name("full").append(server.memory_full ? "true" : "false");
  memory.close();
}

void append_figure(const Context& context, const Figure& figure, std::uint64_t value,
                   protocol::ObjectWriter& object) {
  if (figure.unit != Figure::Unit::kMoment) {
    number(object, figure.member, value);
  } else if (value == 0) {
    object.raw_name(figure.member).append("null");
  } else {
    object.raw_name(figure.member)
        .append_signed(whole_seconds(context.core.clock.to_unix_ms(value)));
  }
}

void append_engine(const Context& context, const ServerFigures& server, const CoreFigures& cores,
                   protocol::Reply& reply) {
  protocol::ObjectWriter engine = reply.object("engine");
  text(engine, "kind", server.engine);
  text(engine, "sync", server.sync);
  text(engine, "state", store::storage_name(cores.storage));
  const std::span<const Figure> names = cores.engine.names();
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!names[i].member.empty()) append_figure(context, names[i], cores.engine[i], engine);
  }
  engine.close();
}

void append_limits(const ServerFigures& server, protocol::Reply& reply) {
  protocol::ObjectWriter limits = reply.object("limits");
  number(limits, "memoryBytes", server.memory_max);
  number(limits, "connections", server.connections_max);
  number(limits, "messageBytes", server.bounds.message_bytes);
  number(limits, "unsentBytes", server.unsent_bytes_max);
  number(limits, "depth", server.bounds.depth);
  limits.close();
}

// One core's figures, or those of several together.
struct ServerPart {
  store::Counts counts;
  CoreFigures core;

  void add(const ServerPart& other) {
    counts.add(other.counts);
    core.add(other.core);
  }
};

ServerPart sv_info_part(const Context& context, const Call& /*call*/) {
  return {.counts = context.core.store.counts(), .core = context.core.host->core_figures()};
}

void sv_info_finish(const Context& context, const Call& /*call*/, const ServerPart& all,
                    protocol::Reply& reply) {
  const ServerFigures server = context.core.host->server_figures();
  reply.status(Status::kOk);
  reply.string("version", SESHDB_VERSION);
  reply.number("uptime", (context.turn.now_ms - server.started_ms) / kMsPerSecond);
  reply.number("cores", context.core.cores);
  reply.number("sessions", all.counts.sessions);
  reply.number("keys", all.counts.keys);
  reply.number("connections", all.core.connections);
  append_memory(server, reply);
  append_engine(context, server, all.core, reply);
  append_limits(server, reply);
}

constexpr std::array kRows{Row{
    .name = "SV_INFO",
    .roles = auth::Roles(auth::Role::kMonitor),
    .scope = Scope::kEveryCore,
    .statuses = {Status::kOk},
    .answer =
        {kStAnswer,
         {"version", "string", "The server's version."},
         {"uptime", "integer", "Seconds since it was started."},
         {"cores", "integer", "Its threads, each with a share of sessions and connections."},
         {"sessions", "integer",
          "Sessions in memory; for a moment also such as have expired. SH_INFO_ALL counts "
          "exactly."},
         {"keys", "integer", "The keys of all of them."},
         {"connections", "integer", "Clients that are connected, this one too."},
         {"memory", "object",
          "`bytes`: of the process, resident. `full`: true where it is more than the limit, "
          "and what stores something is refused."},
         {"engine", "object",
          "`kind`: memory or log. `sync`: when changes are put on the disk, always, interval or "
          "off, "
          "or none where there is no disk. `state`: good, little (nothing that grows is stored), "
          "full or failed (nothing is changed); of several cores the worst. `lastSync`: when a "
          "sync "
          "was last finished, in Unix seconds, or null. `unsyncedBytes`: of the log, written but "
          "not "
          "known to be on the disk. `logBytes`: of the log since the last checkpoint. "
          "`checkpointBytes`: of the last checkpoint. `checkpoints`: written since the start."},
         {"limits", "object",
          "The settings `memoryBytes`, `connections`, `messageBytes`, `unsentBytes`, `depth`."}},
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
    .gather = gather<sv_info_part, sv_info_finish>()}};

}  // namespace

std::span<const Row> server_rows() { return kRows; }

}  // namespace seshdb::commands
