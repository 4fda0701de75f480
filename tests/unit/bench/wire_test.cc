// Requests and answers of the protocols of other servers, and pings.
#include "load/wire.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "load/decimal.h"
#include "load/requests.h"

namespace seshdb::bench {

namespace {

Options speaking(Protocol protocol) {
  Options options;
  options.protocol = protocol;
  options.document_bytes = 300;
  options.document_shape = Shape::kObject;
  return options;
}

std::string spelled(const Options& options, const Ask& ask) {
  SplitMix random(1);
  return std::string(make_requests(options)->text(ask, random));
}

}  // namespace

TEST(RespRequests, are_arrays_of_bulk_strings) {
  const Options redis = speaking(Protocol::kRedis);
  EXPECT_EQ(spelled(redis, {.step = Step::kGet, .slot = 5}),
            "*2\r\n$3\r\nGET\r\n$21\r\nsession:1000000000005\r\n");
  const std::string document = Documents(Shape::kObject, 300).text();
  EXPECT_EQ(spelled(redis, {.step = Step::kSet, .key = 2, .slot = 5}),
            "*3\r\n$3\r\nSET\r\n$23\r\nsession:1000000000005:2\r\n$300\r\n" + document + "\r\n");
  const Options json = speaking(Protocol::kValkeyJson);
  EXPECT_EQ(spelled(json, {.step = Step::kGet, .slot = 5}),
            "*2\r\n$8\r\nJSON.GET\r\n$21\r\nsession:1000000000005\r\n");
  EXPECT_EQ(spelled(json, {.step = Step::kDocument, .slot = 5}),
            "*4\r\n$8\r\nJSON.SET\r\n$21\r\nsession:1000000000005\r\n$1\r\n$\r\n$300\r\n" +
                document + "\r\n");
  const std::string update = spelled(json, {.step = Step::kUpdate, .slot = 5});
  EXPECT_NE(update.find("\r\n$11\r\n$.m0000000"), std::string::npos) << update;
  EXPECT_EQ(update.substr(update.size() - 3), "\"\r\n");
}

TEST(RespWire, finds_where_answers_end) {
  const auto wire = make_wire(speaking(Protocol::kRedis), 1);
  Buffer out;
  const std::string answers = "+OK\r\n$5\r\nab\r\nc\r\n$-1\r\n-ERR no\r\n:12\r\n";
  std::string_view left = answers;
  for (const char* const text : {"+OK", "ab\r\nc", "$-1", "-ERR no", ":12"}) {
    const auto answer = wire->take(left, out);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->text, text);
    left.remove_prefix(answer->bytes);
  }
  for (const char* const part : {"", "+O", "$", "$5\r", "$5\r\nab", "$2\r\nab\r"}) {
    EXPECT_FALSE(wire->take(part, out)) << part;
  }
}

TEST(RespRequests, take_errors_for_no_success) {
  for (const Protocol protocol : {Protocol::kRedis, Protocol::kValkeyJson}) {
    const auto requests = make_requests(speaking(protocol));
    for (const Step step : {Step::kGet, Step::kSet, Step::kUpdate, Step::kDocument}) {
      EXPECT_FALSE(requests->succeeded(step, "-ERR unknown command"));
      EXPECT_FALSE(requests->succeeded(step, "$-1"));
    }
    EXPECT_TRUE(requests->succeeded(Step::kSet, "+OK"));
    EXPECT_TRUE(requests->succeeded(Step::kGet, Documents(Shape::kObject, 300).text()));
  }
}

TEST(StaticWire, asks_for_its_path_and_takes_any_body) {
  Options options = speaking(Protocol::kHttpStatic);
  options.path = "/some/file.json";
  const auto wire = make_wire(options, 1);
  Buffer out;
  wire->append({}, out);
  EXPECT_EQ(out.view(), "GET /some/file.json HTTP/1.1\r\nHost: 127.0.0.1:1987\r\n\r\n");
  for (const char* const name : {"Content-Length", "content-length"}) {
    const std::string answer =
        std::string("HTTP/1.1 200 OK\r\nServer: x\r\n") + name + ": 4\r\nA: b\r\n\r\nbody";
    const std::string data = answer + "HTTP/1.1 200";
    const auto taken = wire->take(data, out);
    ASSERT_TRUE(taken);
    EXPECT_EQ(taken->text, "body");
    EXPECT_EQ(taken->bytes, answer.size());
    EXPECT_FALSE(wire->take(answer.substr(0, answer.size() - 1), out));
  }
  EXPECT_THROW((void)wire->take("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", out),
               std::runtime_error);
  EXPECT_THROW((void)wire->take("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", out),
               std::runtime_error);
}

TEST(WebSocketWire, answers_pings) {
  const auto wire = make_wire(speaking(Protocol::kWebSocket), 1);
  Buffer out;
  const auto ping = wire->take("\x89\x02hi\x81\x01x", out);
  ASSERT_TRUE(ping);
  EXPECT_FALSE(ping->asked_for);
  EXPECT_EQ(ping->bytes, 4U);
  ASSERT_EQ(out.size(), 8U);  // masked
  EXPECT_EQ(out.view().substr(0, 2), "\x8A\x82");
  EXPECT_EQ(out.view()[6] ^ out.view()[2], 'h');
  EXPECT_TRUE(wire->take("\x81\x01x", out)->asked_for);
  EXPECT_THROW((void)wire->take(std::string("\x88\x00", 2), out), std::runtime_error);
}

TEST(Decimal, writes_numbers_as_others_do) {
  SplitMix random(2);
  for (int i = 0; i < 100'000; ++i) {
    const std::uint64_t number = random.next() >> (i % 64);
    std::string text;
    append_number(number, text);
    ASSERT_EQ(text, std::to_string(number));
  }
  for (const std::uint64_t number : {std::uint64_t{0}, std::uint64_t{9'999'999'999'999'999},
                                     std::uint64_t{10'000'000'000'000'000}, UINT64_MAX}) {
    std::string text;
    append_number(number, text);
    EXPECT_EQ(text, std::to_string(number));
  }
}

TEST(Decimal, writes_tokens_of_64_and_128_bits_as_an_answer_has_them) {
  for (const char* const digits :
       {"1", "18446744073709551615", "18446744073709551616", "100000000000000000000",
        "1844674407370955161500000000", "340282366920938463463374607431768211455"}) {
    const auto token = token_in(std::string(R"({"SH_NEW_RSP":{"st":1,"tkn":")") + digits + "\"}}");
    ASSERT_TRUE(token);
    std::string text;
    append_token(*token, text);
    EXPECT_EQ(text, digits);
  }
}

}  // namespace seshdb::bench
