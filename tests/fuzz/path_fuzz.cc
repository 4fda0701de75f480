// A JSONPath on any document, against the slow evaluator of tests/support/path_oracle.h, with the
// document as a text, as an opened container and as an object of keys; and its bounds.
// Input: a first byte. Below 0x80 the path is made from the grammar, by the bytes up to the first
// line's end; else it stands in that line. The rest is the document.
#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/utf8.h"
#include "fuzz/expect.h"
#include "json/compact.h"
#include "json/outline.h"
#include "json/path_search.h"
#include "support/json_tree.h"
#include "support/path_forms.h"
#include "support/path_oracle.h"

namespace seshdb::testing {

namespace {

constexpr std::uint32_t kDepthMax = 64;
constexpr std::size_t kNodesMax = 2'000;
constexpr std::size_t kDocumentBytesMax = 1'500;

// A path from the grammar; the bytes of the input choose.
class Grammar {
 public:
  explicit Grammar(Steering& choices) : choices_(choices) {}

  std::string path() { return "$" + segments(3); }

 private:
  unsigned roll(unsigned sides) { return choices_.byte() % sides; }
  template <std::size_t Count>
  std::string pick(const std::array<std::string_view, Count>& words) {
    return std::string(words.at(roll(Count)));
  }

  std::string segments(unsigned most) {
    std::string out;
    for (unsigned n = roll(most + 1); n > 0; --n) {
      out += pick<4>({"", "", "..", " "});
      if (out.ends_with("..") || roll(2) == 0) {
        out += bracketed();
      } else {
        out += pick<5>({".a", ".b", ".*", "..a", "..*"});
      }
    }
    return out;
  }

  std::string singular() {
    std::string out;
    for (unsigned n = roll(3); n > 0; --n) {
      out += pick<7>({".a", ".b", "['a']", "[\"\\u0062\"]", "[0]", "[-1]", "[1]"});
    }
    return out;
  }

  std::string bracketed() {
    std::string out = "[" + selector();
    for (unsigned n = roll(8); n > 6; --n) out += pick<2>({",", " , "}) + selector();
    return out + "]";
  }

  std::string selector() {
    switch (roll(6)) {
      case 0:
        return pick<5>({"'a'", "\"b\"", "'\\u0061'", "'\\''", "''"});
      case 1:
        return "*";
      case 2:
        return pick<4>({"0", "1", "-1", "-2"});
      case 3:
        return pick<9>({":", "1:", ":2", "::2", "::-1", "-2:", "2:0:-1", ":-1", "::0"});
      default:
        return filters_ < 3 ? filter() : "*";
    }
  }

  std::string filter() {
    ++filters_;
    std::string out = "?" + logical(2);
    --filters_;
    return out;
  }

  std::string logical(unsigned levels) {
    std::string out = basic(levels);
    for (unsigned n = roll(4); n > 2; --n) out += pick<2>({"&&", " || "}) + basic(levels);
    return out;
  }

  std::string basic(unsigned levels) {
    switch (roll(levels == 0 ? 3 : 5)) {
      case 0:
        return pick<3>({"", "", "!"}) + query();
      case 1:
        return pick<2>({"match(", "search("}) + value() + "," + value() + ")";
      case 2:
        return value() + pick<6>({"==", "!=", "<", "<=", " > ", ">="}) + value();
      default:
        return pick<2>({"(", "!("}) + logical(levels - 1) + ")";
    }
  }

  std::string query() { return pick<3>({"@", "@", "$"}) + segments(2); }

  std::string value() {
    switch (roll(7)) {
      case 0:
        return "length(" + pick<2>({"@", "$"}) + singular() + ")";
      case 1:
        return "count(" + query() + ")";
      case 2:
        return "value(" + query() + ")";
      case 3:
        return pick<8>({"0", "1", "-0", "1.0", "1e400", "true", "null", "2"});
      case 4:
        return pick<9>(
            {"'a'", "'b'", "''", "'.'", "'a.*'", "'^a|b$'", "'[^a]'", "'\\\\p{Ll}+'", "'(a'"});
      default:
        return pick<3>({"@", "@", "$"}) + singular();
    }
  }

  Steering& choices_;
  unsigned filters_ = 0;
};

std::optional<std::string> compact(std::string_view text) {
  json::Outline outline;
  if (outline.read(text, kDepthMax) != json::Verdict::kValid) return std::nullopt;
  Buffer out;
  json::append_compact(text, outline.nodes()[0].has_duplicates, out);
  return std::string(out.view());
}

std::string show(const std::vector<SlowNode>& nodes) {
  std::string out;
  for (const SlowNode& node : nodes) out += node.path + "=" + to_text(*node.value) + "\n";
  return out;
}

std::string show(const std::vector<Found>& nodes) {
  std::string out;
  for (const Found& node : nodes) out += node.path + "=" + node.value + "\n";
  return out;
}

void check_bounds(const json::Path& path, const std::string& document, std::size_t count) {
  const json::View root{std::string_view(document)};
  const auto all = [](const json::Location&, const json::View&) { return true; };
  const json::SearchEnd whole = json::search(path, root, kNoBounds, all);
  expect(whole.reason == json::SearchEnd::Reason::kComplete, "it is complete", document);
  const auto reason = [&](std::int64_t steps, std::size_t results) {
    return json::search(path, root, {.steps = steps, .results = results}, all).reason;
  };
  expect(reason(whole.steps, count) == json::SearchEnd::Reason::kComplete, "it fits", document);
  if (whole.steps > 0) {
    expect(reason(whole.steps - 1, count) == json::SearchEnd::Reason::kSteps, "steps", document);
  }
  if (count > 0) {
    expect(reason(whole.steps, count - 1) == json::SearchEnd::Reason::kResults, "results",
           document);
  }
}

}  // namespace

}  // namespace seshdb::testing

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t bytes) {
  using namespace seshdb::testing;
  Steering steering(std::string_view(reinterpret_cast<const char*>(data), bytes));
  const bool from_grammar = steering.byte() < 0x80;
  const std::string line(steering.until('\n'));
  if (!seshdb::is_utf8(steering.rest())) return 0;
  Steering choices(line);
  const std::string text = from_grammar ? Grammar(choices).path() : line;
  if (!seshdb::is_utf8(text)) return 0;
  const auto parsed = seshdb::json::Path::parse(text);
  if (!parsed) {
    using Fault = seshdb::json::Path::Fault;
    expect(!from_grammar || parsed.error().fault == Fault::kTooLong,
           "the grammar's paths are valid", text, parsed.error().message);
    return 0;
  }
  const auto document = compact(steering.rest());
  if (!document || document->size() > kDocumentBytesMax) return 0;
  const Json tree = *parse_json(*document);
  const auto wanted = slow_find(*parsed, tree, kNodesMax);
  if (!wanted) return 0;
  std::string differs;
  const std::vector<Found> found = find_in_forms(*parsed, *document, differs);
  expect(show(found) == show(*wanted), text.c_str(), show(found), show(*wanted));
  expect(differs.empty(), text.c_str(), differs, *document);
  check_bounds(*parsed, *document, found.size());
  for (const Found& one : found) {
    const auto at = seshdb::json::View(std::string_view(*document))
                        .at(*seshdb::json::Pointer::parse(one.pointer));
    seshdb::Buffer value;
    if (at) at->append_to(value);
    expect(value.view() == one.value, "its pointer selects it", one.pointer, *document);
  }
  return 0;
}
