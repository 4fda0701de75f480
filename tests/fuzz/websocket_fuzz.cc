// The WebSocket codec: for any split of the bytes into pieces, and any pauses of its owner, it
// reads the same as a simple decoder of the whole text (fuzz/frame_model.h). Input: message limit:1
// pause:1 count:1 chunk sizes:count | what the client sends
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/expect.h"
#include "fuzz/frame_model.h"
#include "net/websocket.h"

namespace seshdb::testing {

namespace {

using net::CloseCode;
using net::Continue;

// Records the reader's calls in order.
struct Scribe {
  std::string heard;
  std::size_t message_bytes_max;
  unsigned pause_every;  // 0: never
  unsigned messages = 0;
  bool closed = false;
  bool paused = false;

  void note(char kind, std::string_view payload) {
    expect(!closed, "nothing comes after a close");
    heard += entry(kind, payload);
  }
  Continue on_message(std::string_view payload, bool is_text, bool /*in_place*/) {
    expect(payload.size() <= message_bytes_max, "a message keeps to its limit");
    expect(!is_text || is_utf8(payload), "a text is UTF-8", payload);
    note(is_text ? 't' : 'b', payload);
    paused = pause_every != 0 && ++messages % pause_every == 0;
    return paused ? Continue::kStop : Continue::kGoOn;
  }
  void on_ping(std::string_view payload) {
    expect(payload.size() <= 125, "a ping is short");
    note('p', payload);
  }
  void on_pong() { note('q', {}); }
  void on_close(std::uint16_t code, std::string_view reason) {
    expect(is_utf8(reason), "a reason is UTF-8", reason);
    note('c', std::to_string(code) + ' ' + std::string(reason));
    closed = true;
  }
};

struct Heard {
  std::string what;
  std::size_t consumed = 0;
  CloseCode fault = CloseCode::kNone;
};

// Gives the reader one piece, repeatedly where it pauses; false where it reads no more.
bool give(net::WebSocketReader& reader, Scribe& scribe, std::string_view piece, Heard& heard) {
  std::string_view left = piece;
  do {
    scribe.paused = false;
    // A block of exactly this size, so that a sanitizer detects a read beyond it.
    std::vector<char> bytes(left.begin(), left.end());
    const auto result = reader.consume(bytes.data(), bytes.size(), scribe);
    expect(result.consumed <= left.size(), "no more is consumed than was given");
    heard.consumed += result.consumed;
    heard.fault = result.fault;
    if (result.fault != CloseCode::kNone || scribe.closed) return false;
    expect(scribe.paused || result.consumed == left.size(), "all is consumed without a pause");
    left.remove_prefix(result.consumed);
  } while (scribe.paused);
  return true;
}

Heard listen(std::string_view sent, const std::vector<std::size_t>& chunks, Scribe scribe) {
  net::WebSocketReader reader(scribe.message_bytes_max);
  Heard heard;
  std::size_t turn = 0;
  do {
    const std::size_t wanted = chunks.empty() ? sent.size() : chunks[turn++ % chunks.size()];
    // A size of 0 is tried too, but not again and again.
    if (wanted == 0 && !give(reader, scribe, {}, heard)) break;
    const std::size_t bytes = std::min(std::max<std::size_t>(wanted, 1), sent.size());
    if (!give(reader, scribe, sent.substr(0, bytes), heard)) break;
    sent.remove_prefix(bytes);
  } while (!sent.empty());
  heard.what = std::move(scribe.heard);
  return heard;
}

void expect_same(const Heard& whole, const Heard& pieces) {
  expect(pieces.what == whole.what, "the pieces say what the whole says", pieces.what, whole.what);
  expect(pieces.fault == whole.fault, "the fault is the same",
         std::to_string(static_cast<unsigned>(pieces.fault)),
         std::to_string(static_cast<unsigned>(whole.fault)));
  // After a fault, how much was read depends on the pieces.
  if (whole.fault == CloseCode::kNone) {
    expect(pieces.consumed == whole.consumed, "as much is consumed");
  }
}

}  // namespace

}  // namespace seshdb::testing

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t bytes) {
  using namespace seshdb::testing;
  const std::string input(data, data + bytes);
  Steering steering(input);
  const std::size_t message_bytes_max = 64U + 16U * steering.byte();
  const unsigned pause_every = steering.byte() % 8U;
  std::vector<std::size_t> chunks;
  for (unsigned count = steering.byte() % 16U; count > 0; --count) {
    chunks.push_back(steering.byte());
  }
  const Scribe scribe{.heard = {}, .message_bytes_max = message_bytes_max, .pause_every = 0};
  const Heard whole = listen(steering.rest(), {}, scribe);
  const auto [wanted, fault] = decode_slowly(steering.rest(), message_bytes_max);
  expect(whole.what == wanted, "the whole says what the model says", whole.what, wanted);
  expect(static_cast<unsigned>(whole.fault) == fault, "the fault is the model's",
         std::to_string(static_cast<unsigned>(whole.fault)), std::to_string(fault));
  expect_same(whole, listen(steering.rest(), chunks, scribe));
  expect_same(whole, listen(steering.rest(), {1}, scribe));
  Scribe pausing = scribe;
  pausing.pause_every = pause_every;
  expect_same(whole, listen(steering.rest(), chunks, pausing));
  return 0;
}
