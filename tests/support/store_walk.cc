// Each session by itself, without the help of the tag index.
#include "support/store_walk.h"

#include <map>
#include <set>
#include <string_view>

namespace seshdb::testing {

std::vector<std::uint64_t> all_tokens(const store::Store& store) {
  std::uint64_t hash = 0;
  std::vector<std::uint64_t> tokens;
  do {
    store.some_tokens(hash, tokens);
  } while (hash != 0);
  return tokens;
}

std::string wrong_tag_index(const store::Store& store) {
  const std::vector<std::uint64_t> tokens = all_tokens(store);
  std::map<std::string, std::set<std::uint64_t>> walked;
  std::size_t tagged = 0;
  for (const std::uint64_t token : tokens) {
    const store::Session& session = *store.peek(token);
    const std::vector<std::string_view> tags = store.tags_of(session);
    tagged += tags.empty() ? 0U : 1U;
    for (const std::string_view tag : tags) {
      walked[std::string(tag)].insert(store.first_token_of(session));
    }
  }
  const store::TagIndex& index = store.tags();
  bool same = index.is_consistent() && index.size() == tagged;
  for (const auto& [tag, sessions] : walked) {
    std::vector<std::uint64_t> listed;
    index.list(tag, 0, tokens.size(), listed);
    same = same && std::set<std::uint64_t>(listed.begin(), listed.end()) == sessions &&
           index.count(tag) == listed.size() && listed.size() == sessions.size();
  }
  return same ? "" : "the tag index is not what the sessions say";
}

}  // namespace seshdb::testing
