// A session as one JSON object, whose members are its keys.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "json/view.h"
#include "store/session.h"

namespace seshdb::store {

/// Holds until a key of the session changes.
class SessionSource final : public json::ObjectSource {
 public:
  explicit SessionSource(const Session& session) : session_(session) {}

  [[nodiscard]] std::size_t size() const override { return session_.keys().size(); }
  [[nodiscard]] std::optional<json::View> find(std::string_view name) const override {
    const json::Value* const value = session_.keys().find(name);
    return value == nullptr ? std::nullopt : std::optional(json::View(*value));
  }
  [[nodiscard]] Entry entry(std::size_t number) const override {
    if (values_.empty()) {
      session_.keys().for_each([this](const json::Value& value) { values_.push_back(&value); });
    }
    return {.name = values_[number]->label(), .value = json::View(*values_[number])};
  }

 private:
  const Session& session_;
  mutable std::vector<const json::Value*> values_;  // in the order of entries; made when needed
};

}  // namespace seshdb::store
