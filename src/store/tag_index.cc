// The index holds hashes, so it does not repeat the text of a tag that many sessions have. Two tags
// with one hash (64 bits, with a random seed) would be counted together, which does not happen in
// practice; a session is listed only if it has the tag itself.
#include "store/tag_index.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <unordered_map>

#include "base/check.h"
#include "base/limits.h"
#include "json/string.h"

namespace seshdb::store {

TagIndex::Tagged* TagIndex::find(std::uint64_t token) const {
  return sessions_.find(token_hash(token),
                        [token](const Tagged& session) { return session.token == token; });
}

TagIndex::Count* TagIndex::find_count(std::uint64_t tag_hash) const {
  return counts_.find(tag_hash, [](const Count&) { return true; });
}

std::vector<std::string_view> TagIndex::read(const Tagged& session) {
  std::vector<std::string_view> tags;
  const char* at = session.tags.get();
  tags.reserve(static_cast<unsigned char>(*at));
  for (auto count = static_cast<unsigned char>(*at++); count != 0; --count) {
    const auto bytes = static_cast<unsigned char>(*at++);
    tags.emplace_back(at, bytes);
    at += bytes;
  }
  return tags;
}

std::vector<std::string_view> TagIndex::of(std::uint64_t token) const {
  const Tagged* const session = find(token);
  return session == nullptr ? std::vector<std::string_view>() : read(*session);
}

bool TagIndex::has(std::uint64_t token, std::string_view tag) const {
  const std::vector<std::string_view> tags = of(token);
  return std::find(tags.begin(), tags.end(), tag) != tags.end();
}

std::uint64_t TagIndex::count_of(std::uint64_t tag_hash) const {
  if (const Count* const count = find_count(tag_hash)) return count->sessions;
  const auto first = entries_.lower_bound({tag_hash, 0});
  return first != entries_.end() && first->first == tag_hash ? 1 : 0;
}

void TagIndex::add_entry(std::string_view tag, std::uint64_t token_hash) {
  const std::uint64_t tag_hash = json::string_hash(tag);
  const std::uint64_t before = count_of(tag_hash);
  SESHDB_CHECK(entries_.insert({tag_hash, token_hash}).second);
  if (before == 0) return;
  Count* const count = before == 1 ? counts_.insert(tag_hash) : find_count(tag_hash);
  *count = {.tag_hash = tag_hash, .sessions = before + 1};
}

void TagIndex::remove_entry(std::string_view tag, std::uint64_t token_hash) {
  const std::uint64_t tag_hash = json::string_hash(tag);
  SESHDB_CHECK(entries_.erase({tag_hash, token_hash}) == 1);
  Count* const count = find_count(tag_hash);
  if (count != nullptr && --count->sessions == 1) counts_.erase(count);
}

void TagIndex::set(std::uint64_t token, const std::vector<std::string_view>& tags) {
  SESHDB_CHECK(tags.size() <= limits::kTagsMost);
  std::size_t bytes = 1;
  for (const std::string_view tag : tags) {
    SESHDB_CHECK(!tag.empty() && tag.size() <= limits::kTagBytesMax);
    bytes += 1 + tag.size();
  }
  // Made first: `tags` may be views of what is replaced.
  std::unique_ptr<char[]> block(new char[bytes]);
  char* to = block.get();
  *to++ = static_cast<char>(tags.size());
  for (const std::string_view tag : tags) {
    *to++ = static_cast<char>(tag.size());
    std::memcpy(to, tag.data(), tag.size());
    to += tag.size();
  }
  const std::uint64_t hash = token_hash(token);
  Tagged* session = find(token);
  if (session != nullptr) {
    for (const std::string_view tag : read(*session)) remove_entry(tag, hash);
  }
  if (block[0] == 0) {
    if (session != nullptr) sessions_.erase(session);
    return;
  }
  if (session == nullptr) session = sessions_.insert(hash);
  session->token = token;
  session->tags = std::move(block);
  for (const std::string_view tag : read(*session)) add_entry(tag, hash);
}

void TagIndex::move(std::uint64_t from, std::uint64_t to) {
  set(to, of(from));
  set(from, {});
}

std::uint64_t TagIndex::count(std::string_view tag) const {
  return count_of(json::string_hash(tag));
}

void TagIndex::list(std::string_view tag, std::uint64_t from, std::size_t most,
                    std::vector<std::uint64_t>& tokens) const {
  const std::uint64_t hash = json::string_hash(tag);
  const std::size_t enough = tokens.size() + most;
  for (auto at = entries_.lower_bound({hash, from});
       at != entries_.end() && at->first == hash && tokens.size() < enough; ++at) {
    const std::uint64_t token = token_of_hash(at->second);
    if (has(token, tag)) tokens.push_back(token);
  }
}

bool TagIndex::is_consistent() const {
  std::size_t entries = 0;
  bool all_there = true;
  sessions_.for_each([&](const Tagged& session) {
    for (const std::string_view tag : read(session)) {
      ++entries;
      all_there = all_there && entries_.contains({json::string_hash(tag), session.hash()});
    }
  });
  std::unordered_map<std::uint64_t, std::uint64_t> walked;
  for (const auto& [tag_hash, token_hash] : entries_) ++walked[tag_hash];
  std::size_t counted = 0;
  for (const auto& [tag_hash, sessions] : walked) {
    all_there = all_there && count_of(tag_hash) == sessions;
    counted += sessions > 1 ? 1U : 0U;
  }
  return all_there && entries == entries_.size() && counted == counts_.size();
}

bool TagIndex::drop_some(std::size_t& budget) {
  const auto spend = [&budget](std::size_t freed) { budget -= std::min(budget, freed + 1); };
  while (budget != 0 && sessions_.has_segments()) {
    spend(sessions_.drop_segment([](const Tagged&) {}));
  }
  while (budget != 0 && counts_.has_segments()) spend(counts_.drop_segment([](const Count&) {}));
  const std::size_t some = std::min(budget, entries_.size());
  entries_.erase(entries_.begin(), std::next(entries_.begin(), static_cast<std::ptrdiff_t>(some)));
  budget -= some;
  return !sessions_.has_segments() && !counts_.has_segments() && entries_.empty();
}

}  // namespace seshdb::store
