// Named saves on a running server: a save can be loaded, and a damaged one never is.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <thread>

#include "save/folder.h"
#include "support/json_tree.h"
#include "support/save_support.h"
#include "support/socket_target.h"
#include "support/temporary_directory.h"
#include "support/temporary_file.h"

namespace seshdb::testing {

namespace {

namespace fs = std::filesystem;

// A server with two cores and a directory for saves, on a clock that does not move.
struct Saved {
  explicit Saved(std::uint32_t threads = 2)
      : server(clock, threads, config(directory.path())), client(server.port()) {}

  static server::Config config(const std::string& path) {
    server::Config config;
    config.save_path = path;
    return config;
  }
  std::string ask(const std::string& request) { return client.ask(request); }
  std::string make(const std::string& parameters) {
    return token_of(ask("{\"SH_NEW\":{" + parameters + "}}"));
  }
  void set(const std::string& token, const std::string& keys) {
    ask(R"({"KV_SET":{"tkn":")" + token + R"(","keys":)" + keys + "}}");
  }
  std::string get(const std::string& token, const std::string& key) {
    return ask(R"({"KV_GET":{"tkn":")" + token + R"(","keys":[)" + key + "]}}");
  }
  std::string info(const std::string& token) {
    return ask(R"({"SH_INFO":{"tkn":")" + token + R"("}})");
  }
  void end_all() { ask(R"({"SH_END_ALL":{}})"); }
  std::string counts() { return ask(R"({"SH_INFO_ALL":{}})"); }

  ManualClock clock;
  TemporaryDirectory directory;
  TestServer server;
  WebSocketClient client;
};

constexpr const char* kSave = R"({"SH_SAVE":{"name":"a"}})";
constexpr const char* kSaved = R"({"SH_SAVE_RSP":{"st":121,"name":"a","duration":0}})";
constexpr const char* kLoad = R"({"SH_LOAD":{"name":"a"}})";

std::string loaded(int sessions, int keys) {
  return R"({"SH_LOAD_RSP":{"st":141,"name":"a","sessions":)" + std::to_string(sessions) +
         ",\"keys\":" + std::to_string(keys) + "}}";
}
std::string counted(int sessions, int keys) {
  return R"({"SH_INFO_ALL_RSP":{"totalSessions":)" + std::to_string(sessions) +
         ",\"totalKeys\":" + std::to_string(keys) + "}}";
}

bool begins(const std::string& text, const std::string& with) { return text.rfind(with, 0) == 0; }

}  // namespace

TEST(Saves, restore_tokens_names_values_and_settings_and_restart_the_clocks) {
  Saved s;
  const std::string plain = s.make(R"("name":"p")");
  const std::string shared =
      s.make(R"("name":"n\"\u00e9","shared":true,)"
             R"("expiry":{"duration":100,"deleteSession":false,"sliding":true})");
  const std::string dying = s.make(R"("name":"d","expiry":{"duration":60,"deleteSession":true})");
  s.set(plain,
        R"({"k":[1.0,1e400,"\ud800\u0041",{"":null}],"":12345678901234567890,"\n\"é":true})");
  s.set(shared, R"({"x":"y"})");
  EXPECT_EQ(s.ask(kSave), kSaved);
  s.end_all();
  s.clock.advance_ms(3'600'000);
  EXPECT_EQ(s.ask(kLoad), loaded(3, 4));

  EXPECT_EQ(s.get(plain, R"("k","","\n\"é")"),
            R"({"KV_GET_RSP":{"tkn":")" + plain +
                R"(","keys":{"k":[1.0,1e400,"\ud800\u0041",{"":null}],"":12345678901234567890,)"
                R"("\n\"é":true}}})");
  EXPECT_EQ(s.ask(R"({"SH_OPEN":{"name":"né"}})").find(shared), std::string::npos);
  EXPECT_NE(s.ask(R"({"SH_OPEN":{"name":"n\"é"}})").find(shared), std::string::npos);
  const auto time = [&](int seconds) {
    return R"("time":)" + std::to_string(s.clock.unix_ms() / 1'000 + seconds) + ',';
  };
  const std::string said = s.info(shared);
  EXPECT_NE(said.find(time(100)), std::string::npos) << said;
  EXPECT_NE(said.find(R"("shared":true)"), std::string::npos) << said;
  EXPECT_NE(said.find(R"("deleteSession":false,"sliding":true)"), std::string::npos) << said;
  EXPECT_NE(s.info(plain).find(R"("expires":false)"), std::string::npos);
  EXPECT_NE(s.info(dying).find(time(60)), std::string::npos) << s.info(dying);
  s.clock.advance_ms(60'000);
  EXPECT_NE(s.info(dying).find(R"("st":100)"), std::string::npos);
}

TEST(Saves, hold_tags_and_former_tokens) {
  Saved saved;
  const std::string former = saved.make(R"("name":"a","tags":["user:1","a\u00e9"])");
  const std::string rotated = R"({"SH_ROTATE":{"tkn":")" + former + "\"}}";
  ASSERT_EQ(saved.ask(kSave), kSaved);
  fs::rename(saved.directory.path() + "/a", saved.directory.path() + "/before");
  const std::string token = token_of(saved.ask(rotated));
  ASSERT_EQ(saved.ask(kSave), kSaved);
  saved.end_all();
  EXPECT_EQ(saved.ask(kLoad), loaded(1, 0));
  EXPECT_EQ(saved.ask(R"({"SH_TAG":{"tkn":")" + token + "\"}}"),
            R"({"SH_TAG_RSP":{"st":1,"tkn":")" + token + R"(","tags":["aé","user:1"]}})");
  EXPECT_NE(saved.ask(R"({"SH_LOAD":{"name":"before"}})").find("\"sessions\":0"),
            std::string::npos);
  EXPECT_NE(saved.info(former).find("\"st\":100"), std::string::npos);
}

TEST(Saves, hold_no_session_that_has_expired) {
  Saved s;
  s.make(R"("name":"d","expiry":{"duration":1,"deleteSession":true})");
  const std::string kept = s.make(R"("name":"k","expiry":{"duration":1,"deleteSession":false})");
  s.set(kept, R"({"k":1})");
  s.clock.advance_ms(1'000);
  EXPECT_EQ(s.ask(kSave), kSaved);
  s.end_all();
  EXPECT_EQ(s.ask(kLoad), loaded(1, 0));
  EXPECT_NE(s.info(kept).find(R"("keyCnt":0)"), std::string::npos);
}

TEST(Saves, do_not_change_an_existing_session) {
  Saved s;
  const std::string there = s.make(R"("name":"a")");
  const std::string gone = s.make(R"("name":"b")");
  s.set(there, R"({"k":1})");
  s.set(gone, R"({"k":1,"l":2})");
  EXPECT_EQ(s.ask(kSave), kSaved);
  s.set(there, R"({"k":"newer"})");
  s.ask(R"({"SH_END":{"tkn":")" + gone + R"("}})");
  EXPECT_EQ(s.ask(kLoad), loaded(1, 2));
  EXPECT_NE(s.get(there, "\"k\"").find("newer"), std::string::npos);
  EXPECT_EQ(s.ask(kLoad), loaded(0, 0));
}

TEST(Saves, hold_the_named_sessions_alone_where_some_are_named) {
  Saved s;
  std::vector<std::string> tokens;
  for (int i = 0; i < 8; ++i) {
    tokens.push_back(s.make(R"("name":"a")"));
    s.set(tokens.back(), R"({"k":1})");
  }
  EXPECT_EQ(s.ask(R"({"SH_SAVE":{"name":"a","tkns":[")" + tokens[1] + "\",\"" + tokens[5] +
                  "\",\"" + tokens[1] + R"(","7","x",5]}})"),
            kSaved);
  s.end_all();
  EXPECT_EQ(s.ask(kLoad), loaded(2, 2));
  EXPECT_NE(s.get(tokens[5], "\"k\"").find(":1"), std::string::npos);
  EXPECT_EQ(s.ask(R"({"SH_SAVE":{"name":"b","tkns":[]}})"),
            R"({"SH_SAVE_RSP":{"st":121,"name":"b","duration":0}})");
  EXPECT_EQ(s.ask(R"({"SH_LOAD":{"name":"b"}})"),
            R"({"SH_LOAD_RSP":{"st":141,"name":"b","sessions":0,"keys":0}})");
}

TEST(Saves, of_one_moment_stand_side_by_side_and_the_newest_is_loaded) {
  Saved s;
  for (int i = 1; i <= 12; ++i) {
    s.make(R"("name":"a")");
    EXPECT_EQ(s.ask(kSave), kSaved);
    s.end_all();
    EXPECT_EQ(s.ask(kLoad), loaded(i, 0));
  }
  const auto there = fs::directory_iterator(s.directory.path() + "/a");
  EXPECT_EQ(std::distance(begin(there), end(there)), 12);
}

TEST(Saves, by_one_number_of_cores_are_loaded_by_any_other) {
  std::string from;
  Saved saving(3);
  for (int i = 0; i < 200; ++i) saving.set(saving.make(R"("name":"a")"), R"({"k":1})");
  EXPECT_EQ(saving.ask(kSave), kSaved);
  for (const std::uint32_t threads : {1U, 2U, 5U}) {
    Saved s(threads);
    fs::copy(saving.directory.path(), s.directory.path(), fs::copy_options::recursive);
    EXPECT_EQ(s.ask(kLoad), loaded(200, 200));
    EXPECT_EQ(s.counts(), counted(200, 200));
  }
}

TEST(Saves, that_cannot_be_made_or_found_say_why) {
  Saved s;
  EXPECT_TRUE(begins(s.ask(kLoad), R"({"SH_LOAD_RSP":{"st":142,"tkn":null,"m":"there is no save)"));
  std::ofstream(s.directory.path() + "/a") << "no folder";
  EXPECT_TRUE(begins(s.ask(kSave), R"({"SH_SAVE_RSP":{"st":122,"tkn":null,"m":"cannot make)"));
  EXPECT_TRUE(begins(s.ask(kLoad), R"({"SH_LOAD_RSP":{"st":142,"tkn":null,"m":"cannot read)"));
}

TEST(Saves, that_are_damaged_or_cut_load_nothing) {
  Saved s;
  for (int i = 0; i < 20; ++i) s.set(s.make(R"("name":"a")"), R"({"k":[1,2,3],"l":"text"})");
  EXPECT_EQ(s.ask(kSave), kSaved);
  s.end_all();
  for (const auto& entry : fs::recursive_directory_iterator(s.directory.path())) {
    if (!entry.is_regular_file()) continue;
    const std::string whole = content_of(entry.path());
    for (std::size_t at = 0; at < whole.size(); at += 7) {
      std::string damaged = whole;
      damaged[at] = static_cast<char>(damaged[at] ^ 0x20);
      write_content(entry.path(), damaged);
      EXPECT_TRUE(begins(s.ask(kLoad), R"({"SH_LOAD_RSP":{"st":142,)")) << "byte " << at;
      write_content(entry.path(), whole.substr(0, at));
      EXPECT_TRUE(begins(s.ask(kLoad), R"({"SH_LOAD_RSP":{"st":142,)")) << "cut at " << at;
    }
    write_content(entry.path(), whole + whole);
    EXPECT_TRUE(begins(s.ask(kLoad), R"({"SH_LOAD_RSP":{"st":142,)"));
    fs::remove(entry.path());
    EXPECT_TRUE(begins(s.ask(kLoad), R"({"SH_LOAD_RSP":{"st":142,)"));
    write_content(entry.path(), whole);
  }
  EXPECT_EQ(s.counts(), counted(0, 0));
  EXPECT_EQ(s.ask(kLoad), loaded(20, 40));
}

TEST(Saves, come_one_at_a_time) {
  Saved s;
  for (int i = 0; i < 300; ++i)
    s.set(s.make(R"("name":"a")"), R"({"k":")" + std::string(5'000, 'x') + "\"}");
  std::vector<std::unique_ptr<WebSocketClient>> clients;
  for (int i = 0; i < 40; ++i)
    clients.push_back(std::make_unique<WebSocketClient>(s.server.port()));
  for (auto& client : clients) client->send_text(kSave);
  int done = 0;
  for (auto& client : clients) {
    const std::string answer = client->read_text();
    done += answer == kSaved ? 1 : 0;
    EXPECT_TRUE(answer == kSaved ||
                answer == R"({"SH_SAVE_RSP":{"st":123,"tkn":null,"m":"another save or load is )"
                          R"(under way"}})")
        << answer;
  }
  const auto there = fs::directory_iterator(s.directory.path() + "/a");
  EXPECT_EQ(std::distance(begin(there), end(there)), done);
  EXPECT_GT(done, 0);
  EXPECT_LT(done, 40);
}

// Each change sets two keys to the same number; no save may hold one without the other.
TEST(Saves, see_each_session_at_one_moment_and_once_while_clients_write) {
  Saved s;
  std::vector<std::string> tokens;
  const std::string filling(2'000, 'x');
  for (int i = 0; i < 1'000; ++i) {
    tokens.push_back(s.make(R"("name":"a")"));
    s.set(tokens.back(), R"({"a":0,"b":0,"c":")" + filling + "\"}");
  }
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    WebSocketClient client(s.server.port());
    for (std::size_t n = 1; !stop; ++n) {
      const std::string number = std::to_string(n);
      client.ask(R"({"KV_SET":{"tkn":")" + tokens[n * 7 % tokens.size()] + R"(","keys":{"a":)" +
                 number + ",\"b\":" + number + "}}}");
      // Other sessions are created and ended, so that the table changes during the walk.
      const std::string made = token_of(client.ask(R"({"SH_NEW":{"name":"b"}})"));
      if (n % 3 != 0) client.ask(R"({"SH_END":{"tkn":")" + made + R"("}})");
    }
  });
  for (int i = 0; i < 5; ++i) EXPECT_EQ(s.ask(kSave), kSaved);
  stop = true;
  writer.join();
  for (const auto& folder : fs::directory_iterator(s.directory.path() + "/a")) {
    std::map<std::string, int> seen;
    save::SaveReader reader(folder.path().string(),
                            {.depth_max = 100, .token_bits = token_bits_of_environment()});
    for (;;) {
      const Result<save::SavedSession*> next = reader.next();
      ASSERT_TRUE(next) << next.error();
      if (*next == nullptr) break;
      const save::SavedSession& session = **next;
      ++seen[text_of(session.token)];
      if (session.key_count == 0) continue;
      const auto keys = parse_json(session.keys);
      ASSERT_TRUE(keys);
      EXPECT_EQ(keys->find("a")->text, keys->find("b")->text);
    }
    for (const std::string& token : tokens) EXPECT_EQ(seen[token], 1);
    for (const auto& [token, times] : seen) EXPECT_EQ(times, 1) << token;
  }
}

}  // namespace seshdb::testing
