// Random parameters of the commands for which a session is one document. Most of them select
// something that the session has, and most patches succeed.
#pragma once

#include <string>

#include "support/document_model.h"
#include "support/random.h"

namespace seshdb::testing {

class DocumentRequests {
 public:
  explicit DocumentRequests(Dice& dice) : dice_(dice) {}

  /// An array of pointers.
  std::string paths(const Keys& keys);
  /// An array of operations.
  std::string operations(const Keys& keys);
  /// A JSONPath or a pointer, as a JSON string.
  std::string path(const Keys& keys);
  /// A `rsp` for the last path, mostly.
  std::string result();
  /// The operator beside the last path, with a comma behind; often nothing.
  std::string comparison(const Keys& keys);
  /// A value to store: now and then a large one.
  std::string value(std::size_t levels);

 private:
  std::string pointer(const Json& document);
  std::string json_path(const Json& document);
  std::string step(const std::string& token, bool is_wide);
  std::string filter();
  std::string operation(Json& document);
  std::string increment(Json& document, const std::string& path);

  Dice& dice_;
  bool is_json_path_ = false;  // the last path
  std::string pointer_;        // the last path that is none
};

}  // namespace seshdb::testing
