// Writes an answer into the buffer that is sent: `{"KV_GET_RSP":{…}}`. Independent of commands.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

#include "base/buffer.h"
#include "base/status.h"
#include "json/string.h"

namespace seshdb::protocol {

/// Appends `"name":`, with a comma before it unless it is the first of its object. `name` is raw.
inline void append_member_name(std::string_view name, bool is_first, Buffer& out) {
  char* const from = out.reserve(name.size() + 4);  // once for all of it
  char* to = from;
  if (!is_first) *to++ = ',';
  *to++ = '"';
  if (!name.empty()) std::memcpy(to, name.data(), name.size());
  to += name.size();
  *to++ = '"';
  *to++ = ':';
  out.commit(static_cast<std::size_t>(to - from));
}

/// Writes one JSON object member by member, with the commas.
class ObjectWriter {
 public:
  explicit ObjectWriter(Buffer& out) : out_(&out) { out.append('{'); }

  /// Begins a member under a raw name. The caller writes its value to the result.
  Buffer& raw_name(std::string_view raw) {
    append_member_name(raw, std::exchange(first_, false), *out_);
    return *out_;
  }
  void close() { out_->append('}'); }

 private:
  Buffer* out_;
  bool first_ = true;
};

class Reply {
 public:
  /// `prefix` is `{"<COMMAND>_RSP":`; `rid` is the request's rid as JSON, unchanged, or empty.
  /// Writes nothing before the first member.
  Reply(Buffer& out, std::string_view prefix, std::string_view rid)
      : out_(out), prefix_(prefix), rid_(rid), before_(out.size()) {}

  /// Begins a member. The caller writes its value to the result. `name` needs no escapes.
  Buffer& member(std::string_view name);
  void raw(std::string_view name, std::string_view json) { member(name).append(json); }
  void status(Status status) {
    note(status);
    number("st", static_cast<std::uint64_t>(status));
  }
  void number(std::string_view name, std::uint64_t number) { member(name).append_number(number); }
  void boolean(std::string_view name, bool value) { member(name).append(value ? "true" : "false"); }
  void string(std::string_view name, std::string_view decoded) {
    json::append_string(decoded, member(name));
  }
  /// Begins a member that is an object. Close it before the next member.
  ObjectWriter object(std::string_view name) { return ObjectWriter(member(name)); }

  /// Takes back what was written, so that the answer can begin again.
  void restart();

  /// Writes the standard answer to a fault. `token` is the request's as JSON, or empty for null.
  void fault(Status status, std::string_view token, std::string_view message);

  /// Notes a status for the tally, which counts the request under the first fault noted, else under
  /// Ok. status() notes what it writes. The caller notes the statuses of single keys.
  void note(Status status) {
    if (noted_ == Status::kOk && !is_success(status)) {
      noted_ = status;
    }
  }
  [[nodiscard]] Status noted() const { return noted_; }
  [[nodiscard]] bool begun() const { return begun_; }
  /// Is it the answer to a fault?
  [[nodiscard]] bool failed() const { return failed_; }

  /// Ends the answer. False where it has no member: then there is no answer.
  bool end();

 private:
  void begin();

  Buffer& out_;
  std::string_view prefix_;
  std::string_view rid_;
  std::size_t before_;  // bytes of `out_` before the answer
  bool begun_ = false;
  bool failed_ = false;
  Status noted_ = Status::kOk;
};

/// `{"ERR":{"st":…,"m":…}}`, the answer to an invalid request.
void append_error(Status status, std::string_view message, Buffer& out);

/// The answer to an unknown command, under its raw name from the request.
void append_unknown_command(std::string_view raw_name, Buffer& out);

}  // namespace seshdb::protocol
