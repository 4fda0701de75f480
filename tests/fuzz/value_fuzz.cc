// A stored value after any sequence of updates and appends equals the slow reference of
// support/oracle.h, byte by byte; a change that fails changes nothing.
// Input, by lines: the value; then a value to append, or a pointer, a tab and the new value. After
// two tabs one update makes that edit many times, which opens a value of any size.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/utf8.h"
#include "fuzz/expect.h"
#include "json/compact.h"
#include "json/outline.h"
#include "json/value.h"
#include "support/json_tree.h"
#include "support/oracle.h"

namespace seshdb::testing {

namespace {

constexpr std::uint32_t kDepthMax = 24;
constexpr std::size_t kChangesMax = 32;
constexpr std::size_t kMany = 12;
// A value that doubles again and again would take too long.
constexpr std::size_t kBytesMax = 64 * 1024;

struct Text {
  std::string compact;
  std::uint32_t depth = 0;
  Json tree;
};

std::optional<Text> read(std::string_view text) {
  json::Outline outline;
  const json::Verdict verdict = outline.read(text, kDepthMax);
  const std::optional<Json> tree = parse_json(text);
  if (verdict == json::Verdict::kTooDeep) return std::nullopt;
  const bool valid = verdict == json::Verdict::kValid;
  expect(valid == tree.has_value(), "both find it valid, or neither", text);
  if (!valid) return std::nullopt;
  Buffer compact;
  json::append_compact(text, outline.nodes()[0].has_duplicates, compact);
  Text read{.compact = std::string(compact.view()),
            .depth = outline.nodes()[0].depth,
            .tree = without_duplicates(*tree)};
  expect(read.compact == to_text(read.tree), "compacting", read.compact, to_text(read.tree));
  return read;
}

std::uint32_t depth_of(const Json& json) {
  std::uint32_t inside = 0;
  for (const auto& [name, value] : json.members) inside = std::max(inside, depth_of(value));
  for (const Json& item : json.items) inside = std::max(inside, depth_of(item));
  return json.is_object() || json.kind == Json::Kind::kArray ? inside + 1 : 0;
}

Status append_slowly(Json& tree, const Text& added) {
  Json changed = tree;
  if (!append_to(changed, added.tree)) return Status::kValueTypeInvalid;
  if (depth_of(changed) > kDepthMax) return Status::kOutOfBounds;
  tree = std::move(changed);
  return Status::kOk;
}

Status update_slowly(Json& tree, std::string_view pointer, const Text& put) {
  Json changed = tree;
  Json* const at = select(changed, pointer);
  if (at == nullptr) return Status::kPathNotExist;
  *at = put.tree;
  if (depth_of(changed) > kDepthMax) return Status::kOutOfBounds;
  tree = std::move(changed);
  return Status::kOk;
}

void expect_status(Status got, Status wanted, const char* what) {
  expect(got == wanted, what, std::to_string(static_cast<int>(got)),
         std::to_string(static_cast<int>(wanted)));
}

void change(json::Value& value, Json& tree, std::string_view line) {
  const std::size_t tab = line.find('\t');
  if (!line.starts_with('/') || tab == std::string_view::npos) {
    const auto added = read(line);
    if (!added) return;
    expect_status(value.append(added->compact, added->depth, kDepthMax),
                  append_slowly(tree, *added), "the status of the append");
    return;
  }
  const auto pointer = json::Pointer::parse(line.substr(0, tab));
  const bool many = line.substr(tab).starts_with("\t\t");
  const auto put = read(line.substr(tab + (many ? 2 : 1)));
  if (!pointer || !put) return;
  const std::vector<json::Edit> edits(
      many ? kMany : 1, {.pointer = *pointer, .text = put->compact, .depth = put->depth});
  std::size_t failed = 0;
  expect_status(value.update(edits, kDepthMax, failed),
                update_slowly(tree, line.substr(0, tab), *put), "the status of the update");
}

}  // namespace

}  // namespace seshdb::testing

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t bytes) {
  using namespace seshdb::testing;
  const std::string input(data, data + bytes);
  if (!seshdb::is_utf8(input)) return 0;  // the network passes nothing else
  Steering steering(input);
  const auto start = read(steering.until('\n'));
  if (!start) return 0;
  seshdb::json::Value value("label", start->compact);
  Json tree = start->tree;
  for (std::size_t i = 0; i < kChangesMax && !steering.done(); ++i) {
    change(value, tree, steering.until('\n'));
    if (value.bytes() > kBytesMax) break;
    seshdb::Buffer now;
    value.append_to(now);
    expect(now.view() == to_text(tree), "the value after a change", now.view(), to_text(tree));
  }
  return 0;
}
