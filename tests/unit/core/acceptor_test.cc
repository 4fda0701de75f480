// Clients over real sockets: how they are distributed, which are refused, and what happens without
// descriptors.
#include "core/acceptor.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/logging.h"
#include "net/socket.h"
#include "support/memory_transport.h"
#include "support/no_messages.h"
#include "support/socket_client.h"

namespace seshdb::core {

namespace {

using testing::SocketClient;

constexpr std::uint64_t kTag = 77;

// While it exists, this process can open no further descriptor, or only this many above the lowest
// free one.
class DescriptorLimit {
 public:
  explicit DescriptorLimit(rlim_t most) {
    EXPECT_EQ(getrlimit(RLIMIT_NOFILE, &before_), 0);
    const rlimit limit{.rlim_cur = most, .rlim_max = before_.rlim_max};
    EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
  }
  ~DescriptorLimit() { EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &before_), 0); }
  DescriptorLimit(const DescriptorLimit&) = delete;
  DescriptorLimit& operator=(const DescriptorLimit&) = delete;

 private:
  rlimit before_{};
};

// Counts the clients for the second core.
struct Sockets : testing::NoMessages {
  using NoMessages::on_message;
  std::vector<Descriptor> all;
  void on_parcel(std::uint32_t /*from*/, Parcel& /*parcel*/) {}
  void on_message(Descriptor&& socket) { all.push_back(std::move(socket)); }
};

class AcceptorTest : public ::testing::Test {
 protected:
  AcceptorTest() {
    logging::set_level(logging::Level::kOff);
    shared_.add_cores(2);
    exchange_.emplace(shared_.mailboxes, 0);
    Result<net::Listener> listener = net::listen_on("127.0.0.1", 0);
    listener_fd_ = listener->socket.fd();
    port_ = static_cast<std::uint16_t>(
        std::stoi(listener->address.substr(listener->address.rfind(':') + 1)));
    listener_ = std::move(listener->socket);
  }
  Acceptor& begin() {
    acceptor_.emplace(shared_, published_, poller_, kTag, *exchange_, std::move(listener_),
                      [this](Descriptor socket) { own_.push_back(std::move(socket)); });
    return *acceptor_;
  }
  std::size_t dealt_to_second() {
    exchange_->send_calls();
    Sockets sockets;
    Exchange(shared_.mailboxes, 1).receive(sockets);
    for (Descriptor& socket : sockets.all) others_.push_back(std::move(socket));
    return others_.size();
  }
  [[nodiscard]] bool is_watched() const { return poller_.watches.count(listener_fd_) == 1; }

  ManualClock clock_;
  Shared shared_{.clock = clock_, .secret = {}, .connections = {.clock = clock_}};
  Published published_;
  testing::MemoryPoller poller_;
  std::optional<Exchange> exchange_;
  int listener_fd_ = -1;
  std::uint16_t port_ = 0;
  Descriptor listener_;
  std::vector<Descriptor> own_;
  std::vector<Descriptor> others_;
  std::optional<Acceptor> acceptor_;
};

}  // namespace

TEST_F(AcceptorTest, distributes_clients_over_the_cores_in_turn) {
  Acceptor& acceptor = begin();
  EXPECT_EQ(acceptor.error(), 0);
  EXPECT_EQ(poller_.watches.at(listener_fd_).tag, kTag);
  EXPECT_FALSE(acceptor.accept_some()) << "nobody waits";
  std::vector<SocketClient> clients;
  for (int i = 0; i < 5; ++i) clients.emplace_back(port_);
  EXPECT_FALSE(acceptor.accept_some());
  EXPECT_EQ(own_.size(), 3U);
  EXPECT_EQ(dealt_to_second(), 2U);
  EXPECT_EQ(shared_.connection_count.load(), 5U);
  EXPECT_EQ(published_.accepted.get(), 5U);
}

TEST_F(AcceptorTest, accepts_a_bounded_number_at_once_and_returns_true_where_more_wait) {
  Acceptor& acceptor = begin();
  std::vector<SocketClient> clients;
  for (int i = 0; i < 65; ++i) clients.emplace_back(port_);
  EXPECT_TRUE(acceptor.accept_some());
  EXPECT_EQ(shared_.connection_count.load(), 64U);
  EXPECT_FALSE(acceptor.accept_some());
  EXPECT_EQ(shared_.connection_count.load(), 65U);
}

TEST_F(AcceptorTest, refuses_those_beyond_the_limit) {
  shared_.connections_max = 1;
  Acceptor& acceptor = begin();
  SocketClient first(port_);
  SocketClient second(port_);
  (void)acceptor.accept_some();
  EXPECT_EQ(read_http(second).status, 503);
  EXPECT_TRUE(second.read_to_end());
  EXPECT_EQ(shared_.connection_count.load(), 1U);
  EXPECT_EQ(published_.accepted.get(), 1U);
  EXPECT_EQ(published_.refused.get(), 1U);
  shared_.connection_count = 0;  // the first has left
  SocketClient third(port_);
  (void)acceptor.accept_some();
  EXPECT_EQ(own_.size() + dealt_to_second(), 2U);
}

TEST_F(AcceptorTest, tells_a_client_that_there_is_no_descriptor_left) {
  Acceptor& acceptor = begin();
  // The undefined-behaviour sanitizer needs a descriptor to check the first call of a virtual
  // function: one client is refused before.
  shared_.connections_max = 0;
  SocketClient refused(port_);
  (void)acceptor.accept_some();
  shared_.connections_max = 100;
  SocketClient client(port_);
  SocketClient other(port_);
  {
    // The spare is the last that was opened before the clients: nothing is free but its number.
    const DescriptorLimit none(static_cast<rlim_t>(client.fd()));
    (void)acceptor.accept_some();
  }
  EXPECT_EQ(read_http(client).status, 503);
  EXPECT_EQ(read_http(other).status, 503) << "the spare is opened again each time";
  EXPECT_EQ(published_.refused.get(), 3U);
  EXPECT_EQ(shared_.connection_count.load(), 0U);
  acceptor.tick();
  EXPECT_TRUE(is_watched());
}

TEST_F(AcceptorTest, without_the_spare_it_pauses_until_the_next_tick) {
  Acceptor& acceptor = begin();
  SocketClient client(port_);
  {
    const DescriptorLimit none(0);
    EXPECT_FALSE(acceptor.accept_some());
    EXPECT_FALSE(is_watched()) << "it would be ready all the time";
  }
  EXPECT_EQ(published_.refused.get(), 0U);
  acceptor.tick();
  EXPECT_TRUE(is_watched());
  (void)acceptor.accept_some();
  EXPECT_EQ(own_.size(), 1U) << "the waiting client is served";
}

TEST_F(AcceptorTest, a_stop_accepts_the_backlog_and_nobody_later) {
  Acceptor& acceptor = begin();
  SocketClient client(port_);
  acceptor.stop();
  EXPECT_EQ(own_.size(), 1U);
  EXPECT_THROW(SocketClient late(port_), std::runtime_error);
  acceptor.stop();
  acceptor.tick();
  EXPECT_EQ(own_.size(), 1U);
}

TEST_F(AcceptorTest, says_that_the_poller_has_no_room) {
  poller_.is_full = true;
  EXPECT_EQ(begin().error(), ENOSPC);
}

TEST_F(AcceptorTest, does_nothing_on_a_core_without_a_listener) {
  listener_ = Descriptor();
  Acceptor& acceptor = begin();
  EXPECT_EQ(acceptor.error(), 0);
  EXPECT_TRUE(poller_.watches.empty());
  acceptor.tick();
  acceptor.stop();
  EXPECT_TRUE(poller_.watches.empty());
}

}  // namespace seshdb::core
