// Every shape is JSON, has the requested size, and has all the places that updates may select.
#include "load/documents.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "support/json_tree.h"

namespace seshdb::bench {

namespace {

using seshdb::testing::Json;
using seshdb::testing::parse_json;

constexpr std::array kShapes = {Shape::kSession, Shape::kObject, Shape::kArray, Shape::kNested};

// What a pointer without escapes selects; nullptr: nothing.
const Json* select(const Json& document, std::string_view pointer) {
  const Json* at = &document;
  while (at != nullptr && !pointer.empty()) {
    pointer.remove_prefix(1);
    const std::string part(pointer.substr(0, pointer.find('/')));
    pointer.remove_prefix(part.size());
    if (at->kind == Json::Kind::kArray) {
      const auto index = static_cast<std::size_t>(std::stoul(part));
      at = index < at->items.size() ? &at->items[index] : nullptr;
    } else {
      at = at->find(part);
    }
  }
  return at;
}

std::string pointer_of(const Documents& documents, std::uint32_t place) {
  std::string text;
  documents.append_pointer(place, text);
  return text;
}

}  // namespace

TEST(Documents, have_the_size_asked_for) {
  for (const Shape shape : kShapes) {
    for (const std::uint32_t bytes : {204U, 300U, 333U, 3'000U, 3'001U, 99'999U}) {
      const Documents documents(shape, bytes);
      EXPECT_EQ(documents.text().size(), bytes);
      EXPECT_TRUE(parse_json(documents.text())) << documents.text().substr(0, 300);
    }
    EXPECT_TRUE(parse_json(Documents(shape, 150).text()));
  }
}

TEST(Documents, have_every_place_that_is_counted) {
  for (const Shape shape : kShapes) {
    for (const std::uint32_t bytes : {150U, 300U, 20'000U}) {
      const Documents documents(shape, bytes);
      const auto tree = parse_json(documents.text());
      ASSERT_TRUE(tree);
      ASSERT_GE(documents.places(), 1U);
      for (std::uint32_t place = 0; place < documents.places(); ++place) {
        const Json* const found = select(*tree, pointer_of(documents, place));
        ASSERT_NE(found, nullptr) << pointer_of(documents, place);
        EXPECT_TRUE(found->is_string());
      }
      EXPECT_EQ(select(*tree, pointer_of(documents, documents.places())) == nullptr,
                shape != Shape::kSession);
    }
  }
}

TEST(Documents, take_about_34_bytes_for_a_place) {
  for (const Shape shape : {Shape::kObject, Shape::kArray, Shape::kNested}) {
    EXPECT_NEAR(Documents(shape, 340'000).places(), 10'000, 3);
  }
}

TEST(Documents, are_nested_eight_levels) {
  const Documents documents(Shape::kNested, 1'000);
  EXPECT_EQ(pointer_of(documents, 12), "/a/b/c/d/e/f/g/m00000012");
  std::string path;
  documents.append_path(12, path);
  EXPECT_EQ(path, "$.a.b.c.d.e.f.g.m00000012");
  path.clear();
  Documents(Shape::kArray, 1'000).append_path(12, path);
  EXPECT_EQ(path, "$[12]");
}

TEST(Documents, are_updated_with_texts_of_about_the_size_that_was_there) {
  for (const Shape shape : kShapes) {
    const Documents documents(shape, 2'000);
    const auto tree = parse_json(documents.text());
    const auto bytes = static_cast<int>(select(*tree, pointer_of(documents, 0))->text.size());
    SplitMix random(9);
    for (int i = 0; i < 1'000; ++i) {
      std::string value;
      documents.append_value(random, value);
      ASSERT_TRUE(parse_json(value)) << value;
      EXPECT_LE(std::abs(static_cast<int>(value.size()) - 2 - bytes), 2) << value;
    }
  }
}

}  // namespace seshdb::bench
