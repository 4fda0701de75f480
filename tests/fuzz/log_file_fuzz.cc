// Files of the engine. Reading a file of any bytes ends, and each frame that is read can be written
// again as the same bytes. A file that is written and then damaged gives only frames that were
// written, and without damage all of them. Input: 'f' and a file; or frames, one per line (an empty
// one is a mark, '!' is a sync), then a NUL byte and the damages: four bytes each, two of place,
// one of kind, one of bits.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "fuzz/expect.h"
#include "support/log_text.h"

namespace seshdb::testing {

namespace {

using Result = engine::FrameReader::Result;

void read_any(std::string_view text) {
  FaultyDirectory directory;
  directory.put("log", text);
  engine::FrameReader reader;
  std::uint64_t position = 0;
  std::size_t damages = 0;
  for (Result result = reader.open(directory, "log", kHeader);;
       result = result == Result::kDamaged ? reader.skip_damage() : reader.next()) {
    expect(reader.position() >= position && reader.position() <= text.size(), "it goes forward");
    position = reader.position();
    if (result == Result::kFrame) {
      const std::string_view payload = reader.payload();
      expect(payload.empty() ||
                 text.substr(position + engine::kFrameHeadBytes, payload.size()) == payload,
             "the payload is what stands there");
    } else if (result == Result::kDamaged) {
      expect(!reader.fault().empty(), "damage is told");
      expect(++damages <= text.size(), "the damages end");
    } else {
      expect(result != Result::kFailed, "the disk is sound", reader.fault());
      expect(reader.tail_bytes() <= text.size() - position, "the tail is a part of the file");
      return;
    }
  }
}

LogText write_lines(Steering& lines) {
  LogText log;
  while (!lines.done()) {
    const std::string_view line = lines.until('\n');
    if (line == "!") {
      log.synced();
    } else if (line.empty()) {
      log.mark();
    } else {
      log.frame(line);
    }
  }
  return log;
}

// Returns whether anything changed.
bool damage(std::string& text, Steering& places) {
  const std::string before = text;
  while (!places.done() && !text.empty()) {
    const unsigned high = places.byte();
    const std::size_t at = (high << 8U | places.byte()) % text.size();
    const unsigned kind = places.byte();
    const unsigned bits = places.byte();
    if (kind % 8 == 0) {
      text.resize(at);
    } else if (kind % 8 == 1) {
      text.insert(at, bits, '\0');
    } else {
      text[at] = static_cast<char>(static_cast<unsigned char>(text[at]) ^ bits);
    }
  }
  return text != before;
}

void write_and_damage(std::string_view input) {
  Steering all(input);
  const bool closed = all.byte() % 2 == 0;
  Steering lines(all.until('\0'));
  LogText log = write_lines(lines);
  if (closed) log.end();
  std::string text = log.text();
  const bool changed = damage(text, all);
  for (const bool skip : {false, true}) {
    const LogReading reading = read_log(text, skip);
    // The frames read are some of those written, in order; a prefix where nothing is skipped.
    auto written = log.payloads.begin();
    for (const std::string& payload : reading.payloads) {
      written = skip ? std::find(written, log.payloads.end(), payload) : written;
      expect(written != log.payloads.end() && *written == payload, "it was written", payload);
      ++written;
    }
    if (changed) continue;
    expect(reading.result == (closed ? Result::kClosed : Result::kTail), "the end is the end");
    expect(reading.payloads == log.payloads && reading.tail_bytes == 0, "nothing is missing");
  }
  if (changed && closed) {
    expect(read_log(text).result != Result::kClosed, "a changed file does not pass for closed");
  }
  read_any(text);
}

}  // namespace

}  // namespace seshdb::testing

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t bytes) {
  using namespace seshdb::testing;
  const std::string input(data, data + bytes);
  if (input.starts_with('f')) {
    read_any(std::string_view(input).substr(1));
  } else {
    write_and_damage(input);
  }
  return 0;
}
