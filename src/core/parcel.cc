// Writing records into a parcel.
#include "core/parcel.h"

#include <cstring>
#include <type_traits>
#include <utility>

namespace seshdb::core {

static_assert(std::is_trivially_copyable_v<commands::Call>);
static_assert(std::is_trivially_copyable_v<json::Node>);
static_assert(alignof(commands::Call) <= 8 && sizeof(commands::Call) % alignof(json::Node) == 0);

OwnedCall::OwnedCall(const commands::Call& from)
    : text(from.text), nodes(from.nodes.begin(), from.nodes.end()), call(from) {
  call.text = text;
  call.nodes = nodes;
}

char* Parcel::add_record(Kind kind, const ReturnAddress& address, std::size_t bytes,
                         Answered answered) {
  const std::size_t room = room_for(bytes);
  char* const to = records_.reserve(room);
  const Record record{.kind = kind, .answered = answered, .bytes = bytes, .address = address};
  std::memcpy(to, &record, sizeof(record));
  records_.commit(room);
  return to + sizeof(record);
}

bool Parcel::reuse() {
  constexpr std::size_t kBytesMost = std::size_t{64} << 10;
  records_.clear();
  messages_.clear();
  return records_.capacity() <= kBytesMost;
}

void Parcel::add_call(const ReturnAddress& from, const commands::Call& call) {
  const std::size_t bytes = sizeof(call) + call.nodes.size_bytes() + call.text.size();
  char* to = add_record(Kind::kCall, from, bytes);
  std::memcpy(to, &call, sizeof(call));
  to += sizeof(call);
  std::memcpy(to, call.nodes.data(), call.nodes.size_bytes());
  std::memcpy(to + call.nodes.size_bytes(), call.text.data(), call.text.size());
}

const commands::Call& Parcel::call_of(char* data) {
  auto& call = *reinterpret_cast<commands::Call*>(data);
  const char* const nodes = data + sizeof(commands::Call);
  call.nodes = {reinterpret_cast<const json::Node*>(nodes), call.nodes.size()};
  call.text = {nodes + call.nodes.size_bytes(), call.text.size()};
  return call;
}

void Parcel::add_answer(const ReturnAddress& to, std::string_view answer, Answered answered) {
  char* const data = add_record(Kind::kAnswer, to, answer.size(), answered);
  if (!answer.empty()) {
    std::memcpy(data, answer.data(), answer.size());
  }
}

void Parcel::add_lost(const ReturnAddress& to) {
  char* const data = add_record(Kind::kAnswer, to, 0);
  reinterpret_cast<Record*>(data - sizeof(Record))->lost = true;
}

void Parcel::lose_answers() {
  for (std::size_t at = 0; at < records_.size();) {
    auto* const record = reinterpret_cast<Record*>(records_.data() + at);
    record->lost = record->lost || record->kind == Kind::kAnswer;
    at += room_for(record->bytes);
  }
  for (Message& message : messages_) {
    if (auto* const part = std::get_if<PartAnswer>(&message)) part->lost = true;
    if (auto* const save = std::get_if<SavePartAnswer>(&message)) save->lost = true;
  }
}

void Parcel::add(Message message) {
  (void)add_record(Kind::kMessage, {}, 0);
  messages_.push_back(std::move(message));
}

}  // namespace seshdb::core
