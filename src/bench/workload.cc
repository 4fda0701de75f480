// A document is what a web shop might keep of a visitor, filled up to its size.
#include "bench/workload.h"

#include <charconv>
#include <stdexcept>

namespace seshdb::bench {

namespace {

std::string make_document(std::size_t bytes) {
  std::string text =
      R"({"id":7316042,"name":"Potato","email":"spud@example.com","roles":["user","admin"],)"
      R"("avatar":"img00001.png","visits":12,"locale":"en-GB","cart":[{"item":42,"count":3}],)"
      R"("notes":")";
  const std::string end = R"("})";
  if (text.size() + end.size() < bytes) {
    text.append(bytes - text.size() - end.size(), 'n');
  }
  return text + end;
}

void append_bulk(std::string_view text, std::string& out) {
  out += '$' + std::to_string(text.size()) + "\r\n";
  out += text;
  out += "\r\n";
}

constexpr std::uint32_t kMakeSession = 0;

}  // namespace

Workload::Workload(const Options& options)
    : options_(options),
      document_(make_document(options.document_bytes)),
      random_(options.seed * 2 + 1) {
  if (options.echo) {
    for (std::uint32_t i = 0; i < options.sessions; ++i) {
      tokens_.push_back(10'000'000'000'000'000'000U + random() % 8'000'000'000'000'000'000U);
    }
  } else {
    tokens_.resize(options.sessions);
  }
}

std::uint64_t Workload::random() {  // SplitMix64
  std::uint64_t z = (random_ += 0x9E3779B97F4A7C15U);
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31U);
}

std::uint32_t Workload::prefill_steps() const {
  if (options_.echo) return 0;
  return options_.protocol == Protocol::kRedis ? 1 : 2;
}

std::string_view Workload::prefill(std::uint32_t step, std::uint32_t session) {
  if (options_.protocol == Protocol::kRedis) return redis_request(Work::kSet, session);
  if (step == kMakeSession) return R"({"SH_NEW":{"name":"bench"}})";
  return sesh_request(Work::kSet, tokens_[session]);
}

void Workload::prefilled(std::uint32_t step, std::uint32_t session, std::string_view answer) {
  if (options_.protocol == Protocol::kRedis || step != kMakeSession) return;
  constexpr std::string_view kToken = R"("tkn":")";
  const std::size_t at = answer.find(kToken);
  if (at == std::string_view::npos) {
    throw std::runtime_error("SH_NEW was answered with " + std::string(answer.substr(0, 200)));
  }
  std::from_chars(answer.data() + at + kToken.size(), answer.data() + answer.size(),
                  tokens_[session]);
}

std::string_view Workload::next() {
  const auto session = static_cast<std::uint32_t>(random() % options_.sessions);
  ++count_;
  return options_.protocol == Protocol::kRedis ? redis_request(options_.work, session)
                                               : sesh_request(options_.work, tokens_[session]);
}

std::string_view Workload::sesh_request(Work work, std::uint64_t token) {
  request_ = work == Work::kGet   ? R"({"KV_GET":{"tkn":")"
             : work == Work::kSet ? R"({"KV_SET":{"tkn":")"
                                  : R"({"KV_UPDATE":{"tkn":")";
  request_ += std::to_string(token);
  if (work == Work::kGet) {
    request_ += R"(","keys":["user"]}})";
  } else if (work == Work::kSet) {
    request_ += R"(","keys":{"user":)";
    request_ += document_;
    request_ += "}}}";
  } else {
    request_ += R"(","key":"user","/avatar":"img)";
    request_ += std::to_string(10'000 + count_ % 90'000);
    request_ += R"(.png"}})";
  }
  return request_;
}

std::string_view Workload::redis_request(Work work, std::uint32_t session) {
  const std::string key = "session:" + std::to_string(1'000'000'000'000 + session);
  request_ = work == Work::kGet ? "*2\r\n$3\r\nGET\r\n" : "*3\r\n$3\r\nSET\r\n";
  append_bulk(key, request_);
  if (work != Work::kGet) append_bulk(document_, request_);  // Redis has no update at a path
  return request_;
}

bool Workload::succeeded(std::string_view answer) const {
  if (options_.echo) return !answer.empty();
  if (options_.protocol == Protocol::kRedis) {
    return options_.work == Work::kGet ? answer.size() == document_.size() : answer == "+OK";
  }
  const std::string_view end = answer.substr(answer.size() < 12 ? 0 : answer.size() - 12);
  switch (options_.work) {
    case Work::kGet:
      return answer.size() > document_.size();
    case Work::kSet:
      return end == R"("user":21}}})";
    case Work::kUpdate:
      break;
  }
  return end == R"("user":1}}})" || end.substr(1) == R"("user":1}}})";
}

}  // namespace seshdb::bench
