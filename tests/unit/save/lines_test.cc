// The lines of a save: what is written is read back, and a line that is not valid is refused.
#include "save/lines.h"

#include <gtest/gtest.h>

#include "base/limits.h"
#include "support/json_tree.h"

namespace seshdb::save {

namespace {

constexpr std::uint32_t kDepth = 8;

std::string written(const store::Store& store, std::uint64_t token) {
  Buffer out;
  const std::size_t bytes = append_session(store, *store.peek(token), out, [] {});
  EXPECT_EQ(bytes, out.size());
  EXPECT_EQ(out.view().back(), '\n');
  return std::string(out.view().substr(0, out.size() - 1));
}

// What is wrong with a line; "" where nothing is.
std::string fault(std::string_view line) {
  Parser parser({.depth_max = kDepth});
  const Result<Parser::Kind> kind = parser.parse(line);
  return kind ? "" : kind.error();
}

std::string nested(std::size_t levels) {
  return std::string(levels, '[') + std::string(levels, ']');
}

}  // namespace

TEST(SaveLines, of_a_session_read_back_as_it_was) {
  store::Store store;
  const std::string name = "n\"\\\n\x01\xC3\xA9\xED\xA0\x80";  // a lone surrogate at its end
  const store::Expiry expiry{.duration_s = 77, .delete_session = false, .sliding = true};
  store::Session& session = store.create(UINT64_MAX, true, name, expiry, 1'000);
  (void)store.set(session, "", "1.50");
  (void)store.set(session, name, R"({"a":[1,"\ud800"],"":null})");
  const std::string line = written(store, UINT64_MAX);
  EXPECT_TRUE(testing::parse_json(line)) << line;
  EXPECT_EQ(token_at_begin(line), UINT64_MAX);

  Parser parser({.depth_max = kDepth});
  ASSERT_EQ(parser.parse(line), Parser::Kind::kSession);
  const SavedSession& read = parser.session();
  EXPECT_EQ(read.token.lower, UINT64_MAX);
  EXPECT_TRUE(read.shared);
  EXPECT_EQ(read.name, name);
  EXPECT_EQ(read.expiry.duration_s, 77U);
  EXPECT_FALSE(read.expiry.delete_session);
  EXPECT_TRUE(read.expiry.sliding);
  EXPECT_EQ(read.key_count, 2U);
  EXPECT_NE(line.find("\"keys\":" + read.keys), std::string::npos);

  (void)store.create(1, false, "echo", {}, 1'000);
  ASSERT_EQ(parser.parse(written(store, 1)), Parser::Kind::kSession);
  EXPECT_EQ(parser.session().token.lower, 1U);
  EXPECT_FALSE(parser.session().shared);
  EXPECT_EQ(parser.session().name, "");
  EXPECT_EQ(parser.session().keys, "{}");
}

TEST(SaveLines, of_a_session_with_tags_that_was_rotated_read_back_as_it_was) {
  store::Store store;
  store::Session& made = store.create(1, false, "", {}, 1'000);
  store.set_tags(made, {"a\"b", "user:1"});
  store::Session& once = store.rotate(made, UINT64_MAX);
  (void)store.rotate(once, 3);
  Parser parser({.depth_max = kDepth});
  ASSERT_EQ(parser.parse(written(store, 3)), Parser::Kind::kSession);
  EXPECT_EQ(parser.session().tags, std::vector<std::string>({"a\"b", "user:1"}));
  EXPECT_EQ(parser.session().former, std::vector<std::uint64_t>({1, UINT64_MAX}));
  ASSERT_EQ(parser.parse(R"({"token":"9","tags":["b","a"]})"), Parser::Kind::kSession);
  EXPECT_EQ(parser.session().tags, std::vector<std::string>({"a", "b"}));
  EXPECT_TRUE(parser.session().former.empty());
}

TEST(SaveLines, with_tokens_of_128_bits_read_back_as_they_were) {
  constexpr store::UpperHalf kUpper(UINT64_MAX);
  const Terms wide{.depth_max = kDepth, .token_bits = store::TokenBits::k128};
  store::Store store(wide.token_bits);
  (void)store.rotate(store.create({1, kUpper}, false, "", {}, 0), {UINT64_MAX, kUpper});
  const std::string line = written(store, UINT64_MAX);
  EXPECT_EQ(line.find(R"({"token":"340282366920938463463374607431768211455",)"), 0U) << line;
  EXPECT_EQ(token_at_begin(line), UINT64_MAX);
  Parser parser(wide);
  ASSERT_EQ(parser.parse(line), Parser::Kind::kSession);
  EXPECT_EQ(parser.session().token.lower, UINT64_MAX);
  EXPECT_TRUE(is_same(parser.session().token.upper, kUpper));
  EXPECT_EQ(parser.session().former, std::vector<std::uint64_t>({1}));
  EXPECT_FALSE(parser.parse(R"({"token":"12"})"));
  EXPECT_FALSE(parser.parse(R"({"token":"340282366920938463463374607431768211456"})"));
  EXPECT_FALSE(Parser({.depth_max = kDepth}).parse(line));
  Buffer header;
  append_header({.name = "a", .token_bits = wide.token_bits}, header);
  const std::string first(header.view().substr(0, header.size() - 1));
  EXPECT_EQ(first.find(R"({"seshdb-save":3,"tokenBits":128,)"), 0U) << first;
  EXPECT_EQ(parser.parse(first), Parser::Kind::kHeader);
  EXPECT_NE(fault(first).find("its tokens have 128 bits, and those here have 64"),
            std::string::npos);
  EXPECT_FALSE(parser.parse(R"({"seshdb-save":2,"name":"a","time":1,"part":0,"parts":1})"));
  EXPECT_FALSE(parser.parse(R"({"seshdb-save":3,"tokenBits":127})"));
}

TEST(SaveLines, may_be_emptied_while_they_are_written) {
  store::Store store;
  store::Session& session = store.create(5, false, "", {}, 0);
  for (int i = 0; i < 100; ++i) (void)store.set(session, std::to_string(i), "\"value\"");
  const std::string whole = written(store, 5);
  Buffer out;
  std::string pieces;
  const std::size_t bytes = append_session(store, session, out, [&] {
    pieces += out.view();
    out.clear();
  });
  pieces += out.view();
  EXPECT_EQ(pieces, whole + '\n');
  EXPECT_EQ(bytes, pieces.size());
}

TEST(SaveLines, may_be_written_by_hand) {
  Parser parser({.depth_max = kDepth});
  ASSERT_EQ(parser.parse(" { \"token\" : \"12\" } \r"), Parser::Kind::kSession);
  EXPECT_EQ(parser.session().token.lower, 12U);
  EXPECT_EQ(parser.session().keys, "{}");
  EXPECT_EQ(parser.session().expiry.duration_s, 0U);
  ASSERT_EQ(parser.parse(R"({"token":"9","keys":{"a":1, "b" : [ 1 , {"x":1,"x":2} ],"a":3}})"),
            Parser::Kind::kSession);
  EXPECT_EQ(parser.session().keys, R"({"b":[1,{"x":2}],"a":3})");
  EXPECT_EQ(parser.session().key_count, 2U);
  ASSERT_EQ(parser.parse(R"({"token":"9","expiry":{"duration":36e2}})"), Parser::Kind::kSession);
  EXPECT_EQ(parser.session().expiry.duration_s, 3'600U);
}

TEST(SaveLines, that_are_no_proper_sessions_are_refused) {
  EXPECT_EQ(fault(R"({"token":"1","keys":{}})"), "");
  for (const std::string& line : std::vector<std::string>{
           "",
           "null",
           "{}",
           "[]",
           R"({"token":"1"},{"token":"2"})",
           R"({"token":"1"}],[{"token":"2"})",
           R"({"token":"1"}]]],[[[{"token":"2"})",
           R"({"token":"1")",
           R"({"keys":{},"token":"1"})",
           R"({"token":1})",
           R"({"token":"0"})",
           R"({"token":"01"})",
           R"({"token":"18446744073709551616"})",
           R"({"token":"\u0031"})",
           R"({"token":"1","token":"x"})",
           R"({"token":"1","shared":1})",
           R"({"token":"1","shared":true})",
           R"({"token":"1","shared":true,"name":""})",
           R"({"token":"1","shared":true,"name":5})",
           R"({"token":"1","name":"a"})",
           R"({"token":"1","shared":true,"name":")" + std::string(257, 'n') + "\"}",
           R"({"token":"1","expiry":[]})",
           R"({"token":"1","expiry":{"duration":-1}})",
           R"({"token":"1","expiry":{"duration":1.5}})",
           R"({"token":"1","expiry":{"duration":"1"}})",
           R"({"token":"1","expiry":{"duration":null}})",
           R"({"token":"1","expiry":{"duration":3155760001}})",
           R"({"token":"1","expiry":{"duration":1,"sliding":0}})",
           R"({"token":"1","expiry":{"deadline":1}})",
           R"({"token":"1","keys":[]})",
           R"({"token":"1","keys":{"a":01}})",
           R"({"token":"1","keys":{"a":)",
           R"({"token":"1","keys":{")" + std::string(1'025, 'k') + "\":1}}",
           R"({"token":"1","keys":{"a":)" + nested(kDepth + 1) + "}}",
           R"({"token":"1","more":true})",
           R"({"token":"1","tags":"a"})",
           R"({"token":"1","tags":[1]})",
           R"({"token":"1","tags":[""]})",
           R"({"token":"1","tags":["a","b","a"]})",
           R"({"token":"1","tags":["1","2","3","4","5","6","7","8","9"]})",
           R"({"token":"1","tags":[")" + std::string(129, 't') + "\"]}",
           R"({"token":"1","former":"2"})",
           R"({"token":"1","former":[2]})",
           R"({"token":"1","former":["0"]})",
           "{\"token\":\"1\",\"keys\":{\"a\":\"\xFF\"}}",
           "{\"token\":\"1\",\"keys\":{\"a\":\"\xED\xA0\x80\"}}",
           "\xEF\xBB\xBF{\"token\":\"1\"}"}) {
    EXPECT_NE(fault(line), "") << line;
  }
  EXPECT_EQ(fault(R"({"token":"1","keys":{"a":)" + nested(kDepth) + "}}"), "");
  EXPECT_NE(fault(R"({"token":"1","keys":{"a":)" + nested(100'000) + "}}"), "");
}

TEST(SaveLines, at_begin_and_end_read_back_as_they_were) {
  Buffer out;
  append_header({.name = "a", .unix_ms = 1'700'000'000'123, .part = 2, .parts = 3}, out);
  Parser parser({.depth_max = kDepth});
  ASSERT_EQ(parser.parse(out.view().substr(0, out.size() - 1)), Parser::Kind::kHeader);
  EXPECT_EQ(parser.header().name, "a");
  EXPECT_EQ(parser.header().unix_ms, 1'700'000'000'123U);
  EXPECT_EQ(parser.header().part, 2U);
  EXPECT_EQ(parser.header().parts, 3U);
  out.clear();
  append_end({.counts = {.sessions = 5, .keys = 7}, .checksum = 0x0123'4567'89AB'CDEFU}, out);
  ASSERT_EQ(parser.parse(out.view().substr(0, out.size() - 1)), Parser::Kind::kEnd);
  EXPECT_EQ(out.view(), "{\"sessions\":5,\"keys\":7,\"xxh3\":\"0123456789abcdef\"}\n");
  EXPECT_EQ(parser.end().counts.sessions, 5U);
  EXPECT_EQ(parser.end().counts.keys, 7U);
  EXPECT_EQ(parser.end().checksum, 0x0123'4567'89AB'CDEFU);

  EXPECT_EQ(fault(R"({"seshdb-save":1,"name":"a","time":1,"part":0,"parts":1,"new":{}})"), "");
  for (const std::string& line : std::vector<std::string>{
           R"({"seshdb-save":3})", R"({"seshdb-save":4})", R"({"seshdb-save":0})",
           R"({"seshdb-save":2,"tokenBits":128})", R"({"seshdb-save":1,"part":1,"parts":1})",
           R"({"seshdb-save":1,"parts":100000})", R"({"seshdb-save":1,"name":1})",
           R"({"sessions":1,"keys":1})", R"({"sessions":-1,"keys":1,"xxh3":"00"})",
           R"({"sessions":1,"keys":1,"xxh3":"0x00"})", R"({"sessions":1,"keys":1,"xxh3":""})",
           R"({"sessions":1,"keys":1,"xxh3":"00","more":1})"}) {
    EXPECT_NE(fault(line), "") << line;
  }
}

}  // namespace seshdb::save
