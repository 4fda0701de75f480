// How a save or load went, as save/ has it and as a part of a command's answer.
#pragma once

#include "commands/command.h"
#include "save/outcome.h"

namespace seshdb::core {

[[nodiscard]] inline commands::Part part_of(const save::Outcome& outcome) {
  commands::Part part;
  part.sessions = outcome.counts.sessions;
  part.keys = outcome.counts.keys;
  part.status = outcome.status;
  part.fault = outcome.fault;
  return part;
}

[[nodiscard]] inline save::Outcome outcome_of(const commands::Part& part) {
  return {.status = part.status,
          .fault = part.fault,
          .counts = {.sessions = part.sessions, .keys = part.keys}};
}

}  // namespace seshdb::core
