// Finds, checks and reads parameters, as the command's row says. Nothing else checks them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "commands/command.h"
#include "protocol/envelope.h"
#include "store/tokens.h"

namespace seshdb::commands {

/// Why a request is refused: the answer's `st` and `m`.
struct Fault {
  Status status;
  std::string message;
};

/// Finds the row's parameters among the request's. REQUIRES: nodes[1] is an object.
[[nodiscard]] Call bind(const Command& command, const protocol::Envelope& envelope);

/// The fault of `rid`, if it has one.
[[nodiscard]] std::optional<Fault> check_rid(const Call& call);
/// The first fault among all other parameters but the token.
[[nodiscard]] std::optional<Fault> check_params(const Call& call);

/// The token as it came, in its quotes. Empty where there is none, or an empty or wrong one.
[[nodiscard]] inline std::string_view given_token(const Call& call) {
  return call.tkn == kNoNode ? std::string_view() : call.nodes[call.tkn].text(call.text);
}

/// The token of the session that a call has found, as JSON: as it came, or in `digits` where the
/// call names the session otherwise.
using TokenDigits = std::array<char, store::kTokenDigitsMax + 2>;
[[nodiscard]] std::string_view token_text(const Call& call, TokenDigits& digits);
/// Writes it as the answer's `tkn`.
inline void write_tkn(const Call& call, protocol::Reply& reply) {
  TokenDigits digits;
  reply.raw("tkn", call.tkn != kNoNode ? given_token(call) : token_text(call, digits));
}

/// Answers a call that has found its session with a fault.
void write_fault(const Call& call, Status status, std::string_view message, protocol::Reply& reply);

/// Reads the expiry settings. REQUIRES: checked; null gives the default.
[[nodiscard]] store::Expiry read_expiry(const Call& call, const json::Node* node);
/// The string, decoded: a view of the request or of `scratch`. REQUIRES: checked; null gives
/// `fallback`.
[[nodiscard]] std::string_view read_string(const Call& call, const json::Node* node,
                                           std::string_view fallback, std::string& scratch);
/// REQUIRES: checked; null gives false.
[[nodiscard]] bool read_bool(const Call& call, const json::Node* node);

/// Calls `visit(const Node&)` for each child of `parent` that is not superseded.
template <typename Visit>
void for_each_child(const Call& call, const json::Node& parent, Visit visit) {
  const auto first = static_cast<std::uint32_t>(&parent - call.nodes.data()) + 1;
  for (std::uint32_t at = first; at < parent.next; at = call.nodes[at].next) {
    if (!call.nodes[at].superseded) {
      visit(call.nodes[at]);
    }
  }
}

/// Calls `visit(const Node&)` for each parameter that the row does not name. REQUIRES: the row has
/// a parameter that stands for them.
template <typename Visit>
void for_each_rest(const Call& call, Visit visit) {
  const std::size_t rest = call.command->rest_param;
  for_each_child(call, call.nodes[1], [&](const json::Node& node) {
    const auto index = static_cast<std::uint32_t>(&node - call.nodes.data());
    bool is_named = index == call.rid || index == call.name;
    for (std::size_t i = 0; i < call.command->params.size(); ++i) {
      is_named = is_named || (i != rest && index == call.params[i]);
    }
    if (!is_named) visit(node);
  });
}

/// Fills `kept` with the items of a list of keys, in order. Of items that name the same key only
/// the last is kept.
void unique_keys(const Call& call, const json::Node& list, std::vector<const json::Node*>& kept);

}  // namespace seshdb::commands
