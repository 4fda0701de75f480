// A connection over a line that blocks where the test wants: requests, answers in order, gates,
// pushed texts, and the end.
#include "net/connection.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "support/memory_transport.h"
#include "support/socket_client.h"

namespace seshdb::net {

namespace {

using testing::Line;
using testing::make_frame;

std::string text_frame(std::string_view text) {
  Buffer frame;
  append_frame(Opcode::kText, text, frame);
  return std::string(frame.view());
}

class ConnectionTest : public ::testing::Test, public RequestHandler {
 protected:
  ConnectionTest() { open(); }

  void open() {
    line_ = std::make_shared<Line>();
    connection_ = std::make_unique<Connection>(1, std::make_unique<testing::MemoryTransport>(line_),
                                               settings_, *this, pools_, 0);
  }
  void upgrade() {
    say(std::string(testing::kUpgrade) + "\r\n");
    connection_->flush(0);
    EXPECT_NE(received().find(" 101 "), std::string::npos);
  }
  // The client sends, the server reads.
  void say(std::string_view bytes) {
    line_->to_server += bytes;
    while (!line_->to_server.empty() && connection_->wants_read()) {
      connection_->read(scratch_.data(), scratch_.size(), 0);
    }
  }
  void ask(std::string_view text) { say(make_frame(text)); }
  std::string received() { return std::exchange(line_->to_client, {}); }

  // A text that begins with "later" is answered later, and each other one at once with itself.
  void on_request(Connection& connection, std::string_view text) override {
    seen_.emplace_back(text);
    if (text.substr(0, 5) == "later") {
      places_.push_back(connection.defer(text.size()));
      return;
    }
    connection.begin_answer().append(text);
    connection.end_answer(text == "quiet" ? Answered::kNothing : Answered::kText);
  }
  void run_requests(Connection& /*connection*/) override {}
  Admission admit(Connection& connection, const HttpRequest& /*request*/,
                  HttpAction /*action*/) override {
    connection.set_access({.role = role_});
    return {};
  }
  void on_no_text(Connection& connection, NoText /*why*/) override {
    connection.begin_answer().append("no text");
    connection.end_answer(Answered::kText);
  }
  void write_metrics(Buffer& out) override { out.append("metrics"); }

  ManualClock clock_;
  ConnectionSettings settings_{.clock = clock_,
                               .message_bytes_max = 10'000,
                               .unsent_bytes_max = 20'000,
                               .push_bytes_max = 1'000,
                               .handshake_ms = 10'000,
                               .idle_ping_ms = 25'000,
                               .idle_close_ms = 75'000,
                               .origins = {}};
  auth::Role role_ = auth::Role::kAdmin;  // that admit gives
  BufferPools pools_;
  std::vector<char> scratch_ = std::vector<char>(4'096);
  std::vector<std::string> seen_;
  std::vector<Connection::Place> places_;
  std::shared_ptr<Line> line_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace

TEST_F(ConnectionTest, answers_in_order_whatever_a_read_gives_and_a_write_takes) {
  line_->read_most = 1;
  upgrade();
  std::string expected;
  for (const std::string_view text : {"one", "quiet", "two", "three"}) {
    ask(text);
    if (text != "quiet") expected += text_frame(text);
  }
  line_->write_room = 0;
  connection_->flush(0);
  EXPECT_TRUE(connection_->wants_write());
  EXPECT_EQ(connection_->unsent_bytes(), expected.size());
  std::string all;
  while (all.size() < expected.size()) {
    line_->write_room = 1;
    connection_->unblock(0);
    connection_->flush(0);
    all += received();
  }
  EXPECT_EQ(all, expected);
  EXPECT_EQ(connection_->unsent_bytes(), 0U);
}

TEST_F(ConnectionTest, what_is_answered_later_keeps_its_place) {
  upgrade();
  ask("later 1");
  ask("at once");
  ask("later 2");
  connection_->flush(0);
  EXPECT_EQ(received(), "");
  connection_->complete(places_.at(1), "second", Answered::kText);
  connection_->flush(0);
  EXPECT_EQ(received(), "");
  connection_->complete(places_.at(0), "first", Answered::kText);
  connection_->flush(0);
  EXPECT_EQ(received(), text_frame("first") + text_frame("at once") + text_frame("second"));
}

TEST_F(ConnectionTest, a_gate_holds_back_what_was_answered_before_it_and_all_that_follows) {
  upgrade();
  EXPECT_FALSE(connection_->gate(1)) << "nothing waits";
  ask("a");
  EXPECT_TRUE(connection_->gate(1));
  ask("b");
  EXPECT_TRUE(connection_->gate(1)) << "the same gate holds both";
  ask("c");
  EXPECT_TRUE(connection_->gate(2));
  ask("d");
  connection_->flush_opened(0);
  EXPECT_EQ(received(), "");
  connection_->open(2);
  connection_->flush_opened(0);
  EXPECT_EQ(received(), "") << "what stands before it is not open";
  connection_->open(1);
  connection_->flush_opened(0);
  EXPECT_EQ(received(), text_frame("a") + text_frame("b") + text_frame("c"));
  connection_->flush_opened(0);
  EXPECT_EQ(received(), "") << "no flush has let it leave";
  connection_->flush(0);
  EXPECT_EQ(received(), text_frame("d"));
}

TEST_F(ConnectionTest, a_gate_does_not_hold_back_what_could_leave_before_and_did_not_fit) {
  upgrade();
  ask("before");
  line_->write_room = 3;
  connection_->flush(0);
  EXPECT_TRUE(connection_->wants_write());
  ask("behind");
  EXPECT_TRUE(connection_->gate(7));
  line_->write_room = SIZE_MAX;
  connection_->unblock(0);
  connection_->flush(0);
  EXPECT_EQ(received(), text_frame("before"));
  connection_->open(6);
  connection_->flush_opened(0);
  EXPECT_EQ(received(), "");
  connection_->open(7);
  connection_->flush_opened(0);
  EXPECT_EQ(received(), text_frame("behind"));
}

TEST_F(ConnectionTest, pushes_a_text_between_answers_and_within_its_bound) {
  EXPECT_FALSE(connection_->push("as HTTP has no place for it"));
  upgrade();
  ask("later");
  ask("answer");
  EXPECT_TRUE(connection_->push("pushed"));
  connection_->complete(places_.at(0), "first", Answered::kText);
  EXPECT_TRUE(connection_->push("again"));
  connection_->flush(0);
  EXPECT_EQ(received(), text_frame("pushed") + text_frame("first") + text_frame("answer") +
                            text_frame("again"));
  line_->write_room = 0;
  EXPECT_TRUE(connection_->push(std::string(900, 'x')));
  connection_->flush(0);
  EXPECT_FALSE(connection_->push(std::string(200, 'x')));
  EXPECT_EQ(connection_->unsent_bytes(), text_frame(std::string(900, 'x')).size());
  line_->write_room = SIZE_MAX;
  connection_->unblock(0);
  connection_->flush(0);
  EXPECT_TRUE(connection_->push(std::string(200, 'x')));
}

TEST_F(ConnectionTest, a_gate_holds_back_what_is_pushed) {
  upgrade();
  EXPECT_TRUE(connection_->push("pushed"));
  EXPECT_TRUE(connection_->gate(1));
  connection_->flush(0);
  EXPECT_EQ(received(), "");
  connection_->open(1);
  connection_->flush_opened(0);
  EXPECT_EQ(received(), text_frame("pushed"));
}

TEST_F(ConnectionTest, closes_behind_the_answers_that_a_gate_holds_back) {
  upgrade();
  ask("answer");
  EXPECT_TRUE(connection_->gate(1));
  connection_->stop(0);
  connection_->flush(0);
  EXPECT_EQ(received(), "");
  EXPECT_FALSE(connection_->push("too late"));
  connection_->open(1);
  connection_->flush_opened(0);
  connection_->flush(0);
  Buffer goodbye;
  append_close_frame(1001, goodbye);
  EXPECT_EQ(received(), text_frame("answer") + std::string(goodbye.view()));
  EXPECT_TRUE(line_->server_ended);
  EXPECT_FALSE(connection_->over()) << "the client may still be sending";
  line_->client_ended = true;
  connection_->read(scratch_.data(), scratch_.size(), 0);
  EXPECT_TRUE(connection_->over());
}

TEST_F(ConnectionTest, stops_reading_while_too_much_is_unsent_and_drops_nothing) {
  upgrade();
  line_->write_room = 0;
  std::string expected;
  for (int i = 0; connection_->wants_read(); ++i) {
    ASSERT_LT(i, 100);
    const std::string text = std::to_string(i) + std::string(1'000, 'x');
    ask(text);
    connection_->flush(0);
    expected += text_frame(text);
  }
  EXPECT_GT(connection_->unsent_bytes(), settings_.unsent_bytes_max);
  ask("kept");
  line_->write_room = SIZE_MAX;
  connection_->unblock(0);
  connection_->flush(0);
  EXPECT_EQ(received(), expected);
  EXPECT_TRUE(connection_->wants_read());
  say("");
  connection_->flush(0);
  EXPECT_EQ(received(), text_frame("kept"));
}

TEST_F(ConnectionTest, is_over_where_its_transport_breaks) {
  upgrade();
  ask("answer");
  line_->is_broken = true;
  connection_->flush(0);
  EXPECT_TRUE(connection_->over());
  open();
  upgrade();
  line_->is_broken = true;
  connection_->read(scratch_.data(), scratch_.size(), 0);
  EXPECT_TRUE(connection_->over());
}

TEST_F(ConnectionTest, answers_http_over_the_same_transport) {
  say("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
  connection_->flush(0);
  const std::string answer = received();
  EXPECT_EQ(answer.substr(0, answer.find('\r')), "HTTP/1.1 200 OK");
  EXPECT_EQ(answer.substr(answer.rfind('\n', answer.size() - 2) + 1), "ok\n");
  EXPECT_FALSE(connection_->over());
}

}  // namespace seshdb::net
