// What a channel waits for, with a transport that says what the test wants.
#include "net/channel.h"

#include <gtest/gtest.h>

#include <memory>
#include <string_view>

namespace seshdb::net {

namespace {

using State = Transport::State;

class ScriptedTransport final : public Transport {
 public:
  explicit ScriptedTransport(Io& next) : next_(next) {}
  [[nodiscard]] int fd() const override { return 0; }
  [[nodiscard]] Io read(char* /*to*/, std::size_t /*bytes*/) override { return next_; }
  [[nodiscard]] Io write(std::string_view /*bytes*/) override { return next_; }
  [[nodiscard]] State end_output() override { return next_.state; }
  [[nodiscard]] std::size_t readable_bytes() const override { return 0; }
  [[nodiscard]] Address peer() const override { return {}; }

 private:
  Io& next_;
};

class ChannelTest : public ::testing::Test {
 protected:
  void read() {
    char byte = 0;
    (void)channel_.read(&byte, 1);
  }
  bool send() { return channel_.send(out_, gates_); }

  Transport::Io next_;
  Channel channel_{std::make_unique<ScriptedTransport>(next_)};
  BufferPool pool_{1'000, 1'000};
  SendQueue out_{pool_};
  Gates gates_;
};

}  // namespace

TEST_F(ChannelTest, waits_for_the_direction_that_is_blocked) {
  next_ = {0, State::kBlocked};
  read();
  EXPECT_TRUE(channel_.wants_readable(true));
  EXPECT_FALSE(channel_.wants_readable(false));
  EXPECT_FALSE(channel_.wants_writable(true));
  out_.begin().append("text");
  gates_.free_all(4);
  EXPECT_TRUE(send());
  EXPECT_TRUE(channel_.is_blocked());
  EXPECT_TRUE(channel_.wants_writable(false));
  channel_.on_writable();
  EXPECT_FALSE(channel_.is_blocked());
}

TEST_F(ChannelTest, a_read_may_wait_until_it_can_write) {
  next_ = {0, State::kCrossed};
  read();
  EXPECT_FALSE(channel_.wants_readable(true));
  EXPECT_TRUE(channel_.wants_writable(true));
  EXPECT_FALSE(channel_.wants_writable(false)) << "nobody reads";
  EXPECT_FALSE(channel_.is_blocked());
  channel_.on_writable();
  EXPECT_TRUE(channel_.has_buffered()) << "it is read again";
  EXPECT_TRUE(channel_.wants_readable(true));
}

TEST_F(ChannelTest, a_write_may_wait_until_it_can_read) {
  out_.begin().append("text");
  gates_.free_all(4);
  next_ = {1, State::kCrossed};
  EXPECT_TRUE(send());
  EXPECT_TRUE(channel_.is_blocked());
  EXPECT_TRUE(channel_.wants_readable(false)) << "although nobody reads";
  EXPECT_FALSE(channel_.wants_writable(false));
  channel_.on_readable();
  EXPECT_FALSE(channel_.is_blocked());
  next_ = {3, State::kDone};
  EXPECT_TRUE(send());
  EXPECT_TRUE(out_.empty());
}

TEST_F(ChannelTest, tells_bytes_that_the_poller_does_not_report) {
  next_ = {1, State::kDone, true};
  read();
  EXPECT_TRUE(channel_.has_buffered());
  next_ = {1, State::kDone};
  read();
  EXPECT_FALSE(channel_.has_buffered());
}

TEST_F(ChannelTest, a_broken_transport_ends_it) {
  out_.begin().append("text");
  gates_.free_all(4);
  next_ = {2, State::kFailed};
  EXPECT_FALSE(send());
  EXPECT_FALSE(channel_.is_blocked());
}

TEST_F(ChannelTest, an_end_may_be_blocked) {
  next_.state = State::kBlocked;
  EXPECT_EQ(channel_.end_output(), State::kBlocked);
  EXPECT_TRUE(channel_.is_blocked());
  EXPECT_TRUE(channel_.wants_writable(false));
  channel_.on_writable();
  next_.state = State::kDone;
  EXPECT_EQ(channel_.end_output(), State::kDone);
  EXPECT_FALSE(channel_.is_blocked());
}

}  // namespace seshdb::net
