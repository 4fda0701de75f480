// The client's side of the target, and the stores after a restart.
#include "support/local_target.h"

#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>
#include <utility>

#include "engine/engine.h"
#include "store/replay.h"
#include "store/snapshot.h"
#include "store/tokens.h"
#include "support/remote_engine.h"
#include "support/socket_client.h"
#include "support/store_walk.h"

namespace seshdb::testing {

namespace {

// Memory, with a record of every change.
class Writing final : public engine::Engine {
 public:
  Writing(store::Batch& written, const Clock& clock)
      : written_(written), clock_(clock), offset_ms_(clock.unix_offset_ms()) {}

  [[nodiscard]] std::int64_t unix_offset_ms() const override { return offset_ms_; }
  [[nodiscard]] engine::Committed commit(store::Batch& changes, std::uint64_t now_ms) override {
    if (clock_.unix_offset_ms() != offset_ms_) {
      offset_ms_ = clock_.unix_offset_ms();
      changes.clock(offset_ms_, now_ms);
    }
    written_.add(changes.view());
    changes.reset();
    return {};
  }

 private:
  store::Batch& written_;
  const Clock& clock_;
  std::int64_t offset_ms_;
};

// How much earlier the deadline of a sliding session may be after a restart.
std::uint64_t lag_ms_of(const store::Session& session) {
  return std::max<std::uint64_t>(session.expiry().duration_s * 1'000ULL / 16, 1'000);
}

// True where the session is live, but expired by the deadline in the records. A restart at this
// moment may end it, without the model.
bool lost_in_the_lag(const store::Session* before, const store::Session* after,
                     std::uint64_t now_ms) {
  return before != nullptr && after != nullptr && before->expiry().sliding &&
         !before->expired(now_ms) && after->expired(now_ms) &&
         after->deadline_ms() + lag_ms_of(*before) >= before->deadline_ms();
}

// The tokens in records.
std::set<std::uint64_t> replay(std::string_view records, store::Store& store, const Clock& clock,
                               std::string& wrong) {
  std::set<std::uint64_t> tokens;
  const auto note = [&tokens](std::uint64_t token) { return tokens.insert(token).second || true; };
  store::Replay replay(store, note, clock.unix_offset_ms(), clock.now_ms());
  if (!replay.apply(records)) wrong += "a malformed record; ";
  replay.finish();
  if (replay.orphans() != 0) wrong += "records without a session; ";
  return tokens;
}

}  // namespace

LocalTarget::LocalTarget(std::uint32_t cores, Keeper keeper, std::uint64_t seed)
    : keeper_(keeper), seed_(seed), written_(cores) {
  OneThreadServer::Settings settings{.cores = cores, .connections = usual_connections(clock_)};
  settings.secret = store::make_secret();
  settings.engine = [this](std::uint32_t core, store::Store& store) {
    return make_engine(core, store);
  };
  server_ = std::make_unique<OneThreadServer>(std::move(settings));
}

std::unique_ptr<engine::Engine> LocalTarget::make_engine(std::uint32_t core, store::Store& store) {
  if (keeper_ == Keeper::kRecords) return std::make_unique<Writing>(written_[core], clock_);
  return std::make_unique<RemoteEngine>(store, clock_, seed_ + core, RemoteEngine::Faults{});
}

std::optional<std::string> LocalTarget::send(std::string_view text) {
  if (line_ == nullptr || line_->is_closed || line_->server_ended) line_ = server_->connect(0);
  line_->to_server += http_post(text);
  server_->run();
  const std::string answer = std::exchange(line_->to_client, {});
  const std::size_t head = answer.find("\r\n\r\n");
  if (head == std::string::npos) throw std::runtime_error("no answer: " + answer);
  if (answer.compare(9, 3, "204") == 0) return std::nullopt;
  if (answer.compare(9, 3, "200") != 0) throw std::runtime_error(answer);
  return answer.substr(head + 4);
}

void LocalTarget::settle() {
  for (std::uint32_t core = 0; core < server_->cores(); ++core) {
    server_->core(core).store().settle(clock_.now_ms());
  }
  server_->run();
}

std::string LocalTarget::reopen(bool by_snapshot) {
  server_->run();
  std::string wrong;
  bool is_lagging = false;
  for (std::uint32_t core = 0; core < server_->cores(); ++core) {
    if (by_snapshot) {
      store::Store& store = server_->core(core).store();
      store::Batch snapshot;
      snapshot.set_unix_offset_ms(clock_.unix_offset_ms());
      store::Snapshot writer(store, snapshot, [] {});
      while (!writer.write_some(1'000)) {
      }
      written_[core] = std::move(snapshot);
    }
    wrong += check(core, is_lagging);
  }
  if (!wrong.empty() || is_lagging) return wrong;
  for (std::uint32_t core = 0; core < server_->cores(); ++core) reopen_core(core);
  line_ = nullptr;
  return "";
}

// Checks that the records make the present store.
std::string LocalTarget::check(std::uint32_t core, bool& is_lagging) {
  const std::uint64_t now_ms = clock_.now_ms();
  const auto lives = [now_ms](const store::Session* session) {
    return session != nullptr && !(session->expired(now_ms) && session->expiry().delete_session);
  };
  const store::Store& store = server_->core(core).store();
  store::Store made(store.token_bits());
  std::string wrong = wrong_tag_index(store);
  if (!wrong.empty()) wrong += "; ";
  for (const std::uint64_t token : replay(written_[core].view(), made, clock_, wrong)) {
    const store::Session* const before = store.peek(token);
    if (lost_in_the_lag(before, made.peek(token), now_ms)) {
      is_lagging = true;
      continue;
    }
    const store::Session* const after = made.find(token, now_ms);
    if (lives(before) != (after != nullptr)) wrong += "a session is gone or back; ";
    if (after != nullptr && store.tags_of(*before) != made.tags_of(*after)) wrong += "other tags; ";
    if (after != nullptr && !made.has(store.token_of(*before))) wrong += "another upper half; ";
    if (!lives(before) || after == nullptr || !before->expiry().sliding) continue;
    if (before->expired(now_ms)) continue;  // its keys are gone, and its clock stands
    const std::uint64_t real_ms = before->deadline_ms();
    const bool longer = after->deadline_ms() > real_ms && before->keys().size() != 0;
    if (longer) wrong += "a deadline went away; ";
    if (after->deadline_ms() + lag_ms_of(*before) < real_ms) wrong += "a deadline came near; ";
  }
  return wrong;
}

// After a restart the clock of a sliding session may be a little behind, and that of a session
// without keys may be wrong. The model has exact clocks, so they are corrected afterwards.
void LocalTarget::reopen_core(std::uint32_t core) {
  const std::uint64_t now_ms = clock_.now_ms();
  store::Store& old = server_->core(core).store();
  old.tell(nullptr);
  std::map<std::uint64_t, std::uint64_t> deadlines;  // of sliding sessions
  std::string wrong;
  store::Store scratch(old.token_bits());
  for (const std::uint64_t token : replay(written_[core].view(), scratch, clock_, wrong)) {
    const store::Session* const session = old.find(token, now_ms);
    if (session != nullptr && session->expiry().sliding) deadlines[token] = session->deadline_ms();
  }
  server_->replace_core(core, [&](core::Core& fresh) {
    store::Store& store = fresh.store();
    (void)replay(written_[core].view(), store, clock_, wrong);
    written_[core].set_unix_offset_ms(clock_.unix_offset_ms());
    store.tell(&written_[core]);  // of expiry, say
    for (const auto& [token, deadline_ms] : deadlines) {
      if (store::Session* const session = store.find(token, now_ms)) {
        store.set_deadline(*session, deadline_ms, now_ms);
      }
    }
  });
}

}  // namespace seshdb::testing
