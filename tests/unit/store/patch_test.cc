// What the protocol's cases cannot reach of patches: depth that differs from a message's, what is
// undone in large values, and what a snapshot sees of them.
#include "store/patch.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "store/replay.h"
#include "store/snapshot.h"
#include "support/stored_text.h"

namespace seshdb::store {

namespace {

using Kind = PatchOperation::Kind;

// Large enough to be opened and changed where it stands.
std::string large_array() {
  std::string text = "[0";
  for (int i = 1; i < 5'000; ++i) text += ',' + std::to_string(i);
  return text + ']';
}

class PatchTest : public ::testing::Test {
 protected:
  Status apply(const std::vector<PatchOperation>& operations, const Draft::Bounds& bounds = {}) {
    store_.begin_changes();
    Patch patch(store_, session_, bounds);
    for (const PatchOperation& operation : operations) {
      const bool is_last = &operation == &operations.back();
      const Status status = patch.apply(operation, is_last);
      if (status != Status::kOk) return status;
    }
    patch.commit();
    return Status::kOk;
  }
  [[nodiscard]] std::string text_of(std::string_view key) const {
    const json::Value* const value = session_.keys().find(key);
    return value == nullptr ? "nothing" : testing::text_of(*value);
  }

  Store store_;
  Session& session_ = store_.create(1, false, "", {}, 0);
};

}  // namespace

TEST_F(PatchTest, refuses_what_would_be_too_deep_in_each_of_its_ways) {
  (void)store_.set(session_, "a", R"({"b":{}})");
  const std::uint64_t before = session_.revision();
  const Draft::Bounds bounds{.depth = 3};
  for (const PatchOperation& operation : std::vector<PatchOperation>{
           {.kind = Kind::kMerge, .path = "/a", .value = R"({"b":{"c":{"d":{}}}})"},
           {.kind = Kind::kMerge, .path = "/x", .value = R"({"b":{"c":{"d":{}}}})"},
           {.kind = Kind::kAdd, .path = "/a/b/c", .value = "[[]]"},
           {.kind = Kind::kReplace, .path = "/a/b", .value = "[[[]]]"},
           {.kind = Kind::kSet, .path = "/x/-/-/-/-", .value = "1"},
           {.kind = Kind::kCopy, .path = "/a/b/c", .from = "/a"}}) {
    EXPECT_EQ(apply({operation}, bounds), Status::kOutOfBounds) << operation.path;
  }
  EXPECT_EQ(text_of("a"), R"({"b":{}})");
  EXPECT_EQ(session_.revision(), before);
  EXPECT_EQ(apply({{.kind = Kind::kMerge, .path = "/a", .value = R"({"b":{"c":{}}})"}}, bounds),
            Status::kOk);
  EXPECT_GT(session_.revision(), before);
}

TEST_F(PatchTest, that_fails_leaves_large_values_as_they_were) {
  const std::string array = large_array();
  (void)store_.set(session_, "large", array);
  (void)store_.set(session_, "small", "[1,2]");
  const std::uint64_t before = session_.revision();
  EXPECT_EQ(apply({{.kind = Kind::kAdd, .path = "/large/7", .value = "\"new\""},
                   {.kind = Kind::kRemove, .path = "/large/4000"},
                   {.kind = Kind::kReplace, .path = "/large/0", .value = R"({"a":1})"},
                   {.kind = Kind::kSet, .path = "/large/0/b", .value = "2"},
                   {.kind = Kind::kTrim, .path = "/large", .value = "-3000"},
                   {.kind = Kind::kMove, .path = "/small/0", .from = "/large/1"},
                   {.kind = Kind::kRemove, .path = "/small"},
                   {.kind = Kind::kTest, .path = "/small", .value = "1"}}),
            Status::kPathNotExist);
  EXPECT_EQ(text_of("large"), array);
  EXPECT_EQ(text_of("small"), "[1,2]");
  EXPECT_EQ(session_.revision(), before);
}

TEST_F(PatchTest, may_make_the_session_larger_by_its_bound_at_any_moment) {
  (void)store_.set(session_, "a", "\"12345678\"");
  const Draft::Bounds bounds{.growth = 20};
  // The name and the value are 11 bytes each time.
  const PatchOperation copy{.kind = Kind::kCopy, .path = "/b", .from = "/a"};
  const PatchOperation more{.kind = Kind::kCopy, .path = "/c", .from = "/a"};
  const PatchOperation less{.kind = Kind::kRemove, .path = "/b"};
  EXPECT_EQ(apply({copy, more, less}, bounds), Status::kValueSize);
  EXPECT_EQ(session_.keys().size(), 1U);
  EXPECT_EQ(apply({copy, less, more}, bounds), Status::kOk);
  EXPECT_EQ(session_.keys().size(), 2U);
}

TEST_F(PatchTest, opens_and_copies_no_more_than_its_steps_allow) {
  const std::string array = large_array();
  const std::vector<std::string> names = {"a", "b", "c"};
  const auto store_again = [&] {
    for (const std::string& name : names) (void)store_.set(session_, name, array);
  };
  // Enough for two of them.
  const auto each = static_cast<std::int64_t>(1 + array.size() / json::Steps::kBytes);
  const Draft::Bounds bounds{.steps = 2 * each};
  const auto of = [](Kind kind, std::string_view path, std::string_view value = {},
                     std::string_view from = {}) {
    return PatchOperation{.kind = kind, .path = path, .from = from, .value = value};
  };
  const std::vector<std::vector<PatchOperation>> over = {
      {of(Kind::kSet, "/a/0", "1"), of(Kind::kAdd, "/b/0", "1"), of(Kind::kRemove, "/c/0")},
      {of(Kind::kReplace, "/a/0", "1"), of(Kind::kReplace, "/b/0", "1"),
       of(Kind::kReplace, "/c/0", "1")},
      {of(Kind::kMerge, "/a", "{}"), of(Kind::kMerge, "/b", "{}"), of(Kind::kMerge, "/c", "{}")},
      {of(Kind::kTest, "/a/0", "0"), of(Kind::kTest, "/b/0", "0"), of(Kind::kTest, "/c/0", "0")},
      {of(Kind::kTrim, "/a", "1"), of(Kind::kTrim, "/b", "1"), of(Kind::kTrim, "/c", "1")},
      {of(Kind::kCopy, "/d", {}, "/a"), of(Kind::kCopy, "/d", {}, "/a")},
      {of(Kind::kCopy, "/d", {}, "/a"), of(Kind::kMove, "/e", {}, "/d")},
      {of(Kind::kTest, "", "{}")}};
  for (const std::vector<PatchOperation>& operations : over) {
    store_again();
    const std::uint64_t before = session_.revision();
    EXPECT_EQ(apply(operations, bounds), Status::kOutOfBounds) << operations[0].path;
    EXPECT_EQ(session_.revision(), before);
    for (const std::string& name : names) EXPECT_EQ(text_of(name), array);
    EXPECT_EQ(session_.keys().size(), 3U);
  }
  store_again();
  EXPECT_EQ(apply({of(Kind::kSet, "/a/0", "1"), of(Kind::kSet, "/b/0", "1"),
                   of(Kind::kSet, "/a/1", "1"), of(Kind::kSet, "/b/1", "1")},
                  bounds),
            Status::kOk);
  // What goes as a whole, or is replaced, is not opened.
  store_again();
  EXPECT_EQ(apply({of(Kind::kRemove, "/a"), of(Kind::kReplace, "/b", "1"),
                   of(Kind::kSet, "/c", "1"), of(Kind::kMerge, "/c", "null")},
                  {.steps = 0}),
            Status::kOk);
  EXPECT_EQ(session_.keys().size(), 1U);
}

TEST_F(PatchTest, counts_the_keys_that_come_and_go) {
  (void)store_.set(session_, "a", "1");
  ASSERT_EQ(apply({{.kind = Kind::kSet, .path = "/b", .value = "2"},
                   {.kind = Kind::kSet, .path = "/c", .value = "3"},
                   {.kind = Kind::kRemove, .path = "/a"}}),
            Status::kOk);
  EXPECT_EQ(store_.counts().keys, 2U);
  ASSERT_EQ(apply({{.kind = Kind::kReplace, .path = "", .value = R"({"x":1})"},
                   {.kind = Kind::kAdd, .path = "/y", .value = "2"}}),
            Status::kOk);
  EXPECT_EQ(store_.counts().keys, 2U);
  EXPECT_EQ(text_of("x"), "1");
  EXPECT_EQ(text_of("b"), "nothing");
}

TEST_F(PatchTest, is_in_no_snapshot_that_began_before_it) {
  const std::string array = large_array();
  (void)store_.set(session_, "large", array);
  Batch written;
  Snapshot snapshot(store_, written, [] {});
  ASSERT_EQ(apply({{.kind = Kind::kRemove, .path = "/large/0"}}), Status::kOk);
  while (snapshot.is_under_way() && !snapshot.write_some(1'000)) {
  }
  Store made;
  Replay replay(made, {}, 0, 0);
  ASSERT_TRUE(replay.apply(written.view()));
  EXPECT_EQ(testing::text_of(*made.peek(1)->keys().find("large")), array);
}

TEST_F(PatchTest, is_one_record_of_what_it_has_changed) {
  (void)store_.set(session_, "n", "1");
  Batch told;
  store_.tell(&told);
  ASSERT_EQ(apply({{.kind = Kind::kTest, .path = "/n", .value = "1"},
                   {.kind = Kind::kMove, .path = "/n", .from = "/n"}}),
            Status::kOk);
  EXPECT_TRUE(told.empty());
  ASSERT_EQ(apply({{.kind = Kind::kIncrement, .path = "/n", .value = "1"},
                   {.kind = Kind::kTest, .path = "/n", .value = "2"}}),
            Status::kOk);
  store_.tell(nullptr);
  // Op, token, count, kind, and the two texts with their lengths.
  EXPECT_EQ(told.size(), 1U + 8U + 1U + 1U + 3U + 2U);
}

}  // namespace seshdb::store
