// Recursive descent over a text of at most a kilobyte: a level of recursion takes at least one byte
// of it and less than a kilobyte of the stack.
#include "json/path.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/buffer.h"
#include "json/path_text.h"
#include "json/string.h"
#include "json/text.h"

namespace seshdb::json {

namespace {

bool selects_one(const Segment& segment) {
  if (segment.descendant || segment.selectors.size() != 1) return false;
  const Selector::Kind kind = segment.selectors.front().kind;
  return kind == Selector::Kind::kName || kind == Selector::Kind::kIndex;
}

struct Function {
  std::string_view name;
  Operand::Kind kind;
  std::size_t arguments;
  bool of_nodes;  // its argument is a query's nodes and not a value
};
constexpr std::array<Function, 5> kFunctions = {{
    {"length", Operand::Kind::kLength, 1, false},
    {"count", Operand::Kind::kCount, 1, true},
    {"value", Operand::Kind::kValue, 1, true},
    {"match", Operand::Kind::kMatch, 2, false},
    {"search", Operand::Kind::kSearch, 2, false},
}};

constexpr std::array<std::pair<std::string_view, Operator>, 6> kOperators = {{
    {"==", Operator::kEqual},
    {"!=", Operator::kNotEqual},
    {"<=", Operator::kLessOrEqual},
    {">=", Operator::kGreaterOrEqual},
    {"<", Operator::kLess},
    {">", Operator::kGreater},
}};

bool is_test(Operand::Kind kind) {
  return kind == Operand::Kind::kMatch || kind == Operand::Kind::kSearch;
}

}  // namespace

bool Query::is_singular() const {
  return std::all_of(segments.begin(), segments.end(), selects_one);
}

bool Operand::is_value() const {
  return kind == Kind::kQuery ? query.is_singular() : !is_test(kind);
}

/// Each reader gives false once there is a fault, of which the first is kept.
class PathParser {
 public:
  explicit PathParser(std::string_view text) : text_(text) {}

  tl::expected<Path, Path::Error> run() {
    Path path;
    if (!text_.take("$")) {
      fail("a path begins with $");
    } else if (segments(path.query_) && !text_.done()) {
      fail("a segment is expected");
    }
    if (error_) return tl::unexpected(*std::move(error_));
    path.constants_ = constants_;
    return path;
  }

 private:
  bool fail(std::string_view what, Path::Fault fault = Path::Fault::kInvalid) {
    if (!error_) {
      error_ = {.fault = fault,
                .message = std::string(what) + " (byte " + std::to_string(text_.at()) + ")"};
    }
    return false;
  }

  bool segments(Query& query) {
    while (text_.take_blanks_before_segment()) {
      if (!segment(query.segments.emplace_back())) return false;
    }
    return true;
  }

  bool segment(Segment& segment) {
    segment.descendant = text_.take("..");
    if (text_.take("[")) return bracketed(segment);
    if (!segment.descendant) (void)text_.take(".");
    Selector& selector = segment.selectors.emplace_back();
    if (text_.take("*")) return true;
    const std::optional<std::string_view> name = text_.take_name();
    if (!name) return fail("a name is expected");
    selector.kind = Selector::Kind::kName;
    selector.name = *name;
    return true;
  }

  bool bracketed(Segment& segment) {
    do {
      text_.take_blanks();
      if (!selector(segment.selectors.emplace_back())) return false;
      text_.take_blanks();
    } while (text_.take(","));
    return text_.take("]") || fail("] is expected");
  }

  bool selector(Selector& selector) {
    if (text_.take("*")) return true;
    if (text_.take("?")) return filter(selector);
    if (text_.peek() == '"' || text_.peek() == '\'') {
      selector.kind = Selector::Kind::kName;
      return string(selector.name);
    }
    selector.kind = Selector::Kind::kIndex;
    if (text_.peek() != ':') {
      const std::optional<std::int64_t> index = text_.take_integer();
      if (!index) return fail("a selector is expected");
      selector.index = *index;
      selector.start = index;
    }
    text_.take_blanks();
    return text_.take(":") ? slice(selector) : true;
  }

  // Behind the first colon.
  bool slice(Selector& selector) {
    selector.kind = Selector::Kind::kSlice;
    text_.take_blanks();
    if (is_integer_next() && !integer(selector.end)) return false;
    text_.take_blanks();
    if (!text_.take(":")) return true;
    text_.take_blanks();
    std::optional<std::int64_t> step;
    if (is_integer_next() && !integer(step)) return false;
    selector.step = step.value_or(1);
    return true;
  }

  [[nodiscard]] bool is_integer_next() const {
    const char c = text_.peek();
    return c != ':' && c != ',' && c != ']' && c != ' ' && c != '\t' && c != '\n' && c != '\r';
  }

  bool integer(std::optional<std::int64_t>& value) {
    value = text_.take_integer();
    return value.has_value() || fail("an integer is expected");
  }

  bool string(std::string& value) {
    std::optional<std::string> taken = text_.take_string();
    if (!taken) return fail("this is no string");
    value = std::move(*taken);
    return true;
  }

  bool filter(Selector& selector) {
    selector.kind = Selector::Kind::kFilter;
    if (filters_ == Path::kFiltersMax) {
      return fail("filters are nested too deep", Path::Fault::kOutOfBounds);
    }
    ++filters_;
    text_.take_blanks();
    const bool done = logical(selector.filter.emplace_back());
    --filters_;
    return done;
  }

  // a && b || c ...
  bool logical(Expression& expression) {
    expression.kind = Expression::Kind::kOr;
    do {
      Expression alternative;
      alternative.kind = Expression::Kind::kAnd;
      do {
        text_.take_blanks();
        if (!basic(alternative.parts.emplace_back())) return false;
        text_.take_blanks();
      } while (text_.take("&&"));
      expression.parts.push_back(unwrapped(std::move(alternative)));
    } while (text_.take("||"));
    expression = unwrapped(std::move(expression));
    return true;
  }

  // The only part of an expression that has one.
  static Expression unwrapped(Expression expression) {
    if (expression.parts.size() != 1) return expression;
    Expression part = std::move(expression.parts.front());
    return part;
  }

  bool basic(Expression& expression) {
    const bool negated = text_.take("!");
    if (negated) text_.take_blanks();
    if (text_.take("(")) {
      if (!logical(expression)) return false;
      if (!text_.take(")")) return fail(") is expected");
      expression.negated = expression.negated != negated;
      return true;
    }
    expression.negated = negated;
    if (!operand(expression.left)) return false;
    text_.take_blanks();
    for (const auto& [token, op] : kOperators) {
      if (text_.take(token)) {
        expression.op = op;
        return !negated ? comparison(expression) : fail("a comparison is negated in parentheses");
      }
    }
    const Operand::Kind kind = expression.left.kind;
    return kind == Operand::Kind::kQuery || is_test(kind) || fail("a comparison is expected");
  }

  bool comparison(Expression& expression) {
    expression.kind = Expression::Kind::kCompare;
    text_.take_blanks();
    if (!operand(expression.right)) return false;
    for (const Operand* side : {&expression.left, &expression.right}) {
      if (!side->is_value()) return fail("only values can be compared");
    }
    return true;
  }

  bool operand(Operand& operand) {
    const char c = text_.peek();
    if (c == '@' || c == '$') return query(operand);
    if (c == '"' || c == '\'') {
      std::string value;
      if (!string(value)) return false;
      Buffer quoted;
      append_string(value, quoted);
      operand.literal = quoted.view();
      return true;
    }
    if (const std::optional<std::string_view> word = text_.take_word()) {
      if (*word == "true" || *word == "false" || *word == "null") {
        operand.literal = *word;
        return true;
      }
      return function(operand, *word);
    }
    const std::optional<std::string_view> number = text_.take_number();
    if (!number) return fail("a value or a query is expected");
    operand.literal = *number;
    return true;
  }

  bool query(Operand& operand) {
    operand.kind = Operand::Kind::kQuery;
    operand.query.absolute = text_.take("$");
    if (!operand.query.absolute) text_.take("@");
    if (!segments(operand.query)) return false;
    if (operand.query.absolute) operand.constant = constants_++;
    return true;
  }

  bool function(Operand& operand, std::string_view name) {
    const auto* const function =
        std::find_if(kFunctions.begin(), kFunctions.end(),
                     [name](const Function& one) { return one.name == name; });
    if (function == kFunctions.end()) return fail("there is no such function");
    if (!text_.take("(")) return fail("( is expected");
    operand.kind = function->kind;
    do {
      text_.take_blanks();
      if (!this->operand(operand.arguments.emplace_back())) return false;
      text_.take_blanks();
    } while (text_.take(","));
    if (!text_.take(")")) return fail(") is expected");
    if (operand.arguments.size() != function->arguments)
      return fail("the arguments are too many or too few");
    bool is_constant = true;
    for (const Operand& argument : operand.arguments) {
      const bool fits =
          function->of_nodes ? argument.kind == Operand::Kind::kQuery : argument.is_value();
      if (!fits) return fail("an argument is of the wrong type");
      is_constant = is_constant && (argument.constant != Operand::kNone ||
                                    argument.kind == Operand::Kind::kLiteral);
    }
    if (is_constant) operand.constant = constants_++;
    return !is_test(operand.kind) || regexp(operand);
  }

  // Compiles an expression that is a literal.
  bool regexp(Operand& operand) {
    const Operand& pattern = operand.arguments.back();
    if (pattern.kind != Operand::Kind::kLiteral || pattern.literal.front() != '"') return true;
    std::string scratch;
    operand.regexp.emplace(decoded(inside(pattern.literal), scratch),
                           operand.kind == Operand::Kind::kMatch, Regexp::kSizeMax - regexps_size_);
    if (operand.regexp->fault() == RegexpFault::kTooLarge) {
      return fail("a regular expression is too large", Path::Fault::kOutOfBounds);
    }
    regexps_size_ += operand.regexp->size();
    return true;
  }

  PathText text_;
  std::optional<Path::Error> error_;  // the first
  std::size_t filters_ = 0;
  std::size_t regexps_size_ = 0;  // of all together
  std::uint32_t constants_ = 0;
};

tl::expected<Path, Path::Error> Path::parse(std::string_view text) {
  if (text.size() > kBytesMax) {
    return tl::unexpected(
        Error{.fault = Fault::kTooLong,
              .message = "a path has at most " + std::to_string(kBytesMax) + " bytes"});
  }
  return PathParser(text).run();
}

}  // namespace seshdb::json
