// The forms are made anew for each search.
#include "support/path_forms.h"

#include "json/container.h"
#include "json/text.h"

namespace seshdb::testing {

KeySource::KeySource(std::string_view text) {
  std::string scratch;
  for (json::Members members(text); members.more(); members.skip()) {
    keys_.emplace_back(json::decoded(members.name(), scratch), members.value());
  }
}

std::optional<json::View> KeySource::find(std::string_view name) const {
  for (const json::Value& key : keys_) {
    if (key.label() == name) return json::View(key);
  }
  return std::nullopt;
}

json::ObjectSource::Entry KeySource::entry(std::size_t number) const {
  return {.name = keys_[number].label(), .value = json::View(keys_[number])};
}

std::vector<Found> find_all(const json::Path& path, const json::View& root) {
  std::vector<Found> all;
  (void)json::search(path, root, kNoBounds,
                     [&all](const json::Location& location, const json::View& node) {
                       Found& found = all.emplace_back();
                       location.append_path(found.path);
                       location.append_pointer(found.pointer);
                       Buffer text;
                       node.append_to(text);
                       found.value = text.view();
                       return true;
                     });
  return all;
}

std::vector<Found> find_in_forms(const json::Path& path, const std::string& document,
                                 std::string& differs) {
  std::vector<Found> found = find_all(path, json::View(std::string_view(document)));
  const bool is_container = document.front() == '{' || document.front() == '[';
  if (is_container && document.size() > 2) {
    const json::Container container(document);
    if (find_all(path, json::View(container)) != found) differs = "an opened container";
  }
  if (document.front() == '{') {
    const KeySource source(document);
    if (find_all(path, json::View(source)) != found) differs = "an object of keys";
  }
  return found;
}

}  // namespace seshdb::testing
