// The bytes of each record, as they are on disks.
#include "store/batch.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "store/session.h"

namespace seshdb::store {

namespace {

constexpr std::uint64_t kToken = 0x0807'0605'0403'0201;
const std::string kTokenBytes = "\x01\x02\x03\x04\x05\x06\x07\x08";

std::string operator""_b(const char* text, std::size_t bytes) { return {text, bytes}; }

}  // namespace

TEST(Batch, writes_each_record_by_the_grammar) {
  Batch batch;
  batch.set_unix_offset_ms(1'000);
  const auto taken = [&batch] {
    const Buffer bytes = batch.take();
    return std::string(bytes.view());
  };
  batch.create(kToken, true, {.duration_s = 300, .delete_session = false, .sliding = true}, 50'000,
               "ab");
  // Settings: shared and sliding; 300 s; 51,000 ms.
  EXPECT_EQ(taken(), "\x01" + kTokenBytes +
                         "\x05\xAC\x02\xB8\x8E\x03\x02"
                         "ab");
  batch.create(kToken, false, {}, 50'000, "");
  EXPECT_EQ(taken(), "\x01" + kTokenBytes + "\x02\0\0\0"_b);
  constexpr UpperHalf kUpper(0x1817'1615'1413'1211);
  const std::string upper_bytes = "\x11\x12\x13\x14\x15\x16\x17\x18";
  batch.create({kToken, kUpper}, true, {}, 50'000, "ab");
  EXPECT_EQ(taken(), "\x10" + kTokenBytes + upper_bytes + "\x03\0\0\x02"_b + "ab");
  batch.rotate(kToken, {1, kUpper});
  EXPECT_EQ(taken(), "\x11" + kTokenBytes + "\x01\0\0\0\0\0\0\0"_b + upper_bytes);
  batch.end(kToken);
  EXPECT_EQ(taken(), "\x02" + kTokenBytes);
  batch.end_all();
  EXPECT_EQ(taken(), "\x03");
  batch.expiry(kToken, false, {.duration_s = 1, .delete_session = true, .sliding = false}, 0);
  EXPECT_EQ(taken(), "\x04" + kTokenBytes + "\x02\x01\0"_b);
  batch.deadline(kToken, 127);
  EXPECT_EQ(taken(), "\x05" + kTokenBytes + "\xE7\x08");
  batch.set(kToken, "k", "17");
  EXPECT_EQ(taken(), "\x06" + kTokenBytes +
                         "\x01k\x02"
                         "17");
  batch.remove(kToken, "");
  EXPECT_EQ(taken(), "\x07" + kTokenBytes + "\0"_b);
  batch.clear(kToken);
  EXPECT_EQ(taken(), "\x08" + kTokenBytes);
  const std::array<json::Edit, 2> edits = {json::Edit{*json::Pointer::parse("/a"), "1", 0},
                                           json::Edit{*json::Pointer::parse(""), "[]", 0}};
  batch.update(kToken, "k", edits);
  EXPECT_EQ(taken(), "\x09" + kTokenBytes +
                         "\x01k\x02\x02/a\x01"
                         "1\0\x02[]"_b);
  batch.append(kToken, "k", "[1]");
  EXPECT_EQ(taken(), "\x0A" + kTokenBytes + "\x01k\x03[1]");
  batch.clock(1'063, 0);  // on by 63 ms, to 1,063 ms
  EXPECT_EQ(taken(), "\x0B\x7E\xCE\x10");
  batch.clock(1'000, 1);  // back by as much, to 1,001 ms
  EXPECT_EQ(taken(), "\x0B\x7D\xD2\x0F");
  batch.clock(-2, 1);  // to the last millisecond before 1970
  EXPECT_EQ(taken(), "\x0B\xD3\x0F\x01");
}

TEST(Batch, tells_deadlines_by_the_clock_as_it_was_set_last) {
  Batch batch;
  batch.set_unix_offset_ms(100);
  batch.deadline(kToken, 7);
  batch.clock(-8, 0);
  batch.deadline(kToken, 9);
  batch.deadline(kToken, 7);
  batch.deadline(kToken, 8);
  EXPECT_EQ(batch.view(), "\x05" + kTokenBytes + "\x6B" + "\x0B\xD7\x01\x0F" + "\x05" +
                              kTokenBytes + "\x01" + "\x05" + kTokenBytes + std::string(9, '\xFF') +
                              "\x01" + "\x05" + kTokenBytes + std::string(1, '\0'));
}

TEST(Batch, writes_a_value_that_is_there_like_its_text) {
  Batch batch;
  const std::string text = '"' + std::string(300, 'x') + '"';
  batch.set(kToken, "name", text);
  const std::string expected(batch.view());
  batch.reset();
  batch.set(kToken, json::Value("name", text));
  EXPECT_EQ(batch.view(), expected);
}

TEST(Batch, forgets_and_gives_a_huge_records_memory_back) {
  Batch batch;
  batch.set(kToken, "k", std::string(3U << 20U, '1'));
  EXPECT_GT(batch.size(), 3U << 20U);
  batch.reset();
  EXPECT_TRUE(batch.empty());
  EXPECT_EQ(batch.take().capacity(), 0U);
}

}  // namespace seshdb::store
