// Writing records: one reservation each, so that a change costs little more than its bytes.
#include "store/batch.h"

#include <bit>
#include <cstring>

#include "store/session.h"

namespace seshdb::store {

static_assert(std::endian::native == std::endian::little, "tokens are copied byte by byte");

namespace {

constexpr std::size_t kNumberBytesMax = 10;
constexpr std::size_t kTokenBytes = sizeof(std::uint64_t);

char* put_number(char* to, std::uint64_t number) {
  while (number >= 0x80U) {
    *to++ = static_cast<char>(number | 0x80U);
    number >>= 7U;
  }
  *to++ = static_cast<char>(number);
  return to;
}

char* put_text(char* to, std::string_view text) {
  to = put_number(to, text.size());
  if (!text.empty()) {
    std::memcpy(to, text.data(), text.size());
  }
  return to + text.size();
}

char* put_token(char* to, std::uint64_t token) {
  std::memcpy(to, &token, kTokenBytes);
  return to + kTokenBytes;
}

// `number` is in two's complement.
constexpr std::uint64_t zigzag(std::uint64_t number) {
  return (number << 1U) ^ (number >> 63U == 0 ? 0 : UINT64_MAX);
}

constexpr std::size_t room_for(std::string_view text) { return kNumberBytesMax + text.size(); }

std::uint8_t flags_of(bool shared, const Expiry& expiry) {
  return static_cast<std::uint8_t>((shared ? kFlagShared : 0) |
                                   (expiry.delete_session ? kFlagDeleteSession : 0) |
                                   (expiry.sliding ? kFlagSliding : 0));
}

}  // namespace

char* Batch::begin(Op op, std::uint64_t token, std::size_t more) {
  char* to = bytes_.reserve(1 + kTokenBytes + more);
  *to = static_cast<char>(op);
  bytes_.commit(1 + kTokenBytes);
  return put_token(to + 1, token);
}

void Batch::finish(const char* end) {
  bytes_.commit(static_cast<std::size_t>(end - (bytes_.data() + bytes_.size())));
}

std::uint64_t Batch::unix_ms(std::uint64_t deadline_ms) const {
  return deadline_ms == 0 ? 0 : deadline_ms + static_cast<std::uint64_t>(unix_offset_ms_);
}

void Batch::settings(Op op, const Token& token, bool shared, const Expiry& expiry,
                     std::uint64_t deadline_ms, std::string_view name) {
  char* to = begin(op, token.lower, kTokenBytes + 1 + 2 * kNumberBytesMax + room_for(name));
  if (op == Op::kCreate128) to = put_token(to, token.upper.bits());
  *to++ = static_cast<char>(flags_of(shared, expiry));
  to = put_number(to, expiry.duration_s);
  to = put_number(to, expiry.duration_s == 0 ? 0 : unix_ms(deadline_ms));
  finish(op == Op::kExpiry ? to : put_text(to, name));
}

void Batch::create(const Token& token, bool shared, const Expiry& expiry, std::uint64_t deadline_ms,
                   std::string_view name) {
  const Op op = token.upper.is_none() ? Op::kCreate : Op::kCreate128;
  settings(op, token, shared, expiry, deadline_ms, name);
}

void Batch::expiry(std::uint64_t token, bool shared, const Expiry& expiry,
                   std::uint64_t deadline_ms) {
  settings(Op::kExpiry, token, shared, expiry, deadline_ms, {});
}

void Batch::end_all() { bytes_.append(static_cast<char>(Op::kEndAll)); }

void Batch::deadline(std::uint64_t token, std::uint64_t deadline_ms) {
  char* const to = begin(Op::kDeadline, token, kNumberBytesMax);
  finish(put_number(to, unix_ms(deadline_ms)));
}

void Batch::clock(std::int64_t unix_offset_ms, std::uint64_t now_ms) {
  const auto offset_ms = static_cast<std::uint64_t>(unix_offset_ms);
  const std::uint64_t shift_ms = offset_ms - static_cast<std::uint64_t>(unix_offset_ms_);
  unix_offset_ms_ = unix_offset_ms;
  char* to = bytes_.reserve(1 + 2 * kNumberBytesMax);
  *to++ = static_cast<char>(Op::kClock);
  to = put_number(to, zigzag(shift_ms));
  finish(put_number(to, zigzag(offset_ms + now_ms)));
}

void Batch::name_and_text(Op op, std::uint64_t token, std::string_view name,
                          std::string_view text) {
  char* const to = begin(op, token, room_for(name) + room_for(text));
  finish(put_text(put_text(to, name), text));
}

void Batch::set(std::uint64_t token, const json::Value& value) {
  const std::string_view name = value.label();
  char* const to = begin(Op::kSet, token, room_for(name) + kNumberBytesMax);
  finish(put_number(put_text(to, name), value.bytes()));
  value.append_to(bytes_);
}

void Batch::remove(std::uint64_t token, std::string_view name) {
  char* const to = begin(Op::kRemove, token, room_for(name));
  finish(put_text(to, name));
}

void Batch::patch(std::uint64_t token, std::span<const PatchOperation> operations) {
  std::size_t more = kNumberBytesMax;
  for (const PatchOperation& operation : operations) {
    more += 1 + room_for(operation.path) + room_for(operation.from) + room_for(operation.value);
  }
  char* to = put_number(begin(Op::kPatch, token, more), operations.size());
  for (const PatchOperation& operation : operations) {
    *to++ = static_cast<char>(operation.kind);
    to = put_text(to, operation.path);
    to = put_text(to, has_from(operation.kind) ? operation.from : operation.value);
  }
  finish(to);
}

void Batch::tags(std::uint64_t token, std::span<const std::string_view> tags) {
  std::size_t more = kNumberBytesMax;
  for (const std::string_view tag : tags) more += room_for(tag);
  char* to = put_number(begin(Op::kTags, token, more), tags.size());
  for (const std::string_view tag : tags) to = put_text(to, tag);
  finish(to);
}

void Batch::rotate(std::uint64_t token, const Token& to) {
  const Op op = to.upper.is_none() ? Op::kRotate : Op::kRotate128;
  char* const end = put_token(begin(op, token, 2 * kTokenBytes), to.lower);
  finish(op == Op::kRotate ? end : put_token(end, to.upper.bits()));
}

void Batch::former(std::uint64_t token, std::span<const std::uint64_t> tokens) {
  char* to = begin(Op::kFormer, token, kNumberBytesMax + tokens.size() * kTokenBytes);
  to = put_number(to, tokens.size());
  for (const std::uint64_t one : tokens) to = put_token(to, one);
  finish(to);
}

void Batch::update(std::uint64_t token, std::string_view name, std::span<const json::Edit> edits) {
  std::size_t more = room_for(name) + kNumberBytesMax;
  for (const json::Edit& edit : edits) {
    more += room_for(edit.pointer.text()) + room_for(edit.text);
  }
  char* to = begin(Op::kUpdate, token, more);
  to = put_number(put_text(to, name), edits.size());
  for (const json::Edit& edit : edits) {
    to = put_text(put_text(to, edit.pointer.text()), edit.text);
  }
  finish(to);
}

}  // namespace seshdb::store
