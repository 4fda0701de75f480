// The WebSocket codec in both directions. The codec unmasks in place, so every second round reads
// an unmasked payload and masks it again. The mask's bytes are below 128, so that the payload is
// ASCII both ways.
#include "net/frame.h"

#include <benchmark/benchmark.h>

#include <string>

#include "base/limits.h"
#include "net/websocket.h"

namespace seshdb::micro {

namespace {

constexpr std::size_t kPayloadBytes = 200;

struct Counter {
  std::size_t messages = 0;

  net::Continue on_message(std::string_view payload, bool /*is_text*/, bool /*in_place*/) {
    benchmark::DoNotOptimize(payload);
    ++messages;
    return net::Continue::kGoOn;
  }
  void on_ping(std::string_view /*payload*/) {}
  void on_pong() {}
  void on_close(std::uint16_t /*code*/, std::string_view /*reason*/) {}
};

void consume_200_byte_messages(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(0));
  const std::string frame = "\x81\xFE" + std::string{'\0', static_cast<char>(kPayloadBytes)} +
                            "\x11\x22\x13\x24" + std::string(kPayloadBytes, 'a');
  std::string data;
  for (std::size_t i = 0; i < count; ++i) {
    data += frame;
  }
  net::WebSocketReader reader(limits::kMessageBytesDefault);
  Counter counter;
  for (auto _ : state) {
    if (reader.consume(data.data(), data.size(), counter).consumed != data.size()) {
      state.SkipWithError("a frame is refused");
      return;
    }
    benchmark::ClobberMemory();
  }
  if (counter.messages != count * static_cast<std::size_t>(state.iterations())) {
    state.SkipWithError("messages are missing");
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(counter.messages));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(data.size()));
}

void append_200_byte_frames(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(0));
  const std::string payload(kPayloadBytes, 'a');
  Buffer out;
  for (auto _ : state) {
    out.clear();
    for (std::size_t i = 0; i < count; ++i) {
      net::append_frame(net::Opcode::kText, payload, out);
    }
    benchmark::DoNotOptimize(out.data());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(out.size()));
}

BENCHMARK(consume_200_byte_messages)->Arg(1)->Arg(256);
BENCHMARK(append_200_byte_frames)->Arg(256);

}  // namespace

}  // namespace seshdb::micro
