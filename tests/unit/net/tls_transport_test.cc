// TLS over a socket pair: bytes in any pieces, blocked writes, both ends, and what is refused.
#include "net/tls_transport.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <string>

#include "base/logging.h"
#include "support/tls_pair.h"

namespace seshdb::net {

namespace {

using testing::TlsPair;
using State = Transport::State;

class TlsTransportTest : public ::testing::TestWithParam<int> {
 protected:
  TlsTransportTest() { logging::set_level(logging::Level::kOff); }

  [[nodiscard]] testing::TlsClientSettings client() const {
    return {.version = GetParam(), .authority = authority_.certificate()};
  }

  testing::Authority authority_;
  testing::ServerFiles files_{authority_.issue("DNS:localhost")};
  std::shared_ptr<const TlsContext> context_ = testing::load_context(files_.settings());
};

INSTANTIATE_TEST_SUITE_P(Versions, TlsTransportTest,
                         ::testing::Values(TLS1_2_VERSION, TLS1_3_VERSION),
                         [](const ::testing::TestParamInfo<int>& version) {
                           return version.param == TLS1_2_VERSION ? "tls_1_2" : "tls_1_3";
                         });

}  // namespace

TEST_P(TlsTransportTest, carries_bytes_in_both_directions) {
  TlsPair pair(*context_, client());
  EXPECT_TRUE(pair.server->in_handshake());
  ASSERT_TRUE(pair.shake()) << pair.peer.failure();
  EXPECT_FALSE(pair.server->in_handshake());
  EXPECT_EQ(pair.peer.version(), GetParam());
  EXPECT_EQ(pair.say("a request"), "a request");
  EXPECT_EQ(pair.last.state, State::kBlocked);
  EXPECT_EQ(pair.answer("an answer"), "an answer");
  EXPECT_EQ(pair.last.state, State::kDone);
  EXPECT_TRUE(pair.server->peer_names().empty());
}

TEST_P(TlsTransportTest, takes_bytes_one_at_a_time) {
  TlsPair pair(*context_, client());
  ASSERT_TRUE(pair.shake(1)) << pair.peer.failure();
  pair.peer.write("one byte at a time");
  std::string all;
  pair.deliver(1, [&] { all += pair.read_server(); });
  EXPECT_EQ(all, "one byte at a time");
}

TEST_P(TlsTransportTest, says_that_it_holds_more_than_a_read_takes) {
  TlsPair pair(*context_, client());
  ASSERT_TRUE(pair.shake());
  pair.peer.write("0123456789");
  pair.peer.write("abc");
  pair.deliver();
  std::string block(4, '\0');
  std::string all;
  int reads = 0;
  // A poller reports nothing any more: all bytes have left the socket.
  for (Transport::Io io{.is_buffered = true}; io.is_buffered; ++reads) {
    io = pair.server->read(block.data(), block.size());
    all.append(block, 0, io.bytes);
    EXPECT_GE(pair.server->readable_bytes(), 13 - all.size());
  }
  EXPECT_EQ(all, "0123456789abc");
  EXPECT_GE(reads, 4);
  EXPECT_EQ(pair.read_server(), "");
  EXPECT_EQ(pair.last.state, State::kBlocked);
  EXPECT_FALSE(pair.last.is_buffered);
}

TEST_P(TlsTransportTest, a_blocked_write_goes_on_with_moved_bytes_and_more_of_them) {
  TlsPair pair(*context_, client());
  ASSERT_TRUE(pair.shake());
  std::string expected;
  for (int i = 0; i < 1'000'000; ++i) expected += static_cast<char>('a' + i % 23);
  std::string rest = expected;
  std::string got;
  int blocked = 0;
  while (!rest.empty()) {
    const std::string moved = rest;
    const Transport::Io io = pair.server->write(moved);
    ASSERT_TRUE(io.state == State::kDone || io.state == State::kBlocked);
    rest.erase(0, io.bytes);
    if (io.state == State::kBlocked) {
      ++blocked;
      if (blocked == 1) {
        rest += "behind";
        expected += "behind";
      }
    }
    ASSERT_TRUE(pair.fetch(10'000));
    got += pair.peer.read();
  }
  while (pair.fetch()) {
  }
  got += pair.peer.read();
  EXPECT_TRUE(got == expected) << got.size();
  EXPECT_GT(blocked, 1);
}

TEST_P(TlsTransportTest, a_large_text_arrives_whole) {
  TlsPair pair(*context_, client());
  ASSERT_TRUE(pair.shake());
  const std::string text(300'000, 'x');
  pair.peer.write(text);
  std::string all;
  pair.deliver(50'000, [&] { all += pair.read_server(7'777); });
  EXPECT_TRUE(all == text) << all.size();
}

TEST_P(TlsTransportTest, nothing_is_read_or_written_during_the_handshake) {
  TlsPair pair(*context_, client());
  (void)pair.peer.handshake();
  pair.deliver(100, [&] { EXPECT_EQ(pair.step(), State::kBlocked); });
  std::string block(10, '\0');
  EXPECT_EQ(pair.server->read(block.data(), block.size()).state, State::kFailed);
  EXPECT_EQ(pair.server->write("too early").state, State::kFailed);
  EXPECT_EQ(pair.server->end_output(), State::kFailed);
}

TEST_P(TlsTransportTest, a_handshake_waits_until_its_bytes_can_be_written) {
  // The server's first flight is larger than what the socket takes.
  testing::Credentials chain = authority_.issue("DNS:localhost");
  for (int i = 0; i < 60; ++i) chain.certificate += testing::Authority().certificate();
  const testing::ServerFiles files(chain);
  const auto context = testing::load_context(files.settings());
  TlsPair pair(*context, {.version = GetParam()});
  const int bytes = 1;  // the kernel takes its least
  setsockopt(pair.server->fd(), SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
  (void)pair.peer.handshake();
  pair.deliver();
  int crossed = 0;
  for (int i = 0; i < 1'000 && pair.server->in_handshake(); ++i) {
    if (pair.step() == State::kCrossed) ++crossed;
    while (pair.fetch()) {
    }
    (void)pair.peer.handshake();
    pair.deliver();
  }
  EXPECT_GT(crossed, 0);
  EXPECT_FALSE(pair.server->in_handshake());
  EXPECT_EQ(pair.say("a request"), "a request");
}

TEST_P(TlsTransportTest, says_goodbye_at_the_end_of_output) {
  TlsPair pair(*context_, client());
  ASSERT_TRUE(pair.shake());
  EXPECT_EQ(pair.answer("the last answer"), "the last answer");
  EXPECT_FALSE(pair.peer.is_closed());
  EXPECT_EQ(pair.server->end_output(), State::kDone);
  while (pair.fetch()) {
  }
  EXPECT_EQ(pair.peer.read(), "");
  EXPECT_TRUE(pair.peer.is_closed());
  EXPECT_TRUE(pair.is_ended);
  EXPECT_EQ(pair.server->write("too late").state, State::kFailed);
  pair.client = Descriptor();
  (void)pair.read_server();
  EXPECT_EQ(pair.last.state, State::kEnded);
}

TEST_P(TlsTransportTest, a_client_ends_with_a_goodbye_or_by_leaving) {
  TlsPair polite(*context_, client());
  ASSERT_TRUE(polite.shake());
  polite.peer.write("the last request");
  polite.peer.close();
  polite.deliver();
  EXPECT_EQ(polite.read_server(), "the last request");
  EXPECT_EQ(polite.last.state, State::kEnded);
  EXPECT_EQ(polite.answer("its answer"), "its answer") << "the other direction is open";

  TlsPair hasty(*context_, client());
  ASSERT_TRUE(hasty.shake());
  hasty.peer.write("the last request");
  hasty.deliver();
  hasty.client = Descriptor();
  EXPECT_EQ(hasty.read_server(), "the last request");
  EXPECT_EQ(hasty.last.state, State::kEnded);
  EXPECT_EQ(hasty.server->write("no signal stops the process").state, State::kFailed);
}

TEST_P(TlsTransportTest, a_client_that_leaves_during_the_handshake_is_no_success) {
  TlsPair pair(*context_, client());
  (void)pair.peer.handshake();
  pair.deliver();
  pair.client = Descriptor();
  EXPECT_EQ(pair.step(), State::kFailed);
  EXPECT_EQ(pair.step(), State::kFailed) << "again";
}

TEST_P(TlsTransportTest, a_damaged_record_ends_the_connection) {
  TlsPair pair(*context_, client());
  ASSERT_TRUE(pair.shake());
  pair.peer.write("whole");
  std::string wire = pair.peer.take_output();
  wire.back() = static_cast<char>(wire.back() ^ 1);
  ASSERT_EQ(send(pair.client.fd(), wire.data(), wire.size(), 0), static_cast<ssize_t>(wire.size()));
  EXPECT_EQ(pair.read_server(), "");
  EXPECT_EQ(pair.last.state, State::kFailed);
  EXPECT_EQ(pair.server->write("late").state, State::kFailed);
}

TEST_P(TlsTransportTest, plain_text_is_answered_in_plain_text) {
  TlsPair pair(*context_, client());
  constexpr std::string_view kText = "OPTIONS / HTTP/1.1\r\nHost: a\r\n\r\n";
  ASSERT_GT(send(pair.client.fd(), kText.data(), kText.size(), 0), 0);
  EXPECT_EQ(pair.step(), State::kFailed);
  std::string answer(1'000, '\0');
  answer.resize(static_cast<std::size_t>(recv(pair.client.fd(), answer.data(), 1'000, 0)));
  EXPECT_EQ(answer.rfind("HTTP/1.1 400 ", 0), 0U) << answer;
  EXPECT_NE(answer.find("this port speaks TLS"), std::string::npos) << answer;
}

TEST_P(TlsTransportTest, garbage_is_not_answered_in_plain_text) {
  TlsPair pair(*context_, client());
  ASSERT_GT(send(pair.client.fd(), "\x01\x02\x03\x04\x05\x06", 6, 0), 0);
  EXPECT_EQ(pair.step(), State::kFailed);
  std::string answer(1'000, '\0');
  EXPECT_LE(recv(pair.client.fd(), answer.data(), 1'000, 0), 0);
}

TEST_F(TlsTransportTest, a_renegotiation_is_refused) {
  TlsPair pair(*context_, {.version = TLS1_2_VERSION});
  ASSERT_TRUE(pair.shake());
  pair.peer.renegotiate();
  EXPECT_EQ(pair.say(""), "");
  EXPECT_FALSE(pair.server->in_handshake());
  while (pair.fetch()) {
  }
  EXPECT_FALSE(pair.peer.handshake());
  (void)pair.peer.read();
  EXPECT_NE(pair.peer.failure().find("no renegotiation"), std::string::npos) << pair.peer.failure();
}

TEST_F(TlsTransportTest, keys_may_be_updated_at_any_time) {
  TlsPair pair(*context_, {.version = TLS1_3_VERSION});
  ASSERT_TRUE(pair.shake());
  pair.peer.update_key();
  EXPECT_EQ(pair.say("under the new key"), "under the new key");
  EXPECT_EQ(pair.answer("under the server's"), "under the server's");

  // The server's part of an update waits behind what is blocked.
  std::string rest(2'000'000, 'z');
  Transport::Io io = pair.server->write(rest);
  ASSERT_EQ(io.state, State::kBlocked);
  pair.peer.update_key();
  EXPECT_EQ(pair.say("still heard"), "still heard");
  std::string got;
  for (rest.erase(0, io.bytes); !rest.empty(); rest.erase(0, io.bytes)) {
    while (pair.fetch()) got += pair.peer.read();
    io = pair.server->write(rest);
    ASSERT_TRUE(io.state == State::kDone || io.state == State::kBlocked);
  }
  while (pair.fetch()) got += pair.peer.read();
  EXPECT_EQ(got.size(), 2'000'000U);
  EXPECT_EQ(pair.answer("at the end"), "at the end");
}

TEST_F(TlsTransportTest, many_records_without_data_do_not_hold_a_read_up) {
  TlsPair pair(*context_, {.version = TLS1_3_VERSION});
  ASSERT_TRUE(pair.shake());
  for (int i = 0; i < 20; ++i) pair.peer.update_key();
  EXPECT_EQ(pair.say("behind them"), "behind them");
}

}  // namespace seshdb::net
