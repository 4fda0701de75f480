// Arbitrary bytes, and disks that lost power: never a crash, never a frame that was not written,
// and memory and time in proportion to the file.
#include <gtest/gtest.h>

#include <sys/resource.h>

#include <algorithm>
#include <cstring>

#include "engine/log_file.h"
#include "support/log_text.h"

namespace seshdb::testing {

namespace {

using Result = engine::FrameReader::Result;

template <typename Number>
void put(std::string& text, std::size_t at, Number number) {
  std::memcpy(text.data() + at, &number, sizeof(number));
}

bool is_prefix(const std::vector<std::string>& part, const std::vector<std::string>& whole) {
  return part.size() <= whole.size() && std::equal(part.begin(), part.end(), whole.begin());
}

}  // namespace

TEST(HostileLogFile, garbage_is_read_to_its_end) {
  Dice dice(1);
  const std::string header = LogText().text();
  for (int i = 0; i < 3000 / SESHDB_TEST_SHARE; ++i) {
    std::string text = dice.one_in(4) ? "" : header;
    const std::size_t words = dice.roll(300);
    for (std::size_t n = 0; n < words; ++n) {  // small numbers look like lengths
      std::uint64_t word = dice.one_in(2) ? dice.next() : dice.roll(64) << 32U | dice.roll(400);
      if (dice.one_in(10)) word = 0;
      text.append(reinterpret_cast<const char*>(&word), sizeof(word));
    }
    text.append(dice.roll(8), 'x');
    const LogReading reading = read_log(text, true);
    EXPECT_EQ(reading.result, Result::kTail);
    EXPECT_TRUE(reading.payloads.empty());
  }
}

TEST(HostileLogFile, any_damage_costs_the_frames_it_touches_alone) {
  Dice dice(2);
  for (int i = 0; i < 3000 / SESHDB_TEST_SHARE; ++i) {
    LogText log;
    const std::size_t frames = 1 + dice.roll(20);
    for (std::size_t n = 0; n < frames; ++n) {
      log.frame(std::string(1 + dice.roll(100), static_cast<char>('a' + n)));
      if (dice.one_in(3)) log.synced();
      if (dice.one_in(5)) log.mark();
    }
    if (dice.one_in(2)) log.end();
    const std::string sound = log.text();
    std::string text = sound;
    for (std::size_t n = 1 + dice.roll(5); n > 0; --n) {
      const std::size_t at = dice.roll(text.size());
      text[at] = static_cast<char>(text[at] ^ static_cast<char>(1U << dice.roll(8)));
    }
    std::vector<bool> hit(text.size());  // two flips of one bit change nothing
    for (std::size_t at = 0; at < text.size(); ++at) hit[at] = text[at] != sound[at];
    const LogReading reading = read_log(text, true);
    std::vector<std::string> untouched;
    for (std::size_t n = 0; n < frames; ++n) {
      const auto from = hit.begin() + static_cast<std::ptrdiff_t>(log.begins[n]);
      const auto to = from + static_cast<std::ptrdiff_t>((23 + log.payloads[n].size()) / 8 * 8);
      if (std::find(from, to, true) == to) untouched.push_back(log.payloads[n]);
    }
    for (const std::string& payload : reading.payloads) {
      EXPECT_NE(std::find(untouched.begin(), untouched.end(), payload), untouched.end());
    }
    EXPECT_TRUE(reading.result != Result::kClosed || reading.payloads == untouched);
  }
}

TEST(HostileLogFile, after_a_crash_the_synced_frames_are_there_and_it_is_never_damage) {
  Dice dice(3);
  for (int i = 0; i < 1500 / SESHDB_TEST_SHARE; ++i) {
    FaultyDirectory directory;
    std::unique_ptr<engine::AppendFile> file;
    ASSERT_EQ(directory.create("log", file), 0);
    engine::FrameWriter writer(kHeader);
    Buffer buffer;
    writer.begin(buffer);
    ASSERT_EQ(file->append(buffer.view()), 0);
    ASSERT_EQ(file->sync(), 0);
    ASSERT_EQ(directory.sync(), 0);
    std::uint64_t synced = writer.position();
    std::vector<std::string> payloads;
    std::size_t promised = 0;
    for (std::size_t n = dice.roll(30); n > 0; --n) {
      buffer.clear();
      payloads.emplace_back(1 + dice.roll(dice.one_in(4) ? 3000 : 60), static_cast<char>('a' + n));
      writer.frame(payloads.back(), synced, buffer);
      ASSERT_EQ(file->append(buffer.view()), 0);
      if (!dice.one_in(3)) continue;
      ASSERT_EQ(file->sync(), 0);
      synced = writer.position();
      promised = payloads.size();
    }
    for (int crash = 0; crash < 10; ++crash) {
      const LogReading reading = read_log(*directory.crash(dice), "log");
      ASSERT_EQ(reading.result, Result::kTail) << reading.fault;
      ASSERT_GE(reading.payloads.size(), promised);
      ASSERT_TRUE(is_prefix(reading.payloads, payloads));
    }
  }
}

TEST(HostileLogFile, a_length_beyond_the_file_takes_no_memory) {
  std::string text = LogText().frame("12345678").frame("12345678").text();
  const std::size_t at = engine::kHeaderBytes;
  for (const std::uint32_t bytes : {0x4000'0000U, 0x4000'0001U, 0x3FFF'FFFFU, 0xFFFF'FFFEU, 33U}) {
    put(text, at, bytes);
    rusage before{};
    rusage after{};
    getrusage(RUSAGE_SELF, &before);
    const LogReading reading = read_log(text);
    getrusage(RUSAGE_SELF, &after);
    EXPECT_EQ(reading.result, Result::kDamaged) << "the second frame is whole";
    EXPECT_EQ(reading.position, at);
    EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 64L * 1024);  // in KiB
  }
}

TEST(HostileLogFile, bytes_that_all_look_like_heads_do_not_make_the_search_long) {
  // Each eighth byte begins a frame of 8 MiB that is whole but for its checksum: a search without
  // a bound would read a million times as much as there is.
  constexpr std::uint32_t kBytes = 8U << 20U;
  std::string text = LogText().text();
  std::string garbage(3 * std::size_t{kBytes}, '\0');
  for (std::size_t at = 0; at < garbage.size(); at += 8) {
    put(garbage, at, kBytes);
    put(garbage, at + 4, std::uint32_t{6});  // 48 bytes were on the disk: more than the header
  }
  const LogReading reading = read_log(text + garbage);
  EXPECT_EQ(reading.result, Result::kDamaged);
  EXPECT_NE(reading.fault.find("too much behind it looks like a frame"), std::string::npos);
  EXPECT_EQ(read_log(text + garbage, true).result, Result::kTail);
}

TEST(HostileLogFile, large_frames_behind_damage_are_found_without_being_held) {
  LogText log;
  log.frame("damaged").synced().frame(std::string((17U << 20U) + 1, 'x')).frame("last");
  std::string text = log.text();
  text[log.begins[0] + 16] = 'D';
  const LogReading reading = read_log(text, true);
  EXPECT_EQ(reading.damages, 1U);
  EXPECT_EQ(reading.lost_bytes, 24U);
  EXPECT_TRUE(is_prefix(reading.payloads, {log.payloads[1], log.payloads[2]}));
  EXPECT_EQ(reading.payloads.size(), 2U);
  text[text.size() - 24 - 1] = 'x';  // in the large one's padding
  EXPECT_EQ(read_log(text, true).payloads, (std::vector<std::string>{"last"}));
}

}  // namespace seshdb::testing
