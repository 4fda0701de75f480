// The HTTP side of a connection alone: the requests that it answers itself, its answers, and when
// it closes.
#include "net/http_responder.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "base/limits.h"
#include "support/socket_client.h"

namespace seshdb::net {

namespace {

using Event = HttpResponder::Event;

std::string post(std::string_view body, std::string_view lines = {}) {
  return "POST / HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n" + std::string(lines) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

class HttpResponderTest : public ::testing::Test {
 protected:
  // The first event but kNone in these bytes; what follows it is not read.
  Event give(std::string_view data, std::uint64_t now_ms = 0) {
    while (!data.empty() && !http_.closes()) {
      const HttpResponder::Step step = http_.consume(data, now_ms);
      data.remove_prefix(step.consumed);
      if (step.event != Event::kNone || step.needs_more) return step.event;
    }
    return Event::kNone;
  }
  std::string answered() {
    std::string all;
    while (!out_.empty()) {
      all += out_.front();
      out_.consume(out_.front().size());
    }
    return all;
  }
  static bool has(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
  }

  ManualClock clock_;
  const OriginPolicy origins_{};
  std::string refuses_;  // the body of a refusal; empty: all are let in
  std::size_t admitted_ = 0;
  const HttpResponder::Admit admit_ = [this](const HttpRequest& /*request*/, HttpAction) {
    ++admitted_;
    return refuses_.empty() ? Admission()
                            : Admission{.status = 401, .body = refuses_, .extra = "Why: key\r\n"};
  };
  BufferPools pools_;
  SendQueue out_{pools_.sending};
  HttpResponder http_{clock_, origins_, admit_, 1'000, out_, 0};
};

}  // namespace

TEST_F(HttpResponderTest, hands_out_commands_and_answers_them_while_the_connection_lives) {
  for (const std::string_view text : {"one", "two"}) {
    ASSERT_EQ(give(post(text)), Event::kCommand);
    EXPECT_EQ(http_.command(), text);
    http_.begin_answer().append(text);
    http_.end_answer(Answered::kText);
    http_.next(0);
    const std::string answer = answered();
    EXPECT_TRUE(has(answer, "HTTP/1.1 200 ")) << answer;
    EXPECT_TRUE(has(answer, "application/json")) << answer;
    EXPECT_EQ(answer.substr(answer.size() - 3), text);
  }
  ASSERT_EQ(give(post("quiet")), Event::kCommand);
  http_.next(0);
  http_.answer_command({}, Answered::kNothing);
  EXPECT_TRUE(has(answered(), "HTTP/1.1 204 ")) << "an answer may come after next()";
  EXPECT_FALSE(http_.closes());
}

TEST_F(HttpResponderTest, closes_after_an_answer_where_the_client_or_a_stop_asks_for_it) {
  ASSERT_EQ(give(post("a", "Connection: close\r\n")), Event::kCommand);
  EXPECT_FALSE(http_.closes()) << "not before the answer";
  http_.answer_command("a", Answered::kText);
  EXPECT_TRUE(http_.closes());
  EXPECT_TRUE(has(answered(), "Connection: close\r\n"));

  HttpResponder stopped(clock_, origins_, admit_, 1'000, out_, 0);
  stopped.stop();
  const std::string request = post("a");
  ASSERT_EQ(stopped.consume(request, 0).event, Event::kCommand);
  stopped.answer_command("a", Answered::kText);
  EXPECT_TRUE(stopped.closes());
  EXPECT_TRUE(has(answered(), "Connection: close\r\n"));
}

TEST_F(HttpResponderTest, answers_health_itself_and_asks_for_metrics) {
  EXPECT_EQ(give("HEAD /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"), Event::kNone);
  const std::string head = answered();
  EXPECT_TRUE(has(head, "Content-Length: 3\r\n")) << head;
  EXPECT_EQ(head.substr(head.size() - 4), "\r\n\r\n") << "and no body";
  EXPECT_EQ(give("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"), Event::kMetrics);
  EXPECT_EQ(answered(), "");
  http_.answer_metrics("figures");
  EXPECT_TRUE(has(answered(), "figures"));
}

TEST_F(HttpResponderTest, refuses_by_the_header_and_waits_for_no_body) {
  const std::string foreign = post("abc", "Origin: http://elsewhere\r\n");
  EXPECT_EQ(give(foreign.substr(0, foreign.size() - 3)), Event::kNone);
  const std::string answer = answered();
  EXPECT_TRUE(has(answer, "HTTP/1.1 403 ")) << answer;
  EXPECT_FALSE(has(answer, "Access-Control-Allow-Origin")) << answer;
  EXPECT_TRUE(http_.closes());
}

TEST_F(HttpResponderTest, says_continue_where_a_client_waits_for_it) {
  const std::string request = post("abc", "Expect: 100-continue\r\n");
  EXPECT_EQ(give(request.substr(0, request.size() - 3)), Event::kNone);
  EXPECT_EQ(answered(), "HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_EQ(give("abc"), Event::kCommand);
}

TEST_F(HttpResponderTest, upgrades_and_leaves_what_follows) {
  const std::string request = std::string(testing::kUpgrade) + "\r\n";
  const HttpResponder::Step step = http_.consume(request + "frames", 0);
  EXPECT_EQ(step.event, Event::kUpgraded);
  EXPECT_EQ(step.consumed, request.size());
  EXPECT_TRUE(has(answered(), "HTTP/1.1 101 "));
}

TEST_F(HttpResponderTest, refuses_a_body_that_is_too_long_and_a_request_that_takes_too_long) {
  EXPECT_EQ(give(post(std::string(1'001, 'x'))), Event::kNone);
  EXPECT_TRUE(has(answered(), "HTTP/1.1 413 "));
  EXPECT_TRUE(http_.closes());

  HttpResponder slow(clock_, origins_, admit_, 1'000, out_, 0);
  slow.refuse(408);
  EXPECT_TRUE(has(answered(), "HTTP/1.1 408 "));
  EXPECT_TRUE(slow.closes());
}

TEST_F(HttpResponderTest, tells_when_the_request_under_way_began) {
  EXPECT_TRUE(http_.is_in_request()) << "the first from the beginning on";
  http_.note_bytes(5);
  EXPECT_EQ(http_.begun_ms(), 0U);
  ASSERT_EQ(give(post("a"), 7), Event::kCommand);
  http_.answer_command("a", Answered::kText);
  http_.next(7);
  EXPECT_FALSE(http_.is_in_request());
  http_.note_bytes(20);
  const std::string request = post("abc");
  EXPECT_EQ(give(request.substr(0, request.size() - 1), 20), Event::kNone);
  EXPECT_TRUE(http_.is_in_request());
  http_.note_bytes(30);
  EXPECT_EQ(http_.begun_ms(), 20U);
}

}  // namespace seshdb::net
