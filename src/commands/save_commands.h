// SH_SAVE and SH_LOAD, as far as their texts go. What they do, the core does, with parts on every
// core that take many turns (core/save_commands.h).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "commands/command.h"

namespace seshdb::commands {

[[nodiscard]] std::span<const Row> save_rows();

struct SaveRequest {
  bool is_load = false;
  std::string name;
  std::optional<std::vector<store::Token>> tokens;  // of a save: only these; by has_less_lower
};

/// REQUIRES: a call of Scope::kSaves with checked parameters. So does write_save_result.
[[nodiscard]] SaveRequest read_save_request(const Call& call);

struct SaveResult {
  Status status = Status::kOk;  // else the fault's, with what is wrong
  std::string fault{};
  store::Counts counts{};  // written or made
  std::uint64_t duration_ms = 0;
};

void write_save_result(const Call& call, const SaveResult& result, protocol::Reply& reply);

}  // namespace seshdb::commands
