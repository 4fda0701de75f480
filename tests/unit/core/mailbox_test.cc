// Parcels from several threads to one, and a bell that rings for an owner that sleeps.
#include "core/mailbox.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <string_view>
#include <thread>
#include <vector>

#include "support/no_messages.h"

namespace seshdb::core {

namespace {

std::unique_ptr<Parcel> parcel_of(std::uint64_t number) {
  auto parcel = std::make_unique<Parcel>();
  parcel->add_answer({.connection = 0, .place = number}, "x", Answered::kText);
  return parcel;
}

bool push(Mailbox& mailbox, std::size_t sender, std::uint64_t number) {
  std::unique_ptr<Parcel> parcel = parcel_of(number);
  return mailbox.push(sender, parcel);
}

struct Numbers : testing::NoMessages {
  std::vector<std::uint64_t> all;
  void on_answer(const ReturnAddress& to, std::string_view /*text*/, Answered /*answered*/) {
    all.push_back(to.place);
  }
};

// Takes all parcels of a sender.
void take(Mailbox& mailbox, std::size_t sender, Numbers& numbers) {
  while (const std::unique_ptr<Parcel> parcel = mailbox.pop(sender)) parcel->visit(numbers);
}

bool rings_within(const Mailbox& mailbox, int timeout_ms) {
  pollfd bell{.fd = mailbox.bell(), .events = POLLIN, .revents = 0};
  return poll(&bell, 1, timeout_ms) == 1;
}

}  // namespace

TEST(Mailbox, keeps_the_parcels_of_each_sender_apart_and_in_order) {
  Mailbox mailbox(2);
  ASSERT_TRUE(push(mailbox, 0, 1));
  ASSERT_TRUE(push(mailbox, 1, 10));
  ASSERT_TRUE(push(mailbox, 0, 2));
  Numbers first;
  take(mailbox, 0, first);
  EXPECT_EQ(first.all, (std::vector<std::uint64_t>{1, 2}));
  Numbers second;
  take(mailbox, 1, second);
  EXPECT_EQ(second.all, (std::vector<std::uint64_t>{10}));
}

TEST(Mailbox, a_full_ring_takes_nothing_and_loses_nothing) {
  Mailbox mailbox(2);
  std::uint64_t pushed = 0;
  while (push(mailbox, 0, pushed)) ASSERT_LT(++pushed, 100'000U);
  std::unique_ptr<Parcel> parcel = parcel_of(pushed);
  EXPECT_FALSE(mailbox.push(0, parcel));
  EXPECT_NE(parcel, nullptr) << "it is left to the caller";
  EXPECT_TRUE(push(mailbox, 1, 0)) << "the other sender has a ring of its own";
  EXPECT_NE(mailbox.pop(0), nullptr);
  EXPECT_TRUE(mailbox.push(0, parcel));
  Numbers numbers;
  take(mailbox, 0, numbers);
  EXPECT_EQ(numbers.all.size(), pushed);
  EXPECT_EQ(numbers.all.back(), pushed);
}

TEST(Mailbox, begins_no_sleep_while_a_parcel_of_any_sender_is_there) {
  Mailbox mailbox(3);
  for (std::size_t sender = 0; sender < 3; ++sender) {
    ASSERT_TRUE(push(mailbox, sender, 1));
    EXPECT_FALSE(mailbox.begin_sleep()) << sender;
    mailbox.end_sleep();
    EXPECT_NE(mailbox.pop(sender), nullptr);
    EXPECT_TRUE(mailbox.begin_sleep()) << sender;
    mailbox.end_sleep();
  }
}

TEST(Mailbox, rings_for_an_owner_that_sleeps_and_for_no_other) {
  Mailbox mailbox(1);
  mailbox.ring();
  EXPECT_FALSE(rings_within(mailbox, 0)) << "before it sleeps";
  ASSERT_TRUE(mailbox.begin_sleep());
  EXPECT_FALSE(rings_within(mailbox, 0));
  mailbox.ring();
  EXPECT_TRUE(rings_within(mailbox, 0));
  mailbox.end_sleep();
  mailbox.clear_bell();
  EXPECT_FALSE(rings_within(mailbox, 0)) << "once it is cleared";
  mailbox.ring();
  EXPECT_FALSE(rings_within(mailbox, 0)) << "after it slept";
  ASSERT_TRUE(mailbox.begin_sleep());
  mailbox.ring();
  mailbox.ring();
  mailbox.clear_bell();
  EXPECT_FALSE(rings_within(mailbox, 0)) << "clearing it once is enough for all rings";
}

TEST(Mailbox, an_owner_that_sleeps_misses_nothing_of_two_senders) {
  Mailbox mailbox(2);
  constexpr std::uint64_t kCount = 20'000;
  const auto send = [&mailbox](std::size_t sender) {
    for (std::uint64_t i = 0; i < kCount; ++i) {
      std::unique_ptr<Parcel> parcel = parcel_of(i);
      while (!mailbox.push(sender, parcel)) std::this_thread::yield();
      mailbox.ring();
    }
  };
  std::thread first(send, 0);
  std::thread second(send, 1);
  std::array<Numbers, 2> got;
  bool missed = false;
  while (got[0].all.size() + got[1].all.size() < 2 * kCount && !missed) {
    if (mailbox.begin_sleep()) {
      missed = !rings_within(mailbox, 10'000);
      mailbox.clear_bell();
    }
    mailbox.end_sleep();
    for (const std::size_t sender : {0U, 1U}) take(mailbox, sender, got[sender]);
  }
  EXPECT_FALSE(missed) << "it missed a parcel";
  // Full rings would block the threads once the owner has ended: takes the rest.
  while (missed && got[0].all.size() + got[1].all.size() < 2 * kCount) {
    for (const std::size_t sender : {0U, 1U}) take(mailbox, sender, got[sender]);
  }
  first.join();
  second.join();
  for (const Numbers& numbers : got) {
    ASSERT_EQ(numbers.all.size(), kCount);
    EXPECT_TRUE(std::is_sorted(numbers.all.begin(), numbers.all.end()));
  }
}

}  // namespace seshdb::core
