// Batches of records, as logs and checkpoints hold them. The reader stops at the same place as a
// second reader in this file, and the records that are read and written again are the same. Where
// every value is one that a store may hold, the batch is replayed; the records that this store
// adds, replayed again, give an equal store, and so does a snapshot of it. Input: the bytes of a
// batch.
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "fuzz/expect.h"
#include "json/compact.h"
#include "json/outline.h"
#include "json/pointer.h"
#include "store/batch.h"
#include "store/records.h"
#include "store/replay.h"
#include "store/snapshot.h"
#include "support/record_text.h"
#include "support/store_changes.h"

namespace seshdb::testing {

namespace {

constexpr std::uint32_t kDepthMax = 64;
constexpr std::int64_t kOffsetMs = 1'700'000'000'000;
constexpr std::uint64_t kNowMs = 1'000'000;

// Reads the grammar of store/batch.h byte by byte.
class Grammar {
 public:
  explicit Grammar(std::string_view bytes) : bytes_(bytes) {}

  /// The number of records before the end or a fault.
  std::uint64_t records = 0;
  /// Where the first invalid record begins; nothing where all are valid.
  std::optional<std::size_t> fault;
  /// The sum of the clock records' shifts, and the time in the last of them.
  std::int64_t shift_ms = 0;
  std::optional<std::int64_t> now_ms;
  std::set<std::uint64_t> tokens;
  std::vector<std::string_view> values;

  void read() {
    while (at_ < bytes_.size()) {
      const std::size_t begin = at_;
      if (!record()) {
        fault = begin;
        return;
      }
      ++records;
    }
  }

 private:
  bool record() {
    const unsigned op = static_cast<unsigned char>(bytes_[at_++]);
    if (op == 3) return true;
    if (op == 11) return clock();
    if (op == 0 || op > 17 || !token()) return false;
    switch (op) {
      case 1:
        return settings() && text();
      case 4:
        return settings();
      case 5:
        return number();
      case 6:
      case 10:
        return key() && value();
      case 7:
        return key();
      case 9:
        return key() && edits();
      case 12:
        return operations();
      case 13:
        return tags();
      case 14: {
        const std::uint64_t from = token_;
        return token() && token_ != from;
      }
      case 15:
        return former();
      case 16:
        return upper() && settings() && text();
      case 17: {
        const std::uint64_t from = token_;
        return token() && token_ != from && upper();
      }
      default:
        return true;
    }
  }
  bool clock() {
    std::int64_t shift = 0;
    std::int64_t now = 0;
    if (!signed_number(shift) || !signed_number(now)) return false;
    if (__builtin_add_overflow(shift_ms, shift, &shift_ms)) {
      shift_ms = shift < 0 ? INT64_MIN : INT64_MAX;
    }
    now_ms = now;
    return true;
  }
  // 0, -1, 1, -2, ...
  bool signed_number(std::int64_t& to) {
    if (!number()) return false;
    const auto half = static_cast<std::int64_t>(number_ / 2);
    to = number_ % 2 == 0 ? half : -1 - half;
    return true;
  }
  bool token() {
    if (bytes_.size() - at_ < 8) return false;
    token_ = 0;
    for (unsigned i = 0; i < 8; ++i) {
      token_ |= std::uint64_t{static_cast<unsigned char>(bytes_[at_++])} << (8 * i);
    }
    tokens.insert(token_);
    return token_ != 0;
  }
  bool upper() {
    const std::string_view half = bytes_.substr(at_, 8);
    at_ += half.size();
    return half.size() == 8 && half.find_first_not_of('\0') != std::string_view::npos;
  }
  bool tags() {
    if (!number()) return false;
    const std::uint64_t count = number_;
    std::string_view before;
    for (std::uint64_t i = 0; i < count; ++i) {
      if (i == 8 || !text() || text_.size() > 128 || text_ <= before) return false;
      before = text_;
    }
    return true;
  }
  bool former() {
    if (!number()) return false;
    const std::uint64_t count = number_;
    for (std::uint64_t i = 0; i < count; ++i) {
      if (!token()) return false;
    }
    return true;
  }
  bool number() {
    number_ = 0;
    for (unsigned i = 0; i < 10; ++i) {
      if (at_ == bytes_.size()) return false;
      const unsigned byte = static_cast<unsigned char>(bytes_[at_++]);
      number_ += std::uint64_t{byte % 128} << (7 * i);
      if (byte < 128) return true;
    }
    return false;
  }
  bool text() {
    if (!number() || number_ > bytes_.size() - at_) return false;
    text_ = bytes_.substr(at_, number_);
    at_ += number_;
    return true;
  }
  bool settings() {
    if (at_ == bytes_.size()) return false;
    const unsigned flags = static_cast<unsigned char>(bytes_[at_++]);
    return flags < 8 && number() && number_ <= limits::kDurationSecondsMax && number();
  }
  bool key() { return text() && text_.size() <= limits::kKeyNameBytesMax; }
  bool value() {
    if (!text() || text_.empty()) return false;
    values.push_back(text_);
    return true;
  }
  bool operations() {
    if (!number()) return false;
    const std::uint64_t count = number_;
    for (std::uint64_t i = 0; i < count; ++i) {
      if (!operation()) return false;
    }
    return count != 0;
  }
  // Tests and increments are never recorded.
  bool operation() {
    if (at_ == bytes_.size()) return false;
    const unsigned kind = static_cast<unsigned char>(bytes_[at_++]);
    if (kind == 0 || kind == 6 || kind > 9) return false;
    if (!text() || !json::Pointer::parse(text_)) return false;
    if (kind == 2) return text() && text_.empty();
    if (kind == 4 || kind == 5) return text() && !text_.empty() && json::Pointer::parse(text_);
    return value();
  }
  bool edits() {
    if (!number()) return false;
    const std::uint64_t count = number_;
    for (std::uint64_t i = 0; i < count; ++i) {
      if (!text() || !json::Pointer::parse(text_) || !value()) return false;
    }
    return count != 0;
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
  std::uint64_t number_ = 0;
  std::uint64_t token_ = 0;
  std::string_view text_;
};

// Writes the records that it visits.
class Rewriter final : public store::RecordVisitor {
 public:
  [[nodiscard]] std::string_view view() const { return batch_.view(); }

  void create(const store::Token& token, const Settings& settings, std::string_view name) override {
    batch_.create(token, settings.shared, settings.expiry, bits(settings.deadline_unix_ms), name);
  }
  void end(std::uint64_t token) override { batch_.end(token); }
  void end_all() override { batch_.end_all(); }
  void expiry(std::uint64_t token, const Settings& settings) override {
    batch_.expiry(token, settings.shared, settings.expiry, bits(settings.deadline_unix_ms));
  }
  void deadline(std::uint64_t token, std::int64_t unix_ms) override {
    batch_.deadline(token, bits(unix_ms));
  }
  void set(std::uint64_t token, std::string_view name, std::string_view text) override {
    batch_.set(token, name, text);
  }
  void remove(std::uint64_t token, std::string_view name) override { batch_.remove(token, name); }
  void clear(std::uint64_t token) override { batch_.clear(token); }
  void update(std::uint64_t token, std::string_view name,
              std::span<const json::Edit> edits) override {
    batch_.update(token, name, edits);
  }
  void append(std::uint64_t token, std::string_view name, std::string_view text) override {
    batch_.append(token, name, text);
  }
  void patch(std::uint64_t token, std::span<const store::PatchOperation> operations) override {
    batch_.patch(token, operations);
  }
  void tags(std::uint64_t token, const std::vector<std::string_view>& tags) override {
    batch_.tags(token, tags);
  }
  void rotate(std::uint64_t token, const store::Token& to) override { batch_.rotate(token, to); }
  void former(std::uint64_t token, const std::vector<std::uint64_t>& tokens) override {
    batch_.former(token, tokens);
  }
  void clock(std::int64_t shift_ms, std::int64_t now_unix_ms) override {
    batch_.clock(shift_ms, bits(now_unix_ms) - bits(shift_ms));
    batch_.set_unix_offset_ms(0);
  }

 private:
  static std::uint64_t bits(std::int64_t number) { return static_cast<std::uint64_t>(number); }

  store::Batch batch_;
};

void read_and_rewrite(std::string_view bytes, const Grammar& grammar) {
  RecordText text;
  const store::RecordsRead read = store::read_records(bytes, text);
  expect(read.records == grammar.records, "both readers find as many records");
  expect(read.fault_at == grammar.fault, "both find the fault where it is");
  Rewriter rewriter;
  expect(store::read_records(bytes, rewriter).records == read.records, "whoever is shown them");
  RecordText again;
  const store::RecordsRead reread = store::read_records(rewriter.view(), again);
  expect(reread.records == read.records && !reread.fault_at, "what is written is of the grammar");
  expect(again.text() == text.text(), "and says the same", again.text(), text.text());
}

bool may_be_stored(std::string_view value) {
  json::Outline outline;
  if (outline.read(value, kDepthMax) != json::Verdict::kValid) return false;
  Buffer compact;
  json::append_compact(value, true, compact);
  return compact.view() == value;
}

std::string dump_all(const store::Store& store, const std::set<std::uint64_t>& tokens) {
  std::string all =
      std::to_string(store.counts().sessions) + ' ' + std::to_string(store.counts().keys) + '\n';
  for (const std::uint64_t token : tokens) {
    const store::Session* const session = store.peek(token);
    if (session != nullptr) all += dump(store, *session);
  }
  return all;
}

// A store made of the records of `batch`.
void expect_made_by(const store::Batch& batch, const std::string& wanted,
                    const std::set<std::uint64_t>& tokens, store::TokenBits token_bits,
                    const char* what) {
  store::Store store(token_bits);
  store::Replay replay(store, {}, kOffsetMs, kNowMs);
  expect(replay.apply(batch.view()), "what a batch was told is of the grammar");
  expect(replay.orphans() == 0, "and finds what it applies to");
  replay.finish();
  expect(dump_all(store, tokens) == wanted, what, dump_all(store, tokens), wanted);
}

void replay_and_tell(std::string_view bytes, const Grammar& grammar, store::TokenBits token_bits) {
  store::Store store(token_bits);
  store::Batch told;
  told.set_unix_offset_ms(-store::Replay::kHeldZeroMs);
  store.tell(&told);
  store::Replay replay(store, {}, kOffsetMs, kNowMs);
  expect(replay.apply(bytes) == !grammar.fault, "a batch is good whatever is there");
  expect(replay.records() == grammar.records, "all records are replayed");
  if (grammar.now_ms) {
    const auto offset_ms = static_cast<std::uint64_t>(grammar.shift_ms) -
                           static_cast<std::uint64_t>(store::Replay::kHeldZeroMs);
    told.clock(static_cast<std::int64_t>(offset_ms),
               static_cast<std::uint64_t>(*grammar.now_ms) - offset_ms);
  }
  store.tell(nullptr);
  replay.finish();
  const std::string made = dump_all(store, grammar.tokens);
  expect_made_by(told, made, grammar.tokens, token_bits,
                 "what the batch was told makes an equal store");
  store::Batch snapshot;
  snapshot.set_unix_offset_ms(kOffsetMs);
  store::Snapshot writer(store, snapshot, [] {});
  while (!writer.write_some(100)) {
  }
  expect_made_by(snapshot, made, grammar.tokens, token_bits, "a snapshot makes an equal store");
  while (!store.reclaim(UINT32_MAX, 100)) {
  }
}

void replay_for_nobody(std::string_view bytes, const Grammar& grammar) {
  store::Store store;
  store::Replay replay(store, [](std::uint64_t) { return false; }, kOffsetMs, kNowMs);
  expect(replay.apply(bytes) == !grammar.fault, "both find it good, or neither");
  if (grammar.fault) expect(replay.fault_at() == *grammar.fault, "the fault is where it is");
  expect(replay.records() == grammar.records, "both find as many records");
  expect(store.counts().sessions == 0 && replay.orphans() == 0, "others' sessions are no concern");
}

}  // namespace

}  // namespace seshdb::testing

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t bytes) {
  using namespace seshdb::testing;
  const std::string input(data, data + bytes);
  Grammar grammar(input);
  grammar.read();
  read_and_rewrite(input, grammar);
  replay_for_nobody(input, grammar);
  for (const std::string_view value : grammar.values) {
    if (!may_be_stored(value)) return 0;
  }
  replay_and_tell(input, grammar, seshdb::store::TokenBits::k64);
  replay_and_tell(input, grammar, seshdb::store::TokenBits::k128);
  return 0;
}
