// A request is an array of bulk strings: *COUNT, and for each $BYTES and the text.
#include "load/resp_requests.h"

#include "load/decimal.h"

namespace seshdb::bench {

namespace {

// Added to a session's number, so that all keys have the same length, about that of a token.
constexpr std::uint64_t kFirstSession = 1'000'000'000'000;

}  // namespace

void RespRequests::append_bulk(std::string_view text) {
  request_ += '$';
  append_number(text.size(), request_);
  request_ += "\r\n";
  request_ += text;
  request_ += "\r\n";
}

std::string_view RespRequests::text(const Ask& ask, SplitMix& random) {
  const bool get = ask.step == Step::kGet;
  if (get) {
    request_ = json_ ? "*2\r\n$8\r\nJSON.GET\r\n" : "*2\r\n$3\r\nGET\r\n";
  } else {
    request_ = json_ ? "*4\r\n$8\r\nJSON.SET\r\n" : "*3\r\n$3\r\nSET\r\n";
  }
  part_ = "session:";
  append_number(kFirstSession + ask.slot, part_);
  if (ask.key != 0) {
    part_ += ':';
    append_number(ask.key, part_);
  }
  append_bulk(part_);
  if (get) return request_;
  if (ask.step == Step::kUpdate) {
    part_.clear();
    documents_.append_path(random.below(documents_.places()), part_);
    append_bulk(part_);
    part_.clear();
    documents_.append_value(random, part_);
    append_bulk(part_);
    return request_;
  }
  if (json_) append_bulk("$");
  append_bulk(documents_.text());
  return request_;
}

bool RespRequests::succeeded(Step step, std::string_view answer) const {
  return step == Step::kGet ? answer.size() >= documents_.bytes_least() : answer == "+OK";
}

}  // namespace seshdb::bench
