// A session with all its keys is made at once: no command sees half of one.
#include "save/restorer.h"

#include "base/crash_point.h"
#include "json/string.h"
#include "json/text.h"
#include "save/folder.h"

namespace seshdb::save {

namespace {
// What making a key counts for besides its text.
constexpr std::size_t kKeyBytes = 32;
// The engine is given what was changed after so much: between sessions, and inside a huge one.
constexpr std::size_t kCommitBytes = std::size_t{1} << 20;
constexpr std::size_t kCommitBytesMost = std::size_t{256} << 20;
constexpr std::size_t kLookAtRoomBytes = std::size_t{4} << 20;
}  // namespace

void Restorer::count_uncommitted(std::size_t bytes, std::size_t most) {
  uncommitted_bytes_ += bytes;
  if (uncommitted_bytes_ < most) return;
  commit_();
  uncommitted_bytes_ = 0;
}

std::size_t Restorer::restore(const SavedSession& saved) {
  store::Store& store = share_.store;
  if (!share_.owns(saved.token) || store.find(saved.token, share_.now_ms) != nullptr) {
    return kRestoreBytes;
  }
  store::Session& session =
      store.create(saved.token, saved.shared, saved.name, saved.expiry, share_.now_ms);
  if (saved.shared && store::shared_token(share_.secret, saved.name) != saved.token) {
    ++foreign_names_;
  }
  std::size_t work = kRestoreBytes;
  for (json::Members m(saved.keys); m.more(); m.skip()) {
    const std::string_view value = m.value();
    (void)store.set(session, json::decoded(m.name(), name_), value);
    const std::size_t bytes = m.name().size() + value.size() + kKeyBytes;
    work += bytes;
    count_uncommitted(bytes, kCommitBytesMost);
  }
  ++made_.sessions;
  made_.keys += saved.key_count;
  count_uncommitted(kRestoreBytes, kCommitBytes);
  return work;
}

namespace {

// Nothing, or what is wrong.
std::optional<std::string> load_all(const std::string& folder, const Share& share,
                                    Restorer& restorer, const std::function<bool()>& has_room,
                                    const std::function<bool()>& is_stopped) {
  SaveReader reader(folder, share.depth_max);
  // Once it is stopped any session will do, so that reading comes to its end.
  reader.want(
      [&is_stopped, &share](std::uint64_t token) { return share.owns(token) || is_stopped(); });
  std::size_t bytes = 0;
  for (;;) {
    switch (reader.next()) {
      case SaveReader::Result::kSession:
        stop_point("stop-loading");
        if (is_stopped()) return "a stop was asked for";
        bytes += restorer.restore(reader.session());
        if (bytes < kLookAtRoomBytes) break;
        bytes = 0;
        if (!has_room()) return "there is no room for all of " + folder;
        break;
      case SaveReader::Result::kEnd:
        return std::nullopt;
      case SaveReader::Result::kFault:
        return reader.fault();
    }
  }
}

}  // namespace

Loaded load_now(const std::string& folder, const Share& share,
                const std::function<bool()>& has_room, const std::function<bool()>& is_stopped) {
  Restorer restorer(share, [] {});
  std::optional<std::string> fault = load_all(folder, share, restorer, has_room, is_stopped);
  return {.made = restorer.made(),
          .foreign_names = restorer.foreign_names(),
          .fault = std::move(fault)};
}

}  // namespace seshdb::save
