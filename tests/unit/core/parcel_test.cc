// Messages between cores arrive whole and in order.
#include "core/parcel.h"

#include <gtest/gtest.h>

#include "commands/arguments.h"
#include "commands/table.h"
#include "protocol/envelope.h"

namespace seshdb::core {

namespace {

struct Notes {
  std::string text;
  void on_call(const ReturnAddress& from, const commands::Call& call) {
    const json::Node& keys = *call.param(call.command->keys_param);
    text += "call " + std::to_string(from.place) + ' ' + std::string(call.command->name) + ' ' +
            std::string(call.text) + ' ' + std::string(keys.text(call.text)) + '\n';
  }
  void on_answer(const ReturnAddress& to, std::string_view answer, Answered answered) {
    text += "answer " + std::to_string(to.place) + ' ' + std::string(answer) +
            (answered == Answered::kText ? "" : "none");
    text += '\n';
  }
  void on_lost(const ReturnAddress& to) { text += "lost " + std::to_string(to.place) + '\n'; }
  void on_message(PartRequest&& request) {
    text += "part of " + std::to_string(request.gather) + '\n';
  }
  void on_message(PartAnswer&& answer) {
    text += (answer.lost ? "lost part of " : "done part of ") + std::to_string(answer.gather) +
            (answer.part.has_value() ? " with a share\n" : "\n");
  }
  void on_message(SavePartRequest&& request) { text += "save part of " + request.job->name + '\n'; }
  void on_message(SavePartAnswer&& answer) {
    text += (answer.lost ? "lost save part of " : "done save part of ") +
            std::to_string(answer.outcome.counts.sessions) + '\n';
  }
  void on_message(Descriptor&&) { text += "socket\n"; }
};

}  // namespace

TEST(Parcel, tells_that_its_answers_are_lost_and_keeps_its_calls) {
  protocol::EnvelopeReader reader(1024);
  const std::string text = R"({"KV_GET":{"tkn":"1","keys":[]}})";
  Parcel parcel;
  parcel.add_answer({.connection = 1, .place = 5}, "told to nobody", Answered::kText);
  parcel.add_call({.connection = 1, .place = 6},
                  commands::bind(*commands::find_command("KV_GET"), reader.read(text)));
  parcel.add(PartAnswer{.gather = 7, .part = 8});
  parcel.add(SavePartAnswer{.outcome = {.counts = {.sessions = 9}}});
  parcel.lose_answers();
  Notes notes;
  parcel.visit(notes);
  EXPECT_EQ(notes.text, "lost 5\ncall 6 KV_GET " + text +
                            " []\nlost part of 7 with a share\nlost save part of 9\n");
}

TEST(Parcel, keeps_messages_of_every_kind_and_size_in_order) {
  protocol::EnvelopeReader reader(1024);
  Parcel parcel;
  std::string expected;
  for (std::size_t i = 0; i < 200; ++i) {
    const std::string value = '"' + std::string(i, 'v') + '"';
    const std::string text = R"({"KV_SET":{"tkn":"1","keys":{"k":)" + value + "}}}";
    const commands::Call call =
        commands::bind(*commands::find_command("KV_SET"), reader.read(text));
    parcel.add_call({.connection = 1, .place = i}, call);
    expected += "call " + std::to_string(i) + " KV_SET " + text + R"( {"k":)" + value + "}\n";
    parcel.add_answer({.connection = 1, .place = i}, std::string(i, 'a'),
                      i % 2 == 0 ? Answered::kText : Answered::kNothing);
    expected += "answer " + std::to_string(i) + ' ' + std::string(i, 'a') +
                (i % 2 == 0 ? "" : "none") + '\n';
    if (i % 50 == 0) {
      auto job = std::make_shared<save::SaveJob>();
      job->name = std::to_string(i);
      parcel.add(PartRequest{.call = std::make_shared<const OwnedCall>(call), .gather = i});
      parcel.add(PartAnswer{.gather = i, .part = 1});
      parcel.add(SavePartRequest{.job = std::move(job)});
      parcel.add(SavePartAnswer{.outcome = {.counts = {.sessions = i}}});
      parcel.add(Descriptor());
      const std::string number = std::to_string(i) + '\n';
      expected += "part of " + number + "done part of " + std::to_string(i) + " with a share\n" +
                  "save part of " + number + "done save part of " + number + "socket\n";
    }
  }
  Notes notes;
  parcel.visit(notes);
  EXPECT_EQ(notes.text, expected);
}

}  // namespace seshdb::core
