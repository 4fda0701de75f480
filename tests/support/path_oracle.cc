// Follows RFC 9535 word by word: whole lists of nodes, one segment after the other.
#include "support/path_oracle.h"

#include <algorithm>
#include <cstdint>

#include "json/decimal.h"

namespace seshdb::testing {

namespace {

using json::Expression;
using json::Operand;
using json::Operator;
using json::Selector;
using Nodes = std::vector<SlowNode>;

struct TooMany {};

std::string quoted(const std::string& name) {
  static const std::string kFrom = "\b\t\n\f\r'\\";
  static const std::string kTo = "btnfr'\\";
  std::string out = "['";
  for (const char c : name) {
    const std::size_t found = kFrom.find(c);
    if (found != std::string::npos) {
      out += std::string("\\") + kTo[found];
    } else if (static_cast<unsigned char>(c) < 0x20) {
      const std::string text = json_string(std::string(1, c));
      out += text.substr(1, text.size() - 2);
    } else {
      out += c;
    }
  }
  return out + "']";
}

class Evaluator {
 public:
  Evaluator(const Json& root, std::size_t most) : root_(root), most_(most) {}

  Nodes nodes(const json::Query& query, const SlowNode& current) {
    Nodes nodes{query.absolute ? SlowNode{"$", &root_} : current};
    for (const json::Segment& segment : query.segments) {
      Nodes next;
      for (const SlowNode& node : nodes) {
        Nodes inputs;
        if (segment.descendant) {
          add_descendants(node, inputs);
        } else {
          inputs.push_back(node);
        }
        for (const SlowNode& input : inputs) {
          for (const Selector& selector : segment.selectors) select(selector, input, next);
        }
      }
      nodes = std::move(next);
    }
    return nodes;
  }

 private:
  void add(Nodes& nodes, SlowNode node) {
    nodes.push_back(std::move(node));
    if (nodes.size() > most_) throw TooMany();
  }

  static Nodes children(const SlowNode& node) {
    Nodes children;
    for (const auto& [name, value] : node.value->members) {
      children.push_back({node.path + quoted(name.decoded()), &value});
    }
    for (std::size_t i = 0; i < node.value->items.size(); ++i) {
      children.push_back(item(node, i));
    }
    return children;
  }

  static SlowNode item(const SlowNode& node, std::size_t index) {
    return {node.path + "[" + std::to_string(index) + "]", &node.value->items[index]};
  }

  void add_descendants(const SlowNode& node, Nodes& nodes) {
    add(nodes, node);
    for (const SlowNode& child : children(node)) add_descendants(child, nodes);
  }

  void select(const Selector& selector, const SlowNode& node, Nodes& next) {
    const auto size = static_cast<std::int64_t>(node.value->items.size());
    switch (selector.kind) {
      case Selector::Kind::kName:
        if (const Json* const value = node.value->find(selector.name); value != nullptr) {
          add(next, {node.path + quoted(selector.name), value});
        }
        break;
      case Selector::Kind::kWildcard:
        for (SlowNode& child : children(node)) add(next, std::move(child));
        break;
      case Selector::Kind::kIndex: {
        const std::int64_t index = selector.index < 0 ? size + selector.index : selector.index;
        if (index >= 0 && index < size) add(next, item(node, static_cast<std::size_t>(index)));
        break;
      }
      case Selector::Kind::kSlice:
        slice(selector, node, size, next);
        break;
      case Selector::Kind::kFilter:
        for (SlowNode& child : children(node)) {
          if (holds(selector.filter.front(), child)) add(next, std::move(child));
        }
        break;
    }
  }

  void slice(const Selector& selector, const SlowNode& node, std::int64_t size, Nodes& next) {
    const std::int64_t step = selector.step;
    if (step == 0) return;
    std::int64_t start = selector.start.value_or(step > 0 ? 0 : size - 1);
    std::int64_t end = selector.end.value_or(step > 0 ? size : -size - 1);
    if (start < 0) start += size;
    if (end < 0) end += size;
    if (step > 0) {
      for (std::int64_t i = std::max<std::int64_t>(start, 0); i < std::min(end, size); i += step) {
        add(next, item(node, static_cast<std::size_t>(i)));
      }
    } else {
      for (std::int64_t i = std::min(start, size - 1); i > std::max<std::int64_t>(end, -1);
           i += step) {
        if (i >= 0) add(next, item(node, static_cast<std::size_t>(i)));
      }
    }
  }

  bool holds(const Expression& expression, const SlowNode& current) {
    bool result = expression.kind == Expression::Kind::kAnd;
    for (const Expression& part : expression.parts) {
      const bool one = holds(part, current);
      result = expression.kind == Expression::Kind::kAnd ? result && one : result || one;
    }
    if (expression.kind == Expression::Kind::kCompare) {
      result = compares(expression.op, value(expression.left, current),
                        value(expression.right, current));
    } else if (expression.kind == Expression::Kind::kTest) {
      result = expression.left.kind == Operand::Kind::kQuery
                   ? !nodes(expression.left.query, current).empty()
                   : matches(expression.left, current);
    }
    return result != expression.negated;
  }

  static bool compares(Operator op, const std::optional<Json>& a, const std::optional<Json>& b) {
    const bool same = a && b ? slow_equal(*a, *b) : !a && !b;
    switch (op) {
      case Operator::kEqual:
        return same;
      case Operator::kNotEqual:
        return !same;
      case Operator::kLess:
        return less(a, b);
      case Operator::kGreater:
        return less(b, a);
      case Operator::kLessOrEqual:
        return same || less(a, b);
      case Operator::kGreaterOrEqual:
        break;
    }
    return same || less(b, a);
  }

  static bool less(const std::optional<Json>& a, const std::optional<Json>& b) {
    if (!a || !b || a->kind != b->kind) return false;
    if (a->kind == Json::Kind::kNumber) return json::compare(a->text, b->text) < 0;
    return a->is_string() && a->decoded() < b->decoded();
  }

  std::optional<Json> value(const Operand& operand, const SlowNode& current) {
    if (operand.kind == Operand::Kind::kLiteral) return parse_json(operand.literal);
    if (operand.kind == Operand::Kind::kLength) {
      return length(value(operand.arguments.front(), current));
    }
    const bool is_query = operand.kind == Operand::Kind::kQuery;
    const Nodes found = nodes(is_query ? operand.query : operand.arguments.front().query, current);
    if (operand.kind == Operand::Kind::kCount) return parse_json(std::to_string(found.size()));
    return found.size() == 1 ? std::optional<Json>(*found.front().value) : std::nullopt;
  }

  static std::optional<Json> length(const std::optional<Json>& json) {
    if (!json || json->kind == Json::Kind::kNumber || json->kind == Json::Kind::kWord) {
      return std::nullopt;
    }
    std::size_t size = json->members.size() + json->items.size();
    for (const char c : json->is_string() ? json->decoded() : std::string()) {
      size += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1 : 0;
    }
    return parse_json(std::to_string(size));
  }

  bool matches(const Operand& operand, const SlowNode& current) {
    const std::optional<Json> subject = value(operand.arguments.front(), current);
    const std::optional<Json> pattern = value(operand.arguments.back(), current);
    if (!subject || !pattern || !subject->is_string() || !pattern->is_string()) return false;
    const json::Regexp regexp(pattern->decoded(), operand.kind == Operand::Kind::kMatch);
    if (regexp.fault() == json::RegexpFault::kTooLarge) throw TooMany();
    return regexp.matches(subject->decoded());
  }

  const Json& root_;
  std::size_t most_;
};

}  // namespace

std::optional<std::vector<SlowNode>> slow_find(const json::Path& path, const Json& root,
                                               std::size_t most) {
  try {
    return Evaluator(root, most).nodes(path.query(), {"$", &root});
  } catch (const TooMany&) {
    return std::nullopt;
  }
}

bool slow_equal(const Json& a, const Json& b) {
  if (a.kind != b.kind || a.items.size() != b.items.size() ||
      a.members.size() != b.members.size()) {
    return false;
  }
  if (a.kind == Json::Kind::kNumber) return json::compare(a.text, b.text) == 0;
  if (a.is_string()) return a.decoded() == b.decoded();
  for (std::size_t i = 0; i < a.items.size(); ++i) {
    if (!slow_equal(a.items[i], b.items[i])) return false;
  }
  return a.text == b.text &&
         std::all_of(a.members.begin(), a.members.end(), [&b](const auto& member) {
           const Json* const other = b.find(member.first.decoded());
           return other != nullptr && slow_equal(member.second, *other);
         });
}

}  // namespace seshdb::testing
