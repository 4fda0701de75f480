// What a store has given up and is still to be freed: in slices, since freeing millions of sessions
// at once would stall the core.
#pragma once

#include <array>
#include <cstddef>
#include <utility>
#include <vector>

#include "store/former_tokens.h"
#include "store/keys.h"
#include "store/session_table.h"
#include "store/tag_index.h"

namespace seshdb::store {

class Discarded {
 public:
  /// Frees a small set of keys at once.
  void add(Keys&& keys);
  void add(SessionTable&& sessions) { sessions_.push_back(std::move(sessions)); }
  void add(TagIndex&& tags) { tags_.push_back(std::move(tags)); }
  void add(std::array<FormerTokens::Links, 2>&& tokens) {
    for (FormerTokens::Links& links : tokens) tokens_.push_back(std::move(links));
  }

  [[nodiscard]] bool empty() const {
    return sessions_.empty() && keys_.empty() && tags_.empty() && tokens_.empty();
  }
  /// Frees about `budget` sessions, keys, tags or tokens, and takes them from it.
  void free_some(std::size_t& budget);

 private:
  std::vector<SessionTable> sessions_;
  std::vector<Keys> keys_;
  std::vector<TagIndex> tags_;
  std::vector<FormerTokens::Links> tokens_;
};

}  // namespace seshdb::store
