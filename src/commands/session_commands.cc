// SH_: making, finding, describing and ending sessions.
#include "commands/session_commands.h"

#include <string>

#include "base/limits.h"
#include "commands/arguments.h"
#include "json/string.h"
#include "store/owner.h"

namespace seshdb::commands {

namespace {

// That one random 64-bit number is taken already happens to nobody; where so many in a row are, the
// generator is broken.
constexpr int kTokenTries = 16;

void append_token(std::uint64_t token, Buffer& out) {
  out.append('"');
  out.append_number(token);
  out.append('"');
}

// A random token of a session that this core owns.
std::uint64_t draw_token(Context& context) {
  for (;;) {
    const std::uint64_t token = context.random.next();
    if (token != 0 && store::owner_of(token, context.cores) == context.core) {
      return token;
    }
  }
}

void append_expiry(const Context& context, const store::Session& session, protocol::Reply& reply) {
  Buffer& out = reply.member("expiry");
  if (!session.expires()) {
    out.append(R"({"expires":false,"duration":0,"time":0,"deleteSession":true})");
    return;
  }
  const store::Expiry expiry = session.expiry();
  const std::int64_t unix_ms = context.clock.to_unix_ms(session.deadline_ms());
  out.append(R"({"expires":true,"duration":)");
  out.append_number(expiry.duration_s);
  out.append(R"(,"time":)");
  out.append_signed(whole_seconds(unix_ms));
  out.append(R"(,"deleteSession":)");
  out.append(expiry.delete_session ? "true" : "false");
  if (expiry.sliding) {
    out.append(R"(,"sliding":true)");
  }
  out.append('}');
}

std::string name_of(const Call& call) {
  std::string name;
  json::decode_string(call.param(0)->raw(call.text), name);
  return name;
}

void append_opened(const Call& call, std::uint64_t token, protocol::Reply& reply) {
  reply.status(Status::kOk);
  reply.raw("name", call.param(0)->text(call.text));
  append_token(token, reply.member("tkn"));
}

// The live session shared under this very name. Another session of the same token is none.
store::Session* find_shared(Context& context, std::uint64_t token, std::string_view name) {
  store::Session* const session = context.store.find(token, context.now_ms);
  const bool same =
      session != nullptr && session->shared() && context.store.name_of(*session) == name;
  return same ? session : nullptr;
}

}  // namespace

std::uint64_t token_of_name(const Context& context, const Call& call) {
  return store::shared_token(context.secret, name_of(call));
}

void sh_new(Context& context, const Call& call, store::Session* /*none*/, protocol::Reply& reply) {
  const bool shared = read_bool(call, call.param(1));
  const std::string name = name_of(call);
  std::uint64_t token = call.token;
  if (shared && find_shared(context, token, name) != nullptr) {
    append_opened(call, token, reply);
    return;
  }
  // A shared name has the one token that its MAC gives; a session without one draws again.
  for (int tries = 0; context.store.find(token, context.now_ms) != nullptr; ++tries) {
    if (shared || tries == kTokenTries) {
      reply.fault(Status::kSessionNewFail, token_text(call), "no free token");
      return;
    }
    token = draw_token(context);
  }
  const store::Expiry expiry = read_expiry(call, call.param(2));
  (void)context.store.create(token, shared, name, expiry, context.now_ms);
  append_opened(call, token, reply);
}

void sh_open(Context& context, const Call& call, store::Session* /*none*/, protocol::Reply& reply) {
  if (find_shared(context, call.token, name_of(call)) != nullptr) {
    append_opened(call, call.token, reply);
    return;
  }
  reply.status(Status::kSessionOpenFail);
  reply.raw("name", call.param(0)->text(call.text));
  reply.raw("tkn", "null");
}

void sh_end(Context& context, const Call& call, store::Session* session, protocol::Reply& reply) {
  context.store.end(*session);
  reply.status(Status::kOk);
  reply.raw("tkn", token_text(call));
}

void sh_info(Context& context, const Call& call, store::Session* session, protocol::Reply& reply) {
  reply.status(Status::kOk);
  reply.raw("tkn", token_text(call));
  reply.boolean("shared", session->shared());
  reply.number("keyCnt", session->keys().size());
  append_expiry(context, *session, reply);
}

void sh_touch(Context& context, const Call& call, store::Session* session, protocol::Reply& reply) {
  if (const json::Node* const expiry = call.param(1); expiry != nullptr) {
    context.store.set_expiry(*session, read_expiry(call, expiry), context.now_ms);
  } else {
    context.store.restart_clock(*session, context.now_ms);
  }
  reply.status(Status::kOk);
  reply.raw("tkn", token_text(call));
  append_expiry(context, *session, reply);
}

void sh_info_all_part(Context& context, const Call& /*call*/, Part& part) {
  const store::Counts counts = context.store.counts();
  part.sessions = counts.sessions;
  part.keys = counts.keys;
}

void sh_info_all_finish(Context& /*context*/, const Call& /*call*/, const Part& part,
                        protocol::Reply& reply) {
  reply.number("totalSessions", part.sessions);
  reply.number("totalKeys", part.keys);
}

void sh_exists_part(Context& context, const Call& call, Part& part) {
  std::string scratch;
  for_each_child(call, *call.param(0), [&](const json::Node& item) {
    bool live = false;
    if (item.kind == json::Kind::kString) {
      const auto token = store::parse_token(json::decoded(item.raw(call.text), scratch));
      live = token && store::owner_of(*token, context.cores) == context.core &&
             context.store.find(*token, context.now_ms) != nullptr;
    }
    part.live += live ? '\1' : '\0';
  });
}

void sh_exists_finish(Context& /*context*/, const Call& call, const Part& part,
                      protocol::Reply& reply) {
  reply.status(Status::kOk);
  Buffer& out = reply.member("exist");
  out.append('[');
  std::size_t index = 0;
  bool first = true;
  for_each_child(call, *call.param(0), [&](const json::Node& item) {
    if (part.live[index++] == '\0') return;
    if (!first) out.append(',');
    first = false;
    out.append(item.text(call.text));
  });
  out.append(']');
}

void sh_end_all_part(Context& context, const Call& /*call*/, Part& part) {
  part.sessions = context.store.end_all();
}

void sh_end_all_finish(Context& /*context*/, const Call& /*call*/, const Part& part,
                       protocol::Reply& reply) {
  reply.status(Status::kOk);
  reply.number("cnt", part.sessions);
}

}  // namespace seshdb::commands
