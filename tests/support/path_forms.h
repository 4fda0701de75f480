// A document in every form in which a path meets it, and what the path selects there.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "json/path_search.h"
#include "json/value.h"
#include "json/view.h"

namespace seshdb::testing {

/// An object whose members are values of their own, as a session's keys are.
class KeySource : public json::ObjectSource {
 public:
  /// REQUIRES: `text` is a compact object.
  explicit KeySource(std::string_view text);

  [[nodiscard]] std::size_t size() const override { return keys_.size(); }
  [[nodiscard]] std::optional<json::View> find(std::string_view name) const override;
  [[nodiscard]] Entry entry(std::size_t number) const override;

 private:
  std::vector<json::Value> keys_;  // under their decoded names
};

struct Found {
  std::string path;  // normalized
  std::string pointer;
  std::string value;

  bool operator==(const Found&) const = default;
};

inline constexpr json::SearchBounds kNoBounds{.steps = json::Steps::kUnbounded,
                                              .results = SIZE_MAX};

[[nodiscard]] std::vector<Found> find_all(const json::Path& path, const json::View& root);

/// What `path` selects in `document`, the same in each form: as a text, as an opened container and
/// as somebody else's object, where it can be those. Sets `differs` to the name of a form that
/// gives something else. REQUIRES: compact.
[[nodiscard]] std::vector<Found> find_in_forms(const json::Path& path, const std::string& document,
                                               std::string& differs);

}  // namespace seshdb::testing
