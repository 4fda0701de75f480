// Sizes are mostly small, for many changes, and sometimes larger than the pieces that files are
// read in.
#include "support/store_changes.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "json/pointer.h"
#include "store/patch.h"
#include "support/stored_text.h"
#include "support/token_bits.h"

namespace seshdb::testing {

std::string dump(const store::Store& store, const store::Session& session) {
  const store::Expiry expiry = session.expiry();
  std::string all =
      text_of(store.token_of(session)) + ' ' + std::to_string(session.shared() ? 1 : 0) +
      std::string(store.name_of(session)) + ' ' + std::to_string(expiry.duration_s) + ' ' +
      std::to_string(expiry.delete_session ? 1 : 0) + std::to_string(expiry.sliding ? 1 : 0) + ' ' +
      std::to_string(session.expires() ? session.deadline_ms() : 0) + '\n';
  for (const std::string_view tag : store.tags_of(session)) all += "  #" + std::string(tag) + '\n';
  for (const std::uint64_t token : store.former_tokens_of(session)) {
    all += "  was " + std::to_string(token) + '\n';
  }
  std::vector<std::string> keys;
  session.keys().for_each([&keys](const json::Value& value) {
    keys.push_back("  " + std::string(value.label()) + ' ' + text_of(value) + '\n');
  });
  std::sort(keys.begin(), keys.end());
  for (const std::string& key : keys) all += key;
  return all;
}

std::string dump(const store::Store& store) {
  std::string all = "sessions " + std::to_string(store.counts().sessions) + "\n";
  for (std::uint64_t token = 1; token <= kTokens; ++token) {
    const store::Session* const session = store.peek(token);
    if (session != nullptr) all += dump(store, *session);
  }
  return all;
}

namespace {

// With an upper half, where the store's tokens have one.
store::Token whole_token(const store::Store& store, std::uint64_t lower, Dice& dice) {
  const bool is_wide = store.token_bits() == store::TokenBits::k128;
  return {lower, store::UpperHalf(is_wide ? dice.next() | 1U : 0)};
}

std::string value(Dice& dice) {
  if (dice.one_in(2)) return random_json(dice, 3);
  const std::size_t size = dice.one_in(10) ? dice.roll(4'000) : dice.roll(40);
  return '"' + std::string(size, static_cast<char>('a' + dice.roll(26))) + '"';
}

void update(store::Store& store, store::Session& session, std::string_view name, Dice& dice) {
  const json::Value* const old = session.keys().find(name);
  if (old == nullptr) return;
  const std::string before = text_of(*old);
  const std::array<std::string, 2> pointers = {random_pointer(dice, before), ""};
  const std::array<std::string, 2> texts = {value(dice), value(dice)};
  std::vector<json::Edit> edits;
  for (std::size_t i = 0; i < (dice.one_in(4) ? 2U : 1U); ++i) {
    if (const auto pointer = json::Pointer::parse(pointers[i])) {
      edits.push_back({*pointer, texts[i], 0});
    }
  }
  std::size_t failed = 0;
  if (!edits.empty()) (void)store.update(session, name, edits, UINT32_MAX, failed);
}

// Some of the operations, or all of them where each finds its place.
void patch(store::Store& store, store::Session& session, std::string_view name, Dice& dice) {
  using Kind = store::PatchOperation::Kind;
  const std::string key = '/' + std::string(name);
  const json::Value* const old = session.keys().find(name);
  const std::string below = old == nullptr ? "/x" : random_pointer(dice, text_of(*old));
  const std::string path = key + below;
  const std::string given = value(dice);
  std::vector<store::PatchOperation> all = {
      {.kind = Kind::kSet, .path = path, .value = given},
      {.kind = Kind::kRemove, .path = path},
      {.kind = Kind::kMove, .path = "/b", .from = key},
      {.kind = Kind::kCopy, .path = "/a", .from = path},
      {.kind = Kind::kMerge, .path = key, .value = R"({"x":{"y":1,"z":null},"n":[]})"},
      {.kind = Kind::kTrim, .path = path, .value = "-1"},
      {.kind = Kind::kAdd, .path = path, .value = given},
      {.kind = Kind::kReplace, .path = "", .value = R"({"a":1,"long name":{"k":[]}})"}};
  for (std::size_t n = dice.roll(all.size()); n > 0; --n) {
    all.erase(all.begin() + static_cast<std::ptrdiff_t>(dice.roll(all.size())));
  }
  (void)store::patch_all(store, session, all);
}

store::Expiry expiry(Dice& dice) {
  return {.duration_s = static_cast<std::uint32_t>(dice.roll(3) * 100'000),
          .delete_session = dice.one_in(2),
          .sliding = dice.one_in(2)};
}

std::vector<std::string_view> tags(Dice& dice) {
  std::vector<std::string_view> all = {"a", "b", "user:1", "user:2"};
  std::erase_if(all, [&dice](std::string_view) { return dice.one_in(2); });
  return all;
}

void rotate(store::Store& store, store::Session& session, Dice& dice) {
  const std::uint64_t to = 1 + dice.roll(kTokens);
  if (session.shared() || store.peek(to) != nullptr || store.is_former(to)) return;
  (void)store.rotate(session, whole_token(store, to, dice));
}

void change(store::Store& store, store::Session& session, Dice& dice, std::uint64_t now_ms) {
  static constexpr std::array<std::string_view, 4> kNames = {"a", "b", "", "long name"};
  const std::string_view name = dice.pick(kNames);
  switch (dice.roll(17)) {
    case 0:
      store.end(session);
      return;
    case 1:
      (void)store.clear(session);
      return;
    case 2:
      (void)store.remove(session, name);
      return;
    case 3:
      store.restart_clock(session, now_ms);
      return;
    case 4:
      store.set_expiry(session, expiry(dice), now_ms);
      return;
    case 5:
    case 6:
      (void)store.append(session, name, value(dice), 0, UINT32_MAX);
      return;
    case 7:
    case 8:
      update(store, session, name, dice);
      return;
    case 15:
      store.set_tags(session, tags(dice));
      return;
    case 16:
      rotate(store, session, dice);
      return;
    case 9:
    case 10:
      patch(store, session, name, dice);
      return;
    default:
      (void)store.set(session, name, value(dice));
  }
}

}  // namespace

void change_some(store::Store& store, Dice& dice, std::uint64_t now_ms) {
  if (dice.one_in(150)) {
    (void)store.end_all();
    return;
  }
  const std::uint64_t token = 1 + dice.roll(kTokens);
  if (store::Session* const session = store.peek(token); session != nullptr) {
    change(store, *session, dice, now_ms);
    return;
  }
  if (store.is_former(token)) return;
  const bool shared = dice.one_in(3);
  (void)store.create(whole_token(store, token, dice), shared,
                     shared ? "name" + std::to_string(dice.roll(100)) : "", expiry(dice), now_ms);
}

}  // namespace seshdb::testing
