// The data of a server with a log after a restart.
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "support/restarts.h"

namespace seshdb::testing {

TEST_F(Restarts, keep_sessions_under_any_number_of_threads) {
  const std::string token = make("a", "");
  const std::string shared = make("lobby", R"(,"shared":true)");
  for (const std::uint32_t threads : {1U, 3U, 3U, 2U}) {
    start(threads);
    EXPECT_EQ(key_of(token), "1");
    EXPECT_NE(ask(R"({"SH_OPEN":{"name":"lobby"}})").find(shared), std::string::npos);
    EXPECT_NE(ask(R"({"SH_INFO_ALL":{}})").find(R"("totalSessions":2,"totalKeys":2)"),
              std::string::npos);
  }
}

TEST_F(Restarts, lengthen_no_session) {
  const std::string token = make("a", expiring(100, true));
  const std::string info = ask(R"({"SH_INFO":{"tkn":")" + token + "\"}}");
  clock_.advance_ms(60'000);
  start(2);
  EXPECT_EQ(ask(R"({"SH_INFO":{"tkn":")" + token + "\"}}"), info);
  clock_.advance_ms(39'999);
  EXPECT_EQ(key_of(token), "1");
  clock_.advance_ms(1);
  EXPECT_EQ(key_of(token), "");
}

TEST_F(Restarts, show_nothing_of_what_expired_meanwhile) {
  const std::string ended = make("a", expiring(100, true));
  const std::string emptied = make("b", expiring(100, false));
  const std::string shared = make("c", R"(,"shared":true)" + expiring(100, true));
  clock_.advance_ms(250'000);
  start(2);
  EXPECT_NE(ask(R"({"SH_INFO_ALL":{}})").find(R"("totalSessions":1,"totalKeys":0)"),
            std::string::npos);
  EXPECT_EQ(key_of(ended), "");
  EXPECT_EQ(key_of(emptied), "n") << "null: the session is there, its key is not";
  EXPECT_NE(ask(R"({"SH_OPEN":{"name":"c"}})").find("\"st\":102"), std::string::npos);
  EXPECT_EQ(key_of(shared), "");
  // Two deadlines have passed: the third is 50 seconds from now.
  (void)ask(R"({"KV_SET":{"tkn":")" + emptied + R"(","keys":{"k":2}}})");
  start(2);
  clock_.advance_ms(49'999);
  EXPECT_EQ(key_of(emptied), "2");
  clock_.advance_ms(1);
  EXPECT_EQ(key_of(emptied), "n");
}

TEST_F(Restarts, shorten_a_sliding_session_by_a_sixteenth_at_most) {
  const std::string token = make("a", expiring(160, true, true));
  for (int i = 0; i < 100; ++i) {
    clock_.advance_ms(1'700);
    ASSERT_EQ(key_of(token), "1");
  }
  start(2);
  clock_.advance_ms(150'000);
  EXPECT_EQ(key_of(token), "1");
}

TEST_F(Restarts, never_bring_back_what_was_ended) {
  const std::string one = make("a", "");
  const std::string two = make("b", "");
  (void)ask(R"({"SH_END":{"tkn":")" + one + "\"}}");
  start(2);
  EXPECT_EQ(key_of(one), "");
  EXPECT_EQ(key_of(two), "1");
  (void)ask(R"({"SH_END_ALL":{}})");
  const std::string three = make("c", "");
  start(3);
  EXPECT_EQ(key_of(two), "");
  EXPECT_EQ(key_of(three), "1");
}

TEST_F(Restarts, keep_tags) {
  const std::string token = make("a", R"(,"tags":["user:1","b"])");
  const std::string other = make("b", R"(,"tags":["user:1"])");
  for (const std::uint32_t threads : {2U, 3U, 1U}) {
    start(threads);
    EXPECT_NE(ask(R"({"SH_FIND":{"tag":"user:1","limit":0}})").find("\"cnt\":2"),
              std::string::npos);
    EXPECT_NE(ask(R"({"SH_TAG":{"tkn":")" + token + "\"}}").find(R"("tags":["b","user:1"])"),
              std::string::npos);
  }
  (void)ask(R"({"SH_END_TAG":{"tag":"b"}})");
  start(2);
  EXPECT_EQ(key_of(token), "");
  EXPECT_EQ(key_of(other), "1");
}

// The tokens of a session have different owners under another number of threads.
TEST_F(Restarts, keep_rotated_sessions_under_their_last_token_and_any_number_of_threads) {
  std::vector<std::string> dead;
  std::vector<std::string> live;
  for (int i = 0; i < 24; ++i) {
    live.push_back(make("a", expiring(1'000, true) + R"(,"tags":["t"])"));
    for (int turns = i % 4; turns > 0; --turns) {
      dead.push_back(live.back());
      live.back() = token_of(ask(R"({"SH_ROTATE":{"tkn":")" + dead.back() + "\"}}"));
    }
  }
  // Without a checkpoint between them, so that the log has the rotations.
  for (const std::uint32_t threads : {3U, 4U, 1U, 2U}) {
    start(threads);
    for (const std::string& token : dead) EXPECT_EQ(key_of(token), "");
    for (std::string& token : live) {
      EXPECT_EQ(key_of(token), "1");
      dead.push_back(token);
      token = token_of(ask(R"({"SH_ROTATE":{"tkn":")" + token + "\"}}"));
    }
    EXPECT_NE(ask(R"({"SH_FIND":{"tag":"t","limit":0}})").find("\"cnt\":24"), std::string::npos);
    EXPECT_NE(ask(R"({"SH_INFO_ALL":{}})").find(R"("totalSessions":24,"totalKeys":24)"),
              std::string::npos);
  }
  clock_.advance_ms(1'000'000);
  EXPECT_NE(ask(R"({"SH_FIND":{}})").find("\"cnt\":0"), std::string::npos);
}

// A save from before the rotation, loaded where the old token has another owner than the new one.
TEST_F(Restarts, forget_no_former_token_while_its_session_lives) {
  std::vector<std::string> former;
  for (int i = 0; i < 16; ++i) former.push_back(make("a", ""));
  (void)ask(R"({"SH_SAVE":{"name":"before"}})");
  std::vector<std::string> tokens;
  for (const std::string& token : former) {
    tokens.push_back(token_of(ask(R"({"SH_ROTATE":{"tkn":")" + token + "\"}}")));
  }
  for (const std::uint32_t threads : {2U, 3U, 3U, 4U}) {
    start(threads);
    EXPECT_NE(ask(R"({"SH_LOAD":{"name":"before"}})").find("\"sessions\":0"), std::string::npos);
    for (const std::string& token : former) EXPECT_EQ(key_of(token), "");
  }
  (void)ask(R"({"SH_END":{"tkn":")" + tokens[3] + "\"}}");
  EXPECT_NE(ask(R"({"SH_LOAD":{"name":"before"}})").find("\"sessions\":1"), std::string::npos);
  EXPECT_EQ(key_of(former[3]), "1") << "its session is over, so this is the session of the save";
  EXPECT_EQ(key_of(former[2]), "");
  (void)ask(R"({"SH_END_ALL":{}})");
  EXPECT_NE(ask(R"({"SH_LOAD":{"name":"before"}})").find("\"sessions\":16"), std::string::npos);
}

TEST_F(Restarts, need_the_secret_that_shared_tokens_were_made_with) {
  const std::string shared = make("lobby", R"(,"shared":true)");
  const std::string secret = folder_.path() + "/data/secret";
  const std::string moved = folder_.path() + "/secret";
  target_.reset();
  server_.reset();
  std::filesystem::rename(secret, moved);
  server::Config config;
  config.data = folder_.path() + "/data";
  for (const std::string& mistyped : {std::string(), folder_.path() + "/sekret"}) {
    config.secret_file = mistyped;
    const std::string missing = mistyped.empty() ? secret : mistyped;
    try {
      const TestServer without(clock_, 2, config);
      FAIL() << "it started without the secret";
    } catch (const std::runtime_error& error) {
      for (const std::string& part : {"'" + missing + "': it is missing", "> '" + missing + "'"}) {
        EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
      }
    }
    EXPECT_FALSE(std::filesystem::exists(missing));
  }
  config.secret_file = moved;
  server_ = std::make_unique<TestServer>(clock_, 2, config);
  target_ = std::make_unique<HttpTarget>(server_->port(), clock_);
  EXPECT_NE(ask(R"({"SH_OPEN":{"name":"lobby"}})").find(shared), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(secret));
}

TEST_F(Restarts, continue_a_first_start_that_ended_after_making_the_secret) {
  target_.reset();
  server_.reset();
  const std::filesystem::path data = folder_.path() + "/data";
  for (const auto& entry : std::filesystem::directory_iterator(data)) {
    if (entry.path().filename() != "secret") std::filesystem::remove(entry.path());
  }
  start(2);
  EXPECT_NE(make("a", ""), "");
}

TEST_F(Restarts, use_a_directory_one_server_at_a_time) {
  server::Config config;
  config.data = folder_.path() + "/data";
  try {
    const TestServer second(clock_, 1, config);
    FAIL() << "a second server started";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("in use by another seshdb"), std::string::npos)
        << error.what();
  }
}

}  // namespace seshdb::testing
