// A ring has one link more than there are former tokens.
#include "store/former_tokens.h"

#include <utility>

#include "base/check.h"

namespace seshdb::store {

void ForeignTokens::add(std::uint64_t token) {
  const std::lock_guard lock(mutex_);
  tokens_.insert(token);
}

void ForeignTokens::remove(std::uint64_t token) {
  const std::lock_guard lock(mutex_);
  tokens_.erase(token);
}

bool ForeignTokens::contains(std::uint64_t token) const {
  const std::lock_guard lock(mutex_);
  return tokens_.contains(token);
}

void FormerTokens::share(ForeignTokens& foreign, std::function<bool(std::uint64_t token)> owns) {
  SESHDB_CHECK(size() == 0);
  foreign_ = &foreign;
  owns_ = std::move(owns);
}

FormerTokens::Link* FormerTokens::find(const Links& links, std::uint64_t token) {
  return links.find(token_hash(token), [token](const Link& link) { return link.token == token; });
}

void FormerTokens::link(Links& links, std::uint64_t token, std::uint64_t next) {
  Link* link = find(links, token);
  if (link == nullptr) link = links.insert(token_hash(token));
  *link = {.token = token, .next = next};
}

std::uint64_t FormerTokens::first_of(std::uint64_t token) const {
  const Link* const link = find(token);
  return link == nullptr ? token : link->next;
}

std::uint64_t FormerTokens::current_of(std::uint64_t first) const {
  const Link* const link = find(sessions_, first);
  return link == nullptr ? first : link->next;
}

void FormerTokens::note_former(std::uint64_t token) {
  if (foreign_ == nullptr || owns_(token)) return;
  foreign_->add(token);
  shared_.insert(token);
}

void FormerTokens::add(std::uint64_t from, std::uint64_t to) {
  SESHDB_CHECK(from != to && find(to) == nullptr);
  const std::uint64_t first = first_of(from);
  link(links_, from, to);
  link(links_, to, first);
  link(sessions_, first, to);
  note_former(from);
}

bool FormerTokens::restore(const std::vector<std::uint64_t>& former, std::uint64_t token) {
  std::uint64_t last = 0;
  for (const std::uint64_t next : former) {
    if (next == last || find(next) != nullptr) continue;
    if (last != 0) add(last, next);
    last = next;
  }
  if (last != 0) add(last, token);
  return last != 0;
}

std::vector<std::uint64_t> FormerTokens::of(std::uint64_t token) const {
  std::vector<std::uint64_t> former;
  const Link* const last = find(token);
  if (last == nullptr) return former;
  for (std::uint64_t at = last->next; at != token; at = find(at)->next) former.push_back(at);
  return former;
}

bool FormerTokens::contains(std::uint64_t token) const {
  return find(token) != nullptr || (foreign_ != nullptr && foreign_->contains(token));
}

void FormerTokens::forget(std::uint64_t token, std::size_t most) {
  if (Link* const session = find(sessions_, first_of(token))) sessions_.erase(session);
  forgetting_.push_back(token);
  forget_some(most);
}

void FormerTokens::forget_some(std::size_t& budget) {
  for (; budget != 0 && !forgetting_.empty(); --budget) {
    std::uint64_t& at = forgetting_.back();
    Link* const link = find(at);
    if (link == nullptr) {
      forgetting_.pop_back();
      continue;
    }
    if (shared_.erase(at) != 0) foreign_->remove(at);
    at = link->next;
    links_.erase(link);
  }
}

std::array<FormerTokens::Links, 2> FormerTokens::take_all() {
  for (const std::uint64_t token : std::exchange(shared_, {})) foreign_->remove(token);
  forgetting_.clear();
  return {std::exchange(links_, Links()), std::exchange(sessions_, Links())};
}

}  // namespace seshdb::store
