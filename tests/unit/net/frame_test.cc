// Frames on their way out.
#include "net/frame.h"

#include <gtest/gtest.h>

namespace seshdb::net {

TEST(Frame, has_the_shortest_header_that_tells_its_size) {
  for (const auto& [bytes, header] : std::vector<std::pair<std::size_t, std::string>>{
           {0, std::string("\x81\x00", 2)},
           {125, "\x81\x7D"},
           {126, std::string("\x81\x7E\x00\x7E", 4)},
           {65'535, "\x81\x7E\xFF\xFF"},
           {65'536, std::string("\x81\x7F\0\0\0\0\0\1\0\0", 10)}}) {
    const std::string payload(bytes, 'x');
    Buffer appended;
    append_frame(Opcode::kText, payload, appended);
    EXPECT_EQ(appended.view(), header + payload);
    Buffer in_place;
    in_place.append("before");
    TextFrameInPlace frame;
    frame.begin(in_place);
    in_place.append(payload);
    frame.end(in_place);
    EXPECT_EQ(in_place.view(), "before" + header + payload);
  }
}

TEST(Frame, written_in_place_is_right_behind_one_of_any_other_size) {
  TextFrameInPlace frame;
  Buffer out;
  Buffer expected;
  for (const std::size_t bytes :
       std::vector<std::size_t>{70'000, 0, 70'000, 300, 300, 70'000, 5, 300}) {
    const std::string payload(bytes, 'x');
    frame.begin(out);
    out.append(payload);
    frame.end(out);
    append_frame(Opcode::kText, payload, expected);
  }
  EXPECT_EQ(out.view(), expected.view());
}

TEST(Frame, written_in_place_can_be_taken_back) {
  Buffer out;
  out.append("before");
  TextFrameInPlace frame;
  frame.begin(out);
  out.append("half an answer");
  frame.cancel(out);
  EXPECT_EQ(out.view(), "before");
}

TEST(Frame, of_a_close_gives_its_code_or_none) {
  Buffer out;
  append_close_frame(1001, out);
  EXPECT_EQ(out.view(), "\x88\x02\x03\xE9");
  out.clear();
  append_close_frame(0, out);
  EXPECT_EQ(out.view(), std::string_view("\x88\x00", 2));
}

}  // namespace seshdb::net
