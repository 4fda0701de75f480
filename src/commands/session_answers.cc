// Deadlines are told on the wall clock, tokens in decimal digits.
#include "commands/session_answers.h"

#include <utility>

#include "json/string.h"

namespace seshdb::commands {

void append_tags(const std::vector<std::string_view>& tags, Buffer& out) {
  out.append('[');
  bool first = true;
  for (const std::string_view tag : tags) {
    if (!std::exchange(first, false)) out.append(',');
    json::append_string(tag, out);
  }
  out.append(']');
}

void append_expiry(const Context& context, const store::Session& session, Buffer& out) {
  if (!session.expires()) {
    out.append(R"({"expires":false,"duration":0,"time":0,"deleteSession":true})");
    return;
  }
  const store::Expiry expiry = session.expiry();
  const std::int64_t unix_ms = context.core.clock.to_unix_ms(session.deadline_ms());
  out.append(R"({"expires":true,"duration":)");
  out.append_number(expiry.duration_s);
  out.append(R"(,"time":)");
  out.append_signed(whole_seconds(unix_ms));
  out.append(R"(,"deleteSession":)");
  out.append(expiry.delete_session ? "true" : "false");
  if (expiry.sliding) {
    out.append(R"(,"sliding":true)");
  }
  out.append('}');
}

}  // namespace seshdb::commands
