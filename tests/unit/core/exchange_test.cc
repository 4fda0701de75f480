// Parcels between two cores: which are sent at once, wait for a ticket, or are lost.
#include "core/exchange.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

namespace seshdb::core {

namespace {

using engine::Outcome;

// The messages in a core's parcels.
struct Notes {
  std::string text;
  void on_parcel(std::uint32_t sender, Parcel& /*parcel*/) {
    text += std::to_string(sender) + ": ";
  }
  void on_call(const ReturnAddress& /*from*/, const commands::Call& /*call*/) {}
  void on_answer(const ReturnAddress& /*to*/, std::string_view answer, Answered /*answered*/) {
    text += std::string(answer) + ' ';
  }
  void on_lost(const ReturnAddress& to) { text += "lost " + std::to_string(to.place) + ' '; }
  void on_message(PartRequest&& request) { text += "part " + std::to_string(request.gather) + ' '; }
  void on_message(PartAnswer&& answer) { text += answer.lost ? "lost part " : "part done "; }
  void on_message(SavePartRequest&& /*request*/) { text += "save "; }
  void on_message(SavePartAnswer&& answer) { text += answer.lost ? "lost save " : "save done "; }
  void on_message(Descriptor&& /*socket*/) { text += "socket "; }
};

class ExchangeTest : public ::testing::Test {
 protected:
  static Exchange::Mailboxes mailboxes_of(std::size_t cores) {
    Exchange::Mailboxes mailboxes;
    for (std::size_t i = 0; i < cores; ++i) mailboxes.push_back(std::make_unique<Mailbox>(cores));
    return mailboxes;
  }
  static std::string take(Exchange& to) {
    Notes notes;
    to.receive(notes);
    return notes.text;
  }
  void answer(std::uint32_t to, std::string_view text) {
    here_.answers_to(to).add_answer({.connection = 1, .place = 5}, text, Answered::kText);
  }

  const Exchange::Mailboxes mailboxes_ = mailboxes_of(2);
  Exchange here_{mailboxes_, 0};
  Exchange there_{mailboxes_, 1};
};

}  // namespace

TEST_F(ExchangeTest, sends_calls_at_once_and_answers_once_they_are_kept) {
  here_.calls_to(1).add(PartRequest{.call = nullptr, .gather = 3});
  answer(1, "a");
  here_.send_calls();
  here_.send_answers();
  EXPECT_EQ(take(there_), "0: part 3 ");
  here_.leave({});
  here_.send_answers();
  EXPECT_EQ(take(there_), "0: a ");
  EXPECT_FALSE(here_.has_unsent());
}

TEST_F(ExchangeTest, holds_answers_back_until_their_ticket_is_settled) {
  answer(1, "a");
  here_.leave({Outcome::kPending, 1});
  answer(1, "b");
  here_.leave({Outcome::kPending, 2});
  answer(1, "c");
  here_.leave({Outcome::kPending, 3});
  here_.send_answers();
  EXPECT_EQ(take(there_), "");
  here_.settle(2, Outcome::kKept);
  here_.send_answers();
  EXPECT_EQ(take(there_), "0: b ");
  here_.settle(1, Outcome::kLost);
  here_.settle(3, Outcome::kKept);
  here_.send_answers();
  EXPECT_EQ(take(there_), "0: lost 5 0: c ");
}

TEST_F(ExchangeTest, tells_that_the_answers_of_a_lost_turn_are_lost) {
  answer(1, "a");
  here_.answers_to(1).add(PartAnswer{.gather = 1});
  here_.leave({Outcome::kLost, 0});
  here_.send_answers();
  EXPECT_EQ(take(there_), "0: lost 5 lost part ");
}

TEST_F(ExchangeTest, a_core_sends_to_itself_as_to_any_other) {
  here_.calls_to(0).add(PartRequest{.call = nullptr, .gather = 4});
  answer(0, "own");
  here_.leave({});
  here_.send_calls();
  here_.send_answers();
  EXPECT_FALSE(here_.mailbox().begin_sleep()) << "a parcel is there";
  EXPECT_EQ(take(here_), "0: part 4 0: own ");
}

TEST_F(ExchangeTest, keeps_what_does_not_fit_into_a_ring) {
  std::string expected;
  int sent = 0;
  while (!here_.has_unsent()) {
    ASSERT_LT(++sent, 10'000);
    answer(1, std::to_string(sent));
    here_.leave({});
    here_.send_answers();
    expected += "0: " + std::to_string(sent) + ' ';
  }
  std::string got = take(there_);
  here_.send_answers();
  got += take(there_);
  EXPECT_EQ(got, expected);
  EXPECT_FALSE(here_.has_unsent());
}

}  // namespace seshdb::core
