// Reads HTTP/1.1 requests (RFC 9112) and writes answers, without I/O. http_head.h and chunked.h
// first refuse what could be read in two ways; then Boost.Beast parses the head. A request has only
// the few fields that the server uses.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/buffer.h"
#include "net/chunked.h"
#include "net/http_head.h"

namespace seshdb::net {

/// The WebSocket sub-protocol that the server selects if a client offers it (RFC 6455,
/// section 1.9).
inline constexpr std::string_view kSubprotocol = "seshdb";

struct HttpRequest {
  std::string method;
  std::string path;  // without the query
  std::string host;  // from the target if that is an absolute URL, else from the Host header
  std::string origin;
  std::string content_type;  // without parameters, in lower case
  std::string websocket_key;
  std::string websocket_version;
  std::string authorization;  // the last one
  std::string forwarded_for;  // all of `X-Forwarded-For`, with commas between them
  unsigned authorizations = 0;
  bool is_forwarded = false;  // by a proxy: `Forwarded`, `Via` or an `X-Forwarded-`
  bool has_origin = false;
  bool offers_subprotocol = false;     // `Sec-WebSocket-Protocol` names kSubprotocol
  bool upgrades_to_websocket = false;  // `Upgrade: websocket` and `Connection: upgrade`
  bool is_marked = false;  // a browser sent it: `Sec-Fetch-Mode` or another `Sec-Fetch-`
  bool preflight = false;  // `Access-Control-Request-Method`
  bool expects_continue = false;
  bool keep_alive = true;
  bool is_http_1_1 = true;
  bool has_content_encoding = false;
  bool has_body = false;  // the body is not empty, or it is chunked
  Buffer body;
};

/// Reads one request after the other from a connection.
class HttpReader {
 public:
  HttpReader(std::size_t header_bytes_max, std::size_t body_bytes_max);
  ~HttpReader();
  HttpReader(const HttpReader&) = delete;
  HttpReader& operator=(const HttpReader&) = delete;

  enum class Progress : std::uint8_t {
    kNeedMore,
    kHeader,  // the header is complete, the body is not; returned once
    kDone,    // the request is complete
    kRefused  // see refusal()
  };
  struct Result {
    Progress progress;
    std::size_t consumed;
  };

  /// Reads `data`, which begins with the first byte that was not consumed before.
  [[nodiscard]] Result consume(std::string_view data);
  /// True between two requests: nothing of the next one was consumed.
  [[nodiscard]] bool idle() const;
  [[nodiscard]] HttpRequest& request();
  /// After kRefused: the HTTP status to answer with, 400, 413, 431 or 501.
  [[nodiscard]] unsigned refusal() const { return refusal_; }
  /// Prepares for the next request.
  void next();

 private:
  class Parser;
  enum class Part : std::uint8_t { kHead, kBody, kWhole };

  Result refuse(unsigned status, std::size_t consumed);
  [[nodiscard]] Result consume_head(std::string_view data);
  // 0, or the status of a refusal.
  [[nodiscard]] unsigned begin_body();
  [[nodiscard]] Result consume_body(std::string_view data);

  std::size_t header_bytes_max_;
  std::size_t body_bytes_max_;
  HeadScan head_;
  std::unique_ptr<Parser> parser_;
  std::optional<ChunkedBody> chunks_;  // if the body is chunked
  std::uint64_t body_bytes_left_ = 0;  // if it is not
  Part part_ = Part::kHead;
  unsigned refusal_ = 0;
};

/// The head of an answer, besides its length.
struct HttpHead {
  unsigned status = 200;
  std::string_view content_type = {};  // empty: none
  std::string_view extra = {};         // further header lines, each ending in CRLF
  std::int64_t unix_ms = 0;            // the time of the answer
  bool keep_alive = true;
  bool is_http_1_1 = true;  // of the request; HTTP/1.0 needs `Connection: keep-alive` in the answer
  bool with_body = true;    // false for HEAD: append only the head, with the body's length
};

/// Appends a whole answer.
void append_http_answer(const HttpHead& head, std::string_view body, Buffer& out);

/// `Sec-WebSocket-Accept` for a client's key (RFC 6455, section 4.2.2). Empty if the key is not 16
/// bytes in base64.
[[nodiscard]] std::string websocket_accept(std::string_view key);

}  // namespace seshdb::net
