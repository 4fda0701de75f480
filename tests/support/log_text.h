// Files of the engine's format as plain bytes, for tests: written frame by frame, and read whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/log_file.h"
#include "support/faulty_directory.h"

namespace seshdb::testing {

inline constexpr engine::FileHeader kHeader = {
    .kind = engine::FileKind::kLog, .core = 1, .cores = 4, .sequence = 77};

/// A file being written, with all that the tests need of it.
class LogText {
 public:
  explicit LogText(const engine::FileHeader& header = kHeader) : writer_(header) {
    writer_.begin(buffer_);
  }
  LogText& frame(std::string_view payload) {
    begins.push_back(size());
    payloads.emplace_back(payload);
    writer_.frame(payload, synced_, buffer_);
    return *this;
  }
  LogText& mark() {
    writer_.mark(synced_, buffer_);
    return *this;
  }
  /// Counts all bytes so far as synced, which later frames record.
  LogText& synced() {
    synced_ = writer_.position();
    return *this;
  }
  LogText& end() {
    synced();
    writer_.end(synced_, buffer_);
    return *this;
  }
  [[nodiscard]] std::string text() const { return std::string(buffer_.view()); }
  [[nodiscard]] std::size_t size() const { return buffer_.size(); }

  std::vector<std::string> payloads;
  std::vector<std::size_t> begins;  // of the frames

 private:
  engine::FrameWriter writer_;
  Buffer buffer_;
  std::uint64_t synced_ = 0;
};

/// The results of a reader of a file, to its end or, with `skip`, past every damage.
struct LogReading {
  using Result = engine::FrameReader::Result;
  Result result = Result::kFrame;  // the last
  std::vector<std::string> payloads;
  std::uint64_t position = 0;
  std::uint64_t tail_bytes = 0;
  std::uint64_t lost_bytes = 0;
  std::size_t damages = 0;
  std::string fault;
};

inline LogReading read_log(engine::Directory& directory, const std::string& name, bool skip = false,
                           const engine::FileHeader& expected = kHeader) {
  using Result = LogReading::Result;
  LogReading reading;
  engine::FrameReader reader;
  for (Result result = reader.open(directory, name, expected);;) {
    if (result == Result::kDamaged) {
      ++reading.damages;
      reading.fault = reader.fault();
    }
    if (result == Result::kFrame) {
      if (!reader.payload().empty()) reading.payloads.emplace_back(reader.payload());
    } else if (result != Result::kDamaged || !skip) {
      reading.result = result;
      reading.position = reader.position();
      reading.tail_bytes = reader.tail_bytes();
      if (result == Result::kFailed) reading.fault = reader.fault();
      return reading;
    }
    if (result == Result::kDamaged) {
      const std::uint64_t damage = reader.position();
      result = reader.skip_damage();
      if (result != Result::kTail) reading.lost_bytes += reader.position() - damage;
    } else {
      result = reader.next();
    }
  }
}

inline LogReading read_log(std::string_view text, bool skip = false,
                           const engine::FileHeader& expected = kHeader) {
  FaultyDirectory directory;
  directory.put("log", text);
  return read_log(directory, "log", skip, expected);
}

}  // namespace seshdb::testing
