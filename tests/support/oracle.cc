// Plain recursion; nothing here is fast.
#include "support/oracle.h"

#include <algorithm>

namespace seshdb::testing {

namespace {

std::string unescaped(std::string_view token) {
  std::string out;
  for (std::size_t i = 0; i < token.size(); ++i) {
    if (token[i] == '~') {
      out += token[++i] == '0' ? '~' : '/';
    } else {
      out += token[i];
    }
  }
  return out;
}

Json* child(Json& parent, const std::string& token) {
  if (parent.is_object()) {
    for (auto& [name, value] : parent.members) {
      if (name.decoded() == token) return &value;
    }
    return nullptr;
  }
  const bool digits = !token.empty() && token.size() < 10 &&
                      token.find_first_not_of("0123456789") == std::string::npos;
  if (!digits || (token.size() > 1 && token[0] == '0')) return nullptr;
  const std::size_t index = std::stoul(token);
  return index < parent.items.size() ? &parent.items[index] : nullptr;
}

void merge(Json& base, const Json& added) {
  for (const auto& [name, value] : added.members) {
    Json* const old = child(base, name.decoded());
    if (old == nullptr) {
      base.members.emplace_back(name, value);
    } else if (old->is_object() && value.is_object()) {
      merge(*old, value);
    } else {
      *old = value;
    }
  }
}

}  // namespace

Json* select(Json& root, std::string_view pointer) {
  Json* at = &root;
  while (at != nullptr && !pointer.empty()) {
    const std::size_t end = std::min(pointer.find('/', 1), pointer.size());
    at = child(*at, unescaped(pointer.substr(1, end - 1)));
    pointer.remove_prefix(end);
  }
  return at;
}

Json without_duplicates(Json json) {
  std::vector<std::pair<Json, Json>> kept;
  for (std::size_t i = 0; i < json.members.size(); ++i) {
    const std::string name = json.members[i].first.decoded();
    bool superseded = false;
    for (std::size_t j = i + 1; j < json.members.size(); ++j) {
      superseded = superseded || json.members[j].first.decoded() == name;
    }
    if (!superseded) {
      kept.emplace_back(json.members[i].first, without_duplicates(json.members[i].second));
    }
  }
  json.members = std::move(kept);
  for (Json& item : json.items) {
    item = without_duplicates(item);
  }
  return json;
}

Json splice(Json& container, std::size_t index, std::size_t removed, const Json& added) {
  Json gone;
  gone.kind = container.kind;
  const auto exchange = [&](auto& list, const auto& from, auto& to) {
    const auto at = list.begin() + static_cast<std::ptrdiff_t>(index);
    const auto end = at + static_cast<std::ptrdiff_t>(removed);
    to.assign(at, end);
    list.insert(list.erase(at, end), from.begin(), from.end());
  };
  if (container.is_object()) {
    exchange(container.members, added.members, gone.members);
  } else {
    exchange(container.items, added.items, gone.items);
  }
  return gone;
}

bool append_to(Json& base, const Json& added) {
  if (base.is_string() && added.is_string()) {
    base.text += added.text;
    return true;
  }
  if (base.kind == Json::Kind::kArray) {
    if (added.kind == Json::Kind::kArray) {
      base.items.insert(base.items.end(), added.items.begin(), added.items.end());
    } else {
      base.items.push_back(added);
    }
    return true;
  }
  if (base.is_object() && added.is_object()) {
    merge(base, added);
    return true;
  }
  return false;
}

}  // namespace seshdb::testing
