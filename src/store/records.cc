// Reads record by record; each is read whole before it is visited.
#include "store/records.h"

#include <cstring>
#include <vector>

#include "base/limits.h"
#include "store/batch.h"

namespace seshdb::store {

namespace {

constexpr unsigned kFlagsAll = kFlagShared | kFlagDeleteSession | kFlagSliding;

class RecordReader {
 public:
  RecordReader(std::string_view bytes, RecordVisitor& visitor) : bytes_(bytes), visitor_(visitor) {}

  [[nodiscard]] bool more() const { return at_ != bytes_.size(); }
  [[nodiscard]] std::size_t at() const { return at_; }

  /// Reads a record and visits it; false where it violates the grammar.
  [[nodiscard]] bool next() {
    const auto op = static_cast<Op>(byte());
    if (op == Op::kEndAll) {
      visitor_.end_all();
      return true;
    }
    if (op == Op::kClock) return clock();
    const std::uint64_t token = fixed_token();
    return good_ && token != 0 && of_session(op, token);
  }

 private:
  [[nodiscard]] bool clock() {
    const std::int64_t shift_ms = signed_number();
    const std::int64_t now_unix_ms = signed_number();
    if (good_) visitor_.clock(shift_ms, now_unix_ms);
    return good_;
  }

  [[nodiscard]] bool of_session(Op op, std::uint64_t token) {
    switch (op) {
      case Op::kCreate:
        return create({token});
      case Op::kCreate128: {
        const UpperHalf upper = upper_half();
        return good_ && create({token, upper});
      }
      case Op::kExpiry: {
        const RecordVisitor::Settings changed = settings();
        if (good_) visitor_.expiry(token, changed);
        return good_;
      }
      case Op::kEnd:
        visitor_.end(token);
        return true;
      case Op::kDeadline: {
        const std::uint64_t when = number();
        if (good_) visitor_.deadline(token, static_cast<std::int64_t>(when));
        return good_;
      }
      case Op::kClear:
        visitor_.clear(token);
        return true;
      case Op::kSet:
      case Op::kAppend: {
        const std::string_view name = key();
        const std::string_view text = value();
        if (!good_) return false;
        if (op == Op::kSet) {
          visitor_.set(token, name, text);
        } else {
          visitor_.append(token, name, text);
        }
        return true;
      }
      case Op::kRemove: {
        const std::string_view name = key();
        if (good_) visitor_.remove(token, name);
        return good_;
      }
      case Op::kUpdate:
        return update(token);
      case Op::kPatch:
        return patch(token);
      case Op::kTags:
        return tags(token);
      case Op::kRotate:
      case Op::kRotate128: {
        const std::uint64_t to = fixed_token();
        const UpperHalf upper = op == Op::kRotate ? UpperHalf() : upper_half();
        if (!good_ || to == 0 || to == token) return false;
        visitor_.rotate(token, {to, upper});
        return true;
      }
      case Op::kFormer:
        return former(token);
      case Op::kEndAll:
      case Op::kClock:
        break;
    }
    return false;
  }

  [[nodiscard]] bool create(const Token& token) {
    const RecordVisitor::Settings its = settings();
    const std::string_view name = text();
    if (good_) visitor_.create(token, its, name);
    return good_;
  }

  [[nodiscard]] RecordVisitor::Settings settings() {
    const std::uint8_t flags = byte();
    const std::uint64_t duration_s = number();
    const std::uint64_t when = number();
    good_ = good_ && flags <= kFlagsAll && duration_s <= limits::kDurationSecondsMax;
    return {.shared = (flags & kFlagShared) != 0,
            .expiry = {.duration_s = static_cast<std::uint32_t>(duration_s),
                       .delete_session = (flags & kFlagDeleteSession) != 0,
                       .sliding = (flags & kFlagSliding) != 0},
            .deadline_unix_ms = static_cast<std::int64_t>(when)};
  }

  [[nodiscard]] bool update(std::uint64_t token) {
    edits_.clear();
    const std::string_view name = key();
    const std::uint64_t count = number();
    for (std::uint64_t i = 0; i < count && good_; ++i) {
      const std::optional<json::Pointer> pointer = json::Pointer::parse(text());
      const std::string_view text = value();
      if (!pointer || !good_) return false;
      edits_.push_back({*pointer, text, 0});
    }
    if (!good_ || edits_.empty()) return false;
    visitor_.update(token, name, edits_);
    return true;
  }

  [[nodiscard]] bool patch(std::uint64_t token) {
    operations_.clear();
    const std::uint64_t count = number();
    for (std::uint64_t i = 0; i < count && good_; ++i) {
      if (!operation()) return false;
    }
    if (!good_ || operations_.empty()) return false;
    visitor_.patch(token, operations_);
    return true;
  }

  [[nodiscard]] bool tags(std::uint64_t token) {
    std::vector<std::string_view> tags;
    const std::uint64_t count = number();
    for (std::uint64_t i = 0; i < count && good_; ++i) {
      const std::string_view tag = text();
      good_ = good_ && !tag.empty() && tag.size() <= limits::kTagBytesMax &&
              tags.size() < limits::kTagsMost && (tags.empty() || tags.back() < tag);
      tags.push_back(tag);
    }
    if (good_) visitor_.tags(token, tags);
    return good_;
  }

  [[nodiscard]] bool former(std::uint64_t token) {
    std::vector<std::uint64_t> tokens;
    const std::uint64_t count = number();
    for (std::uint64_t i = 0; i < count && good_; ++i) {
      tokens.push_back(fixed_token());
      good_ = good_ && tokens.back() != 0;
    }
    if (good_) visitor_.former(token, tokens);
    return good_;
  }

  [[nodiscard]] bool operation() {
    using Kind = PatchOperation::Kind;
    PatchOperation operation{.kind = static_cast<Kind>(byte()), .path = text()};
    if (operation.kind < Kind::kAdd || operation.kind > Kind::kMerge ||
        operation.kind == Kind::kTest) {
      return false;
    }
    const std::string_view more = text();
    (has_from(operation.kind) ? operation.from : operation.value) = more;
    operations_.push_back(operation);
    return good_ && json::Pointer::parse(operation.path).has_value() &&
           json::Pointer::parse(operation.from).has_value() &&
           more.empty() == (operation.kind == Kind::kRemove) &&
           more.size() <= limits::kValueBytesMax;
  }

  // Fields. Once a field is cut short or out of bounds, `good_` is false, and all results are
  // without meaning.

  bool take(std::uint64_t bytes) {
    good_ = good_ && bytes <= bytes_.size() - at_;
    at_ += good_ ? bytes : 0;
    return good_;
  }
  std::uint8_t byte() {
    return take(1) ? static_cast<std::uint8_t>(bytes_[at_ - 1]) : std::uint8_t{0};
  }
  std::uint64_t fixed_token() {
    std::uint64_t token = 0;
    if (take(sizeof(token))) {
      std::memcpy(&token, bytes_.data() + at_ - sizeof(token), sizeof(token));
    }
    return token;
  }
  UpperHalf upper_half() {
    const UpperHalf upper(fixed_token());
    good_ = good_ && !upper.is_none();
    return upper;
  }
  std::uint64_t number() {
    std::uint64_t number = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const std::uint8_t part = byte();
      number |= std::uint64_t{part & 0x7FU} << shift;
      if (part < 0x80U) return number;
    }
    good_ = false;
    return 0;
  }
  std::int64_t signed_number() {
    const std::uint64_t zigzag = number();
    return static_cast<std::int64_t>(zigzag >> 1U) ^ -static_cast<std::int64_t>(zigzag & 1U);
  }
  std::string_view text() {
    const std::uint64_t bytes = number();
    return take(bytes) ? bytes_.substr(at_ - bytes, bytes) : std::string_view();
  }
  std::string_view value() {
    const std::string_view value = text();
    good_ = good_ && !value.empty() && value.size() <= limits::kValueBytesMax;
    return value;
  }
  std::string_view key() {
    const std::string_view name = text();
    good_ = good_ && name.size() <= limits::kKeyNameBytesMax;
    return name;
  }

  std::string_view bytes_;
  RecordVisitor& visitor_;
  std::size_t at_ = 0;
  bool good_ = true;
  std::vector<json::Edit> edits_;           // of one record; kept for its memory
  std::vector<PatchOperation> operations_;  // the same
};

}  // namespace

RecordsRead read_records(std::string_view batch, RecordVisitor& visitor) {
  RecordsRead read;
  RecordReader reader(batch, visitor);
  while (reader.more()) {
    const std::size_t begin = reader.at();
    if (!reader.next()) {
      read.fault_at = begin;
      return read;
    }
    ++read.records;
  }
  return read;
}

}  // namespace seshdb::store
