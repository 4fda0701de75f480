// The secret file: made once, kept, and guarded.
#include "engine/secret.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "support/temporary_file.h"

namespace seshdb::engine {

namespace {

std::string fault(const std::string& path) {
  const auto result = secret_of(path);
  return result ? "" : result.error();
}

}  // namespace

TEST(Secret, is_made_where_there_is_none_and_found_again) {
  std::string path;
  {
    const testing::TemporaryFile file("");
    path = file.path();
  }
  const auto made = secret_of(path);
  ASSERT_TRUE(made);
  EXPECT_EQ(secret_of(path), made);
  struct stat status{};
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  ASSERT_EQ(chmod(path.c_str(), 0640), 0);
  EXPECT_NE(fault(path).find("chmod 600"), std::string::npos);
  std::filesystem::remove(path);
}

TEST(Secret, takes_nothing_over_from_what_a_start_that_was_cut_short_left) {
  const testing::TemporaryFile file("");
  const testing::TemporaryFile bystander("what it held");
  const std::string stale = file.path() + ".new";
  for (const bool link : {false, true}) {
    std::filesystem::remove(file.path());
    if (link) {
      std::filesystem::create_symlink(bystander.path(), stale);
    } else {
      std::ofstream(stale) << std::string(100, 'a');
      ASSERT_EQ(chmod(stale.c_str(), 0666), 0);
    }
    const auto made = secret_of(file.path());
    ASSERT_TRUE(made) << made.error();
    struct stat status{};
    ASSERT_EQ(lstat(file.path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode, S_IFREG | 0600U);
    EXPECT_FALSE(std::filesystem::exists(stale));
    EXPECT_EQ(secret_of(file.path()), made);
  }
  std::string text;
  std::getline(std::ifstream(bystander.path()), text);
  EXPECT_EQ(text, "what it held");
}

TEST(Secret, that_is_damaged_is_not_guessed_at) {
  for (const std::string& text : {std::string(), std::string(63, 'a'), std::string(65, 'a'),
                                  std::string(64, 'G'), std::string(64, 'a') + "\n\n"}) {
    const testing::TemporaryFile file(text);
    EXPECT_NE(fault(file.path()).find("damaged"), std::string::npos) << text;
  }
}

TEST(Secret, that_cannot_be_kept_is_no_secret) {
  EXPECT_NE(fault("/no/such/folder/secret").find("cannot make it"), std::string::npos);
}

TEST(Secret, that_is_missed_is_not_made) {
  const testing::TemporaryFile file("");
  std::filesystem::remove(file.path());
  const auto missed = secret_of(file.path(), NoSecret::kIsAFault);
  ASSERT_FALSE(missed);
  EXPECT_NE(missed.error().find("it is missing"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(file.path()));
}

TEST(Secret, without_a_file_is_new_each_time) {
  const auto first = secret_of("");
  ASSERT_TRUE(first);
  EXPECT_NE(secret_of(""), first);
}

}  // namespace seshdb::engine
