// Which answers are sent at the end of a turn, which wait, and which clients are disconnected.
#include "core/outbox.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/limits.h"
#include "support/memory_transport.h"
#include "support/socket_client.h"
#include "support/text_requests.h"

namespace seshdb::core {

namespace {

using engine::Committed;
using engine::Outcome;
using testing::Line;
using testing::make_frame;

constexpr Committed kKept{};

Committed pending(engine::Ticket ticket) { return {Outcome::kPending, ticket}; }

class OutboxTest : public ::testing::Test, public testing::TextRequests {
 protected:
  struct Client {
    std::shared_ptr<Line> line;
    Connections::Id id = 0;
  };

  Client connect() {
    Client client{.line = std::make_shared<Line>()};
    client.line->fd = next_fd_++;
    std::unique_ptr<net::Transport> transport =
        std::make_unique<testing::MemoryTransport>(client.line);
    open_.fetch_add(1);
    client.id = connections_.add(transport, *this, 0)->id();
    say(client, std::string(testing::kUpgrade) + "\r\n");
    outbox_.leave(kKept, 0);
    client.line->to_client.clear();
    return client;
  }
  void say(const Client& client, std::string_view bytes) {
    client.line->to_server += bytes;
    outbox_.mark(client.id);
    connections_.find(client.id)->connection->read(scratch_.data(), scratch_.size(), 0);
  }
  void ask(const Client& client, std::string_view text) { say(client, make_frame(text)); }
  static std::string take(const Client& client) {
    const std::string bytes = std::exchange(client.line->to_client, {});
    std::string texts;  // of short frames
    for (std::size_t at = 0; at < bytes.size(); at += 2 + static_cast<std::size_t>(bytes[at + 1])) {
      texts += bytes.substr(at + 2, static_cast<std::size_t>(bytes[at + 1])) + ' ';
    }
    return texts;
  }

  void on_request(net::Connection& connection, std::string_view text) override {
    if (text.substr(0, 5) == "later") {
      places_.push_back({connection.id(), connection.defer(text.size())});
      return;
    }
    connection.begin_answer().append(text);
    connection.end_answer(Answered::kText);
  }

  ManualClock clock_;
  net::ConnectionSettings settings_{.clock = clock_,
                                    .message_bytes_max = 10'000,
                                    .unsent_bytes_max = 20'000,
                                    .push_bytes_max = 1'000,
                                    .handshake_ms = 10'000,
                                    .idle_ping_ms = 25'000,
                                    .idle_close_ms = 75'000,
                                    .origins = {}};
  std::atomic<std::uint32_t> open_ = 0;
  testing::MemoryPoller poller_;
  Connections connections_{poller_, settings_, open_};
  Outbox outbox_{connections_};
  std::vector<char> scratch_ = std::vector<char>(4'096);
  std::vector<ReturnAddress> places_;
  int next_fd_ = 10;
};

}  // namespace

TEST_F(OutboxTest, lets_answers_leave_once_their_turn_is_kept) {
  const Client a = connect();
  const Client b = connect();
  ask(a, "1");
  ask(b, "2");
  EXPECT_EQ(take(a), "");
  outbox_.leave(kKept, 0);
  EXPECT_EQ(take(a), "1 ");
  EXPECT_EQ(take(b), "2 ");
  EXPECT_FALSE(outbox_.has_dirty());
}

TEST_F(OutboxTest, holds_answers_back_until_their_ticket_is_kept) {
  const Client a = connect();
  const Client b = connect();
  ask(a, "1");
  outbox_.leave(pending(1), 0);
  EXPECT_EQ(outbox_.waiting(), 1U);
  ask(a, "2");
  ask(b, "3");
  outbox_.leave(pending(2), 0);
  EXPECT_EQ(outbox_.waiting(), 2U) << "those that wait for the newest ticket";
  ask(b, "4");
  outbox_.leave(pending(2), 0);
  EXPECT_EQ(outbox_.waiting(), 2U) << "each of them once";
  EXPECT_EQ(take(a) + take(b), "");
  outbox_.settle(1, Outcome::kKept, 0);
  EXPECT_EQ(take(a), "1 ");
  EXPECT_EQ(take(b), "");
  outbox_.settle(2, Outcome::kKept, 0);
  EXPECT_EQ(take(a), "2 ");
  EXPECT_EQ(take(b), "3 4 ");
  EXPECT_EQ(outbox_.waiting(), 0U);
}

TEST_F(OutboxTest, keeps_the_order_where_a_later_ticket_is_kept_first) {
  const Client a = connect();
  ask(a, "1");
  outbox_.leave(pending(1), 0);
  ask(a, "2");
  outbox_.leave(pending(2), 0);
  outbox_.settle(2, Outcome::kKept, 0);
  outbox_.leave(kKept, 0);
  EXPECT_EQ(take(a), "");
  outbox_.settle(1, Outcome::kKept, 0);
  EXPECT_EQ(take(a), "1 2 ");
}

TEST_F(OutboxTest, disconnects_for_a_lost_ticket_where_the_answer_waits_for_another_core) {
  const Client a = connect();
  const Client b = connect();
  for (const Client& client : {a, b}) {
    ask(client, "later");
    ask(client, "changes something");
    outbox_.leave(pending(client.id == a.id ? 1 : 2), 0);
  }
  outbox_.settle(1, Outcome::kKept, 0);
  outbox_.settle(2, Outcome::kLost, 0);
  outbox_.leave(kKept, 0);
  for (const ReturnAddress& place : places_) outbox_.complete(place, "there", Answered::kText);
  outbox_.leave(kKept, 0);
  EXPECT_EQ(take(a), "there changes something ");
  EXPECT_EQ(take(b), "") << "an answer whose change is lost";
  EXPECT_TRUE(b.line->is_closed);
}

TEST_F(OutboxTest, disconnects_those_whose_ticket_is_lost_and_nobody_else) {
  const Client a = connect();
  const Client b = connect();
  ask(a, "1");
  outbox_.leave(pending(1), 0);
  ask(b, "2");
  outbox_.leave(pending(2), 0);
  outbox_.settle(1, Outcome::kLost, 0);
  outbox_.leave(pending(2), 0);
  EXPECT_TRUE(a.line->is_closed);
  EXPECT_EQ(take(a), "");
  EXPECT_FALSE(b.line->is_closed);
  EXPECT_EQ(open_.load(), 1U);
  outbox_.settle(2, Outcome::kKept, 0);
  EXPECT_EQ(take(b), "2 ");
}

TEST_F(OutboxTest, disconnects_those_that_a_lost_turn_has_answered) {
  const Client a = connect();
  const Client b = connect();
  ask(a, "1");
  outbox_.leave({Outcome::kLost, 0}, 0);
  EXPECT_TRUE(a.line->is_closed);
  EXPECT_EQ(take(a), "");
  EXPECT_FALSE(b.line->is_closed);
}

TEST_F(OutboxTest, completes_what_was_deferred_and_forgets_clients_that_left) {
  const Client a = connect();
  ask(a, "later");
  outbox_.leave(kKept, 0);
  outbox_.complete(places_.at(0), "done", Answered::kText);
  EXPECT_EQ(take(a), "");
  outbox_.leave(kKept, 0);
  EXPECT_EQ(take(a), "done ");
  ask(a, "later");
  a.line->is_broken = true;
  say(a, "");
  outbox_.leave(kKept, 0);
  EXPECT_TRUE(a.line->is_closed);
  const Client b = connect();
  EXPECT_NE(b.id, a.id) << "the slot is used again, the number is not";
  outbox_.complete(places_.at(1), "for nobody", Answered::kText);
  outbox_.lose(places_.at(1));
  outbox_.leave(kKept, 0);
  EXPECT_EQ(take(b), "");
  EXPECT_FALSE(b.line->is_closed);
}

TEST_F(OutboxTest, a_client_that_leaves_while_it_waits_is_forgotten) {
  const Client a = connect();
  ask(a, "1");
  outbox_.leave(pending(1), 0);
  a.line->is_broken = true;
  say(a, "");
  outbox_.leave(pending(1), 0);
  EXPECT_TRUE(a.line->is_closed);
  outbox_.settle(1, Outcome::kKept, 0);
  EXPECT_FALSE(outbox_.has_dirty());
}

TEST_F(OutboxTest, corks_what_is_ready_while_more_is_to_follow) {
  const Client a = connect();
  ask(a, "1");
  ask(a, "later");
  ask(a, "2");
  outbox_.leave(kKept, 0);
  EXPECT_EQ(take(a), "") << "it waits for what is deferred";
  EXPECT_TRUE(outbox_.has_corked());
  outbox_.uncork(limits::kCorkMs - 1);
  EXPECT_FALSE(outbox_.has_dirty());
  outbox_.uncork(limits::kCorkMs);
  outbox_.leave(kKept, limits::kCorkMs);
  EXPECT_EQ(take(a), "1 ");
  outbox_.complete(places_.at(0), "done", Answered::kText);
  outbox_.leave(kKept, limits::kCorkMs);
  EXPECT_EQ(take(a), "done 2 ");
}

}  // namespace seshdb::core
