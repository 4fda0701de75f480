// Handlers of the commands about a session's keys (KV_). Parameters are checked before; each runs
// to its end without anybody seeing half of it.
#pragma once

#include "commands/command.h"

namespace seshdb::commands {

void kv_set(Context& context, const Call& call, store::Session* session, protocol::Reply& reply);
void kv_setq(Context& context, const Call& call, store::Session* session, protocol::Reply& reply);
void kv_add(Context& context, const Call& call, store::Session* session, protocol::Reply& reply);
void kv_addq(Context& context, const Call& call, store::Session* session, protocol::Reply& reply);
void kv_get(Context& context, const Call& call, store::Session* session, protocol::Reply& reply);
void kv_contains(Context& context, const Call& call, store::Session* session,
                 protocol::Reply& reply);
void kv_rmv(Context& context, const Call& call, store::Session* session, protocol::Reply& reply);
void kv_clear(Context& context, const Call& call, store::Session* session, protocol::Reply& reply);
void kv_clear_set(Context& context, const Call& call, store::Session* session,
                  protocol::Reply& reply);
void kv_count(Context& context, const Call& call, store::Session* session, protocol::Reply& reply);
void kv_keys(Context& context, const Call& call, store::Session* session, protocol::Reply& reply);
void kv_append(Context& context, const Call& call, store::Session* session, protocol::Reply& reply);
void kv_update(Context& context, const Call& call, store::Session* session, protocol::Reply& reply);

}  // namespace seshdb::commands
