// The bridge to Beast's parser, and the text of heads.
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

namespace seshdb::net {

namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;
using boost::beast::iequals;
using boost::beast::string_view;

std::string lower_case(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  return out;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// Bytes of empty lines that `data` begins with (RFC 9112, section 2.2).
std::size_t empty_lines(std::string_view data) {
  std::size_t bytes = 0;
  while (data.substr(bytes, 2) == "\r\n") {
    bytes += 2;
  }
  return bytes;
}

// Bytes of the scheme that a target in absolute form begins with (RFC 9112, section 3.2.2); else 0.
std::size_t scheme_bytes(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (lower_case(target.substr(0, scheme.size())) == scheme) return scheme.size();
  }
  return 0;
}

}  // namespace

class HttpReader::Parser final : public http::basic_parser<true> {
 public:
  HttpRequest request;

 private:
  void on_request_impl(http::verb /*verb*/, string_view method, string_view target, int version,
                       error_code& error) override {
    request.method.assign(method.data(), method.size());
    std::string_view rest(target.data(), target.size());
    if (const std::size_t scheme = scheme_bytes(rest); scheme != 0) {
      rest.remove_prefix(scheme);
      names_host_ = true;
      request.host = rest.substr(0, rest.find_first_of("/?"));
      if (request.host.empty()) error = http::error::bad_target;  // RFC 9110, section 4.2.1
      rest.remove_prefix(request.host.size());
    }
    request.path = rest.substr(0, rest.find('?'));
    if (names_host_ && request.path.empty()) request.path = "/";
    request.is_http_1_1 = version >= 11;
  }

  void on_response_impl(int, string_view, int, error_code&) override {}

  void on_field_impl(http::field name, string_view, string_view value, error_code& error) override {
    const std::string_view text(value.data(), value.size());
    switch (name) {
      case http::field::host:
        if (request.has_host) error = http::error::bad_field;  // RFC 9112, section 3.2
        request.has_host = true;
        if (!names_host_) request.host = text;
        break;
      case http::field::origin:
        if (request.has_origin) error = http::error::bad_field;  // RFC 6454, section 7.3
        request.has_origin = true;
        request.origin = text;
        break;
      case http::field::content_type:
        request.content_type = lower_case(trimmed(text.substr(0, text.find(';'))));
        break;
      case http::field::sec_websocket_key:
        request.websocket_key = text;
        break;
      case http::field::sec_websocket_version:
        request.websocket_version = text;
        break;
      case http::field::upgrade:
        names_websocket_ = http::token_list(value).exists("websocket");
        break;
      case http::field::access_control_request_method:
        request.preflight = true;
        break;
      case http::field::expect:
        request.expects_continue = iequals(value, "100-continue");
        break;
      default:
        break;
    }
  }

  void on_header_impl(error_code& /*error*/) override {
    request.keep_alive = keep_alive();
    request.upgrades_to_websocket = upgrade() && names_websocket_;
  }

  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(string_view body, error_code&) override {
    request.body.append({body.data(), body.size()});
    return body.size();
  }
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, string_view body, error_code& error) override {
    return on_body_impl(body, error);
  }
  void on_finish_impl(error_code&) override {}

  bool names_websocket_ = false;
  bool names_host_ = false;  // the target does, so that the Host header says nothing
};

HttpReader::HttpReader(std::size_t header_bytes_max, std::size_t body_bytes_max)
    : header_bytes_max_(header_bytes_max), body_bytes_max_(body_bytes_max) {
  next();
}

HttpReader::~HttpReader() = default;

HttpRequest& HttpReader::request() { return parser_->request; }

bool HttpReader::idle() const { return !parser_->got_some(); }

void HttpReader::next() {
  parser_ = std::make_unique<Parser>();
  parser_->eager(true);
  parser_->header_limit(static_cast<std::uint32_t>(header_bytes_max_));
  parser_->body_limit(body_bytes_max_);
  header_said_ = false;
}

HttpReader::Result HttpReader::consume(std::string_view data) {
  std::size_t consumed = 0;
  if (idle()) {
    consumed = empty_lines(data);
    if (data.substr(consumed) == "\r") return {Progress::kNeedMore, consumed};
  }
  while (consumed < data.size() && !parser_->is_done()) {
    // The shortest end of a chunked body; Beast asserts that it sees no less of it at a time.
    constexpr std::size_t kChunkedEnd = std::string_view("0\r\n\r\n").size();
    if (parser_->is_header_done() && parser_->chunked() && data.size() - consumed < kChunkedEnd) {
      break;
    }
    error_code error;
    const std::size_t used = parser_->put(
        boost::asio::const_buffer(data.data() + consumed, data.size() - consumed), error);
    consumed += used;
    if (error == http::error::need_more) {
      // Only lines are waited for until they are whole, around chunks too, where Beast counts none.
      if (data.size() - consumed <= header_bytes_max_) break;
      error = http::error::header_limit;
    }
    if (error) {
      refusal_ = error == http::error::body_limit     ? 413
                 : error == http::error::header_limit ? 431
                                                      : 400;
      return {Progress::kRefused, consumed};
    }
    if (used == 0) break;
  }
  if (parser_->is_done()) {
    return {Progress::kDone, consumed};
  }
  if (parser_->is_header_done() && !header_said_) {
    header_said_ = true;
    return {Progress::kHeader, consumed};
  }
  return {Progress::kNeedMore, consumed};
}

void append_http_answer(const HttpHead& head, std::string_view body, Buffer& out) {
  out.append("HTTP/1.1 ");
  out.append_number(head.status);
  out.append(' ');
  const string_view reason = http::obsolete_reason(http::int_to_status(head.status));
  out.append({reason.data(), reason.size()});
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
