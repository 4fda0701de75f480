// Requests are built from constant parts in one reused string.
#include "load/sesh_requests.h"

#include "load/decimal.h"

namespace seshdb::bench {

namespace {

// The text of one append; kAppendsMax of them (sessions.h) make a log of 1 KiB.
constexpr std::string_view kLogLine = "GET /cart 200 3;";

bool is_ok(std::string_view answer) {
  constexpr std::string_view kStatus = R"("st":1)";
  const std::size_t at = answer.find(kStatus);
  if (at == std::string_view::npos) return false;
  const std::string_view behind = answer.substr(at + kStatus.size());
  return behind.starts_with(',') || behind.starts_with('}');
}

}  // namespace

SeshRequests::SeshRequests(const Options& options)
    : options_(options), documents_(options.document_shape, options.document_bytes) {
  for (std::uint32_t key = 0; key < options.keys_per_session; ++key) {
    keys_.push_back(key == 0 ? "user" : "user" + std::to_string(key));
    get_ends_.push_back(R"(","keys":[")" + keys_.back() + R"("]}})");
  }
  const std::string tags = options.tag.empty() ? "" : R"(,"tags":[")" + options.tag + R"("])";
  new_request_ = R"({"SH_NEW":{"name":"bench")" + tags + "}}";
}

void SeshRequests::begin(std::string_view command_begin, Token token) {
  request_ = command_begin;
  append_token(token, request_);
}

std::string_view SeshRequests::text(const Ask& ask, SplitMix& random) {
  switch (ask.step) {
    case Step::kGet:
      begin(R"({"KV_GET":{"tkn":")", ask.token);
      request_ += get_ends_[ask.key];
      break;
    case Step::kSet:
    case Step::kDocument:
      append_documents(ask);
      break;
    case Step::kUpdate:
      append_update(ask, random);
      break;
    case Step::kRead:
    case Step::kPatch:
    case Step::kIncrement:
    case Step::kMerge:
    case Step::kFind:
      append_inside(ask, random);
      break;
    case Step::kAppend:
      begin(R"({"KV_APPEND":{"tkn":")", ask.token);
      request_ += R"(","keys":{"log":")";
      request_ += kLogLine;
      request_ += R"("}}})";
      break;
    case Step::kNew:
    case Step::kNewAgain:
      return new_request_;
    case Step::kExpiring:
      request_ = new_request_;
      request_.erase(request_.size() - 2);
      request_ += R"(,"expiry":{"duration":)";
      append_number(options_.expiry_s, request_);
      request_ += R"(,"deleteSession":true}}})";
      break;
    case Step::kEnd:
      begin(R"({"SH_END":{"tkn":")", ask.token);
      request_ += R"("}})";
      break;
    case Step::kEmptyLog:
      begin(R"({"KV_SET":{"tkn":")", ask.token);
      request_ += R"(","keys":{"log":""}}})";
      break;
    case Step::kTouch:
      begin(R"({"SH_TOUCH":{"tkn":")", ask.token);
      request_ += R"(","expiry":{"duration":)";
      append_number(ask.expiry_s, request_);
      request_ += R"(,"deleteSession":true}}})";
      break;
  }
  return request_;
}

void SeshRequests::append_documents(const Ask& ask) {
  begin(R"({"KV_SET":{"tkn":")", ask.token);
  request_ += R"(","keys":{")";
  request_ += keys_[ask.key];
  request_ += R"(":)";
  request_ += documents_.text();
  const bool with_log =
      ask.step == Step::kDocument && ask.key == 0 && options_.mix.has(Work::kAppend);
  request_ += with_log ? R"(,"log":""}}})" : "}}}";
}

void SeshRequests::append_update(const Ask& ask, SplitMix& random) {
  begin(R"({"KV_UPDATE":{"tkn":")", ask.token);
  request_ += R"(","key":")";
  request_ += keys_[ask.key];
  request_ += R"(",")";
  documents_.append_pointer(draw_place(random), request_);
  request_ += R"(":)";
  documents_.append_value(random, request_);
  request_ += "}}";
}

// The commands about the session as one document.
void SeshRequests::append_inside(const Ask& ask, SplitMix& random) {
  switch (ask.step) {
    case Step::kRead:
      begin(R"({"KV_READ":{"tkn":")", ask.token);
      request_ += R"(","paths":[")";
      append_place(ask, random);
      request_ += R"("]}})";
      break;
    case Step::kPatch:
    case Step::kIncrement:
      append_patch(ask, random);
      break;
    case Step::kMerge:
      begin(R"({"KV_MERGE":{"tkn":")", ask.token);
      request_ += R"(","keys":{")";
      request_ += keys_[ask.key];
      request_ += R"(":)";
      value_.clear();
      documents_.append_value(random, value_);
      documents_.append_merge(draw_place(random), value_, request_);
      request_ += "}}}";
      break;
    case Step::kFind:
      begin(R"({"KV_FIND":{"tkn":")", ask.token);
      request_ += R"(","path":"$.)";
      request_ += keys_[ask.key];
      value_.clear();
      documents_.append_path(draw_place(random), value_);
      request_.append(value_, 1);  // without its own $
      request_ += R"("}})";
      break;
    default:
      break;
  }
}

std::uint32_t SeshRequests::draw_place(SplitMix& random) const {
  const std::uint32_t places = documents_.places();
  return places == 1 ? 0 : random.below(places);
}

// A pointer from the session on.
void SeshRequests::append_place(const Ask& ask, SplitMix& random) {
  request_ += '/';
  request_ += keys_[ask.key];
  documents_.append_pointer(draw_place(random), request_);
}

void SeshRequests::append_patch(const Ask& ask, SplitMix& random) {
  begin(R"({"KV_PATCH":{"tkn":")", ask.token);
  if (ask.step == Step::kIncrement) {
    request_ += R"(","ops":[{"op":"inc","path":"/)";
    request_ += keys_[ask.key];
    request_ += Documents::kCounterPointer;
    request_ += R"(","value":1}]}})";
    return;
  }
  request_ += R"(","ops":[{"op":"replace","path":")";
  append_place(ask, random);
  request_ += R"(","value":)";
  documents_.append_value(random, request_);
  request_ += "}]}}";
}

bool SeshRequests::succeeded(Step step, std::string_view answer) const {
  if (options_.echo) return !answer.empty();
  switch (step) {
    case Step::kGet:
      return answer.size() > documents_.bytes_least();
    case Step::kSet:
    case Step::kDocument:
    case Step::kEmptyLog:
      return answer.ends_with(":21}}}") || answer.ends_with(":20}}}");
    case Step::kUpdate:
    case Step::kAppend:
      return answer.ends_with(":1}}}");
    case Step::kNew:
    case Step::kNewAgain:
    case Step::kExpiring:
      return is_ok(answer) && token_in(answer).has_value();
    case Step::kRead:
    case Step::kPatch:
    case Step::kIncrement:
    case Step::kMerge:
    case Step::kFind:
    case Step::kEnd:
    case Step::kTouch:
      break;
  }
  return is_ok(answer);
}

}  // namespace seshdb::bench
