// What became of a request's answer.
#pragma once

#include <cstdint>

namespace seshdb {

enum class Answered : std::uint8_t {
  kNothing,    // the request has no answer
  kText,       // the answer is a text
  kTurnedAway  // the same, and the client has guessed too often: it is not to ask on
};

}  // namespace seshdb
