// The file of keys: what is read, what is refused, and how keys are found.
#include "auth/keys.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "support/temporary_file.h"

namespace seshdb::auth {

namespace {

std::string error_of(std::string_view text) {
  const Result<Keys> keys = Keys::parse(text);
  return keys ? "" : keys.error();
}

const std::string kShop = key_line("shop", Role::kApp, "sesh_shop");
const std::string kOps = key_line("ops", Role::kAdmin, "sesh_ops");

}  // namespace

// The digest of "abc" is that of FIPS 180-4.
TEST(Keys, are_found_by_their_text_alone) {
  const Result<Keys> keys =
      Keys::parse("# keys of the shop\n" + kShop + "\r\n\n\t" + kOps +
                  "  # of the operators\nabc token "
                  "sha256:BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD");
  ASSERT_TRUE(keys) << keys.error();
  ASSERT_EQ(keys->all().size(), 3U);
  ASSERT_NE(keys->find("sesh_shop"), nullptr);
  EXPECT_EQ(keys->find("sesh_shop")->name, "shop");
  EXPECT_EQ(keys->find("sesh_shop")->role, Role::kApp);
  EXPECT_EQ(keys->find("sesh_ops")->role, Role::kAdmin);
  EXPECT_EQ(keys->find("abc")->role, Role::kToken);
  for (const std::string& wrong :
       {std::string(), std::string("shop"), std::string("sesh_shop "), std::string("sesh_sho"),
        std::string("sesh_shop\0", 10), std::string(1'000'000, 's')}) {
    EXPECT_EQ(keys->find(wrong), nullptr) << wrong.substr(0, 20);
  }
}

// So the time that a comparison takes tells nothing of the key: CRYPTO_memcmp looks at all bytes,
// and no key ends the search.
TEST(Keys, are_all_compared_by_one_function_wherever_the_right_one_stands) {
  std::string lines;
  for (int i = 0; i < 20; ++i) {
    lines += key_line("k" + std::to_string(i), Role::kApp, "sesh_" + std::to_string(i)) + "\n";
  }
  const Result<Keys> keys = Keys::parse(lines);
  ASSERT_TRUE(keys);
  for (const std::string key : {"sesh_0", "sesh_7", "sesh_19", "sesh_none"}) {
    std::size_t compared = 0;
    const Key* const found = keys->find(key, [&compared](const Digest& a, const Digest& b) {
      ++compared;
      return same_digest(a, b);
    });
    EXPECT_EQ(found != nullptr, key != "sesh_none");
    EXPECT_EQ(compared, 20U) << key;
  }
  Digest a = digest_of("a");
  Digest b = a;
  EXPECT_TRUE(same_digest(a, b));
  for (std::size_t i = 0; i < b.size(); ++i) {
    b = a;
    b.at(i) = static_cast<unsigned char>(b.at(i) ^ 1U);
    EXPECT_FALSE(same_digest(a, b)) << i;
  }
}

TEST(Keys, of_certificates_are_found_by_a_whole_name_in_any_case) {
  const Result<Keys> keys =
      Keys::parse("web app cert:dns:Web.Example.com\nops admin cert:dns:ops.example.com");
  ASSERT_TRUE(keys) << keys.error();
  const std::vector<std::string> names{"other.example.com", "WEB.example.COM"};
  ASSERT_NE(keys->find_certificate(names), nullptr);
  EXPECT_EQ(keys->find_certificate(names)->name, "web");
  for (const std::string name : {"example.com", "*.example.com", "xweb.example.com", ""}) {
    EXPECT_EQ(keys->find_certificate(std::vector{name}), nullptr) << name;
  }
  EXPECT_EQ(keys->find(""), nullptr) << "a certificate's line has no key";
}

TEST(Keys, may_share_a_name_and_role_while_one_replaces_the_other) {
  const Result<Keys> keys = Keys::parse(kShop + "\n" + key_line("shop", Role::kApp, "sesh_new"));
  ASSERT_TRUE(keys) << keys.error();
  EXPECT_EQ(keys->find("sesh_new")->name, "shop");
}

TEST(Keys, of_a_wrong_line_are_refused_with_its_number) {
  const std::string hash(64, '0');
  for (const std::string& line : {std::string("shop"),
                                  std::string("shop app"),
                                  "shop app " + hash,
                                  "shop app sha256:" + hash + "0",
                                  "shop app sha256:" + hash.substr(1),
                                  "shop app sha256:" + hash.substr(1) + "g",
                                  "shop none sha256:" + hash,
                                  "shop App sha256:" + hash,
                                  "a/b app sha256:" + hash,
                                  std::string(65, 'a') + " app sha256:" + hash,
                                  "shop app sha256:" + hash + " more",
                                  std::string("shop app cert:dns:*.example.com"),
                                  std::string("shop app cert:dns:"),
                                  std::string("shop app cert:dns:a..b"),
                                  std::string("shop app cert:cn:a"),
                                  std::string("shop app cert:dns:") + std::string(254, 'a'),
                                  std::string("sh\0p app sha256:", 16) + hash,
                                  kShop,
                                  "other app" + kShop.substr(8),
                                  key_line("shop", Role::kAdmin, "sesh_other")}) {
    EXPECT_EQ(error_of("# first\n" + kShop + "\n" + line + "\n").substr(0, 3), "3: ") << line;
  }
  EXPECT_EQ(error_of("").substr(0, 3), "1: ");
  EXPECT_EQ(error_of("# nothing\n\n").substr(0, 3), "1: ");
}

TEST(Keys, of_a_file_that_cannot_be_read_are_refused_with_its_name) {
  const std::string folder = std::filesystem::temp_directory_path().string();
  for (const std::string& path : {folder, folder + "/there/is/none"}) {
    const Result<Keys> keys = Keys::read(path);
    ASSERT_FALSE(keys);
    EXPECT_NE(keys.error().find(path), std::string::npos) << keys.error();
  }
  const testing::TemporaryFile file(kShop + "\nwrong\n");
  const Result<Keys> keys = Keys::read(file.path());
  ASSERT_FALSE(keys);
  EXPECT_EQ(keys.error().rfind(file.path() + ":2: ", 0), 0U) << keys.error();
}

TEST(Keys, of_another_reading_are_the_same_by_secret_name_and_role) {
  const Result<Keys> before = Keys::parse(kShop + "\n" + kOps + "\nweb app cert:dns:web.example");
  const Result<Keys> after =
      Keys::parse("web app cert:dns:web.example\n" + key_line("shop", Role::kMonitor, "sesh_shop"));
  ASSERT_TRUE(before && after);
  EXPECT_EQ(after->find_same(before->all()[0]), nullptr) << "another role";
  EXPECT_EQ(after->find_same(before->all()[1]), nullptr) << "it went";
  EXPECT_EQ(after->find_same(before->all()[2]), &after->all()[0]);
}

TEST(Keys, are_made_of_256_random_bits) {
  std::set<std::string> made;
  for (int i = 0; i < 100; ++i) {
    const std::string key = make_key();
    EXPECT_EQ(key.size(), 5U + 43U);
    EXPECT_EQ(key.rfind("sesh_", 0), 0U);
    EXPECT_EQ(key.find_first_of("+/="), std::string::npos);
    EXPECT_TRUE(made.insert(key).second);
    const Result<Keys> keys = Keys::parse(key_line("x", Role::kApp, key));
    ASSERT_TRUE(keys);
    EXPECT_NE(keys->find(key), nullptr);
  }
}

}  // namespace seshdb::auth
