// Requests with parameters that are wrong, or just right, of the commands about tags and of SH_NEW.
// Which they are, the model says.
#pragma once

#include <string>
#include <string_view>

#include "support/json_tree.h"
#include "support/random.h"

namespace seshdb::testing {

class WrongRequests {
 public:
  explicit WrongRequests(Dice& dice) : dice_(dice) {}

  [[nodiscard]] static bool are_for(std::string_view command);
  /// Changes, adds or removes one parameter, or now and then two.
  [[nodiscard]] Json spoil(const std::string& command, Json params);

 private:
  [[nodiscard]] std::string odd();
  [[nodiscard]] std::string text_of(std::size_t bytes);
  [[nodiscard]] std::string tags();
  [[nodiscard]] std::string token(const Json& params);
  [[nodiscard]] std::string at_bound(const std::string& command, const std::string& name,
                                     const Json& params);

  Dice& dice_;
};

}  // namespace seshdb::testing
