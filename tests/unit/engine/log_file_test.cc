// Frames read back as written. Damage anywhere is distinguished from the end that a crash leaves.
#include "engine/log_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "support/log_text.h"
#include "support/temporary_directory.h"

namespace seshdb::testing {

namespace {

using engine::FileHeader;
using engine::FileKind;
using ::testing::HasSubstr;
using Result = engine::FrameReader::Result;

std::string random_bytes(Dice& dice, std::size_t bytes) {
  std::string text(bytes, '\0');
  for (char& c : text) c = static_cast<char>(dice.next());
  return text;
}

std::string flipped(std::string text, std::size_t at, unsigned bits = 0xFF) {
  text[at] = static_cast<char>(static_cast<unsigned char>(text[at]) ^ bits);
  return text;
}

bool is_prefix(const std::vector<std::string>& part, const std::vector<std::string>& whole) {
  return part.size() <= whole.size() && std::equal(part.begin(), part.end(), whole.begin());
}

// Frames of several sizes and marks; the first three frames are known to be on the disk.
LogText some_frames() {
  LogText log;
  log.frame("a").frame("12345678").frame(std::string(40, 'c')).synced().mark();
  log.frame("{\"k\":[1,2,3]}").frame("last");
  return log;
}

}  // namespace

TEST(LogFile, frames_of_every_size_come_back) {
  Dice dice(1);
  LogText log;
  for (std::size_t bytes = 1; bytes < 300; ++bytes) log.frame(random_bytes(dice, bytes));
  for (const std::size_t bytes : {1'048'559U, 1'048'560U, 1'048'561U, 3'000'000U, 20'000'000U}) {
    log.frame(random_bytes(dice, bytes)).mark().synced();
  }
  LogReading open = read_log(log.text());
  EXPECT_EQ(open.result, Result::kTail);
  EXPECT_EQ(open.tail_bytes, 0U);
  EXPECT_TRUE(open.payloads == log.payloads);
  log.end();
  LogReading closed = read_log(log.text());
  EXPECT_EQ(closed.result, Result::kClosed);
  EXPECT_EQ(closed.position + engine::kFrameHeadBytes, log.size());
  EXPECT_TRUE(closed.payloads == log.payloads);
}

TEST(LogFile, is_read_from_a_real_directory) {
  const TemporaryDirectory folder;
  std::unique_ptr<engine::Directory> directory;
  ASSERT_EQ(engine::open_directory(folder.path(), directory), 0);
  std::unique_ptr<engine::AppendFile> file;
  ASSERT_EQ(directory->create("log", file), 0);
  LogText log = some_frames();
  log.end();
  ASSERT_EQ(file->append(log.text()), 0);
  const LogReading reading = read_log(*directory, "log");
  EXPECT_EQ(reading.result, Result::kClosed);
  EXPECT_EQ(reading.payloads, log.payloads);
  ASSERT_EQ(file->append("more"), 0);
  EXPECT_THAT(read_log(*directory, "log").fault, HasSubstr(folder.path() + "/log, byte "));
}

TEST(LogFile, every_flipped_byte_of_a_closed_file_is_damage) {
  LogText log = some_frames();
  log.end();
  for (std::size_t at = 0; at < log.size() - engine::kFrameHeadBytes; ++at) {
    for (const unsigned bits : {0x01U, 0x80U, 0xFFU}) {
      const LogReading reading = read_log(flipped(log.text(), at, bits));
      EXPECT_EQ(reading.result, Result::kDamaged) << at;
      EXPECT_TRUE(is_prefix(reading.payloads, log.payloads)) << at;
      EXPECT_LE(reading.position, at);
      EXPECT_THAT(reading.fault, HasSubstr("faulty/log, byte " + std::to_string(reading.position)));
    }
  }
  // Without its closing frame it is a file that was not closed, which a reader has to accept.
  for (std::size_t at = log.size() - engine::kFrameHeadBytes; at < log.size(); ++at) {
    const LogReading reading = read_log(flipped(log.text(), at));
    EXPECT_EQ(reading.result, Result::kTail) << at;
    EXPECT_EQ(reading.tail_bytes, engine::kFrameHeadBytes);
    EXPECT_EQ(reading.payloads, log.payloads);
  }
}

TEST(LogFile, every_cut_leaves_the_frames_before_it_and_a_tail) {
  LogText log = some_frames();
  log.end();
  const std::string text = log.text();
  for (std::size_t bytes = 0; bytes < text.size(); ++bytes) {
    const LogReading reading = read_log(text.substr(0, bytes));
    EXPECT_EQ(reading.result, Result::kTail) << bytes;
    EXPECT_TRUE(is_prefix(reading.payloads, log.payloads)) << bytes;
    std::size_t whole = 0;
    for (std::size_t i = 0; i < log.payloads.size(); ++i) {
      if (log.begins[i] + (16 + log.payloads[i].size() + 7) / 8 * 8 <= bytes) ++whole;
    }
    EXPECT_EQ(reading.payloads.size(), whole) << bytes;
    EXPECT_EQ(reading.position + reading.tail_bytes, bytes);
  }
}

TEST(LogFile, a_flip_before_a_whole_frame_is_damage_whatever_was_synced) {
  const LogText synced = some_frames();
  LogText never;
  never.frame("a").frame("12345678").frame(std::string(40, 'c')).frame("{\"k\":1}").frame("last");
  for (const LogText* const text :
       {&synced, static_cast<const LogText*>(&never)}) {  // without a closing frame
    const LogText& log = *text;
    const std::size_t last = log.begins.back();
    for (std::size_t at = engine::kHeaderBytes; at < log.size(); ++at) {
      for (const unsigned bits : {0x01U, 0x10U, 0x80U, 0xFFU}) {
        const LogReading reading = read_log(flipped(log.text(), at, bits));
        ASSERT_EQ(reading.result, at < last ? Result::kDamaged : Result::kTail) << at;
        EXPECT_TRUE(is_prefix(reading.payloads, log.payloads)) << at;
        EXPECT_EQ(reading.position + reading.tail_bytes, at < last ? reading.position : log.size());
        EXPECT_TRUE(at >= last || reading.fault.find(", and the frame at byte ") < 1'000);
      }
    }
  }
}

TEST(LogFile, one_flip_among_many_frames_that_were_never_synced_is_damage) {
  LogText log;
  for (int i = 0; i < 200; ++i) log.frame(std::string(300, 'v'));
  const std::string text = flipped(log.text(), log.begins[100] + 200, 0x01);
  const LogReading reading = read_log(text);
  EXPECT_EQ(reading.result, Result::kDamaged);
  EXPECT_EQ(reading.position, log.begins[100]);
  EXPECT_THAT(reading.fault, HasSubstr("the frame at byte " + std::to_string(log.begins[101]) +
                                       " behind it is whole"));
  EXPECT_EQ(read_log(text, true).payloads.size(), 199U);
}

TEST(LogFile, frames_behind_a_hole_that_was_never_synced_are_part_of_the_tail) {
  LogText log;
  log.frame("first").synced().frame(std::string(2'000, 'h')).frame("kept").frame("kept too");
  for (const auto& [from, to] : {std::pair{512, 1024}, {1024, 2048}, {64, 512}}) {
    std::string text = log.text();
    std::fill(text.begin() + from, text.begin() + to, '\0');
    const LogReading reading = read_log(text);
    EXPECT_EQ(reading.result, Result::kTail);
    EXPECT_EQ(reading.payloads, (std::vector<std::string>{"first"}));
    EXPECT_EQ(reading.tail_bytes, log.size() - log.begins[1]);
  }
  // A power loss never leaves zeros that are not whole sectors.
  std::string text = log.text();
  std::fill(text.begin() + 1'000, text.begin() + 1'500, '\0');
  EXPECT_EQ(read_log(text).result, Result::kDamaged);
}

TEST(LogFile, a_hole_in_what_was_synced_is_damage) {
  LogText log;
  log.frame("first").frame(std::string(2'000, 'h')).frame("kept").synced().frame("knows");
  std::string text = log.text();
  std::fill_n(text.begin() + 512, 512, '\0');
  const LogReading reading = read_log(text);
  EXPECT_EQ(reading.result, Result::kDamaged);
  EXPECT_EQ(reading.position, log.begins[1]);
  EXPECT_THAT(reading.fault, HasSubstr(std::to_string(log.begins[3]) + " bytes were on the disk"));
}

TEST(LogFile, a_tail_is_torn_where_it_is_cut_or_has_a_hole) {
  LogText log;
  log.frame("first").frame(std::string(1'500, 'l'));
  const std::string text = log.text();
  const auto is_torn = [](const std::string& content) {
    FaultyDirectory directory;
    directory.put("log", content);
    engine::FrameReader reader;
    Result result = reader.open(directory, "log", kHeader);
    while (result == Result::kFrame) result = reader.next();
    EXPECT_EQ(result, Result::kTail);
    return reader.is_torn();
  };
  EXPECT_TRUE(is_torn(text)) << "it may have gone on";
  for (const std::size_t bytes : {text.size() - 1, log.begins[1] + 15, std::size_t{30}}) {
    EXPECT_TRUE(is_torn(text.substr(0, bytes))) << bytes;
  }
  std::string hole = text;
  std::fill_n(hole.begin() + 512, 512, '\0');
  EXPECT_TRUE(is_torn(hole));
  EXPECT_TRUE(is_torn(text + std::string(1'000, '\0')));
  for (const std::size_t at : {log.begins[1] + 3, log.begins[1] + 9, text.size() - 20}) {
    EXPECT_FALSE(is_torn(flipped(text, at, 0x80))) << at;
  }
}

TEST(LogFile, zeros_behind_an_open_file_are_a_tail_and_anything_behind_a_closed_one_is_damage) {
  LogText log = some_frames();
  for (const std::size_t zeros : {1U, 8U, 4096U, 3'000'000U}) {
    const LogReading reading = read_log(log.text() + std::string(zeros, '\0'));
    EXPECT_EQ(reading.result, Result::kTail);
    EXPECT_EQ(reading.tail_bytes, zeros);
    EXPECT_EQ(reading.payloads, log.payloads);
  }
  log.end();
  for (const std::size_t zeros : {1U, 8U, 4096U}) {
    const std::string text = log.text() + std::string(zeros, '\0');
    const LogReading reading = read_log(text);
    EXPECT_EQ(reading.result, Result::kDamaged);
    EXPECT_EQ(reading.position, log.size());
    EXPECT_THAT(reading.fault, HasSubstr(std::to_string(zeros) + " bytes stand behind"));
    EXPECT_EQ(read_log(text, true).result, Result::kTail);
  }
}

TEST(LogFile, a_header_says_what_does_not_fit) {
  const std::string text = some_frames().text();
  const auto fault = [&](FileHeader expected) {
    const LogReading reading = read_log(text, false, expected);
    EXPECT_EQ(reading.result, Result::kDamaged);
    EXPECT_TRUE(reading.payloads.empty());
    return reading.fault;
  };
  FileHeader other = kHeader;
  other.kind = FileKind::kCheckpoint;
  EXPECT_THAT(fault(other), HasSubstr("it is a log, where a checkpoint was expected"));
  other = kHeader;
  other.core = 3;
  EXPECT_THAT(fault(other), HasSubstr("its core is 1, where 3 was expected"));
  other = kHeader;
  other.cores = 8;
  EXPECT_THAT(fault(other), HasSubstr("its number of cores is 4, where 8 was expected"));
  other = kHeader;
  other.sequence = 78;
  EXPECT_THAT(fault(other), HasSubstr("its sequence is 77, where 78 was expected"));
  EXPECT_THAT(read_log(flipped(text, 8, 3)).fault, HasSubstr("format 2, and this version knows 1"));
  EXPECT_THAT(read_log(flipped(text, 0)).fault, HasSubstr("does not begin as SeshDB's files do"));
  EXPECT_THAT(read_log(flipped(text, 30)).fault, HasSubstr("checksum of its header"));
}

TEST(LogFile, a_missing_or_unreadable_file_is_a_failure_with_its_name) {
  FaultyDirectory directory;
  LogReading reading = read_log(directory, "none");
  EXPECT_EQ(reading.result, Result::kFailed);
  EXPECT_THAT(reading.fault, HasSubstr(std::string("faulty/none: ")));
  EXPECT_THAT(reading.fault, HasSubstr(std::strerror(ENOENT)));
  directory.put("log", some_frames().text());
  directory.fail(FaultyDirectory::Call::kRead, 1, EIO);
  reading = read_log(directory, "log");
  EXPECT_EQ(reading.result, Result::kFailed);
  EXPECT_THAT(reading.fault, HasSubstr(std::strerror(EIO)));
  directory.flip_byte("log", engine::kHeaderBytes);
  directory.fail(FaultyDirectory::Call::kOpen, 2, EMFILE);  // when it searches behind the damage
  reading = read_log(directory, "log");
  EXPECT_EQ(reading.result, Result::kFailed);
  EXPECT_THAT(reading.fault, HasSubstr(std::strerror(EMFILE)));
}

TEST(LogFile, a_frame_passes_in_its_own_file_and_at_its_own_place_only) {
  FileHeader other_core = kHeader;
  other_core.core = 2;
  FileHeader other_kind = kHeader;
  other_kind.kind = FileKind::kCheckpoint;
  FileHeader other_sequence = kHeader;
  other_sequence.sequence = 78;
  const auto two_frames = [](const FileHeader& header) {
    return LogText(header).frame("12345678").frame("abcdefgh").text();
  };
  const std::string ours = two_frames(kHeader);
  for (const FileHeader& header : {other_core, other_kind, other_sequence}) {
    const std::string mixed =
        ours.substr(0, engine::kHeaderBytes) + two_frames(header).substr(engine::kHeaderBytes);
    const LogReading reading = read_log(mixed, true);
    EXPECT_EQ(reading.result, Result::kTail);
    EXPECT_TRUE(reading.payloads.empty());
  }
  // The second frame in the place of the first, and of a third.
  const std::string second = ours.substr(ours.size() - 24);
  EXPECT_TRUE(read_log(ours.substr(0, engine::kHeaderBytes) + second).payloads.empty());
  EXPECT_EQ(read_log(ours + second).payloads.size(), 2U);
  EXPECT_EQ(read_log(ours + second).tail_bytes, 24U);
}

TEST(LogFile, skipping_damage_finds_all_that_is_whole) {
  LogText log;
  for (char c = 'a'; c <= 'z'; ++c) {
    log.frame(std::string(static_cast<std::size_t>(c), c)).synced();
  }
  log.end();
  for (std::size_t i = 0; i < log.payloads.size(); ++i) {
    const LogReading reading = read_log(flipped(log.text(), log.begins[i] + 20), true);
    std::vector<std::string> rest = log.payloads;
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_EQ(reading.result, Result::kClosed);
    EXPECT_EQ(reading.damages, 1U);
    EXPECT_EQ(reading.payloads, rest);
    EXPECT_EQ(reading.lost_bytes, (16 + log.payloads[i].size() + 7) / 8 * 8);
  }
  std::string text = log.text();  // the header and every third frame
  text = flipped(text, 9);
  for (std::size_t i = 0; i < log.payloads.size(); i += 3) text = flipped(text, log.begins[i] + 1);
  const LogReading reading = read_log(text, true);
  EXPECT_EQ(reading.result, Result::kClosed);
  EXPECT_EQ(reading.payloads.size(), 17U);
  EXPECT_EQ(reading.damages, 9U);  // the first frame is lost with the header
}

TEST(LogFile, after_the_last_result_it_is_given_again) {
  FaultyDirectory directory;
  const std::string text = some_frames().text();
  directory.put("closed", some_frames().end().text());
  directory.put("tail", text);
  directory.put("damaged", flipped(text, engine::kHeaderBytes));
  for (const auto& [name, wanted] : {std::pair{"closed", Result::kClosed},
                                     {"tail", Result::kTail},
                                     {"damaged", Result::kDamaged}}) {
    engine::FrameReader reader;
    Result result = reader.open(directory, name, kHeader);
    EXPECT_EQ(reader.payload(), "");
    while (result == Result::kFrame) result = reader.next();
    EXPECT_EQ(result, wanted);
    EXPECT_EQ(reader.next(), wanted);
    EXPECT_EQ(reader.payload(), "");
    EXPECT_EQ(reader.skip_damage(), wanted == Result::kDamaged ? Result::kFrame : wanted);
  }
}

TEST(LogFile, a_reader_reads_one_file_after_another) {
  FaultyDirectory directory;
  directory.put("damaged", flipped(some_frames().text(), engine::kHeaderBytes));
  directory.put("good", some_frames().end().text());
  engine::FrameReader reader;
  EXPECT_EQ(reader.open(directory, "damaged", kHeader), Result::kFrame);
  EXPECT_EQ(reader.next(), Result::kDamaged);
  EXPECT_EQ(reader.open(directory, "good", kHeader), Result::kFrame);
  EXPECT_EQ(reader.next(), Result::kFrame);
  EXPECT_EQ(reader.payload(), "a");
  EXPECT_EQ(reader.fault(), "");
}

}  // namespace seshdb::testing
