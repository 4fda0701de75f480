// A JSONPath (RFC 9535): its parsed form, checked for syntax and types. Knows nothing of the values
// that it selects; json/path_search.h does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "json/comparison.h"
#include "json/regexp.h"

namespace seshdb::json {

struct Expression;

/// One selector (section 2.3).
struct Selector {
  enum class Kind : std::uint8_t { kName, kWildcard, kIndex, kSlice, kFilter };
  Kind kind = Kind::kWildcard;
  std::string name;  // decoded
  std::int64_t index = 0;
  std::optional<std::int64_t> start;  // of a slice
  std::optional<std::int64_t> end;
  std::int64_t step = 1;
  std::vector<Expression> filter;  // one, of a filter
};

/// A segment (section 2.5): selectors, for the children or for all descendants' children.
struct Segment {
  bool descendant = false;
  std::vector<Selector> selectors;
};

/// A query from the root ($) or from the current node (@).
struct Query {
  bool absolute = true;
  std::vector<Segment> segments;

  /// Selects at most one node, by names and indices alone (section 2.3.5.1).
  [[nodiscard]] bool is_singular() const;
};

/// One side of a comparison, or a function's argument.
struct Operand {
  enum class Kind : std::uint8_t { kLiteral, kQuery, kLength, kCount, kValue, kMatch, kSearch };
  static constexpr std::uint32_t kNone = UINT32_MAX;

  Kind kind = Kind::kLiteral;
  std::string literal;             // as JSON text
  Query query;                     // of kQuery
  std::vector<Operand> arguments;  // of a function
  std::optional<Regexp> regexp;    // of match and search, where the expression is a literal
  // Where it is the same for every current node: its number among those that are.
  std::uint32_t constant = kNone;

  /// Has it a value (ValueType of section 2.4.1)? Else match and search, which are true or false,
  /// or a query of many nodes.
  [[nodiscard]] bool is_value() const;
};

/// A logical expression (section 2.3.5).
struct Expression {
  enum class Kind : std::uint8_t { kAnd, kOr, kCompare, kTest };
  Kind kind = Kind::kTest;
  bool negated = false;
  Operator op = Operator::kEqual;
  std::vector<Expression> parts;  // of kAnd, kOr
  Operand left;                   // of kCompare; of kTest: what exists, or matches
  Operand right;
};

class Path {
 public:
  static constexpr std::size_t kBytesMax = 1'024;
  static constexpr std::size_t kFiltersMax = 4;  // nested

  enum class Fault : std::uint8_t {
    kInvalid,      // no JSONPath, or not well-typed (4)
    kTooLong,      // of more than kBytesMax bytes (42)
    kOutOfBounds,  // filters too deep; a regular expression that is too large (43)
  };
  struct Error {
    Fault fault = Fault::kInvalid;
    std::string message;  // for people
  };

  /// `text` is decoded: UTF-8. A regular expression that is no I-Regexp is no fault: it matches
  /// nothing.
  [[nodiscard]] static tl::expected<Path, Error> parse(std::string_view text);

  [[nodiscard]] const Query& query() const { return query_; }
  /// How many operands have a `constant`.
  [[nodiscard]] std::uint32_t constants() const { return constants_; }

 private:
  friend class PathParser;
  Query query_;
  std::uint32_t constants_ = 0;
};

}  // namespace seshdb::json
