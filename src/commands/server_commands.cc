// SV_: what operators ask of the server. What a core has to say is in its part; what concerns all
// is asked of the host where the parts are put together.
#include "commands/server_commands.h"

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
    object.raw_name(figure.member).append_signed(whole_seconds(context.clock.to_unix_ms(value)));
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
  number(limits, "messageBytes", server.message_bytes_max);
  number(limits, "unsentBytes", server.unsent_bytes_max);
  number(limits, "depth", server.depth_max);
  limits.close();
}

}  // namespace

void sv_info_part(Context& context, const Call& /*call*/, Part& part) {
  const store::Counts counts = context.store.counts();
  part.sessions = counts.sessions;
  part.keys = counts.keys;
  if (context.host != nullptr) {
    part.core = context.host->core_figures();
  }
}

void sv_info_finish(Context& context, const Call& /*call*/, const Part& part,
                    protocol::Reply& reply) {
  const ServerFigures server =
      context.host != nullptr ? context.host->server_figures() : ServerFigures();
  reply.status(Status::kOk);
  reply.string("version", SESHDB_VERSION);
  reply.number("uptime", (context.now_ms - server.started_ms) / kMsPerSecond);
  reply.number("cores", context.cores);
  reply.number("sessions", part.sessions);
  reply.number("keys", part.keys);
  reply.number("connections", part.core.connections);
  append_memory(server, reply);
  append_engine(context, server, part.core, reply);
  append_limits(server, reply);
}

}  // namespace seshdb::commands
