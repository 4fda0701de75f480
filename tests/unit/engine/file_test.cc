// The operating system's files keep the promises of the seam.
#include "engine/file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "support/temporary_directory.h"

namespace seshdb::testing {

namespace {

using engine::AppendFile;
using engine::Directory;
using engine::ReadFile;

class File : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(engine::open_directory(folder_.path(), directory_), 0); }

  std::string read_all(const std::string& name, std::size_t piece_bytes) {
    std::unique_ptr<ReadFile> file;
    EXPECT_EQ(directory_->open(name, file), 0);
    std::string content;
    std::string piece(piece_bytes, '\0');
    std::size_t got = 0;
    do {
      EXPECT_EQ(file->read(piece.data(), piece.size(), got), 0);
      content.append(piece, 0, got);
    } while (got != 0);
    return content;
  }

  TemporaryDirectory folder_;
  std::unique_ptr<Directory> directory_;
};

}  // namespace

TEST_F(File, what_was_appended_is_read) {
  std::unique_ptr<AppendFile> file;
  ASSERT_EQ(directory_->create("a", file), 0);
  EXPECT_EQ(file->append(""), 0);
  EXPECT_EQ(file->append("first"), 0);
  const std::string large(5'000'000, 'x');
  EXPECT_EQ(file->append(large), 0);
  EXPECT_EQ(file->sync(), 0);
  EXPECT_EQ(read_all("a", 1000), "first" + large);
  std::uint64_t bytes = 0;
  EXPECT_EQ(directory_->size("a", bytes), 0);
  EXPECT_EQ(bytes, 5'000'005U);
  EXPECT_EQ(directory_->sync(), 0);
  EXPECT_EQ(directory_->path(), folder_.path());
}

TEST_F(File, what_is_rewritten_stands_where_it_stood_and_the_end_stays) {
  std::unique_ptr<AppendFile> file;
  ASSERT_EQ(directory_->create("a", file), 0);
  EXPECT_EQ(file->append("0123456789"), 0);
  ASSERT_EQ(directory_->reopen("a", 8, file), 0);
  EXPECT_EQ(file->rewrite(2, "2345"), 0);
  EXPECT_EQ(file->append("more"), 0);
  EXPECT_EQ(file->rewrite(0, ""), 0);
  EXPECT_EQ(file->sync(), 0);
  EXPECT_EQ(read_all("a", 4096), "01234567more");
}

TEST_F(File, a_file_that_is_there_is_not_created_again_or_touched) {
  std::unique_ptr<AppendFile> file;
  ASSERT_EQ(directory_->create("a", file), 0);
  EXPECT_EQ(file->append("kept"), 0);
  std::unique_ptr<AppendFile> other;
  EXPECT_EQ(directory_->create("a", other), EEXIST);
  EXPECT_EQ(other, nullptr);
  EXPECT_EQ(read_all("a", 10), "kept");
}

TEST_F(File, others_may_not_read_it) {
  std::unique_ptr<AppendFile> file;
  ASSERT_EQ(directory_->create("a", file), 0);
  struct stat status{};
  ASSERT_EQ(stat((folder_.path() + "/a").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0600U);
}

TEST_F(File, reserving_makes_room_behind_the_end_and_leaves_the_size) {
  std::unique_ptr<AppendFile> file;
  ASSERT_EQ(directory_->create("a", file), 0);
  const std::string written(300'000, 'x');
  EXPECT_EQ(file->append(written), 0);
  ASSERT_EQ(file->reserve(1'000'000), 0);
  EXPECT_EQ(file->reserve(0), 0);
  struct stat status{};
  ASSERT_EQ(stat((folder_.path() + "/a").c_str(), &status), 0);
  EXPECT_EQ(status.st_size, 300'000);
  if (status.st_blocks * 512 < 1'000'000) GTEST_SKIP() << "this file system reserves nothing";
  EXPECT_GE(status.st_blocks * 512, 1'300'000);
  EXPECT_EQ(file->append("y"), 0);
  EXPECT_EQ(read_all("a", 4096), written + 'y');
}

TEST_F(File, more_than_a_file_can_hold_is_not_reserved) {
  std::unique_ptr<AppendFile> file;
  ASSERT_EQ(directory_->create("a", file), 0);
  EXPECT_NE(file->reserve(UINT64_MAX), 0);
  EXPECT_NE(file->reserve(std::uint64_t{1} << 62U), 0);
}

TEST_F(File, what_the_system_refuses_to_write_is_told) {
  std::unique_ptr<AppendFile> file;
  ASSERT_EQ(directory_->create("a", file), 0);
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{.rlim_cur = 1000, .rlim_max = before.rlim_max};
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  const int error = file->append(std::string(3000, 'x'));  // a short write, then an error
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(error, EFBIG);
  EXPECT_EQ(read_all("a", 4096), std::string(1000, 'x'));
}

TEST_F(File, renaming_replaces) {
  std::unique_ptr<AppendFile> file;
  ASSERT_EQ(directory_->create("old", file), 0);
  EXPECT_EQ(file->append("old"), 0);
  ASSERT_EQ(directory_->create("new", file), 0);
  EXPECT_EQ(file->append("new"), 0);
  EXPECT_EQ(directory_->rename("new", "old"), 0);
  EXPECT_EQ(read_all("old", 10), "new");
  EXPECT_EQ(directory_->rename("new", "old"), ENOENT);
}

TEST_F(File, lists_names_and_forgets_the_removed) {
  std::unique_ptr<AppendFile> file;
  for (const char* name : {"c", "a", "b"}) ASSERT_EQ(directory_->create(name, file), 0);
  EXPECT_EQ(directory_->remove("b"), 0);
  EXPECT_EQ(directory_->remove("b"), ENOENT);
  std::vector<std::string> names;
  for (int i = 0; i < 2; ++i) {  // again and again from the beginning
    EXPECT_EQ(directory_->list(names), 0);
    EXPECT_EQ(names, (std::vector<std::string>{"a", "c"}));
  }
}

TEST_F(File, a_missing_file_or_directory_is_ENOENT) {
  std::unique_ptr<ReadFile> file;
  EXPECT_EQ(directory_->open("none", file), ENOENT);
  std::uint64_t bytes = 0;
  EXPECT_EQ(directory_->size("none", bytes), ENOENT);
  std::unique_ptr<Directory> none;
  EXPECT_EQ(engine::open_directory(folder_.path() + "/none", none), ENOENT);
  std::ofstream(folder_.path() + "/plain") << "x";
  EXPECT_EQ(engine::open_directory(folder_.path() + "/plain", none), ENOTDIR);
}

TEST_F(File, the_directory_is_the_same_when_its_path_is_moved) {
  const std::string moved = folder_.path() + "-moved";
  std::filesystem::rename(folder_.path(), moved);
  std::unique_ptr<AppendFile> file;
  EXPECT_EQ(directory_->create("a", file), 0);
  EXPECT_TRUE(std::filesystem::exists(moved + "/a"));
  std::filesystem::rename(moved, folder_.path());
}

TEST_F(File, a_path_that_was_removed_or_replaced_is_stale_and_nothing_is_renamed_there) {
  std::unique_ptr<AppendFile> file;
  ASSERT_EQ(directory_->create("a", file), 0);
  EXPECT_EQ(directory_->verify(), 0);
  const std::string moved = folder_.path() + "-moved";
  std::filesystem::rename(folder_.path(), moved);
  EXPECT_EQ(directory_->verify(), ESTALE);
  std::filesystem::create_directory(folder_.path());
  EXPECT_EQ(directory_->verify(), ESTALE);
  EXPECT_EQ(directory_->rename("a", "b"), ESTALE);
  EXPECT_TRUE(std::filesystem::exists(moved + "/a"));
  std::filesystem::remove(folder_.path());
  std::filesystem::rename(moved, folder_.path());
  EXPECT_EQ(directory_->verify(), 0);
  EXPECT_EQ(directory_->rename("a", "b"), 0);
}

TEST_F(File, a_directory_is_locked_whatever_becomes_of_the_file_LOCK) {
  std::unique_ptr<Directory> other;
  ASSERT_EQ(engine::open_directory(folder_.path(), other), 0);
  ASSERT_EQ(directory_->lock(engine::Lock::kExclusive), 0);
  EXPECT_TRUE(std::filesystem::remove(folder_.path() + "/LOCK"));
  EXPECT_EQ(other->lock(engine::Lock::kExclusive), EWOULDBLOCK);
  EXPECT_EQ(other->lock(engine::Lock::kShared), EWOULDBLOCK);
  directory_.reset();
  EXPECT_EQ(other->lock(engine::Lock::kExclusive), 0);
}

TEST_F(File, a_shared_lock_makes_no_file_and_minds_the_one_of_an_older_version) {
  std::unique_ptr<Directory> other;
  ASSERT_EQ(engine::open_directory(folder_.path(), other), 0);
  ASSERT_EQ(directory_->lock(engine::Lock::kShared), 0);
  EXPECT_EQ(other->lock(engine::Lock::kShared), 0);
  EXPECT_FALSE(std::filesystem::exists(folder_.path() + "/LOCK"));
  std::unique_ptr<Directory> third;
  ASSERT_EQ(engine::open_directory(folder_.path(), third), 0);
  EXPECT_EQ(third->lock(engine::Lock::kExclusive), EWOULDBLOCK);
  directory_.reset();
  other.reset();
  const int older = open((folder_.path() + "/LOCK").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  ASSERT_EQ(flock(older, LOCK_EX | LOCK_NB), 0);
  EXPECT_EQ(third->lock(engine::Lock::kShared), EWOULDBLOCK);
  EXPECT_EQ(third->lock(engine::Lock::kExclusive), EWOULDBLOCK);
  close(older);
  EXPECT_EQ(third->lock(engine::Lock::kExclusive), 0);
}

TEST_F(File, no_child_process_inherits_a_descriptor) {
  std::unique_ptr<AppendFile> file;
  ASSERT_EQ(directory_->create("a", file), 0);
  std::unique_ptr<ReadFile> read;
  ASSERT_EQ(directory_->open("a", read), 0);
  ASSERT_EQ(directory_->lock(engine::Lock::kExclusive), 0);
  int ours = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code error;
    const std::string target = std::filesystem::read_symlink(entry.path(), error).string();
    if (!target.starts_with(folder_.path())) continue;
    ++ours;
    const int flags = fcntl(std::stoi(entry.path().filename().string()), F_GETFD);
    EXPECT_NE(flags & FD_CLOEXEC, 0) << target;
  }
  EXPECT_EQ(ours, 4);
}

}  // namespace seshdb::testing
