// How many handshakes a turn goes on with, and in which order.
#include "core/handshakes.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "base/limits.h"
#include "support/memory_transport.h"
#include "support/text_requests.h"

namespace seshdb::core {

namespace {

using net::Transport;

// A handshake of two steps.
class TwoSteps final : public Transport {
 public:
  TwoSteps(int fd, std::vector<int>& steps) : fd_(fd), steps_(steps) {}
  [[nodiscard]] int fd() const override { return fd_; }
  [[nodiscard]] bool in_handshake() const override { return left_ != 0; }
  [[nodiscard]] Io handshake() override {
    steps_.push_back(fd_);
    --left_;
    return {0, left_ == 0 ? State::kDone : State::kBlocked};
  }
  [[nodiscard]] Io read(char* /*to*/, std::size_t /*bytes*/) override {
    return {0, State::kBlocked};
  }
  [[nodiscard]] Io write(std::string_view bytes) override { return {bytes.size(), State::kDone}; }
  [[nodiscard]] State end_output() override { return State::kDone; }
  [[nodiscard]] std::size_t readable_bytes() const override { return 0; }
  [[nodiscard]] Address peer() const override { return {}; }

 private:
  int fd_;
  int left_ = 2;
  std::vector<int>& steps_;
};

class HandshakesTest : public ::testing::Test, public testing::TextRequests {
 protected:
  net::Connection& add(int fd) {
    open_.fetch_add(1);
    std::unique_ptr<Transport> transport = std::make_unique<TwoSteps>(fd, steps_);
    return *connections_.add(transport, *this, 0);
  }
  void on_request(net::Connection& /*connection*/, std::string_view /*text*/) override {}

  ManualClock clock_;
  net::ConnectionSettings settings_{.clock = clock_};
  std::atomic<std::uint32_t> open_ = 0;
  testing::MemoryPoller poller_;
  Connections connections_{poller_, settings_, open_};
  Outbox outbox_{connections_};
  Handshakes handshakes_{clock_, connections_, outbox_};
  std::vector<int> steps_;
};

}  // namespace

TEST_F(HandshakesTest, a_turn_does_a_bounded_number_in_order) {
  constexpr int kClients = static_cast<int>(limits::kHandshakesPerTurn) * 2 + 3;
  std::vector<int> all;
  for (int fd = 0; fd < kClients; ++fd) {
    handshakes_.add(add(fd));
    all.push_back(fd);
  }
  for (const std::size_t done : {16U, 32U, 35U}) {
    EXPECT_TRUE(handshakes_.has_work());
    handshakes_.work(0);
    EXPECT_EQ(steps_.size(), done);
  }
  EXPECT_EQ(steps_, all);
  EXPECT_FALSE(handshakes_.has_work());
  EXPECT_TRUE(outbox_.has_dirty()) << "the poller is told what they wait for";
}

TEST_F(HandshakesTest, a_connection_in_line_waits_for_nothing_else) {
  net::Connection& connection = add(7);
  EXPECT_TRUE(connection.wants_read());
  handshakes_.add(connection);
  handshakes_.add(connection);
  EXPECT_FALSE(connection.wants_read());
  connection.tick(settings_.handshake_ms);
  EXPECT_FALSE(connection.over()) << "the time in line does not count";
  handshakes_.work(0);
  EXPECT_EQ(steps_, std::vector<int>{7}) << "once";
  EXPECT_TRUE(connection.in_handshake());
  EXPECT_TRUE(connection.wants_read());
  handshakes_.add(connection);
  handshakes_.work(5);
  EXPECT_FALSE(connection.in_handshake());
}

TEST_F(HandshakesTest, half_a_handshake_times_out) {
  net::Connection& connection = add(7);
  handshakes_.add(connection);
  handshakes_.work(0);
  connection.tick(settings_.handshake_ms - 1);
  EXPECT_FALSE(connection.over());
  connection.tick(settings_.handshake_ms);
  EXPECT_TRUE(connection.over());
}

TEST_F(HandshakesTest, clients_that_have_left_the_line_cost_nothing) {
  net::Connection& gone = add(1);
  net::Connection& broken = add(2);
  net::Connection& there = add(3);
  for (net::Connection* const connection : {&gone, &broken, &there}) handshakes_.add(*connection);
  connections_.remove(gone.id());
  broken.abort();
  handshakes_.work(0);
  EXPECT_EQ(steps_, std::vector<int>{3});
}

TEST_F(HandshakesTest, a_stop_ends_a_handshake) {
  net::Connection& connection = add(1);
  connection.stop(0);
  EXPECT_TRUE(connection.over());
}

}  // namespace seshdb::core
