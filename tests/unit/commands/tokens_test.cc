// Colliding tokens, and names whose plain hashes collide: no client gets another one's session.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "commands/executor.h"
#include "commands/tally.h"
#include "store/tokens.h"
#include "support/random.h"

namespace seshdb::commands {

namespace {

// Draws the same number over and over.
class Stuck final : public Random {
 public:
  [[nodiscard]] std::uint64_t next() override { return 77; }
};

class CollidingTokens : public ::testing::Test {
 protected:
  std::string send(std::string_view text) {
    Buffer out;
    const Plan made = executor_.plan(envelopes_.read(text), {}, out);
    if (made.kind == Plan::Kind::kOwner) {
      EXPECT_EQ(executor_.execute(made.call, out), Answered::kText);
    }
    return std::string(out.view());
  }

  ManualClock clock_;
  Stuck random_;
  store::Store store_;
  store::Secret secret_ = store::make_secret();
  Tally tally_;
  Context context_{.core = {.store = store_,
                            .clock = clock_,
                            .random = random_,
                            .secret = secret_,
                            .bounds = {}},
                   .turn = {.now_ms = clock_.now_ms()}};
  Executor executor_{context_, tally_, false};
  protocol::EnvelopeReader envelopes_{1024};
};

}  // namespace

TEST_F(CollidingTokens, of_two_shared_names_never_mix_the_sessions) {
  // No two names with the same MAC are known, so the test makes a session with that token.
  store_.create(store::shared_token(secret_, "mine"), true, "a stranger's", {}, clock_.now_ms());
  EXPECT_EQ(send(R"({"SH_OPEN":{"name":"mine"}})"),
            R"({"SH_OPEN_RSP":{"st":102,"name":"mine","tkn":null}})");
  EXPECT_NE(send(R"({"SH_NEW":{"name":"mine","shared":true}})").find(R"("st":103)"),
            std::string::npos);
}

TEST_F(CollidingTokens, a_random_token_that_is_taken_is_not_given_twice) {
  EXPECT_NE(send(R"({"SH_NEW":{"name":"a"}})").find(R"("tkn":"77")"), std::string::npos);
  EXPECT_NE(send(R"({"SH_NEW":{"name":"b"}})").find(R"("st":103)"), std::string::npos);
  EXPECT_EQ(store_.counts().sessions, 1U);
}

TEST_F(CollidingTokens, a_session_is_not_rotated_to_a_token_that_is_or_was_a_sessions) {
  store::Session& session = store_.create(5, false, "", {}, clock_.now_ms());
  store_.create(77, false, "", {}, clock_.now_ms());
  constexpr const char* kRotate = R"({"SH_ROTATE":{"tkn":"5"}})";
  constexpr const char* kRefused = R"({"SH_ROTATE_RSP":{"st":103,"tkn":"5","m":"no free token"}})";
  EXPECT_EQ(send(kRotate), kRefused);
  EXPECT_EQ(store_.peek(5), &session);
  (void)store_.rotate(*store_.peek(77), 78);
  EXPECT_EQ(send(kRotate), kRefused) << "it was rotated away";
  EXPECT_NE(send(R"({"SH_NEW":{"name":"a"}})").find(R"("st":103)"), std::string::npos);
  store_.end(*store_.peek(78));
  EXPECT_EQ(send(kRotate), R"({"SH_ROTATE_RSP":{"st":1,"tkn":"77","old":"5"}})");
}

TEST(SharedTokens, depend_on_the_secret_and_on_every_byte_of_the_name) {
  const store::Secret secret = store::make_secret();
  EXPECT_EQ(store::shared_token(secret, "name"), store::shared_token(secret, "name"));
  EXPECT_NE(store::shared_token(secret, "name"), store::shared_token(store::make_secret(), "name"));
  std::set<std::uint64_t> tokens;
  // Names that multiply-and-add hashes map to the same number.
  for (const char* name : {"Aa", "BB", "AaAa", "BBBB", "AaBB", "BBAa", "a", "b", ""}) {
    tokens.insert(store::shared_token(secret, name));
  }
  EXPECT_EQ(tokens.size(), 9U);
}

TEST(SharedTokens, are_the_hmac_of_the_rfc) {
  // RFC 4231, test case 1, has a key of 20 bytes; HMAC pads a shorter key with zeros.
  store::Secret secret{};
  std::fill_n(secret.begin(), 20, static_cast<unsigned char>(0x0B));
  EXPECT_EQ(store::shared_token(secret, "Hi There"), 0xB0344C61D8DB3853U);
}

}  // namespace seshdb::commands
