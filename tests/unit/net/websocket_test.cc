// The frame codec: it reads the same messages for any split of the bytes into pieces.
// Rules and close codes over a real socket: tests/hostile.
#include "net/websocket.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/random.h"
#include "support/socket_client.h"

namespace seshdb::net {

namespace {

using testing::FrameShape;
using testing::make_frame;

// Records the reader's calls.
struct Notes {
  std::string text;
  std::size_t stop_after = SIZE_MAX;  // messages
  std::size_t messages = 0;

  Continue on_message(std::string_view payload, bool is_text, bool /*in_place*/) {
    text += (is_text ? "text:" : "binary:") + std::string(payload) + '|';
    return ++messages == stop_after ? Continue::kStop : Continue::kGoOn;
  }
  void on_ping(std::string_view payload) { text += "ping:" + std::string(payload) + '|'; }
  void on_pong() { text += "pong|"; }
  void on_close(std::uint16_t code, std::string_view reason) {
    text += "close:" + std::to_string(code) + std::string(reason) + '|';
  }
};

// All calls and the fault, with the stream cut after every `piece` bytes, or irregularly where
// there are dice.
std::string read_in_pieces(std::string stream, std::size_t piece, testing::Dice* dice = nullptr,
                           std::size_t message_bytes_max = 1'000) {
  WebSocketReader reader(message_bytes_max);
  Notes notes;
  for (std::size_t at = 0; at < stream.size();) {
    const std::size_t wanted = dice != nullptr ? 1 + dice->roll(piece) : piece;
    const std::size_t bytes = std::min(wanted, stream.size() - at);
    const auto [consumed, fault] = reader.consume(stream.data() + at, bytes, notes);
    if (fault != CloseCode::kNone) {
      return notes.text + "fault:" + std::to_string(static_cast<int>(fault));
    }
    if (consumed != bytes) return notes.text;  // closed
    at += bytes;
  }
  return notes.text;
}

std::string whole(const std::string& stream) { return read_in_pieces(stream, stream.size()); }

FrameShape shape(unsigned opcode, bool fin = true) { return {.opcode = opcode, .fin = fin}; }

}  // namespace

TEST(WebSocketReader, puts_fragments_together_with_control_frames_between) {
  const std::string stream = make_frame("a", shape(1, false)) + make_frame("p", shape(9)) +
                             make_frame("", shape(0, false)) + make_frame("", shape(10)) +
                             make_frame("b", shape(0)) + make_frame("c");
  EXPECT_EQ(whole(stream), "ping:p|pong|text:ab|text:c|");
}

TEST(WebSocketReader, gives_the_same_for_every_way_to_cut_the_stream) {
  testing::Dice dice(31);
  for (int i = 0; i < 3'000 / SESHDB_TEST_SHARE; ++i) {
    std::string stream;
    bool open = false;
    for (std::size_t n = 1 + dice.roll(8); n > 0; --n) {
      const std::string payload(dice.roll(dice.one_in(5) ? 300 : 12), 'x');
      const std::size_t kind = dice.roll(open ? 5 : 6);
      const bool fin = !dice.one_in(3);
      if (kind == 0) {
        stream += make_frame(payload.substr(0, 125), shape(9 + (dice.one_in(2) ? 1U : 0U)));
      } else if (kind == 1 && dice.one_in(8)) {
        stream += make_frame(std::string("\x03\xE8") + "bye", shape(8));
      } else {
        stream += make_frame(payload + "é", shape(open ? 0 : kind == 2 ? 2 : 1, fin));
        open = !fin;
      }
    }
    if (dice.one_in(3)) stream[dice.roll(stream.size())] ^= static_cast<char>(1U << dice.roll(8));
    const std::string expected = whole(stream);
    for (const std::size_t piece : {1U, 2U, 3U, 7U}) {
      ASSERT_EQ(read_in_pieces(stream, piece), expected);
    }
    ASSERT_EQ(read_in_pieces(stream, 40, &dice), expected);
  }
}

TEST(WebSocketReader, stops_where_its_owner_says_so_and_goes_on_there) {
  std::string stream = make_frame("one") + make_frame("two");
  WebSocketReader reader(1'000);
  Notes notes;
  notes.stop_after = 1;
  const auto first = reader.consume(stream.data(), stream.size(), notes);
  EXPECT_EQ(notes.text, "text:one|");
  EXPECT_EQ(first.consumed, stream.size() / 2);
  notes.stop_after = SIZE_MAX;
  const auto second =
      reader.consume(stream.data() + first.consumed, stream.size() - first.consumed, notes);
  EXPECT_EQ(notes.text, "text:one|text:two|");
  EXPECT_EQ(second.consumed, stream.size() / 2);
}

TEST(WebSocketReader, takes_every_message_size_on_both_sides_of_each_header) {
  for (const std::size_t bytes : {0U, 1U, 125U, 126U, 127U, 65'535U, 65'536U, 100'000U}) {
    const std::string payload(bytes, 'z');
    const std::string stream = make_frame(payload);
    EXPECT_EQ(read_in_pieces(stream, stream.size(), nullptr, 100'000), "text:" + payload + '|');
  }
}

TEST(WebSocketReader, refuses_a_message_over_the_limit_from_its_header_on) {
  std::string header = make_frame("", {.length_bytes = 8, .length = std::uint64_t{1} << 40U});
  EXPECT_EQ(whole(header), "fault:1009");
  const std::string parts = make_frame(std::string(600, 'x'), shape(1, false)) +
                            make_frame(std::string(401, 'x'), shape(0)).substr(0, 10);
  EXPECT_EQ(whole(parts), "fault:1009");
  const std::string fits = make_frame(std::string(600, 'x'), shape(1, false)) +
                           make_frame(std::string(400, 'x'), shape(0));
  EXPECT_EQ(whole(fits), "text:" + std::string(1'000, 'x') + '|');
}

TEST(WebSocketReader, sees_bad_utf8_as_soon_as_it_is_there) {
  EXPECT_EQ(whole(make_frame("\xC3\x28", shape(1, false))), "fault:1007");
  EXPECT_EQ(whole(make_frame("\xC3", shape(1, false)) + make_frame("\xA9", shape(0))), "text:é|");
  EXPECT_EQ(whole(make_frame("\xC3", shape(1, false)) + make_frame("", shape(0))), "fault:1007");
  EXPECT_EQ(whole(make_frame("\xFF", shape(2))), "binary:\xFF|");
}

TEST(WebSocketReader, unmasks_at_every_offset) {
  for (std::size_t bytes = 0; bytes < 70; ++bytes) {
    for (std::size_t offset = 0; offset < 9; ++offset) {
      std::string data(bytes, '\0');
      unmask(data.data(), bytes, {'a', 'b', 'c', 'd'}, offset);
      for (std::size_t i = 0; i < bytes; ++i) {
        ASSERT_EQ(data[i], "abcd"[(offset + i) % 4]);
      }
    }
  }
}

}  // namespace seshdb::net
