// The runner of the conformance data in tests/conformance/data: sends requests, compares answers.
// The same cases run in process, over a WebSocket and over HTTP. docs/testing.md gives the file
// format.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/tokens.h"
#include "support/json_tree.h"
#include "support/token_bits.h"

namespace seshdb::testing {

/// A server for the cases to run against.
class Target {
 public:
  Target() = default;
  Target(const Target&) = delete;
  Target& operator=(const Target&) = delete;
  virtual ~Target() = default;

  /// Sends one request. Returns the answer, or nothing where there is none.
  virtual std::optional<std::string> send(std::string_view text) = 0;
  /// The same as a binary message, where the transport has these.
  virtual std::optional<std::string> send_binary(std::string_view data) = 0;
  [[nodiscard]] virtual bool takes_binary() const = 0;
  /// True where there is a directory for saves.
  [[nodiscard]] virtual bool has_saves() const { return false; }
  /// How many bits its tokens have.
  [[nodiscard]] virtual store::TokenBits token_bits() const { return token_bits_of_environment(); }
  virtual void advance_ms(std::uint64_t ms) = 0;
  [[nodiscard]] virtual std::int64_t unix_ms() const = 0;
};

struct Case {
  std::string file;
  std::string name;
  Json json;
};

/// All cases of the folder. Throws std::runtime_error where a file is invalid.
[[nodiscard]] std::vector<Case> load_cases(const std::string& folder);

/// Runs one case after SH_END_ALL. Returns "" or the request, the expected and the actual answer.
[[nodiscard]] std::string run_case(const Case& one, Target& target);

/// Compares a value with the expected one. Returns "" or the difference. Binds unbound variables to
/// strings and whole numbers.
[[nodiscard]] std::string mismatch(const Json& expected, const Json& actual,
                                   std::map<std::string, std::string>& variables,
                                   std::int64_t unix_ms);

}  // namespace seshdb::testing
