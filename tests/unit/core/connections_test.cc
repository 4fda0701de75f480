// The ids of connections, and what the poller watches for each.
#include "core/connections.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "support/memory_transport.h"
#include "support/socket_client.h"
#include "support/text_requests.h"

namespace seshdb::core {

namespace {

using testing::Line;

class ConnectionsTest : public ::testing::Test, public testing::TextRequests {
 protected:
  // Null where the poller is full.
  net::Connection* add(const std::shared_ptr<Line>& line) {
    line->fd = next_fd_++;
    transport_ = std::make_unique<testing::MemoryTransport>(line);
    open_.fetch_add(1);
    return connections_.add(transport_, *this, 0);
  }
  Connections::Id add() { return add(std::make_shared<Line>())->id(); }

  void on_request(net::Connection& connection, std::string_view text) override {
    connection.begin_answer().append(text);
    connection.end_answer(Answered::kText);
  }

  ManualClock clock_;
  net::ConnectionSettings settings_{.clock = clock_};
  std::atomic<std::uint32_t> open_ = 0;
  testing::MemoryPoller poller_;
  Connections connections_{poller_, settings_, open_};
  std::unique_ptr<net::Transport> transport_;
  int next_fd_ = 10;
};

}  // namespace

TEST_F(ConnectionsTest, gives_no_number_twice_although_slots_are_used_again) {
  std::set<Connections::Id> given;
  std::vector<Connections::Id> open;
  for (int i = 0; i < 100; ++i) {
    for (int j = 0; j < 3; ++j) {
      open.push_back(add());
      EXPECT_TRUE(given.insert(open.back()).second) << open.back();
    }
    connections_.remove(open.front());
    connections_.remove(open.back());
    open = {open[1]};
    connections_.remove(open.front());
    open.clear();
  }
  for (const Connections::Id id : given) EXPECT_LT(id & UINT32_MAX, 3U) << "three slots will do";
}

TEST_F(ConnectionsTest, finds_what_is_there_and_nothing_that_is_gone) {
  const Connections::Id first = add();
  const Connections::Id second = add();
  ASSERT_NE(connections_.find(first), nullptr);
  EXPECT_EQ(connections_.find(first)->connection->id(), first);
  EXPECT_EQ(connections_.find(2), nullptr) << "no slot has this number";
  connections_.remove(first);
  EXPECT_EQ(connections_.find(first), nullptr);
  const Connections::Id third = add();
  EXPECT_EQ(connections_.find(first), nullptr) << "the slot's new user has another number";
  EXPECT_EQ(connections_.find(third)->connection->id(), third);
  EXPECT_EQ(connections_.find(second)->connection->id(), second);
}

TEST_F(ConnectionsTest, counts_and_closes) {
  const auto line = std::make_shared<Line>();
  const Connections::Id id = add(line)->id();
  (void)add();
  EXPECT_EQ(connections_.size(), 2U);
  EXPECT_FALSE(line->is_closed);
  connections_.remove(id);
  EXPECT_EQ(connections_.size(), 1U);
  EXPECT_EQ(open_.load(), 1U);
  EXPECT_TRUE(line->is_closed);
}

TEST_F(ConnectionsTest, visits_all_that_are_there) {
  const Connections::Id first = add();
  const Connections::Id second = add();
  const Connections::Id third = add();
  connections_.remove(second);
  std::vector<Connections::Id> visited;
  connections_.for_each(
      [&visited](net::Connection& connection) { visited.push_back(connection.id()); });
  EXPECT_EQ(visited, (std::vector<Connections::Id>{first, third}));
}

TEST_F(ConnectionsTest, tells_the_poller_what_has_changed_and_nothing_else) {
  const auto line = std::make_shared<Line>();
  net::Connection* const connection = add(line);
  Connections::Slot& slot = *connections_.find(connection->id());
  const testing::MemoryPoller::Watch& watch = poller_.watches.at(connection->fd());
  EXPECT_EQ(watch.tag, connection->id());
  EXPECT_TRUE(watch.reads);
  EXPECT_FALSE(watch.writes);

  line->write_room = 10;
  line->to_server = std::string(testing::kUpgrade) + "\r\n";
  std::vector<char> scratch(4'096);
  connection->read(scratch.data(), scratch.size(), 0);
  connection->flush(0);
  connections_.watch(slot);
  EXPECT_TRUE(watch.writes) << "ten bytes of the answer went out";

  line->write_room = SIZE_MAX;
  connection->unblock(0);
  connection->flush(0);
  connections_.watch(slot);
  EXPECT_TRUE(watch.reads);
  EXPECT_FALSE(watch.writes);

  poller_.watches.clear();  // a further call of change() would throw
  EXPECT_NO_THROW(connections_.watch(slot));
}

TEST_F(ConnectionsTest, a_poller_without_room_leaves_the_client_to_the_caller) {
  const auto line = std::make_shared<Line>();
  poller_.is_full = true;
  EXPECT_EQ(add(line), nullptr);
  EXPECT_NE(transport_, nullptr);
  EXPECT_FALSE(line->is_closed);
  EXPECT_EQ(connections_.size(), 0U);
  poller_.is_full = false;
  const Connections::Id id = add();
  EXPECT_EQ(id & UINT32_MAX, 0U) << "the slot is free";
  EXPECT_EQ(connections_.size(), 1U);
}

}  // namespace seshdb::core
