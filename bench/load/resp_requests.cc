// A request is an array of bulk strings: *COUNT, and for each $BYTES and the text.
#include "load/resp_requests.h"

#include <utility>

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
  const std::string_view command = command_of(ask.step);
  part_ = "session:";
  append_number(kFirstSession + ask.slot, part_);
  if (ask.key != 0) {
    part_ += ':';
    append_number(ask.key, part_);
  }
  const std::string key = std::exchange(part_, {});
  const std::uint32_t place = random.below(documents_.places());
  const auto value = [&] { documents_.append_value(random, part_); };
  switch (ask.step) {
    case Step::kGet:
      begin({command, key});
      return request_;
    case Step::kRead:
    case Step::kFind:
      documents_.append_path(place, part_);
      begin({command, key, part_});
      return request_;
    case Step::kUpdate:
    case Step::kPatch: {
      documents_.append_path(place, part_);
      const std::string path = std::exchange(part_, {});
      value();
      begin({command, key, path, part_});
      return request_;
    }
    case Step::kIncrement:
      begin({command, key, Documents::kCounterPath, "1"});
      return request_;
    case Step::kMerge: {
      value();
      const std::string text = std::exchange(part_, {});
      documents_.append_merge(place, text, part_);
      begin({command, key, "$", part_});
      return request_;
    }
    default:
      break;
  }
  if (json_) {
    begin({command, key, "$", documents_.text()});
  } else {
    begin({command, key, documents_.text()});
  }
  return request_;
}

std::string_view RespRequests::command_of(Step step) const {
  if (!json_) return step == Step::kGet ? "GET" : "SET";
  switch (step) {
    case Step::kGet:
    case Step::kRead:
    case Step::kFind:
      return "JSON.GET";
    case Step::kIncrement:
      return "JSON.NUMINCRBY";
    case Step::kMerge:
      return "JSON.MERGE";
    default:
      return "JSON.SET";
  }
}

void RespRequests::begin(std::initializer_list<std::string_view> words) {
  request_ = '*';
  append_number(words.size(), request_);
  request_ += "\r\n";
  for (const std::string_view word : words) append_bulk(word);
}

bool RespRequests::succeeded(Step step, std::string_view answer) const {
  switch (step) {
    case Step::kGet:
      return answer.size() >= documents_.bytes_least();
    case Step::kRead:
    case Step::kFind:
    case Step::kIncrement:
      return answer.starts_with('[');  // of what the path selects
    default:
      return answer == "+OK";
  }
}

}  // namespace seshdb::bench
