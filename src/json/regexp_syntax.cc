// i-regexp = branch *( "|" branch ), branch = *piece, piece = atom [ quantifier ]; groups are
// counted. Literals are written as \x{...}, so that none can mean something else to RE2.
#include "json/regexp_syntax.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "base/ascii.h"

namespace seshdb::json {

namespace {

// RE2 repeats nothing more often.
constexpr std::size_t kRepeatMax = 1'000;
// Instructions of RE2. Those of a category were measured: about 1,200 for L.
constexpr std::size_t kCategorySize = 1'200;
constexpr std::size_t kRangeSize = 12;
constexpr std::size_t kCharSize = 4;
// More than any bound, and far from an overflow.
constexpr std::size_t kSizeMax = std::size_t{1} << 40U;

// The complements of C and of Cn, the code points that are not assigned.
constexpr std::string_view kNotOther = R"(\pL\pM\pN\pP\pZ\pS)";
constexpr std::string_view kAssigned = R"(\pL\pM\pN\pP\pZ\pS\p{Cc}\p{Cf}\p{Co}\p{Cs})";

bool is_surrogate(char32_t c) { return c >= 0xD800 && c < 0xE000; }
bool is_one_of(std::string_view set, char32_t c) {
  return c < 0x80 && set.find(static_cast<char>(c)) != std::string_view::npos;
}

class Translation {
 public:
  explicit Translation(std::string_view pattern)
      : at_(pattern.data()), end_(pattern.data() + pattern.size()) {}

  RegexpSyntax run() {
    while (fault_ == RegexpFault::kNone && at_ != end_) piece();
    if (groups_.size() != 1) fail();
    return {.text = std::move(out_), .size = groups_.back(), .fault = fault_};
  }

 private:
  void fail() {
    if (fault_ == RegexpFault::kNone) fault_ = RegexpFault::kInvalid;
  }
  [[nodiscard]] char peek() const { return at_ != end_ ? *at_ : '\0'; }
  bool take(char c) {
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }

  // REQUIRES: not at the end. The pattern is WTF-8.
  char32_t take_code() {
    const auto first = static_cast<unsigned char>(*at_++);
    if (first < 0x80) return first;
    const unsigned more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
    char32_t code = first & (0x3FU >> more);
    for (unsigned i = 0; i < more && at_ != end_; ++i) {
      code = code << 6U | (static_cast<unsigned char>(*at_++) & 0x3FU);
    }
    return code;
  }

  void literal(char32_t code) {
    last_ += kCharSize;
    fmt::format_to(std::back_inserter(out_), "\\x{{{:06x}}}", static_cast<std::uint32_t>(code));
  }

  // An atom with its quantifier; or what stands between atoms.
  void piece() {
    const char c = *at_;
    if (c == '|' || c == '(') {
      ++at_;
      out_ += c == '|' ? "|" : "(?:";
      if (c == '(') groups_.push_back(0);
      return;
    }
    if (c == ')') {
      ++at_;
      if (groups_.size() == 1) return fail();
      last_ = groups_.back() + 1;
      groups_.pop_back();
      out_ += ')';
    } else {
      last_ = 0;
      atom();
    }
    quantifier();
    groups_.back() = std::min(groups_.back() + last_, kSizeMax);
  }

  void atom() {
    if (peek() == '\\') return escape();
    if (peek() == '[') return char_class();
    const char32_t code = take_code();
    if (code == '.') {
      out_ += "[^\\n\\r]";
      last_ += kRangeSize;
    } else if (code == '^') {
      out_ += "(?:\\A)";
    } else if (code == '$') {
      out_ += "(?:\\z)";
    } else if (is_one_of("*+?{}]", code) || is_surrogate(code)) {
      fail();
    } else {
      literal(code);
    }
  }

  // Behind a backslash: a character, or nothing and `at_` unmoved where it is a category or wrong.
  std::optional<char32_t> single_escape() {
    if (at_ + 1 >= end_) return std::nullopt;
    const char c = at_[1];
    if (c == 'n' || c == 'r' || c == 't') {
      at_ += 2;
      return c == 'n' ? '\n' : c == 'r' ? '\r' : '\t';
    }
    if (!is_one_of("()*+-.?[\\]^{|}", static_cast<unsigned char>(c))) return std::nullopt;
    at_ += 2;
    return static_cast<unsigned char>(c);
  }

  void escape() {
    if (const std::optional<char32_t> code = single_escape()) return literal(*code);
    bool negated = false;
    const std::string_view name = category(negated);
    if (is_apart(name)) {
      put_apart(name, negated, out_);
    } else {
      put_category(name, negated);
    }
  }

  // RE2 has these without the code points that are not assigned.
  static bool is_apart(std::string_view name) { return name == "C" || name == "Cn"; }
  void put_apart(std::string_view name, bool negated, std::string& out) {
    last_ += kCategorySize;
    out += negated ? "[" : "[^";
    out += name == "C" ? kNotOther : kAssigned;
    out += ']';
  }

  void put_category(std::string_view name, bool negated) {
    last_ += kCategorySize;
    out_ += negated ? "\\P{" : "\\p{";
    out_ += name;
    out_ += '}';
  }

  // \p{..} or \P{..}; empty, and a fault, where there is none.
  std::string_view category(bool& negated) {
    static constexpr std::array<std::string_view, 7> kNames = {
        "Llmotu", "Mcen", "Ndlo", "Pcdefios", "Zlps", "Sckmo", "Ccfno"};
    fail_unless(end_ - at_ >= 5 && (at_[1] == 'p' || at_[1] == 'P') && at_[2] == '{');
    if (fault_ != RegexpFault::kNone) return {};
    negated = at_[1] == 'P';
    const char* const from = at_ + 3;
    const char* const close = std::find(from, end_, '}');
    const std::string_view name(from, static_cast<std::size_t>(close - from));
    const bool is_known = std::any_of(kNames.begin(), kNames.end(), [name](std::string_view all) {
      return !name.empty() && name[0] == all[0] &&
             (name.size() == 1 ||
              (name.size() == 2 && all.find(name[1], 1) != std::string_view::npos));
    });
    fail_unless(close != end_ && is_known);
    if (fault_ != RegexpFault::kNone) return {};
    at_ = close + 1;
    return name;
  }
  void fail_unless(bool holds) {
    if (!holds) fail();
  }

  // [ ... ]: what it lists, and apart from it the categories that RE2 has no name for in a class.
  void char_class() {
    ++at_;
    const bool negated = take('^');
    last_ += kRangeSize;
    const std::size_t begin = out_.size();
    std::string apart;
    bool is_empty = true;
    if (take('-')) {
      literal('-');
      is_empty = false;
    }
    while (fault_ == RegexpFault::kNone && at_ != end_ && *at_ != ']') {
      if (*at_ == '-') {  // the last one
        ++at_;
        literal('-');
        if (peek() != ']') fail();
        is_empty = false;
        break;
      }
      class_item(apart, is_empty);
    }
    if (!take(']') || (is_empty && apart.empty())) return fail();
    if (negated && !apart.empty()) {  // RE2 has no intersection
      fault_ = RegexpFault::kTooLarge;
      return;
    }
    std::string listed = out_.substr(begin);
    out_.resize(begin);
    if (!is_empty) listed = (negated ? "[^" : "[") + listed + "]";
    if (apart.empty()) {
      out_ += listed;
    } else {
      out_ += "(?:" + listed + (is_empty ? "" : "|") + apart.substr(1) + ")";
    }
  }

  void class_item(std::string& apart, bool& is_empty) {
    std::optional<char32_t> first = class_char();
    if (!first && fault_ == RegexpFault::kNone) {
      bool negated = false;
      const std::string_view name = category(negated);
      if (is_apart(name)) {
        apart += '|';
        put_apart(name, negated, apart);
      } else {
        put_category(name, negated);
        is_empty = false;
      }
      return;
    }
    if (!first) return;
    is_empty = false;
    literal(*first);
    // A `-` is a range's, or the last of the class.
    if (peek() != '-' || at_ + 1 == end_ || at_[1] == ']') return;
    ++at_;
    const std::optional<char32_t> last = class_char();
    if (!last || *last < *first) return fail();
    out_ += '-';
    literal(*last);
    last_ += kRangeSize;
  }

  // Nothing where a category follows, or at a fault.
  std::optional<char32_t> class_char() {
    if (peek() == '\\') return single_escape();
    const char32_t code = take_code();
    if (is_one_of("-[]", code) || is_surrogate(code)) {
      fail();
      return std::nullopt;
    }
    return code;
  }

  void quantifier() {
    if (fault_ != RegexpFault::kNone) return;
    const char c = peek();
    if (at_ != end_ && (c == '*' || c == '+' || c == '?')) {
      ++at_;
      out_ += c;
    } else if (take('{')) {
      range();
    }
  }

  void range() {
    const std::optional<std::size_t> least = number();
    if (!least) return fail();
    const bool has_most = take(',');
    const std::optional<std::size_t> most = has_most ? number() : least;
    if (!take('}') || (most && *most < *least)) return fail();
    if (*least > kRepeatMax || (most && *most > kRepeatMax)) fault_ = RegexpFault::kTooLarge;
    last_ = std::min(last_ * std::max<std::size_t>(most.value_or(*least + 1), 1), kSizeMax);
    out_ += '{' + std::to_string(*least);
    if (has_most) out_ += ',';
    if (has_most && most) out_ += std::to_string(*most);
    out_ += '}';
  }

  // The digits here, if there are some; large numbers as one that is too large.
  std::optional<std::size_t> number() {
    if (!is_digit(peek())) return std::nullopt;
    std::size_t value = 0;
    while (is_digit(peek())) {
      value = std::min<std::size_t>(value * 10 + static_cast<std::size_t>(*at_++ - '0'),
                                    kRepeatMax * kRepeatMax);
    }
    return value;
  }

  const char* at_;
  const char* end_;
  std::string out_;
  std::vector<std::size_t> groups_ = {0};  // the sizes of the open ones, the whole first
  std::size_t last_ = 0;                   // the size of the last atom
  RegexpFault fault_ = RegexpFault::kNone;
};

}  // namespace

RegexpSyntax to_re2(std::string_view pattern) { return Translation(pattern).run(); }

}  // namespace seshdb::json
