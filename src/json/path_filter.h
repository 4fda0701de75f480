// Filter expressions of JSONPath (RFC 9535, sections 2.3.5 and 2.4) on one current node: logic,
// comparisons, existence and the five functions. What does not depend on the current node is worked
// out once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json/path.h"
#include "json/regexp.h"
#include "json/steps.h"
#include "json/view.h"

namespace seshdb::json {

class Selection;

class FilterEvaluator {
 public:
  /// `selection` selects the nodes of queries, and must outlive it; `steps` too.
  FilterEvaluator(Selection& selection, std::uint32_t constants, Steps& steps)
      : selection_(selection), steps_(steps), constants_(constants) {}

  /// Does `expression` hold for `current`? Recurses once for each pair of parentheses that matters,
  /// of which a path of 1,024 bytes has less than 200. Any answer where the steps ran out.
  [[nodiscard]] bool holds(const Expression& expression, const View& current);
  /// A regular expression of the value was too large: the search has to end.
  [[nodiscard]] bool too_large() const { return too_large_; }

 private:
  // The value of an operand; of match, search and existence whether it is true.
  struct Result {
    enum class Kind : std::uint8_t { kNothing, kView, kNumber, kTruth };
    Kind kind = Kind::kNothing;
    View view;
    std::uint64_t number = 0;
  };
  struct Dynamic {
    std::string pattern;
    bool whole;
    Regexp regexp;
  };

  [[nodiscard]] bool compares(const Expression& expression, const View& current);
  [[nodiscard]] bool test(const Operand& operand, const View& current);
  [[nodiscard]] Result value(const Operand& operand, const View& current);
  [[nodiscard]] Result value_of_nodes(const Query& query, const View& current);
  [[nodiscard]] Result fresh_value(const Operand& operand, const View& current);
  [[nodiscard]] bool fresh_test(const Operand& operand, const View& current);
  [[nodiscard]] const View& start(const Query& query, const View& current) const;
  [[nodiscard]] std::optional<View> single(const Query& query, const View& current);
  [[nodiscard]] bool exists(const Query& query, const View& current);
  [[nodiscard]] std::uint64_t count(const Query& query, const View& current);
  [[nodiscard]] bool matches(const Operand& operand, const View& current);
  [[nodiscard]] const Regexp* dynamic(const Result& pattern, bool whole);

  Selection& selection_;
  Steps& steps_;
  std::vector<std::optional<Result>> constants_;
  std::vector<Dynamic> dynamic_;
  std::size_t dynamic_next_ = 0;
  std::string subject_scratch_;
  std::string pattern_scratch_;
  bool too_large_ = false;
};

/// The index of an item from the front, of one that may count from the end (section 2.3.3.2).
[[nodiscard]] std::optional<std::size_t> index_in(const View& array, std::int64_t index,
                                                  Steps& steps);

}  // namespace seshdb::json
