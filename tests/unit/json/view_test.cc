// Values read where they stand, in each form.
#include "json/view.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "json/walk.h"
#include "support/json_tree.h"
#include "support/oracle.h"
#include "support/path_forms.h"
#include "support/random.h"

namespace seshdb::json {

namespace {

std::string text_of(const std::optional<View>& view) {
  Buffer out;
  if (view) view->append_to(out);
  return std::string(out.view());
}

std::optional<View> at(const View& view, std::string_view pointer) {
  return view.at(*Pointer::parse(pointer));
}

// An object of members small and large, so that an opened one has chunks of every kind.
std::string large_object(testing::Dice& dice) {
  std::string out = "{";
  for (int i = 0; i < 60; ++i) {
    out += (i == 0 ? "\"" : ",\"") + std::string(dice.one_in(5) ? "\\u006D" : "m") +
           std::to_string(i) + "\":";
    if (dice.one_in(15)) {
      out += "[" + std::string(9'000, '1') + "," + testing::random_json(dice, 3) + "]";
    } else if (dice.one_in(10)) {
      out += '"' + std::string(dice.roll(3'000), 's') + '"';
    } else {
      out += testing::random_json(dice, 3);
    }
  }
  return out + "}";
}

void expect_same(const View& view, const testing::Json& tree, std::string_view pointer) {
  const std::optional<View> found = at(view, pointer);
  testing::Json copy = tree;
  const testing::Json* const wanted = testing::select(copy, pointer);
  ASSERT_EQ(found.has_value(), wanted != nullptr) << pointer;
  if (!found) return;
  EXPECT_EQ(text_of(found), testing::to_text(*wanted)) << pointer;
  EXPECT_EQ(found->bytes(), testing::to_text(*wanted).size());
  EXPECT_EQ(found->count(), wanted->members.size() + wanted->items.size());
  std::size_t index = 0;
  std::string scratch;
  for (Walk walk(*found); walk.more(); walk.next(), ++index) {
    const testing::Json& child =
        wanted->is_object() ? wanted->members[index].second : wanted->items[index];
    EXPECT_EQ(walk.index(), index);
    EXPECT_EQ(text_of(walk.value()), testing::to_text(child));
    if (wanted->is_object()) {
      const std::string name = wanted->members[index].first.decoded();
      EXPECT_EQ(walk.name().decoded(scratch), name);
      EXPECT_EQ(found->index_of(name), index);
    }
  }
  EXPECT_EQ(index, found->count());
  EXPECT_FALSE(found->index_of("none"));
}

}  // namespace

TEST(View, is_the_same_in_every_form) {
  testing::Dice dice(127);
  for (int i = 0; i < 40; ++i) {
    const std::string text = large_object(dice);
    const testing::Json tree = *testing::parse_json(text);
    const Container container(text);
    const testing::KeySource source(text);
    Extents extents(text);
    const View whole{std::string_view(text)};
    // A source has its names decoded.
    const testing::Json source_tree = *testing::parse_json(text_of(View(source)));
    for (const View& view : {whole, whole.measured(extents), View(container), View(source)}) {
      EXPECT_EQ(view.kind(), Kind::kObject);
      EXPECT_EQ(view.count(), 60U);
      const bool is_source = text_of(view) != text;
      expect_same(view, is_source ? source_tree : tree, "");
      for (int k = 0; k < 50; ++k) expect_same(view, tree, testing::random_pointer(dice, tree, 1));
    }
  }
}

TEST(View, of_a_source_has_the_text_of_its_members) {
  const testing::KeySource source(R"({"a\"b":1,"\u00e9":[true]})");
  EXPECT_EQ(text_of(View(source)), R"({"a\"b":1,"é":[true]})");
  EXPECT_EQ(text_of(View(source).member("é")), "[true]");
  EXPECT_EQ(text_of(at(View(source), "/a\"b")), "1");
  const testing::KeySource empty("{}");
  EXPECT_EQ(text_of(View(empty)), "{}");
  EXPECT_FALSE(Walk(View(empty)).more());
}

TEST(View, has_the_size_that_KV_READ_tells) {
  for (const auto& [text, size] : std::vector<std::pair<std::string, std::optional<std::size_t>>>{
           {R"({"a":1,"b":{"c":2}})", 2},
           {"{}", 0},
           {"[1,[2,3],4]", 3},
           {R"("")", 0},
           {R"("é€")", 2},
           {R"("\u00e9\n")", 2},
           {R"("\ud83d\ude00")", 1},
           {R"("\ud800x")", 2},
           {"12345", std::nullopt},
           {"true", std::nullopt},
           {"null", std::nullopt}}) {
    EXPECT_EQ(View(std::string_view(text)).size(), size) << text;
  }
}

TEST(View, finds_nothing_in_a_value_of_another_kind) {
  const View array(std::string_view("[1,[2]]"));
  EXPECT_FALSE(array.member("0"));
  EXPECT_FALSE(array.index_of("0"));
  EXPECT_FALSE(array.item(2));
  EXPECT_FALSE(at(array, "/01"));
  EXPECT_FALSE(at(array, "/-"));
  EXPECT_FALSE(at(array, "/0/0"));
  EXPECT_EQ(text_of(at(array, "/1/0")), "2");
  EXPECT_FALSE(View(std::string_view(R"({"0":1})")).item(0));
}

TEST(View, takes_steps_for_what_it_reads) {
  const std::string text = "{\"a\":\"" + std::string(6'400, 'x') + "\",\"b\":1}";
  const View view{std::string_view(text)};
  Steps steps(1'000);
  EXPECT_TRUE(view.member("b", &steps));
  EXPECT_GE(1'000 - steps.left(), 100);
  Steps few(10);
  EXPECT_FALSE(view.member("b", &few));
  EXPECT_TRUE(few.spent());
}

}  // namespace seshdb::json
