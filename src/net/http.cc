// Adapts Beast's parser for heads, reads bodies, and writes answers.
#include "net/http.h"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/beast/http/status.hpp>

#include "base/ascii.h"
#include "net/host.h"
#include "net/http_date.h"

namespace seshdb::net {

namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;
using boost::beast::iequals;
using boost::beast::string_view;

// The size of the empty lines at the beginning of `data` (RFC 9112, section 2.2).
std::size_t empty_lines(std::string_view data) {
  std::size_t bytes = 0;
  while (data.substr(bytes, 2) == "\r\n") {
    bytes += 2;
  }
  return bytes;
}

}  // namespace

class HttpReader::Parser final : public http::basic_parser<true> {
 public:
  HttpRequest request;

 private:
  void on_request_impl(http::verb /*verb*/, string_view method, string_view target, int version,
                       error_code& /*error*/) override {
    request.method.assign(method.data(), method.size());
    std::string_view rest(target.data(), target.size());
    if (const std::size_t scheme = web_scheme_bytes(rest); scheme != 0) {
      rest.remove_prefix(scheme);
      names_host_ = true;
      request.host = rest.substr(0, rest.find_first_of("/?"));
      rest.remove_prefix(request.host.size());
    }
    request.path = rest.substr(0, rest.find('?'));
    if (names_host_ && request.path.empty()) request.path = "/";
    request.is_http_1_1 = version >= 11;
  }

  void on_response_impl(int, string_view, int, error_code&) override {}

  void on_field_impl(http::field name, string_view spelled, string_view value,
                     error_code& /*error*/) override {
    const std::string_view text(value.data(), value.size());
    switch (name) {
      case http::field::host:
        if (!names_host_) request.host = text;
        break;
      case http::field::origin:
        request.has_origin = true;
        request.origin = text;
        break;
      case http::field::content_type:
        request.content_type = lower_case(trimmed(text.substr(0, text.find(';'))));
        break;
      case http::field::content_encoding:
        request.has_content_encoding = true;
        break;
      case http::field::connection:
        says_close_ = says_close_ || http::token_list(value).exists("close");
        says_keep_alive_ = says_keep_alive_ || http::token_list(value).exists("keep-alive");
        break;
      case http::field::sec_websocket_key:
        request.websocket_key = text;
        break;
      case http::field::sec_websocket_version:
        request.websocket_version = text;
        break;
      case http::field::sec_websocket_protocol:  // may occur several times
        for (const string_view offered : http::token_list(value)) {
          const bool is_ours = std::string_view(offered.data(), offered.size()) == kSubprotocol;
          request.offers_subprotocol = request.offers_subprotocol || is_ours;
        }
        break;
      case http::field::upgrade:
        names_websocket_ = http::token_list(value).exists("websocket");
        break;
      case http::field::access_control_request_method:
        request.preflight = true;
        break;
      case http::field::authorization:
        ++request.authorizations;
        request.authorization = text;
        break;
      case http::field::forwarded:
      case http::field::via:
        request.is_forwarded = true;
        break;
      case http::field::expect:
        request.expects_continue = iequals(value, "100-continue");
        break;
      default:
        request.is_marked = request.is_marked || begins_with(spelled, kMark);
        take_forwarded(spelled, text);
        break;
    }
  }

  void on_header_impl(error_code& /*error*/) override {
    // `close` has precedence. Beast's own rule would also accept `keep-alive` from a proxy's
    // header.
    request.keep_alive = !says_close_ && (request.is_http_1_1 || says_keep_alive_);
    request.upgrades_to_websocket = upgrade() && names_websocket_;
  }

  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(string_view, error_code&) override { return 0; }
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, string_view, error_code&) override { return 0; }
  void on_finish_impl(error_code&) override {}

  static bool begins_with(string_view name, string_view prefix) {
    return iequals(name.substr(0, prefix.size()), prefix);
  }

  void take_forwarded(string_view name, std::string_view value) {
    if (!begins_with(name, kForwarded)) return;
    request.is_forwarded = true;
    if (!iequals(name, "X-Forwarded-For")) return;
    if (!request.forwarded_for.empty()) request.forwarded_for += ',';
    request.forwarded_for += value;
  }

  static constexpr string_view kMark = "Sec-Fetch-";
  static constexpr string_view kForwarded = "X-Forwarded-";
  bool says_close_ = false;
  bool says_keep_alive_ = false;
  bool names_websocket_ = false;
  bool names_host_ = false;  // the target has a host, so the Host header is ignored
};

HttpReader::HttpReader(std::size_t header_bytes_max, std::size_t body_bytes_max)
    : header_bytes_max_(header_bytes_max),
      body_bytes_max_(body_bytes_max),
      head_(header_bytes_max) {
  next();
}

HttpReader::~HttpReader() = default;

HttpRequest& HttpReader::request() { return parser_->request; }

bool HttpReader::idle() const { return part_ == Part::kHead; }

void HttpReader::next() {
  head_ = HeadScan(header_bytes_max_);
  parser_ = std::make_unique<Parser>();
  parser_->skip(true);  // parses heads only
  parser_->header_limit(UINT32_MAX);
  chunks_.reset();
  part_ = Part::kHead;
}

HttpReader::Result HttpReader::refuse(unsigned status, std::size_t consumed) {
  refusal_ = status;
  return {Progress::kRefused, consumed};
}

HttpReader::Result HttpReader::consume(std::string_view data) {
  if (part_ != Part::kHead) return consume_body(data);
  Result result = consume_head(data);
  if (result.progress != Progress::kHeader) return result;
  const Result body = consume_body(data.substr(result.consumed));
  if (body.progress != Progress::kNeedMore) result.progress = body.progress;
  result.consumed += body.consumed;
  return result;
}

// Returns kHeader when the head is complete.
HttpReader::Result HttpReader::consume_head(std::string_view data) {
  const std::size_t consumed = head_.fresh() ? empty_lines(data) : 0;
  const std::string_view head = data.substr(consumed);
  if (head.empty() || (head_.fresh() && head == "\r")) return {Progress::kNeedMore, consumed};
  switch (head_.scan(head)) {
    case HeadScan::Progress::kNeedMore:
      return {Progress::kNeedMore, consumed};
    case HeadScan::Progress::kRefused:
      return refuse(head_.refusal(), consumed);
    case HeadScan::Progress::kDone:
      break;
  }
  error_code error;
  const std::size_t used =
      parser_->put(boost::asio::const_buffer(head.data(), head_.bytes()), error);
  // A head is valid only if both parsers agree on its end.
  if (error || used != head_.bytes() || !parser_->is_header_done()) return refuse(400, consumed);
  if (const unsigned status = begin_body(); status != 0) return refuse(status, consumed + used);
  return {Progress::kHeader, consumed + used};
}

unsigned HttpReader::begin_body() {
  part_ = Part::kBody;
  body_bytes_left_ = head_.content_length();
  request().has_body = head_.chunked() || body_bytes_left_ != 0;
  if (head_.chunked()) chunks_.emplace(header_bytes_max_, body_bytes_max_);
  return body_bytes_left_ > body_bytes_max_ ? 413 : 0;
}

HttpReader::Result HttpReader::consume_body(std::string_view data) {
  std::size_t consumed = 0;
  if (chunks_) {
    const ChunkedBody::Result result = chunks_->consume(data, request().body);
    if (result.progress == ChunkedBody::Progress::kRefused) {
      return refuse(chunks_->refusal(), result.consumed);
    }
    consumed = result.consumed;
    if (result.progress == ChunkedBody::Progress::kNeedMore) return {Progress::kNeedMore, consumed};
  } else {
    consumed = std::min<std::uint64_t>(body_bytes_left_, data.size());
    request().body.append(data.substr(0, consumed));
    body_bytes_left_ -= consumed;
    if (body_bytes_left_ != 0) return {Progress::kNeedMore, consumed};
  }
  part_ = Part::kWhole;
  return {Progress::kDone, consumed};
}

void append_http_answer(const HttpHead& head, std::string_view body, Buffer& out) {
  out.append("HTTP/1.1 ");
  out.append_number(head.status);
  out.append(' ');
  const string_view reason = http::obsolete_reason(http::int_to_status(head.status));
  out.append({reason.data(), reason.size()});
  out.append("\r\nDate: ");
  out.append(http_date(head.unix_ms));
  out.append("\r\n");
  if (!head.content_type.empty()) {
    out.append("Content-Type: ");
    out.append(head.content_type);
    out.append("\r\n");
  }
  if (head.status != 204 && head.status != 101) {  // RFC 9110, section 8.6
    out.append("Content-Length: ");
    out.append_number(body.size());
    out.append("\r\n");
  }
  out.append(head.extra);
  if (!head.keep_alive) {
    out.append("Connection: close\r\n");
  } else if (!head.is_http_1_1) {
    out.append("Connection: keep-alive\r\n");
  }
  out.append("\r\n");
  if (head.with_body) {
    out.append(body);
  }
}

std::string websocket_accept(std::string_view key) {
  constexpr std::size_t kKeyText = 24;  // 16 bytes in base64
  std::array<unsigned char, 18> nonce{};
  if (key.size() != kKeyText || key.substr(kKeyText - 2) != "==" ||
      EVP_DecodeBlock(nonce.data(), reinterpret_cast<const unsigned char*>(key.data()), kKeyText) !=
          static_cast<int>(nonce.size())) {
    return {};
  }
  const std::string text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  std::array<unsigned char, 4 * ((SHA_DIGEST_LENGTH + 2) / 3) + 1> encoded{};
  const int bytes = EVP_EncodeBlock(encoded.data(), digest.data(), SHA_DIGEST_LENGTH);
  return {reinterpret_cast<const char*>(encoded.data()), static_cast<std::size_t>(bytes)};
}

}  // namespace seshdb::net
