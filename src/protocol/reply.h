// Writes an answer into the buffer that is sent: `{"KV_GET_RSP":{…}}`. Knows no commands.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/buffer.h"
#include "base/status.h"
#include "json/string.h"

namespace seshdb::protocol {

/// The members of one JSON object, with the commas between them.
class ObjectWriter {
 public:
  explicit ObjectWriter(Buffer& out) : out_(&out) { out.append('{'); }

  /// Begins a member under a raw name, and returns where its value is to be written.
  Buffer& raw_name(std::string_view raw) {
    begin();
    out_->append('"');
    out_->append(raw);
    out_->append("\":");
    return *out_;
  }
  void close() { out_->append('}'); }

 private:
  void begin() {
    if (!first_) {
      out_->append(',');
    }
    first_ = false;
  }

  Buffer* out_;
  bool first_ = true;
};

class Reply {
 public:
  /// `prefix` is `{"<COMMAND>_RSP":`; `rid` the request's rid as it came (JSON), or empty. Nothing
  /// is written before the first member.
  Reply(Buffer& out, std::string_view prefix, std::string_view rid)
      : out_(out), prefix_(prefix), rid_(rid) {}

  /// Begins a member, and returns where its value is to be written. `name`: without escapes.
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

  /// The standard answer to a fault; `token` the request's as JSON, or empty for null.
  void fault(Status status, std::string_view token, std::string_view message);

  /// Notes a status for the tally, which counts the request under the first fault, else under Ok.
  /// `status` notes what it writes; the statuses of single keys are noted by the caller.
  void note(Status status) {
    if (noted_ == Status::kOk && !is_success(status)) {
      noted_ = status;
    }
  }
  [[nodiscard]] Status noted() const { return noted_; }

  /// Ends the answer. False where nothing was written, so that there is no answer.
  bool end();

 private:
  Buffer& out_;
  std::string_view prefix_;
  std::string_view rid_;
  bool begun_ = false;
  Status noted_ = Status::kOk;
};

/// `{"ERR":{"st":…,"m":…}}`, the answer to a text that is no request.
void append_error(Status status, std::string_view message, Buffer& out);

/// The answer to an unknown command, under the (raw) name that was sent.
void append_unknown_command(std::string_view raw_name, Buffer& out);

}  // namespace seshdb::protocol
