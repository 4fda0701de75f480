// The grammar of RFC 9485, what it means, and its bounds.
#include "json/regexp.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace seshdb::json {

namespace {

bool whole(std::string_view pattern, std::string_view text) {
  return Regexp(pattern, true).matches(text);
}
bool part(std::string_view pattern, std::string_view text) {
  return Regexp(pattern, false).matches(text);
}

}  // namespace

TEST(Regexp, matches_what_the_grammar_says) {
  for (const auto& [pattern, text, matches] :
       std::vector<std::tuple<std::string, std::string, bool>>{
           {"", "", true},
           {"", "a", false},
           {"ab|cd", "cd", true},
           {"a(b|c)*d", "abcbd", true},
           {"a|", "", true},
           {"()", "", true},
           {"a{2}", "aa", true},
           {"a{2}", "aaa", false},
           {"a{2,}", "aaaa", true},
           {"a{1,03}", "aaa", true},
           {"a{0}", "", true},
           {"[a-c-]+", "a-c", true},
           {"[-a]+", "-a", true},
           {"[^a-c]", "d", true},
           {"[^a-c]", "b", false},
           {"[^^]", "^", false},
           {"[$^]", "$", true},
           {"[\\]\\[\\^\\-]+", "][^-", true},
           {"\\(\\)\\*\\+\\-\\.\\?\\[\\\\\\]\\^\\{\\|\\}", "()*+-.?[\\]^{|}", true},
           {"\\n\\r\\t", "\n\r\t", true},
           {".", "é", true},
           {".", "\n", false},
           {".", "\r", false},
           {".", "\xE2\x80\xA8", true},
           {".", "\xF0\x9F\x98\x80", true},
           {"[é-ü]", "ö", true},
           {"\\p{Lu}\\P{Lu}", "Aa", true},
           {"[\\p{Nd}_]+", "1_2", true},
           {"[^\\p{L}]", "1", true},
           {"\\p{Cn}", "\xCD\xB8", true},
           {"\\P{Cn}", "a", true},
           {"\\p{C}", "\xCD\xB8", true},
           {"\\P{C}", "\xCD\xB8", false},
           {"[a\\p{Cn}]+", "a\xCD\xB8", true},
           {"[\\P{C}]", "a", true},
           {"\"~/,'&=#!@`:;<>%_-", "\"~/,'&=#!@`:;<>%_-", true},
           {std::string("a\0b", 3), std::string("a\0b", 3), true}}) {
    EXPECT_EQ(whole(pattern, text), matches) << pattern << " on " << text;
    EXPECT_EQ(Regexp(pattern, true).fault(), RegexpFault::kNone) << pattern;
  }
}

TEST(Regexp, has_anchors_and_finds_a_part) {
  EXPECT_TRUE(part("b", "abc"));
  EXPECT_FALSE(whole("b", "abc"));
  EXPECT_TRUE(part("^a", "abc"));
  EXPECT_FALSE(part("^b", "abc"));
  EXPECT_TRUE(part("c$", "abc"));
  EXPECT_FALSE(part("c$", "abc\n"));
  EXPECT_FALSE(part("^b", "a\nb"));
  EXPECT_TRUE(part("^(a|b$)", "ab"));
  EXPECT_FALSE(part("\\^", "ab"));
  EXPECT_TRUE(whole("^*a", "a"));
}

TEST(Regexp, matches_nothing_where_it_is_none) {
  for (const char* pattern : {"(",
                              ")",
                              "a)",
                              "(a",
                              "*",
                              "a**",
                              "a*?",
                              "a++",
                              "+a",
                              "|*",
                              "(*)",
                              "[",
                              "[]",
                              "[^]",
                              "]",
                              "a]",
                              "[a",
                              "{",
                              "}",
                              "a{",
                              "a{}",
                              "a{,2}",
                              "a{1",
                              "a{2,1}",
                              "a{99999,2}",
                              "a{1,2,3}",
                              "a{1}{2}",
                              "[b-a]",
                              "[a-\\p{L}]",
                              "[\\p{L}-a]",
                              "[a-c-e]",
                              "[a--b]",
                              "[--a]",
                              "[[a]]",
                              "\\",
                              "\\d",
                              "\\w",
                              "\\s",
                              "\\b",
                              "\\B",
                              "\\A",
                              "\\z",
                              "\\Q",
                              "\\1",
                              "\\x41",
                              "\\u0041",
                              "\\$",
                              "\\/",
                              "\\a",
                              "\\0",
                              "(?i)a",
                              "(?:a)",
                              "(?=a)",
                              "(?P<n>a)",
                              "[[:alpha:]]",
                              "\\pL",
                              "\\p{}",
                              "\\p{X}",
                              "\\p{Lx}",
                              "\\p{Cs}",
                              "\\p{Greek}",
                              "\\p{L",
                              "\\p{^L}",
                              "[\\d]",
                              "[\\$]",
                              "\xED\xA0\x80",
                              "[\xED\xA0\x80]"}) {
    EXPECT_EQ(Regexp(pattern, true).fault(), RegexpFault::kInvalid) << pattern;
    EXPECT_FALSE(part(pattern, "a")) << pattern;
    EXPECT_FALSE(part(pattern, pattern)) << pattern;
  }
}

TEST(Regexp, takes_a_lone_surrogate_for_a_code_point) {
  const std::string text = "a\xED\xA0\x80z";
  EXPECT_TRUE(whole("a.z", text));
  EXPECT_TRUE(whole("a[^b]z", text));
  EXPECT_TRUE(whole("a\\P{L}z", text));
  EXPECT_FALSE(whole("a..z", text));
  EXPECT_FALSE(whole("a\\p{L}z", text));
  EXPECT_TRUE(whole("a\\p{C}z", text));
  EXPECT_FALSE(whole("a\\p{Cn}z", text));
  EXPECT_TRUE(part("z", text));
}

TEST(Regexp, is_bounded) {
  EXPECT_EQ(Regexp(std::string(256, 'a'), true).fault(), RegexpFault::kNone);
  EXPECT_EQ(Regexp(std::string(257, 'a'), true).fault(), RegexpFault::kTooLarge);
  EXPECT_EQ(Regexp("a{1000}", true).fault(), RegexpFault::kNone);
  for (const char* pattern :
       {"a{1001}", "a{0,99999999999999999999}", "(a{100}){100}", "((a{10}){10}){11}", "\\p{L}{100}",
        "(\\p{L}|\\p{N}){50}", "[^\\p{Cn}]"}) {
    EXPECT_EQ(Regexp(pattern, true).fault(), RegexpFault::kTooLarge) << pattern;
    EXPECT_FALSE(Regexp(pattern, true).matches("a"));
  }
  const std::string deep = std::string(127, '(') + "ab" + std::string(127, ')');
  EXPECT_TRUE(whole(deep, "ab"));
  const std::string stars = "(" + std::string(100, '(') + "a" + std::string(30, ')') + "*";
  EXPECT_FALSE(whole(stars, "a"));
}

TEST(Regexp, is_linear_where_backtracking_is_not) {
  const std::string text(100'000, 'a');
  EXPECT_FALSE(whole("(a*)*b", text));
  EXPECT_FALSE(part("(a|a|aa)+$b", text));
  EXPECT_TRUE(part("(a|b)*a(a|b){12}", text));
  EXPECT_GT(Regexp("(a|b)*a(a|b){12}", false).steps(text.size()), text.size() / 64);
}

}  // namespace seshdb::json
