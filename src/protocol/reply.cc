// The members that the answers of all commands share.
#include "protocol/reply.h"

#include <string>

#include "base/limits.h"

namespace seshdb::protocol {

void Reply::begin() {
  begun_ = true;
  out_.append(prefix_);
  out_.append('{');
  if (rid_.empty()) return;
  out_.append("\"rid\":");
  out_.append(rid_);
  out_.append(',');
}

Buffer& Reply::member(std::string_view name) {
  const bool is_first = !begun_;
  if (is_first) begin();
  append_member_name(name, is_first, out_);
  return out_;
}

void Reply::restart() {
  out_.truncate(before_);
  begun_ = false;
  noted_ = Status::kOk;
}

void Reply::fault(Status failed, std::string_view token, std::string_view message) {
  failed_ = true;
  status(failed);
  raw("tkn", token.empty() ? "null" : token);
  string("m", message);
}

bool Reply::end() {
  if (begun_) {
    out_.append("}}");
  }
  return begun_;
}

void append_error(Status status, std::string_view message, Buffer& out) {
  Reply reply(out, "{\"ERR\":", {});
  reply.status(status);
  reply.string("m", message);
  (void)reply.end();
}

void append_unknown_command(std::string_view raw_name, Buffer& out) {
  if (json::decoded_bytes(raw_name) > limits::kCommandNameBytesMax) {
    append_error(Status::kCommandNotExist, "no command has so long a name", out);
    return;
  }
  std::string prefix = "{\"";
  prefix.append(raw_name).append("_RSP\":");
  Reply reply(out, prefix, {});
  reply.status(Status::kCommandNotExist);
  reply.raw("tkn", "null");
  Buffer& message = reply.member("m");
  message.append('"');
  message.append(raw_name);
  message.append('"');
  (void)reply.end();
}

}  // namespace seshdb::protocol
