// The folders of saves: names that stay in the directory, folders that are whole or do not exist.
#include "save/folder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "base/save_name.h"
#include "save/writer.h"
#include "support/temporary_directory.h"

namespace seshdb::save {

namespace {

namespace fs = std::filesystem;

const auto kGoOn = [] { return false; };

std::unique_ptr<NewSave> make(const std::string& root, std::int64_t unix_ms) {
  return NewSave::make(root, "a", unix_ms).value();
}

// Writes a part without sessions.
void write_part(const NewSave& to, std::uint32_t part, std::uint32_t parts, std::uint64_t unix_ms) {
  const Result<Descriptor> file = to.create_part(part);
  ASSERT_TRUE(file);
  Writer writer(file->fd(), Writer::Form::kZstd);
  Buffer lines;
  append_header({.name = "a", .unix_ms = unix_ms, .part = part, .parts = parts}, lines);
  ASSERT_TRUE(writer.append(lines.view()));
  ASSERT_TRUE(writer.end({}));
}

void publish(const std::string& root, std::int64_t unix_ms) {
  const auto save = make(root, unix_ms);
  write_part(*save, 0, 1, save->unix_ms());
  EXPECT_TRUE(save->publish());
}

std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

TEST(SaveName, is_one_plain_name) {
  for (const char* const name : {"a", "nightly-2026.11_25", "-", "_", "a..b", "0"}) {
    EXPECT_TRUE(is_save_name(name)) << name;
  }
  EXPECT_TRUE(is_save_name(std::string(64, 'x')));
  EXPECT_FALSE(is_save_name(std::string(65, 'x')));
  EXPECT_FALSE(is_save_name(std::string_view("a\0b", 3)));
  for (const char* const name :
       {"", ".", "..", ".a", "a/b", "/", "a\\b", "a b", "a\n", "\xC3\xA9", "a:b", "~", "*"}) {
    EXPECT_FALSE(is_save_name(name)) << name;
  }
}

TEST(SaveFolder, is_there_once_it_is_published) {
  const testing::TemporaryDirectory directory;
  const std::string root = directory.path() + "/saves";
  const Result<std::string> none = fail("there is no save named a");
  EXPECT_EQ(newest(root, "a"), none);
  const auto save = make(root, 5);
  write_part(*save, 0, 1, 5);
  EXPECT_EQ(newest(root, "a"), none);
  EXPECT_TRUE(save->publish());
  EXPECT_EQ(newest(root, "a"), root + "/a/5");
  EXPECT_TRUE(check(root + "/a/5", {.depth_max = 100}, kGoOn));
}

TEST(SaveFolder, is_removed_where_it_is_not_published) {
  const testing::TemporaryDirectory directory;
  {
    const auto save = make(directory.path(), 5);
    write_part(*save, 0, 1, 5);
    EXPECT_EQ(names_in(directory.path() + "/a"), std::vector<std::string>{"5.new"});
  }
  EXPECT_EQ(names_in(directory.path() + "/a"), std::vector<std::string>{});
}

TEST(SaveFolder, never_takes_the_place_of_another) {
  const testing::TemporaryDirectory directory;
  for (int i = 0; i < 3; ++i) publish(directory.path(), 5);
  const auto under_way = make(directory.path(), 5);
  EXPECT_EQ(under_way->unix_ms(), 8U);
  publish(directory.path(), 5);
  EXPECT_EQ(names_in(directory.path() + "/a"),
            (std::vector<std::string>{"5", "6", "7", "8.new", "9"}));
  EXPECT_EQ(newest(directory.path(), "a"), directory.path() + "/a/9");
}

TEST(SaveFolder, of_the_latest_time_is_the_newest_whatever_else_is_there) {
  const testing::TemporaryDirectory directory;
  publish(directory.path(), 9);
  publish(directory.path(), 10);
  for (const char* const name : {"99.new", "x99", "99x", "-99", "999999999999999999999"}) {
    fs::create_directories(directory.path() + "/a/" + name);
  }
  EXPECT_EQ(newest(directory.path(), "a"), directory.path() + "/a/10");
}

TEST(SaveFolder, is_the_newest_though_the_clock_was_set_back) {
  const testing::TemporaryDirectory directory;
  publish(directory.path(), 1'700'000'000'000);
  for (const std::int64_t unix_ms :
       std::vector<std::int64_t>{1'600'000'000'000, 5'000, 0, -5'000}) {
    publish(directory.path(), unix_ms);
  }
  EXPECT_EQ(newest(directory.path(), "a"), directory.path() + "/a/1700000000004");
}

TEST(SaveFolder, has_a_time_though_the_clock_stands_before_1970) {
  const testing::TemporaryDirectory directory;
  publish(directory.path(), -5'000);
  EXPECT_EQ(newest(directory.path(), "a"), directory.path() + "/a/0");
}

TEST(SaveFolder, that_a_crash_left_is_removed_by_the_next_and_one_in_use_is_not) {
  const testing::TemporaryDirectory directory;
  const auto in_use = make(directory.path(), 1);
  fs::create_directories(directory.path() + "/a/2.new");
  fs::create_directories(directory.path() + "/a/precious.new");
  const auto save = make(directory.path(), 3);
  EXPECT_EQ(names_in(directory.path() + "/a"),
            (std::vector<std::string>{"1.new", "3.new", "precious.new"}));
}

TEST(SaveFolder, is_not_read_to_its_end_once_a_stop_is_asked_for) {
  const testing::TemporaryDirectory directory;
  const auto save = make(directory.path(), 5);
  const Result<Descriptor> file = save->create_part(0);
  Writer writer(file->fd(), Writer::Form::kZstd);
  Buffer lines;
  append_header({.name = "a", .unix_ms = 5, .part = 0, .parts = 1}, lines);
  const std::string session = R"({"token":"1","shared":false,"expiry":{"duration":0,)"
                              R"("deleteSession":true,"sliding":false},"keys":{}})"
                              "\n";
  for (int i = 0; i < 10; ++i) lines.append(session);
  lines.append("no line of a save\n");
  ASSERT_TRUE(writer.append(lines.view()));
  ASSERT_TRUE(writer.end({}));
  int asked = 0;
  const auto checked =
      check(directory.path() + "/a/5.new", {.depth_max = 100}, [&asked] { return ++asked == 5; });
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error(), "the server is stopping");
  EXPECT_EQ(asked, 5);
}

TEST(SaveFolder, needs_all_its_parts) {
  const testing::TemporaryDirectory directory;
  for (const auto& [part, parts, time] :
       std::vector<std::array<std::uint32_t, 3>>{{1, 2, 5}, {1, 3, 5}, {0, 2, 5}, {1, 2, 6}}) {
    const auto save = make(directory.path(), 5);
    write_part(*save, 0, 2, 5);
    {
      const Result<Descriptor> file = save->create_part(1);
      Writer writer(file->fd(), Writer::Form::kZstd);
      Buffer lines;
      append_header({.name = "a", .unix_ms = time, .part = part, .parts = parts}, lines);
      ASSERT_TRUE(writer.append(lines.view()));
      ASSERT_TRUE(writer.end({}));
    }
    const bool whole = part == 1 && parts == 2 && time == 5;
    EXPECT_EQ(check(directory.path() + "/a/5.new", {.depth_max = 100}, kGoOn).has_value(), whole);
    fs::remove(directory.path() + "/a/5.new/part-1.jsonl.zst");
    EXPECT_FALSE(check(directory.path() + "/a/5.new", {.depth_max = 100}, kGoOn));
  }
}

}  // namespace seshdb::save
