// A session is made with all its keys in one go, so that no command sees a part of it.
#include "save/restorer.h"

#include "base/crash_point.h"
#include "json/string.h"
#include "json/text.h"
#include "save/folder.h"

namespace seshdb::save {

namespace {
// The work of making a key, as bytes, besides its text.
constexpr std::size_t kKeyBytes = 32;
// A commit follows after this much work: between two sessions, and inside a huge one.
constexpr std::size_t kCommitBytes = std::size_t{1} << 20;
constexpr std::size_t kCommitInsideBytes = std::size_t{256} << 20;
// After this much work load_now checks that there is room.
constexpr std::size_t kCheckRoomBytes = std::size_t{4} << 20;
}  // namespace

void Restorer::count_uncommitted(std::size_t bytes, std::size_t bytes_max) {
  uncommitted_bytes_ += bytes;
  if (uncommitted_bytes_ < bytes_max) return;
  commit_();
  uncommitted_bytes_ = 0;
}

bool Restorer::is_wanted(std::uint64_t token) const {
  return share_.owns(token) && share_.store.find(token, share_.now_ms) == nullptr &&
         !share_.store.is_former(token) && !save_.former.contains(token);
}

std::size_t Restorer::restore(const SavedSession& saved) {
  store::Store& store = share_.store;
  if (!is_wanted(saved.token.lower)) return kRestoreBytes;
  store.begin_changes();
  store::Session& session =
      store.create(saved.token, saved.shared, saved.name, saved.expiry, share_.now_ms);
  if (saved.shared && store::shared_token(share_.secret, saved.name) != saved.token.lower) {
    ++foreign_names_;
  }
  store.restore_former_tokens(session, saved.former);
  store.set_tags(session, {saved.tags.begin(), saved.tags.end()});
  std::size_t work = kRestoreBytes;
  for (json::Members m(saved.keys); m.more(); m.skip()) {
    const std::string_view value = m.value();
    (void)store.set(session, json::decoded(m.name(), name_), value);
    const std::size_t bytes = m.name().size() + value.size() + kKeyBytes;
    work += bytes;
    count_uncommitted(bytes, kCommitInsideBytes);
  }
  ++made_.sessions;
  made_.keys += saved.key_count;
  count_uncommitted(kRestoreBytes, kCommitBytes);
  return work;
}

namespace {

Result<void> load_all(const CheckedSave& save, const Share& share, Restorer& restorer,
                      const std::function<bool()>& has_room,
                      const std::function<bool()>& is_stopped) {
  SaveReader reader(save.folder, share.terms());
  // After a stop every session is wanted: next() returns the first one, and the loop ends.
  reader.want(
      [&is_stopped, &share](std::uint64_t token) { return share.owns(token) || is_stopped(); });
  std::size_t bytes = 0;
  for (;;) {
    const Result<SavedSession*> session = reader.next();
    if (!session) return fail(session.error());
    if (*session == nullptr) return {};
    stop_point("stop-loading");
    if (is_stopped()) return fail("a stop was asked for");
    bytes += restorer.restore(**session);
    if (bytes < kCheckRoomBytes) continue;
    bytes = 0;
    if (!has_room()) return fail("there is no room for all of " + save.folder);
  }
}

}  // namespace

Loaded load_now(const CheckedSave& save, const Share& share, const std::function<bool()>& has_room,
                const std::function<bool()>& is_stopped) {
  Restorer restorer(share, save, [] {});
  Result<void> result = load_all(save, share, restorer, has_room, is_stopped);
  return {.made = restorer.made(),
          .foreign_names = restorer.foreign_names(),
          .result = std::move(result)};
}

}  // namespace seshdb::save
