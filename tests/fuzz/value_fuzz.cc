// A stored value after any sequence of updates, splices and appends equals the slow reference of
// support/oracle.h, byte by byte; a change that fails changes nothing, and a splice can be undone.
// Input, by lines: the value; then a value to append, or a pointer, a tab and the new value. After
// two tabs one update makes that edit many times, which opens a value of any size. A splice is `!`,
// two bytes for the index and for how many go, a pointer, a tab and a container of what comes.
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
#include "json/text.h"
#include "json/value.h"
#include "support/json_tree.h"
#include "support/oracle.h"
#include "support/stored_text.h"

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

bool has_member(const Json& object, std::size_t from, std::size_t to, const std::string& name) {
  for (std::size_t i = from; i < to; ++i) {
    if (object.members[i].first.decoded() == name) return true;
  }
  return false;
}

// Leaves out the names that `to` keeps.
void leave_new_names(Json& added, const Json& to, std::size_t index, std::size_t removed) {
  std::erase_if(added.members, [&](const auto& member) {
    const std::string name = member.first.decoded();
    return has_member(to, 0, index, name) ||
           has_member(to, index + removed, to.members.size(), name);
  });
}

void expect_splice(json::Value& value, const json::Splice& change, std::string_view gone) {
  Buffer before;
  value.splice(change, &before);
  expect(before.view() == gone, "the members that go", before.view(), gone);
}

void change_members(json::Value& value, Json& tree, std::string_view line) {
  if (line.size() < 3) return;
  const std::size_t tab = std::min(line.find('\t', 2), line.size());
  const std::string_view path = line.substr(2, tab - 2);
  const auto pointer = json::Pointer::parse(path);
  const auto come = read(line.substr(std::min(tab + 1, line.size())));
  Json changed = tree;
  Json* const parent = pointer ? select(changed, path) : nullptr;
  if (parent == nullptr || !come || depth_of(*parent) == 0) return;
  if (come->tree.kind != parent->kind) return;
  const std::size_t count = parent->members.size() + parent->items.size();
  const std::size_t index = static_cast<unsigned char>(line[0]) % (count + 1);
  const std::size_t removed = static_cast<unsigned char>(line[1]) % (count - index + 1);
  Json added = come->tree;
  leave_new_names(added, *parent, index, removed);
  const std::size_t added_count = added.members.size() + added.items.size();
  const Json gone = splice(*parent, index, removed, added);
  if (depth_of(changed) > kDepthMax) return;
  const std::string added_text = to_text(added);
  const std::string gone_text = to_text(gone);
  const json::Splice change{
      .parent = *pointer, .index = index, .removed = removed, .added = json::inside(added_text)};
  const json::Splice inverse{
      .parent = *pointer, .index = index, .removed = added_count, .added = json::inside(gone_text)};
  expect_splice(value, change, inverse.added);
  expect_splice(value, inverse, change.added);
  expect(text_of(value) == to_text(tree), "the value after the inverse", text_of(value),
         to_text(tree));
  expect_splice(value, change, inverse.added);
  tree = std::move(changed);
}

void change(json::Value& value, Json& tree, std::string_view line) {
  if (line.starts_with('!')) {
    change_members(value, tree, line.substr(1));
    return;
  }
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
    expect(text_of(value) == to_text(tree), "the value after a change", text_of(value),
           to_text(tree));
    expect(value.bytes() == to_text(tree).size(), "the size after a change");
  }
  return 0;
}
