// One record after the other, each read whole before anything is done.
#include "store/replay.h"

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/limits.h"
#include "store/batch.h"

namespace seshdb::store {

namespace {

constexpr std::uint64_t kMsPerSecond = 1'000;

// Within 64 bits where the sum is not.
std::int64_t sum(std::int64_t a, std::int64_t b) {
  std::int64_t whole = 0;
  if (!__builtin_add_overflow(a, b, &whole)) return whole;
  return a < 0 ? INT64_MIN : INT64_MAX;
}

std::int64_t difference(std::int64_t a, std::int64_t b) {
  std::int64_t whole = 0;
  if (!__builtin_sub_overflow(a, b, &whole)) return whole;
  return a < 0 ? INT64_MIN : INT64_MAX;
}

}  // namespace

// Reads fields; once one is not there, all that follow are not.
class Replay::Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  [[nodiscard]] bool more() const { return at_ != bytes_.size(); }
  [[nodiscard]] bool good() const { return good_; }
  [[nodiscard]] std::size_t at() const { return at_; }

  std::uint8_t byte() {
    return take(1) ? static_cast<std::uint8_t>(bytes_[at_ - 1]) : std::uint8_t{0};
  }
  std::uint64_t token() {
    std::uint64_t token = 0;
    if (take(sizeof(token))) {
      std::memcpy(&token, bytes_.data() + at_ - sizeof(token), sizeof(token));
    }
    return token;
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
  // A value: never empty.
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

 private:
  bool take(std::uint64_t bytes) {
    good_ = good_ && bytes <= bytes_.size() - at_;
    at_ += good_ ? bytes : 0;
    return good_;
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
  bool good_ = true;
};

Replay::Replay(Store& store, std::function<bool(std::uint64_t)> is_mine,
               std::int64_t unix_offset_ms, std::uint64_t now_ms)
    : store_(store),
      is_mine_(std::move(is_mine)),
      unix_offset_ms_(unix_offset_ms),
      now_ms_(now_ms) {
  store_.hold_clocks();
}

bool Replay::apply(std::string_view batch) {
  Reader reader(batch);
  while (reader.more()) {
    fault_at_ = reader.at();
    if (!one(reader)) return false;
    ++records_;
  }
  return true;
}

std::uint64_t Replay::held(std::uint64_t unix_ms) const {
  const std::int64_t first_ms = difference(static_cast<std::int64_t>(unix_ms), shift_ms_);
  return static_cast<std::uint64_t>(std::clamp(first_ms, 1 - kHeldZeroMs, kHeldZeroMs - 1) +
                                    kHeldZeroMs);
}

// A deadline before the monotonic clock's begin is past like any other. One that is further away
// than a clock that starts now tells of a wall clock that went back while nobody looked.
std::uint64_t Replay::deadline_of(const Session& session) const {
  const std::int64_t first_ms = static_cast<std::int64_t>(session.deadline_ms()) - kHeldZeroMs;
  const std::int64_t ms = difference(sum(first_ms, shift_ms_), unix_offset_ms_);
  const std::uint64_t most = now_ms_ + session.expiry().duration_s * kMsPerSecond;
  return ms > 0 ? std::min(static_cast<std::uint64_t>(ms), most) : 1;
}

void Replay::finish() {
  const std::int64_t now_ms = sum(unix_offset_ms_, static_cast<std::int64_t>(now_ms_));
  if (last_ms_ && difference(*last_ms_, now_ms) > Clock::kStepMs) {
    behind_ms_ = difference(*last_ms_, now_ms);
    unix_offset_ms_ = sum(unix_offset_ms_, behind_ms_);
  }
  store_.release_clocks(now_ms_, [this](const Session& session) { return deadline_of(session); });
}

bool Replay::clock(Reader& reader) {
  const std::int64_t shift_ms = reader.signed_number();
  const std::int64_t now_ms = reader.signed_number();
  if (!reader.good()) return false;
  shift_ms_ = sum(shift_ms_, shift_ms);
  last_ms_ = now_ms;
  return true;
}

bool Replay::one(Reader& reader) {
  const auto op = static_cast<Op>(reader.byte());
  if (op == Op::kEndAll) {
    (void)store_.end_all();
    return reader.good();
  }
  if (op == Op::kClock) return clock(reader);
  const std::uint64_t token = reader.token();
  if (!reader.good() || token == 0) return false;
  if (op == Op::kCreate || op == Op::kExpiry) return settings(reader, token, op == Op::kCreate);
  const bool mine = !is_mine_ || is_mine_(token);
  Session* const session = mine ? store_.peek(token) : nullptr;
  const bool applies = session != nullptr;
  note(applies || !mine);
  switch (op) {
    case Op::kEnd:
      if (applies) store_.end(*session);
      return true;
    case Op::kDeadline: {
      const std::uint64_t when = reader.number();
      if (!reader.good()) return false;
      if (applies) note(session->expires());
      if (applies && session->expires()) {
        store_.set_deadline(*session, held(when), now_ms_);
      }
      return true;
    }
    case Op::kClear:
      if (applies) (void)store_.clear(*session);
      return true;
    case Op::kSet:
    case Op::kAppend: {
      const std::string_view name = reader.key();
      const std::string_view text = reader.value();
      if (!reader.good()) return false;
      if (applies && op == Op::kSet) {
        (void)store_.set(*session, name, text);
      } else if (applies) {
        note(store_.append(*session, name, text, 0, UINT32_MAX) == Status::kOk);
      }
      return true;
    }
    case Op::kRemove: {
      const std::string_view name = reader.key();
      if (!reader.good()) return false;
      if (applies) note(store_.remove(*session, name));
      return true;
    }
    case Op::kUpdate:
      return update(reader, session);
    case Op::kCreate:
    case Op::kExpiry:
    case Op::kEndAll:
    case Op::kClock:
      break;
  }
  return false;
}

bool Replay::settings(Reader& reader, std::uint64_t token, bool create) {
  const std::uint8_t flags = reader.byte();
  const std::uint64_t duration_s = reader.number();
  const std::uint64_t when = reader.number();
  const std::string_view name = create ? reader.text() : std::string_view();
  if (!reader.good() || duration_s > limits::kDurationSecondsMax ||
      flags > (kFlagShared | kFlagDeleteSession | kFlagSliding)) {
    return false;
  }
  if (is_mine_ && !is_mine_(token)) return true;
  const Expiry expiry{.duration_s = static_cast<std::uint32_t>(duration_s),
                      .delete_session = (flags & kFlagDeleteSession) != 0,
                      .sliding = (flags & kFlagSliding) != 0};
  Session* const session = store_.peek(token);
  if (create) {
    if (session != nullptr) store_.end(*session);
    (void)store_.create(token, (flags & kFlagShared) != 0, name, expiry, now_ms_, held(when));
  } else {
    note(session != nullptr);
    if (session != nullptr) store_.set_expiry(*session, expiry, now_ms_, held(when));
  }
  return true;
}

bool Replay::update(Reader& reader, Session* session) {
  const std::string_view name = reader.key();
  const std::uint64_t count = reader.number();
  std::vector<json::Edit> edits;
  for (std::uint64_t i = 0; i < count && reader.good(); ++i) {
    const std::optional<json::Pointer> pointer = json::Pointer::parse(reader.text());
    const std::string_view text = reader.value();
    if (!pointer || !reader.good()) return false;
    edits.push_back({*pointer, text, 0});
  }
  if (!reader.good() || edits.empty()) return false;
  if (session != nullptr) {
    std::size_t failed = 0;
    note(store_.update(*session, name, edits, UINT32_MAX, failed) == Status::kOk);
  }
  return true;
}

}  // namespace seshdb::store
