// What one core sends another: the messages of a turn in one block of memory, which changes owner.
// A call is stored with its text and nodes, an answer as its bytes. Connections are named by id,
// never by address.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/answered.h"
#include "base/buffer.h"
#include "base/check.h"
#include "base/descriptor.h"
#include "commands/command.h"
#include "net/connection.h"
#include "save/outcome.h"
#include "save/save_job.h"

namespace seshdb::core {

/// Where an answer goes.
struct ReturnAddress {
  net::Connection::Id connection = 0;
  net::Connection::Place place = 0;
};

/// A call that outlives its request: for commands that run on every core.
struct OwnedCall {
  explicit OwnedCall(const commands::Call& from);
  OwnedCall(const OwnedCall&) = delete;
  OwnedCall& operator=(const OwnedCall&) = delete;
  ~OwnedCall() = default;

  std::string text;
  std::vector<json::Node> nodes;
  commands::Call call;
};

/// Asks for the part of `call`; the answer carries the same `gather`.
struct PartRequest {
  std::shared_ptr<const OwnedCall> call;
  std::uint64_t gather = 0;
};
struct PartAnswer {
  std::uint64_t gather = 0;
  commands::Part part{};  // empty where it is lost
  bool lost = false;      // the client gets no answer
};

/// Asks for the part of a save or load; the answer carries its outcome.
struct SavePartRequest {
  std::shared_ptr<save::SaveJob> job;
};
struct SavePartAnswer {
  save::Outcome outcome{};
  bool lost = false;  // it is not known whether what was loaded is kept
};

/// A message that owns memory.
using Message = std::variant<PartRequest, PartAnswer, SavePartRequest, SavePartAnswer, Descriptor>;

class Parcel {
 public:
  /// Empties the parcel and keeps its memory; false where that is too much to keep.
  [[nodiscard]] bool reuse();

  /// Size of its records, without the messages that own memory.
  [[nodiscard]] std::size_t bytes() const { return records_.size(); }

  void add_call(const ReturnAddress& from, const commands::Call& call);
  void add_answer(const ReturnAddress& to, std::string_view answer, Answered answered);
  void add_lost(const ReturnAddress& to);
  /// Turns its answers into lost ones: visit() calls on_lost(ReturnAddress) in their place.
  void lose_answers();
  void add(Message message);

  /// Calls visit(const Call&) for each call. The calls hold as long as the parcel.
  template <typename Visit>
  void for_each_call(Visit visit);
  /// Calls, in the order added: on_call(ReturnAddress, const Call&), on_answer(ReturnAddress,
  /// std::string_view, Answered), on_lost(ReturnAddress), on_message(T&&) for each T of
  /// Message. Views hold until it returns.
  template <typename Visitor>
  void visit(Visitor& visitor);

 private:
  enum class Kind : std::uint8_t { kCall, kAnswer, kMessage };

  // A record:  Record | Call, nodes and text, or the answer's bytes | up to 7 bytes to a multiple
  // of 8
  struct Record {
    Kind kind;
    Answered answered;
    bool lost = false;  // on_lost() instead of on_answer()
    std::size_t bytes;  // of what follows, without the padding
    ReturnAddress address;
  };

  static constexpr std::size_t room_for(std::size_t bytes) {
    return sizeof(Record) + ((bytes + 7U) & ~std::size_t{7});
  }
  // The call at `data`, with its views set to the nodes and text behind it.
  [[nodiscard]] static const commands::Call& call_of(char* data);
  [[nodiscard]] char* add_record(Kind kind, const ReturnAddress& address, std::size_t bytes,
                                 Answered answered = Answered::kNothing);

  Buffer records_;
  std::vector<Message> messages_;  // each has a record without bytes, for the order
};

template <typename Visit>
void Parcel::for_each_call(Visit visit) {
  for (std::size_t at = 0; at < records_.size();) {
    const auto* const record = reinterpret_cast<const Record*>(records_.data() + at);
    if (record->kind == Kind::kCall) {
      visit(call_of(records_.data() + at + sizeof(Record)));
    }
    at += room_for(record->bytes);
  }
}

template <typename Visitor>
void Parcel::visit(Visitor& visitor) {
  std::size_t messages = 0;
  for (std::size_t at = 0; at < records_.size();) {
    const auto* const record = reinterpret_cast<const Record*>(records_.data() + at);
    char* const data = records_.data() + at + sizeof(Record);
    at += room_for(record->bytes);
    switch (record->kind) {
      case Kind::kCall:
        visitor.on_call(record->address, call_of(data));
        break;
      case Kind::kAnswer:
        if (record->lost) {
          visitor.on_lost(record->address);
          break;
        }
        visitor.on_answer(record->address, std::string_view{data, record->bytes}, record->answered);
        break;
      case Kind::kMessage:
        std::visit([&visitor](auto& message) { visitor.on_message(std::move(message)); },
                   messages_[messages++]);
        break;
    }
  }
  SESHDB_CHECK(messages == messages_.size());  // else a message would be dropped
}

}  // namespace seshdb::core
