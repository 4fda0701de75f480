// Searching a session: KV_FIND.
#include "commands/find_commands.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "commands/bounded_out.h"
#include "commands/key_commands.h"
#include "json/comparison.h"
#include "json/path.h"
#include "json/path_cache.h"
#include "json/path_search.h"
#include "json/pointer.h"
#include "store/session_source.h"

namespace seshdb::commands {

namespace {

using json::Node;
using json::View;
using protocol::Reply;

constexpr Params kFindParams{
    kTokenParam,
    {.name = "path",
     .type = Type::kPath,
     .missing = Status::kFindNoPath,
     .bytes_max = json::Path::kBytesMax,
     .summary = "A JSONPath (RFC 9535) into the session, or a JSON Pointer (RFC 6901) into the "
                "value of each key."},
    {.name = "rsp",
     .type = Type::kChoice,
     .required = false,
     .choices = "values pointers paths keys kv",
     .summary =
         "With a JSONPath `values` (default), `pointers` or `paths` (normalized paths); with "
         "a JSON Pointer `keys` (default) or `kv`."},
    {.name = "operator",
     .type = Type::kOperators,
     .required = false,
     .wrong_type = Status::kFindInvalidOperator,
     .summary = "With a JSON Pointer exactly one of `==`, `!=`, `<`, `<=`, `>` and `>=`, and the "
                "value to compare with."}};
constexpr std::size_t kPath = place_of("path", kFindParams);
constexpr std::size_t kRsp = place_of("rsp", kFindParams);

std::optional<json::Operator> operator_of(std::string_view name) {
  if (name == "==") return json::Operator::kEqual;
  if (name == "!=") return json::Operator::kNotEqual;
  if (name == "<") return json::Operator::kLess;
  if (name == "<=") return json::Operator::kLessOrEqual;
  if (name == ">") return json::Operator::kGreater;
  if (name == ">=") return json::Operator::kGreaterOrEqual;
  return std::nullopt;
}

// One KV_FIND. What its functions return is the fault, if there is one.
class Finding {
 public:
  using Outcome = std::optional<Fault>;

  Finding(const Context& context, const Call& call, store::Session& session, Reply& reply)
      : context_(context), call_(call), session_(session), reply_(reply) {}

  Outcome run() {
    std::string scratch;
    const std::string_view path = call_.param(kPath)->string(call_.text, scratch);
    const bool is_path = path.substr(0, 1) == "$";
    if (Outcome fault = read_operator(is_path)) return fault;
    rsp_ = read_string(call_, call_.param(kRsp), is_path ? "values" : "keys", rsp_scratch_);
    if (is_path != (rsp_ != "keys" && rsp_ != "kv")) return Fault{Status::kCommandSyntax, "rsp"};
    return is_path ? find_nodes(path) : find_keys(path);
  }

 private:
  static Outcome past_bounds() { return Fault{Status::kOutOfBounds, "path"}; }
  const RequestBounds& bounds() const { return context_.core.bounds; }

  // Of the parameters that the row does not name.
  Outcome read_operator(bool is_path) {
    Outcome fault;
    std::string scratch;
    for_each_rest(call_, [&](const Node& node) {
      if (fault) return;
      const std::string_view name = node.decoded_name(call_.text, scratch);
      const std::optional<json::Operator> op = operator_of(name);
      if (is_path || !op || operand_ != nullptr) {
        fault = Fault{Status::kFindInvalidOperator, std::string(name)};
        return;
      }
      operator_ = *op;
      operand_ = &node;
    });
    if (!fault && !is_path && operand_ == nullptr) {
      return Fault{Status::kFindNoOperator, "no operator is given"};
    }
    return fault;
  }

  // Begins the answer; returns where the results are written.
  Buffer& begin() {
    reply_.status(Status::kOk);
    write_tkn(call_, reply_);
    return reply_.member(rsp_);
  }

  Outcome find_nodes(std::string_view text) {
    thread_local json::PathCache paths;  // of a core
    const auto parsed = paths.parse(text);
    if (!parsed) {
      using Why = json::Path::Fault;
      const Why why = parsed.error().fault;
      return Fault{why == Why::kInvalid   ? Status::kPathInvalid
                   : why == Why::kTooLong ? Status::kValueSize
                                          : Status::kOutOfBounds,
                   "path"};
    }
    const json::Path& path = **parsed;
    open_named(path.query());
    const store::SessionSource source(session_);
    BoundedOut out(begin(), bounds().answer_bytes);
    out.buffer().append('[');
    bool first = true;
    std::string written;
    const json::SearchEnd end = json::search(
        path, View(source),
        {.steps = static_cast<std::int64_t>(bounds().find_steps), .results = bounds().find_results},
        [&](const json::Location& location, const View& node) {
          if (!first) out.buffer().append(',');
          first = false;
          if (rsp_ == "values") return out.append(node);
          written.clear();
          rsp_ == "paths" ? location.append_path(written) : location.append_pointer(written);
          return out.append_string(written);
        });
    out.buffer().append(']');
    return end.reason == json::SearchEnd::Reason::kComplete ? std::nullopt : past_bounds();
  }

  // Opens the key that the path begins with, if it is one, so that the steps below it do not depend
  // on whether something has opened it before.
  void open_named(const json::Query& query) {
    if (query.segments.empty()) return;
    const json::Segment& first = query.segments.front();
    if (first.descendant || first.selectors.size() != 1) return;
    if (first.selectors.front().kind != json::Selector::Kind::kName) return;
    (void)context_.core.store.open(session_, first.selectors.front().name);
  }

  Outcome find_keys(std::string_view text) {
    const std::optional<json::Pointer> pointer = json::Pointer::parse(text);
    if (!pointer) return Fault{Status::kPathInvalid, "path"};
    Buffer scratch;
    const View operand(compact(call_, *operand_, scratch));
    json::Steps steps(static_cast<std::int64_t>(bounds().find_steps));
    BoundedOut out(begin(), bounds().answer_bytes);
    const bool with_values = rsp_ == "kv";
    out.buffer().append(with_values ? '{' : '[');
    std::uint64_t results = 0;
    bool within = true;
    session_.keys().for_each([&](const json::Value& key) {
      if (!within) return;
      within = steps.take();
      const std::optional<View> found = View(key).at(*pointer, &steps);
      if (!found || !json::compare_scalars(operator_, *found, operand, steps)) return;
      if (results++ != 0) out.buffer().append(',');
      within = within && out.append_string(key.label()) && results <= bounds().find_results;
      if (within && with_values) {
        out.buffer().append(':');
        within = out.append(View(key));
      }
    });
    out.buffer().append(with_values ? '}' : ']');
    return within && !steps.spent() ? std::nullopt : past_bounds();
  }

  const Context& context_;
  const Call& call_;
  store::Session& session_;
  Reply& reply_;
  std::string_view rsp_;
  std::string rsp_scratch_;
  json::Operator operator_ = json::Operator::kEqual;
  const Node* operand_ = nullptr;
};

void kv_find(const Context& context, const Call& call, store::Session* session, Reply& reply) {
  if (const std::optional<Fault> fault = Finding(context, call, *session, reply).run()) {
    reply.restart();
    write_fault(call, fault->status, fault->message, reply);
  }
}

constexpr std::array kRows{Row{
    .name = "KV_FIND",
    .roles = kTokenRoles,
    .slides = true,
    .tells_revision = true,
    .params = kFindParams,
    .unknown = Status::kFindInvalidOperator,
    .statuses = {Status::kOk, Status::kPathInvalid, Status::kOutOfBounds, Status::kFindNoOperator,
                 Status::kCommandSyntax},
    .answer = {kStAnswer,
               kTknAnswer,
               {"<rsp>", "array or object",
                "What was found, named as `rsp`: an array, or with `kv` an object of the keys "
                "and their values."},
               kRevAnswer},
    .summary = "Searches the keys of a session.",
    .details = "A path that begins with `$` is a JSONPath with the session as its root: a result "
               "found twice comes twice, numbers compare exactly, regular expressions are those of "
               "RFC 9485. Any other path is a JSON Pointer into the value of each key: the answer "
               "has the keys where it selects something that compares so. More than "
               "--find-steps-max, --find-results-max or --answer-bytes-max gives 43.",
    .example =
        {R"({"KV_FIND":{"tkn":"8467384731478681233","path":"$.devices[?@.make=='Apple']","rsp":"pointers"}})",
         R"({"KV_FIND_RSP":{"st":1,"tkn":"8467384731478681233","pointers":["/devices/0"],"rev":1794700800123456}})"},
    .run = kv_find}};

}  // namespace

std::span<const Row> find_rows() { return kRows; }

}  // namespace seshdb::commands
