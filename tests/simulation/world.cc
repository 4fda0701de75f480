// The order of events, and the checks of stored sessions.
#include "simulation/world.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <utility>
#include <variant>

#include "engine/log.h"
#include "engine/recovery.h"
#include "store/owner.h"
#include "store/replay.h"
#include "support/server_frame.h"
#include "support/socket_client.h"
#include "support/store_walk.h"
#include "support/token_bits.h"

namespace seshdb::testing {

namespace {

// Steps without a request after which nothing may be under way any more.
constexpr int kRestSteps = 4'000;
constexpr std::uint32_t kMessageBytesMax = 600;
constexpr std::uint64_t kNeverMs = 1'000'000'000;

}  // namespace

World::World(std::uint64_t seed)
    : dice_(seed),
      keeper_(static_cast<Keeper>(dice_.roll(3))),
      fault_(keeper_ == Keeper::kMemory || dice_.one_in(2)   ? Fault::kNone
             : keeper_ == Keeper::kRemote || dice_.one_in(2) ? Fault::kFails
                                                             : Fault::kFull),
      syncs_always_(!dice_.one_in(4)),
      rests_(dice_.one_in(2)),
      begin_ms_(clock_.now_ms()) {
  OneThreadServer::Settings settings{.cores = static_cast<std::uint32_t>(1 + dice_.roll(3)),
                                     .connections = usual_connections(clock_)};
  settings.connections.message_bytes_max = kMessageBytesMax;
  settings.connections.unsent_bytes_max = dice_.one_in(3) ? 4'096 : limits::kUnsentBytesDefault;
  // Without ticks, a core that misses a wake-up waits for ever.
  settings.tick_ms = dice_.one_in(3) ? 1'000 : kNeverMs;
  settings.random = [this](std::uint32_t) { return std::make_unique<SeededRandom>(dice_.next()); };
  if (keeper_ != Keeper::kMemory) {
    settings.engine = [this](std::uint32_t core, store::Store& store) {
      return make_engine(core, store);
    };
  }
  for (std::uint32_t i = 0; i < settings.cores; ++i) {
    disks_.push_back(std::make_unique<FaultyDirectory>(dice_.next()));
  }
  remotes_.resize(settings.cores);
  still_until_.resize(settings.cores);
  server_ = std::make_unique<OneThreadServer>(std::move(settings));
  scene_ = std::make_unique<Scene>(Scene{.dice = dice_,
                                         .clock = clock_,
                                         .server = *server_,
                                         .is_remote = keeper_ == Keeper::kRemote,
                                         .may_refuse = fault_ != Fault::kNone,
                                         .may_disconnect = fault_ == Fault::kFails});
  const std::size_t clients = 1 + dice_.roll(6);
  for (std::size_t i = 0; i < clients; ++i) {
    clients_.emplace_back(*scene_, static_cast<char>('a' + static_cast<int>(i)));
  }
}

World::~World() = default;

std::unique_ptr<engine::Engine> World::make_engine(std::uint32_t core, store::Store& store) {
  if (keeper_ == Keeper::kRemote) {
    RemoteEngine::Faults faults;
    if (fault_ == Fault::kFails) faults = {.conflicts = 3, .refused = 40, .lost = 40};
    auto remote = std::make_unique<RemoteEngine>(store, clock_, dice_.next(), faults, &clock_);
    remotes_[core] = remote.get();
    return remote;
  }
  engine::LogSettings settings{
      .sync = syncs_always_ ? engine::SyncLevel::kAlways : engine::SyncLevel::kInterval,
      .segment_bytes = 2'000,
      .checkpoint_bytes = 10'000,
      .message_bytes_max = kMessageBytesMax,
      .room_step_bytes = 200,
      .blocking_work = dice_.one_in(2) ? Worker::Where::kCaller : Worker::Where::kPoll};
  auto log = std::make_unique<engine::Log>(*disks_[core], store, clock_, manifest(), core, settings,
                                           [] {});
  if (const auto opened = log->open({}); !opened) throw std::runtime_error(opened.error());
  if (fault_ == Fault::kFails && dice_.one_in(2)) {
    disks_[core]->fail(FaultyDirectory::Call::kSync, 20 + dice_.roll(200), EIO, true);
  }
  return log;
}

engine::Manifest World::manifest() const {
  return {.epoch = 1, .cores = static_cast<std::uint32_t>(disks_.size())};
}

std::string World::kind() const {
  const std::string keeper = keeper_ == Keeper::kMemory ? "memory"
                             : keeper_ == Keeper::kLog  ? "log"
                                                        : "remote";
  const std::string fault = fault_ == Fault::kNone    ? ", "
                            : fault_ == Fault::kFails ? " that fails, "
                                                      : " on disks that are full at times, ";
  return keeper + fault + std::to_string(server_->cores()) + " cores, " +
         std::to_string(clients_.size()) + " clients, step " + std::to_string(steps_);
}

// One request alone, before and after the clients run.
std::string World::ask_now(const std::string& text) {
  for (int tries = 0; tries < 100; ++tries) {
    const std::shared_ptr<Line> line = server_->connect(0);
    line->to_server = http_post(text);
    line->client_ended = true;
    for (int steps = 0; steps < kRestSteps && !line->is_closed; ++steps) {
      server_->run();
      clock_.advance_ms(1);
    }
    const std::size_t head = line->to_client.find("\r\n\r\n");
    if (head == std::string::npos) continue;  // it was lost
    std::string answer = line->to_client.substr(head + 4);
    if (answer.find("\"st\":209") == std::string::npos) return answer;
  }
  fail("no answer to " + text);
  return "{}";
}

std::string World::run(std::size_t steps) {
  scene_->shared_token = token_of(ask_now(R"({"SH_NEW":{"name":"all"}})"));
  (void)ask_now(R"({"KV_SET":{"tkn":")" + scene_->shared_token +
                R"(","keys":{"all":"","exchanged":"","counts":{"n":0}}}})");
  scene_->on_write = [this](Client& client) {
    if (!dice_.one_in(15)) return;
    client.receive();
    check_kept(client);
  };
  for (; steps_ < steps && is_right(); ++steps_) step();
  if (rests_ && is_right()) {
    rest();
    for (Client& client : clients_) client.ask_for_all();
    rest();
    const std::string all = ask_now(R"({"KV_GET":{"tkn":")" + scene_->shared_token +
                                    R"(","keys":["all","exchanged","counts"]}})");
    const auto answer = parse_json(all);
    const Json* const keys = answer ? answer->members.at(0).second.find("keys") : nullptr;
    if (is_right()) keys == nullptr ? fail("the shared session: " + all) : check_shared(*keys);
  }
  if (is_right()) stop();
  if (is_right()) check_all_kept();
  return scene_->wrong.empty() ? "" : kind() + ": " + scene_->wrong;
}

void World::step() {
  Client& client = clients_[dice_.roll(clients_.size())];
  switch (dice_.roll(12)) {
    case 0:
    case 1:
    case 2:
      turn(static_cast<std::uint32_t>(dice_.roll(server_->cores())));
      return;
    case 3:
    case 4:
    case 5:
      client.ask();
      return;
    case 6:
    case 7:
      client.deliver(1 + dice_.roll(200));
      return;
    case 8:
    case 9:
      client.receive();
      return;
    case 10:
      client.set_pace(dice_.one_in(2) ? SIZE_MAX : dice_.roll(300),
                      dice_.one_in(2) ? SIZE_MAX : 1 + dice_.roll(50));
      return;
    default:
      clock_.advance_ms(dice_.one_in(20) ? dice_.roll(3'000) : dice_.roll(30));
      if (dice_.one_in(40)) client.disconnect();
      if (dice_.one_in(20)) {
        still_until_[dice_.roll(still_until_.size())] = steps_ + dice_.roll(400);
      }
      if (fault_ != Fault::kFull || !dice_.one_in(40)) return;
      is_full_ = !is_full_;
      for (const auto& disk : disks_) disk->set_full(is_full_);
  }
}

void World::turn(std::uint32_t core) {
  if (steps_ >= still_until_[core] && server_->is_due(core)) server_->turn(core);
}

// Answers everything that was sent, without another event from outside.
void World::rest() {
  const auto waits = [](const Client& client) { return !client.known().pending.empty(); };
  for (std::uint64_t& until : still_until_) until = 0;
  for (int steps = 0; steps < kRestSteps && is_right(); ++steps) {
    for (Client& client : clients_) {
      client.set_pace(SIZE_MAX, SIZE_MAX);
      client.deliver(SIZE_MAX);
      client.receive();
    }
    if (std::none_of(clients_.begin(), clients_.end(), waits)) return;
    turn(static_cast<std::uint32_t>(dice_.roll(server_->cores())));
    if (dice_.one_in(10)) clock_.advance_ms(10);
  }
  for (const Client& client : clients_) {
    if (!waits(client)) continue;
    const Request& first = client.known().pending.front();
    fail("no answer to " + first.command + ' ' + std::to_string(first.number));
  }
}

// A stop answers what has arrived, and closes the connections.
void World::stop() {
  for (Client& client : clients_) {
    for (int i = 0; i < 3; ++i) client.ask();
    client.set_pace(SIZE_MAX, SIZE_MAX);
    client.deliver(SIZE_MAX);
  }
  for (std::uint64_t& until : still_until_) until = 0;
  scene_->is_stopping = true;
  server_->begin_stop();
  const auto& shared = server_->shared();
  for (int steps = 0; shared.quiet_cores.load() != server_->cores(); ++steps) {
    if (steps == kRestSteps) return fail("the server does not come to rest when it is stopped");
    for (std::uint32_t core = 0; core < server_->cores(); ++core) turn(core);
    for (Client& client : clients_) {
      if (Line* const line = client.line()) line->client_ended = line->server_ended;
      client.receive();
    }
    clock_.advance_ms(5);
  }
  for (Client& client : clients_) client.receive();
  for (std::uint32_t core = 0; core < server_->cores(); ++core) server_->core(core).close();
}

std::uint32_t World::owner_of(const std::string& token) const {
  return store::owner_of(store::parse_token(token).lower, server_->cores());
}

void World::read_log(FaultyDirectory& disk, std::uint32_t core, store::Store& store) {
  const auto files = engine::files_of(disk).value();
  std::atomic<std::uint64_t> bytes_read = 0;
  engine::Recovery recovery(disk, manifest(), core, files, engine::Recovery::Mode::kStart,
                            bytes_read);
  store::Replay replay(store, {}, clock_.unix_offset_ms(), clock_.now_ms());
  if (const auto read = recovery.run(replay); !read) fail(read.error());
}

std::unique_ptr<store::Store> World::kept_by(std::uint32_t core, bool is_stopped) {
  auto kept = std::make_unique<store::Store>(server_->shared().token_bits);
  if (keeper_ == Keeper::kRemote) {
    remotes_[core]->copy_to(*kept);
  } else if (is_stopped) {  // as the next start finds it
    disks_[core]->mend();
    disks_[core]->set_full(false);
    read_log(*disks_[core], core, *kept);
  } else {  // as the next start finds it after a power failure now
    read_log(*disks_[core]->crash(dice_), core, *kept);
  }
  return kept;
}

// Once the disk has failed, reads go on, and the deadlines that they move are kept no more.
bool World::may_be_behind(const Known& known) const {
  const engine::Engine& engine = server_->core(owner_of(known.token)).engine();
  return engine.storage() == store::Storage::kFailed && known.lifetime.slides();
}

void World::check_kept(const Client& client) {
  const bool is_promised = keeper_ == Keeper::kRemote || (keeper_ == Keeper::kLog && syncs_always_);
  if (!is_promised || !is_right() || client.known().token.empty()) return;
  const std::uint32_t owner = owner_of(client.known().token);
  if (may_be_behind(client.known())) return;
  const std::unique_ptr<store::Store> kept = kept_by(owner, false);
  const std::string wrong = wrong_with(client.known(), *kept, clock_.now_ms(), scene_->may_refuse);
  if (!wrong.empty()) fail("when an answer is written: " + wrong);
}

void World::check_shared(const Json& keys) {
  Client::Share counted;
  for (const Client& client : clients_) {
    for (const auto& [command, name] :
         {std::pair{"KV_APPEND", "all"}, std::pair{"KV_SET", "exchanged"}}) {
      const std::string wrong = client.wrong_with_letters(command, keys.find(name)->text);
      if (!wrong.empty()) fail(wrong);
    }
    const Client::Share share = client.share("KV_PATCH");
    counted.answered += share.answered;
    counted.unknown += share.unknown;
  }
  const std::uint64_t count = std::stoull(keys.find("counts")->find("n")->text);
  if (count < counted.answered || count > counted.answered + counted.unknown) {
    fail("the counter has " + std::to_string(count) + " after " + std::to_string(counted.answered) +
         " increments that were answered and " + std::to_string(counted.unknown) + " unknown ones");
  }
}

void World::check_tagged(const Stores& stores) {
  const auto check = [&](const Known& known) {
    const std::string wrong = wrong_with_tagged(known, stores);
    if (!wrong.empty()) fail("at the end: " + wrong);
  };
  for (const Client& client : clients_) check(client.known());
  for (const Known& former : scene_->former) check(former);
}

void World::check_all_kept() {
  std::vector<const Known*> known;
  for (const Client& client : clients_) known.push_back(&client.known());
  // The last of those that had a token one after the other.
  for (auto former = scene_->former.rbegin(); former != scene_->former.rend(); ++former) {
    const auto is_later = [&](const Known* one) {
      return !former->token.empty() &&
             (one->token == former->token || one->former_token == former->token);
    };
    if (std::none_of(known.begin(), known.end(), is_later)) known.push_back(&*former);
  }
  std::vector<std::unique_ptr<store::Store>> kept;
  Stores stores;
  for (std::uint32_t core = 0; core < server_->cores(); ++core) {
    const store::Store* const live = &server_->core(core).store();
    if (keeper_ != Keeper::kMemory) kept.push_back(kept_by(core, true));
    stores.push_back(kept.empty() ? live : kept.back().get());
    for (const store::Store* const one : {live, stores.back()}) {
      const std::string wrong = wrong_tag_index(*one);
      if (!wrong.empty()) fail("at the end: " + wrong);
    }
  }
  check_tagged(stores);
  for (std::uint32_t core = 0; core < server_->cores() && is_right(); ++core) {
    const store::Store& store = *stores[core];
    for (const Known* const one : known) {
      if (one->token.empty() || owner_of(one->token) != core || may_be_behind(*one)) continue;
      const std::string wrong = wrong_with(*one, store, clock_.now_ms(), scene_->may_refuse);
      if (!wrong.empty()) fail("at the end: " + wrong);
    }
    if (owner_of(scene_->shared_token) != core) continue;
    const store::Session* const all = session_of(store, scene_->shared_token);
    if (all == nullptr) return fail("the session of all clients is gone");
    Json keys = *parse_json("{}");
    all->keys().for_each([&keys](const json::Value& value) {
      Buffer text;
      value.append_to(text);
      keys.members.emplace_back(*parse_json(json_string(value.label())), *parse_json(text.view()));
    });
    check_shared(keys);
  }
}

}  // namespace seshdb::testing
