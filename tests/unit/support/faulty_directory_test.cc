// The disk of the tests loses what it may lose, and nothing else.
#include "support/faulty_directory.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <stdexcept>

namespace seshdb::testing {

namespace {

using Call = FaultyDirectory::Call;
using engine::AppendFile;

constexpr int kCrashes = 200;

std::vector<std::string> names_of(FaultyDirectory& directory) {
  std::vector<std::string> names;
  EXPECT_EQ(directory.list(names), 0);
  return names;
}

// A new file "a", whose name is on the disk.
int make_synced(FaultyDirectory& directory, std::unique_ptr<AppendFile>& file) {
  const int error = directory.create("a", file);
  return error != 0 ? error : directory.sync();
}

std::set<std::string> contents_after_crashes(const FaultyDirectory& directory) {
  Dice dice(1);
  std::set<std::string> seen;
  for (int i = 0; i < kCrashes; ++i) seen.insert(directory.crash(dice)->read_all("a"));
  return seen;
}

}  // namespace

TEST(FaultyDirectory, a_crash_keeps_what_was_synced_and_any_part_of_the_rest) {
  FaultyDirectory directory;
  std::unique_ptr<AppendFile> file;
  ASSERT_EQ(make_synced(directory, file), 0);
  const std::string first(700, 'a');
  ASSERT_EQ(file->append(first), 0);
  ASSERT_EQ(file->sync(), 0);
  EXPECT_EQ(directory.synced_bytes("a"), 700U);
  ASSERT_EQ(file->append(std::string(3000, 'b')), 0);
  Dice dice(1);
  bool cut = false;
  bool hole_before_kept = false;
  bool complete = false;
  for (int i = 0; i < kCrashes; ++i) {
    const std::string left = directory.crash(dice)->read_all("a");
    ASSERT_EQ(left.substr(0, 700), first);
    ASSERT_LE(left.size(), 3700U);
    cut = cut || left.size() < 3700;
    const std::size_t hole = left.find('\0');
    hole_before_kept = hole_before_kept || (hole != std::string::npos && left.back() == 'b');
    complete = complete || left == first + std::string(3000, 'b');
    for (std::size_t at = 1024; at < left.size(); ++at) {  // a sector is there or not
      ASSERT_TRUE(at % 512 == 0 || left[at] == left[at - 1]) << at;
    }
  }
  EXPECT_TRUE(cut && hole_before_kept && complete);
}

TEST(FaultyDirectory, names_are_kept_after_sync_alone) {
  FaultyDirectory directory;
  std::unique_ptr<AppendFile> file;
  ASSERT_EQ(directory.create("kept", file), 0);
  ASSERT_EQ(directory.sync(), 0);
  ASSERT_EQ(directory.create("new", file), 0);
  ASSERT_EQ(directory.rename("new", "moved"), 0);
  ASSERT_EQ(directory.remove("kept"), 0);
  Dice dice(1);
  std::set<std::vector<std::string>> seen;
  for (int i = 0; i < kCrashes; ++i) seen.insert(names_of(*directory.crash(dice)));
  const std::set<std::vector<std::string>> possible = {
      {}, {"kept"}, {"kept", "new"}, {"kept", "moved"}, {"moved"}, {"new"}};
  EXPECT_EQ(seen, possible);
}

TEST(FaultyDirectory, after_a_failed_sync_a_later_one_saves_nothing) {
  FaultyDirectory directory;
  std::unique_ptr<AppendFile> file;
  ASSERT_EQ(make_synced(directory, file), 0);
  ASSERT_EQ(file->append(std::string(512, 'a')), 0);
  directory.fail(Call::kSync, 1, EIO);
  EXPECT_EQ(file->sync(), EIO);
  EXPECT_EQ(file->sync(), 0);
  EXPECT_EQ(directory.synced_bytes("a"), 0U);
  const std::set<std::string> seen = contents_after_crashes(directory);
  EXPECT_TRUE(seen.contains(std::string(512, 'a')));
  EXPECT_TRUE(seen.contains(std::string(512, '\0')));
}

TEST(FaultyDirectory, what_a_failed_sync_lost_is_saved_by_writing_and_syncing_it_again) {
  FaultyDirectory directory;
  std::unique_ptr<AppendFile> file;
  ASSERT_EQ(make_synced(directory, file), 0);
  ASSERT_EQ(file->append(std::string(2048, 'a')), 0);
  directory.fail(Call::kSync, 1, EIO);
  EXPECT_EQ(file->sync(), EIO);
  EXPECT_EQ(file->rewrite(512, std::string(1024, 'a')), 0);
  EXPECT_EQ(directory.synced_bytes("a"), 0U);
  EXPECT_EQ(file->sync(), 0);
  Dice dice(1);
  std::set<std::string> seen;
  for (int i = 0; i < kCrashes; ++i) {
    const std::string left = directory.crash(dice)->read_all("a");
    ASSERT_EQ(left.substr(512, 1024), std::string(1024, 'a'));
    seen.insert(left.substr(0, 512) + left.substr(1536));
  }
  EXPECT_EQ(seen.size(), 4U);  // of two sectors each is there or not
  EXPECT_EQ(file->rewrite(0, std::string(512, 'a')), 0);
  EXPECT_EQ(file->rewrite(1536, std::string(512, 'a')), 0);
  EXPECT_EQ(file->sync(), 0);
  EXPECT_EQ(directory.synced_bytes("a"), 2048U);
  EXPECT_THROW((void)file->rewrite(0, "b"), std::runtime_error);
}

TEST(FaultyDirectory, a_sector_of_two_failed_syncs_is_lost_from_the_first_on_or_there) {
  FaultyDirectory directory;
  std::unique_ptr<AppendFile> file;
  ASSERT_EQ(make_synced(directory, file), 0);
  ASSERT_EQ(file->append(std::string(100, 'a')), 0);
  ASSERT_EQ(file->sync(), 0);
  directory.fail(Call::kSync, 1, EIO, true);
  ASSERT_EQ(file->append(std::string(100, 'b')), 0);
  EXPECT_EQ(file->sync(), EIO);
  ASSERT_EQ(file->append(std::string(100, 'c')), 0);
  EXPECT_EQ(file->sync(), EIO);
  const std::set<std::string> seen = contents_after_crashes(directory);
  const std::string first(100, 'a');
  const std::set<std::string> possible = {first + std::string(200, '\0'),
                                          first + std::string(100, 'b') + std::string(100, 'c')};
  EXPECT_EQ(seen, possible);
}

TEST(FaultyDirectory, a_sync_writes_a_sector_with_what_an_earlier_one_lost_of_it) {
  FaultyDirectory directory;
  std::unique_ptr<AppendFile> file;
  ASSERT_EQ(make_synced(directory, file), 0);
  ASSERT_EQ(file->append(std::string(600, 'a')), 0);
  directory.fail(Call::kSync, 1, EIO);
  EXPECT_EQ(file->sync(), EIO);
  ASSERT_EQ(file->append(std::string(100, 'b')), 0);
  EXPECT_EQ(file->sync(), 0);
  Dice dice(1);
  std::set<std::string> seen;
  const std::string last = std::string(88, 'a') + std::string(100, 'b');
  for (int i = 0; i < kCrashes; ++i) {
    const std::string left = directory.crash(dice)->read_all("a");
    ASSERT_EQ(left.substr(512), last);
    seen.insert(left.substr(0, 512));
  }
  EXPECT_EQ(seen, (std::set<std::string>{std::string(512, 'a'), std::string(512, '\0')}));
}

TEST(FaultyDirectory, fails_the_call_that_it_is_told_to_fail) {
  FaultyDirectory directory;
  std::unique_ptr<AppendFile> file;
  directory.fail(Call::kCreate, 1, EACCES);
  EXPECT_EQ(directory.create("a", file), EACCES);
  EXPECT_EQ(directory.create("a", file), 0);
  directory.fail(Call::kAppend, 2, ENOSPC);
  EXPECT_EQ(file->append("one"), 0);
  EXPECT_EQ(file->append("two"), ENOSPC);
  EXPECT_EQ(file->append("three"), 0);
  const std::string content = directory.read_all("a");
  EXPECT_TRUE(content.starts_with("one") && content.ends_with("three"));
  EXPECT_LE(content.size(), 11U);
  directory.fail(Call::kChange, 2, EIO, true);
  EXPECT_EQ(file->reserve(1), 0);
  EXPECT_EQ(file->sync(), EIO);
  EXPECT_EQ(directory.rename("a", "b"), EIO);
  EXPECT_EQ(directory.sync(), EIO);
  EXPECT_EQ(directory.calls(Call::kAppend), 3U);
  EXPECT_EQ(directory.calls(Call::kChange), 9U);
}

TEST(FaultyDirectory, reads_in_pieces_what_was_put_flipped_and_cut) {
  FaultyDirectory directory;
  directory.put("a", std::string(1000, 'a'));
  directory.flip_byte("a", 3, 1);
  directory.truncate("a", 900);
  std::unique_ptr<engine::ReadFile> file;
  ASSERT_EQ(directory.open("a", file), 0);
  std::string content;
  std::string piece(100, '\0');
  std::size_t got = 0;
  do {
    ASSERT_EQ(file->read(piece.data(), piece.size(), got), 0);
    content.append(piece, 0, got);
  } while (got != 0);
  EXPECT_EQ(content, "aaa`" + std::string(896, 'a'));
  std::unique_ptr<AppendFile> other;
  EXPECT_EQ(directory.create("a", other), EEXIST);
  EXPECT_EQ(directory.open("none", file), ENOENT);
}

TEST(FaultyDirectory, gives_no_names_once_it_is_replaced) {
  FaultyDirectory directory;
  std::unique_ptr<AppendFile> file;
  ASSERT_EQ(directory.create("a", file), 0);
  EXPECT_EQ(directory.lock(engine::Lock::kExclusive), 0);
  EXPECT_EQ(directory.verify(), 0);
  directory.replace();
  EXPECT_EQ(directory.verify(), ESTALE);
  EXPECT_EQ(directory.rename("a", "b"), ESTALE);
  EXPECT_EQ(names_of(directory), (std::vector<std::string>{"a"}));
}

TEST(FaultyDirectory, gives_a_full_disk_no_room_but_what_is_reserved) {
  FaultyDirectory directory;
  std::unique_ptr<AppendFile> file;
  ASSERT_EQ(directory.create("a", file), 0);
  ASSERT_EQ(file->reserve(100), 0);
  directory.set_full(true);
  EXPECT_EQ(file->append(std::string(60, 'a')), 0);
  EXPECT_EQ(file->reserve(40), 0) << "which it has already";
  EXPECT_EQ(file->reserve(41), ENOSPC);
  EXPECT_EQ(file->append(std::string(41, 'b')), ENOSPC);
  EXPECT_EQ(directory.read_all("a").substr(0, 60), std::string(60, 'a'));
  std::unique_ptr<AppendFile> other;
  ASSERT_EQ(directory.create("b", other), 0);
  EXPECT_EQ(other->append("b"), ENOSPC);
  directory.set_full(false);
  EXPECT_EQ(other->append("b"), 0);
  ASSERT_EQ(file->trim(), 0);
  directory.set_full(true);
  EXPECT_EQ(file->append("c"), ENOSPC) << "a trimmed file has no room";
}

}  // namespace seshdb::testing
