// What clients do, and how their answers are checked. Answers come in the order of the requests, so
// the model runs a request when its answer is there.
#include "simulation/world.h"

#include <algorithm>
#include <utility>

#include "engine/log.h"
#include "engine/recovery.h"
#include "simulation/server_frame.h"
#include "store/owner.h"
#include "store/replay.h"
#include "store/tokens.h"
#include "support/conformance.h"
#include "support/remote_engine.h"
#include "support/socket_client.h"
#include "support/store_changes.h"

namespace seshdb::testing {

namespace {

constexpr std::size_t kPendingMost = 8;
// Turns without an event after which nothing may be under way any more.
constexpr int kRestTurns = 2'000;

}  // namespace

World::World(std::uint64_t seed)
    : dice_(seed),
      keeper_(static_cast<Keeper>(dice_.roll(3))),
      has_faults_(dice_.one_in(2)),
      syncs_always_(!dice_.one_in(4)),
      begin_ms_(clock_.now_ms()) {
  OneThreadServer::Settings settings{.cores = static_cast<std::uint32_t>(1 + dice_.roll(3)),
                                     .connections = usual_connections(clock_)};
  settings.connections.unsent_bytes_max = dice_.one_in(3) ? 4'096 : limits::kUnsentBytesDefault;
  settings.random = [this](std::uint32_t) { return std::make_unique<SeededRandom>(dice_.next()); };
  if (keeper_ != Keeper::kMemory) {
    settings.engine = [this](std::uint32_t core, store::Store& store) {
      return make_engine(core, store);
    };
  }
  for (std::uint32_t i = 0; i < settings.cores; ++i) {
    disks_.push_back(std::make_unique<FaultyDirectory>(dice_.next()));
  }
  server_ = std::make_unique<OneThreadServer>(std::move(settings));
  clients_.resize(1 + dice_.roll(6));
  for (std::size_t i = 0; i < clients_.size(); ++i) {
    clients_[i].letter = static_cast<char>('a' + static_cast<int>(i));
  }
}

World::~World() = default;

std::unique_ptr<engine::Engine> World::make_engine(std::uint32_t core, store::Store& store) {
  if (keeper_ == Keeper::kRemote) {
    RemoteEngine::Faults faults;
    if (has_faults_) faults = {.conflicts = 3, .refused = 40, .lost = 40};
    return std::make_unique<RemoteEngine>(store, clock_, dice_.next(), faults);
  }
  engine::LogSettings settings{
      .sync = syncs_always_ ? engine::SyncLevel::kAlways : engine::SyncLevel::kInterval,
      .segment_bytes = 2'000,
      .checkpoint_bytes = 10'000,
      .message_bytes_max = 100'000,
      .blocking_work = Worker::Where::kCaller};
  auto log = std::make_unique<engine::Log>(*disks_[core], store, clock_, manifest(), core, settings,
                                           [] {});
  if (const auto fault = log->open({})) fail(*fault);
  if (has_faults_ && dice_.one_in(2)) {
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
  return keeper + (has_faults_ ? " with faults, " : ", ") + std::to_string(server_->cores()) +
         " cores, " + std::to_string(clients_.size()) + " clients";
}

void World::fail(const std::string& what) {
  if (wrong_.empty()) wrong_ = "step " + std::to_string(steps_) + ": " + what;
}

// Before and after the clients' time, one request alone.
std::string World::ask_now(const std::string& text) {
  for (int tries = 0; tries < 100; ++tries) {
    const std::shared_ptr<Line> line = server_->connect(0);
    line->to_server = http_post(text);
    server_->run();
    const std::size_t head = line->to_client.find("\r\n\r\n");
    line->client_ended = true;
    server_->run();
    if (head == std::string::npos) continue;  // it was lost
    std::string answer = line->to_client.substr(head + 4);
    if (answer.find("\"st\":209") == std::string::npos) return answer;
  }
  fail("no answer to " + text);
  return "{}";
}

std::string World::run(std::size_t steps) {
  shared_token_ = token_of(ask_now(R"({"SH_NEW":{"name":"all"}})"));
  (void)ask_now(R"({"KV_SET":{"tkn":")" + shared_token_ + R"(","keys":{"all":""}}})");
  for (; steps_ < steps && wrong_.empty(); ++steps_) step();
  if (wrong_.empty()) rest();
  if (wrong_.empty()) check_ends();
  if (wrong_.empty() && keeper_ == Keeper::kLog && syncs_always_) check_power_loss();
  if (wrong_.empty()) stop();
  return wrong_.empty() ? "" : kind() + ", " + wrong_;
}

void World::step() {
  Client& client = clients_[dice_.roll(clients_.size())];
  switch (dice_.roll(12)) {
    case 0:
    case 1:
    case 2:
      server_->turn(static_cast<std::uint32_t>(dice_.roll(server_->cores())));
      return;
    case 3:
    case 4:
    case 5:
      ask(client);
      return;
    case 6:
    case 7:
      deliver(client, 1 + dice_.roll(200));
      return;
    case 8:
    case 9:
      receive(client);
      return;
    case 10:
      if (client.line != nullptr) {
        client.line->write_room = dice_.one_in(2) ? SIZE_MAX : dice_.roll(300);
        client.line->read_most = dice_.one_in(2) ? SIZE_MAX : 1 + dice_.roll(50);
      }
      return;
    default:
      clock_.advance_ms(dice_.one_in(20) ? dice_.roll(3'000) : dice_.roll(30));
      if (dice_.one_in(40)) disconnect(client);
      return;
  }
}

void World::connect(Client& client) {
  client.line = server_->connect(static_cast<std::uint32_t>(dice_.roll(server_->cores())));
  client.unsent = std::string(kUpgrade) + "\r\n";
  client.received.clear();
  client.is_upgraded = false;
}

// Nobody knows what becomes of its requests: it begins anew with another session.
void World::disconnect(Client& client) {
  if (client.line == nullptr) return;
  client.line->is_broken = true;
  for (const Request& request : client.pending) client.unknown += request.to_all ? 1 : 0;
  client.pending.clear();
  client.line = nullptr;
  client.token.clear();
  client.is_new = true;
  client.model = Model();
}

void World::ask(Client& client) {
  if (is_stopping_ || client.pending.size() >= kPendingMost) return;
  if (client.line == nullptr) connect(client);
  if (client.token.empty()) {
    if (std::exchange(client.is_new, false)) {
      send(client, {.number = next_number_++, .command = "SH_NEW", .params = R"({"name":"own"})"});
    }
    return;
  }
  const std::string tkn = R"("tkn":")" + client.token + '"';
  const std::string key = dice_.pick(std::array<std::string, 3>{"\"a\"", "\"b\"", "\"c\""});
  const std::string value =
      dice_.one_in(4)
          ? random_json(dice_, 3)
          : json_string(std::string(dice_.roll(40), 'x') + std::to_string(next_number_));
  Request request{.number = next_number_++, .command = "", .params = ""};
  switch (dice_.roll(9)) {
    case 0:
    case 1:
    case 2:
      request.command = dice_.one_in(3) ? "KV_ADD" : "KV_SET";
      request.params = '{' + tkn + R"(,"keys":{)" + key + ':' + value + "}}";
      break;
    case 3:
      request.command = "KV_APPEND";
      request.params = '{' + tkn + R"(,"keys":{)" + key + ":\"+\"}}";
      break;
    case 4:
      request.command = "KV_UPDATE";
      request.params = '{' + tkn + R"(,"key":)" + key + ",\"\":" + value + '}';
      break;
    case 5:
      request.command = "KV_RMV";
      request.params = '{' + tkn + R"(,"keys":[)" + key + "]}";
      break;
    case 6:
      request.to_all = true;
      request.command = "KV_APPEND";
      request.params =
          R"({"tkn":")" + shared_token_ + R"(","keys":{"all":")" + client.letter + "\"}}";
      break;
    default:
      request.command = "KV_GET";
      request.params = '{' + tkn + R"(,"keys":["a","b","c"]})";
      break;
  }
  send(client, std::move(request));
}

void World::send(Client& client, Request request) {
  const std::string rid = R"("rid":")" + std::to_string(request.number) + '"';
  std::string params = request.params;
  params.insert(params.size() - 1, (params.size() == 2 ? "" : ",") + rid);
  client.unsent += make_frame("{\"" + request.command + "\":" + params + '}');
  client.pending.push_back(std::move(request));
}

void World::deliver(Client& client, std::size_t bytes_most) {
  if (client.line == nullptr) return;
  const std::size_t bytes = std::min(bytes_most, client.unsent.size());
  client.line->to_server += client.unsent.substr(0, bytes);
  client.unsent.erase(0, bytes);
}

void World::receive(Client& client) {
  if (client.line == nullptr) return;
  client.received += std::exchange(client.line->to_client, {});
  const std::size_t head = client.is_upgraded ? 0 : client.received.find("\r\n\r\n");
  if (!client.is_upgraded && head != std::string::npos) {
    client.received.erase(0, head + 4);
    client.is_upgraded = true;
  }
  while (wrong_.empty() && client.is_upgraded) {
    const std::optional<ServerFrame> frame = take_frame(client.received);
    if (!frame) break;
    if (frame->opcode == 1) take_answer(client, frame->payload);
  }
  if (client.line->is_closed) {
    const bool may_end = is_stopping_ || (has_faults_ && keeper_ != Keeper::kMemory);
    if (!may_end) fail("a client was disconnected");
    if (!has_faults_ && !client.pending.empty()) fail("a request that had arrived has no answer");
    disconnect(client);
  }
}

void World::take_answer(Client& client, const std::string& text) {
  ++answers_;
  std::optional<Json> answer = parse_json(text);
  if (!answer || client.pending.empty()) return fail("an answer that nobody waits for: " + text);
  const Request request = std::move(client.pending.front());
  client.pending.pop_front();
  Json& content = answer->members.at(0).second;
  const auto is_rid = [](const auto& member) { return member.first.text == "rid"; };
  const auto rid = std::find_if(content.members.begin(), content.members.end(), is_rid);
  if (rid == content.members.end() || rid->second.text != std::to_string(request.number)) {
    return fail("another answer than that to " + request.command + ' ' +
                std::to_string(request.number) + ": " + text);
  }
  content.members.erase(rid);
  compare(client, request, *answer);
}

void World::compare(Client& client, const Request& request, const Json& answer) {
  const Json* const status = answer.members.at(0).second.find("st");
  const std::string st = status == nullptr ? "" : status->text;
  if (has_faults_ && (st == "209" || st == "202" || st == "201")) {  // it was not done
    if (request.command == "SH_NEW") client.is_new = true;
    return;
  }
  if (request.to_all) {
    ++client.appended;
    return;
  }
  const std::optional<std::string> expected =
      client.model.run(request.command, *parse_json(request.params));
  if (!expected) return fail("an answer to " + request.command);
  const Json wanted = *parse_json("{\"" + request.command + "_RSP\":" + *expected + '}');
  std::map<std::string, std::string> variables;
  const std::string fault = testing::mismatch(wanted, answer, variables, 0);
  if (!fault.empty()) {
    return fail(request.command + ' ' + request.params + fault + "\n  answer: " + to_text(answer));
  }
  if (request.command == "SH_NEW") {
    client.token = answer.members.at(0).second.find("tkn")->text;
    client.model.learn_token(client.token);
  }
}

// Everything that was sent is answered, without another event from outside.
void World::rest() {
  for (int turns = 0; turns < kRestTurns && wrong_.empty(); ++turns) {
    bool all_answered = true;
    for (Client& client : clients_) {
      if (client.line != nullptr) client.line->write_room = client.line->read_most = SIZE_MAX;
      deliver(client, SIZE_MAX);
      receive(client);
      all_answered = all_answered && client.pending.empty();
    }
    if (all_answered) return;
    server_->turn(static_cast<std::uint32_t>(dice_.roll(server_->cores())));
    if (dice_.one_in(10)) clock_.advance_ms(10);
  }
  for (const Client& client : clients_) {
    if (!client.pending.empty()) {
      fail("no answer to " + client.pending.front().command + ' ' +
           std::to_string(client.pending.front().number));
    }
  }
}

// What is there in the end is what was told: each session, and the value that all have appended to.
void World::check_ends() {
  for (Client& client : clients_) {
    if (client.line == nullptr || client.token.empty()) continue;
    send(client, {.number = next_number_++,
                  .command = "KV_GET",
                  .params = R"({"tkn":")" + client.token + R"(","keys":["a","b","c"]})"});
  }
  rest();
  const std::string all =
      ask_now(R"({"KV_GET":{"tkn":")" + shared_token_ + R"(","keys":["all"]}})");
  const std::size_t at = all.find(R"("all":")");
  if (at == std::string::npos) return fail("the value of all clients is gone: " + all);
  const std::string value = all.substr(at + 7, all.find('"', at + 7) - at - 7);
  for (const Client& client : clients_) {
    const std::uint64_t count = count_of(client.letter, value);
    if (count < client.appended || count > client.appended + client.unknown) {
      fail(std::to_string(count) + " letters of a client that was answered " +
           std::to_string(client.appended) + " and not told of " + std::to_string(client.unknown));
    }
  }
}

// The power goes: each client that has its answers finds what they told.
void World::check_power_loss() {
  for (const Client& client : clients_) {
    if (client.line == nullptr || client.token.empty()) continue;
    const std::uint64_t token = *store::parse_token(client.token);
    const std::uint32_t core = store::owner_of(token, server_->cores());
    const std::unique_ptr<FaultyDirectory> disk = disks_[core]->crash(dice_);
    const auto files = std::get<std::vector<engine::NamedFile>>(engine::files_of(*disk));
    std::atomic<std::uint64_t> bytes_read = 0;
    engine::Recovery recovery(*disk, manifest(), core, files, engine::Recovery::Mode::kStart,
                              bytes_read);
    store::Store found;
    store::Replay replay(found, {}, clock_.unix_offset_ms(), clock_.now_ms());
    if (const auto fault = recovery.run(replay)) return fail(*fault);
    const store::Store& store = server_->core(core).store();
    const store::Session* const session = found.peek(token);
    if (session == nullptr) return fail("a session is gone with the power");
    const std::string told = dump(store, *store.peek(token));
    const std::string kept = dump(found, *session);
    if (told != kept) return fail("told: " + told + "\n  found after a power loss: " + kept);
  }
}

// A stop answers what has arrived, and says goodbye.
void World::stop() {
  for (Client& client : clients_) {
    for (int i = 0; i < 3; ++i) ask(client);
    deliver(client, SIZE_MAX);
  }
  is_stopping_ = true;
  server_->shared().stop.store(true);
  for (int turns = 0; turns < kRestTurns && wrong_.empty(); ++turns) {
    for (std::uint32_t core = 0; core < server_->cores(); ++core) server_->turn(core);
    for (Client& client : clients_) {
      if (client.line == nullptr) continue;
      client.line->client_ended = client.line->server_ended;
      if (!client.line->is_closed) receive(client);
      if (!client.line->is_closed) continue;
      client.received += std::exchange(client.line->to_client, {});
      receive(client);
    }
    clock_.advance_ms(5);
    if (server_->shared().quiet_cores.load() == server_->cores()) return;
  }
  fail("the server does not come to rest when it is stopped");
}

}  // namespace seshdb::testing
