// Requests that two programs, such as a proxy and the server, could read in two ways. Each is
// refused and ends its connection, so that the bytes behind it are never a request (RFC 9112,
// section 11.2).
#include <gtest/gtest.h>

#include "support/socket_target.h"

namespace seshdb::testing {

namespace {

constexpr std::string_view kRequest = R"({"SH_EXISTS":{"tkns":[]}})";
constexpr std::string_view kBegin =
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";

std::string post(std::string_view lines, std::string_view body = {}) {
  return std::string(kBegin) + std::string(lines) + "\r\n" + std::string(body);
}

std::string chunked(std::string_view body) { return post("Transfer-Encoding: chunked\r\n", body); }

std::string get(std::string_view lines) {
  return "GET /healthz HTTP/1.1\r\n" + std::string(lines) + "\r\n";
}

std::size_t count(std::string_view text, std::string_view what) {
  std::size_t times = 0;
  for (std::size_t at = text.find(what); at != std::string_view::npos;
       at = text.find(what, at + what.size())) {
    ++times;
  }
  return times;
}

class HttpTwoWays : public ::testing::Test {
 protected:
  // The server's whole output for `text` with a whole request behind it.
  std::string answers_to(std::string_view text) {
    SocketClient client(server_.port());
    client.send(std::string(text) + http_post(kRequest));
    client.finish_sending();
    return client.read_to_end().value_or("");
  }
  void expect_refused(std::string_view text, int status) {
    const std::string said = answers_to(text);
    EXPECT_EQ(said.rfind("HTTP/1.1 " + std::to_string(status) + ' ', 0), 0U) << text << said;
    EXPECT_EQ(count(said, "\r\nContent-Length: "), 1U) << text << said;
    EXPECT_NE(said.find("\r\nConnection: close\r\n"), std::string::npos) << text << said;
  }
  void expect_taken(std::string_view text) {
    const std::string said = answers_to(text);
    EXPECT_EQ(said.rfind("HTTP/1.1 200 ", 0), 0U) << text << said;
    EXPECT_EQ(count(said, "HTTP/1.1 200 "), 2U) << text << said;
  }

  SystemClock clock_;
  TestServer server_{clock_, 1};
};

}  // namespace

TEST_F(HttpTwoWays, refuse_a_transfer_coding_that_does_not_end_in_chunked) {
  constexpr std::string_view kBody = "0\r\n\r\n";
  for (const char* coding : {"identity",
                             "gzip",
                             "chunked, chunked",
                             "xchunked",
                             "chunkedx",
                             "chunked, gzip",
                             "chunked, identity",
                             "gzip, chunked, chunked",
                             "",
                             ",",
                             "chunked,",
                             ", chunked",
                             "chunked;",
                             "chunked;x=y",
                             "\"chunked\"",
                             "chun ked",
                             "chunked chunked",
                             "gzip chunked",
                             "gzip,,chunked",
                             "\tchunked",
                             "chunked\t",
                             "chunked\x80",
                             "\xC3\xA9, chunked"}) {
    expect_refused(post("Transfer-Encoding: " + std::string(coding) + "\r\n", kBody), 400);
  }
  for (const char* lines : {"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                            "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n",
                            "Transfer-Encoding: chunked\r\ntransfer-encoding: identity\r\n",
                            "Transfer_Encoding: chunked\r\n"}) {
    expect_refused(post(lines, kBody), 400);
  }
  expect_refused(
      "POST / HTTP/1.0\r\nContent-Type: application/json\r\nConnection: keep-alive\r\n"
      "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      400);
}

TEST_F(HttpTwoWays, say_that_other_transfer_codings_are_not_implemented) {
  for (const char* coding : {"gzip, chunked", "gzip,chunked", "deflate;q=1 , Chunked",
                             "identity, chunked", "br, gzip, chunked"}) {
    expect_refused(post("Transfer-Encoding: " + std::string(coding) + "\r\n", "0\r\n\r\n"), 501);
  }
}

TEST_F(HttpTwoWays, refuse_a_length_that_is_not_a_number_or_not_the_only_one) {
  for (const char* length :
       {"", "+2", "-2", "2, 2", "2,2", "2,3", "2 2", "0x2", "2.0", "2e0", "02", "00", "\t2", "2\t",
        "\"2\"", "2;", "18446744073709551616", "99999999999999999999999999"}) {
    expect_refused(post("Content-Length: " + std::string(length) + "\r\n", "{}"), 400);
  }
  for (const char* lines :
       {"Content-Length: 2\r\nContent-Length: 2\r\n", "Content-Length: 2\r\ncontent-length: 0\r\n",
        "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n", "Content_Length: 2\r\n"}) {
    expect_refused(post(lines, "0\r\n\r\n"), 400);
  }
}

TEST_F(HttpTwoWays, refuse_two_headers_where_one_is_allowed) {
  const std::string origin = "Origin: " + own_scheme() + "127.0.0.1";
  for (const char* line : {"Content-Type: application/json",
                           "Content-Encoding: gzip",
                           origin.c_str(),
                           "Authorization: Bearer a",
                           "Proxy-Authorization: Bearer a",
                           "Expect: 100-continue",
                           "Upgrade: websocket",
                           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                           "Sec-WebSocket-Version: 13",
                           "Sec-Fetch-Mode: cors",
                           "Sec-Fetch-Site: none",
                           "Sec-Fetch-Dest: empty",
                           "Sec-Fetch-User: ?1",
                           "Access-Control-Request-Method: POST",
                           "Date: Tue, 15 Nov 1994 08:12:31 GMT",
                           "User-Agent: a",
                           "Referer: http://a/",
                           "From: a@b",
                           "Cookie: a=b",
                           "Max-Forwards: 1",
                           "Range: bytes=0-1",
                           "If-Range: x",
                           "Content-Range: x",
                           "Content-Location: x",
                           "If-Modified-Since: x",
                           "If-Unmodified-Since: x"}) {
    std::string again(line);
    again[0] = static_cast<char>(again[0] ^ 0x20);  // names are case-insensitive
    expect_refused(get("Host: a\r\n" + std::string(line) + "\r\nX: y\r\n" + again + "\r\n"), 400);
  }
}

TEST_F(HttpTwoWays, refuse_a_host_that_is_missing_repeated_or_invalid) {
  expect_refused(get(""), 400);
  expect_refused(get("Host: a\r\nHost: a\r\n"), 400);
  expect_refused(get("Host: a\r\nhost: b\r\n"), 400);
  for (const char* host : {"",        " ",           "a b",      "a,b",  "a/b",
                           "a?b",     "a#b",         "user@a",   "a:b",  "a:1:2",
                           "a:65536", "a:-1",        "http://a", "[::1", "::1",
                           "[::1]x",  "[127.0.0.1]", "[x]",      "[]",   "[fe80::1%25eth0]",
                           "a\\b",    "\xC3\xA9",    "a\tb",     "\ta",  "a%2eb",
                           "<a>",     ":80"}) {
    expect_refused(get("Host: " + std::string(host) + "\r\n"), 400);
  }
  expect_refused("GET /healthz HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", 400);
  expect_refused("GET http://user@a/healthz HTTP/1.1\r\nHost: a\r\n\r\n", 400);
  for (const char* host : {"a", "a:1987", "A.Example.com.", "127.0.0.1:80", "[::1]", "[::1]:1987",
                           "my_service:1987", "a-b.c", "a:"}) {
    expect_taken(get("Host: " + std::string(host) + "\r\n"));
  }
}

TEST_F(HttpTwoWays, refuse_invalid_line_ends_and_white_space) {
  for (const char* text : {"GET /healthz HTTP/1.1\nHost: a\n\n",
                           "GET /healthz HTTP/1.1\r\nHost: a\n\r\n",
                           "GET /healthz HTTP/1.1\r\nHost: a\r\n\n",
                           "GET /healthz HTTP/1.1\nHost: a\r\n\r\n",
                           "GET /healthz HTTP/1.1\r\nHost: a\rX: y\r\n\r\n",
                           "GET /healthz HTTP/1.1\rHost: a\r\r",
                           "GET /healthz HTTP/1.1\r\nHost: a\r\nX: a\nContent-Length: 9\r\n\r\n",
                           "GET /healthz HTTP/1.1\r\r\nHost: a\r\n\r\n",
                           "GET /healthz HTTP/1.1\r\nHost: a\r\r\n\r\n",
                           "GET /healthz HTTP/1.1\r\nHost : a\r\n\r\n",
                           "GET /healthz HTTP/1.1\r\nHost\t: a\r\n\r\n",
                           "GET /healthz HTTP/1.1\r\nHost: a\r\n X: y\r\n\r\n",
                           "GET /healthz HTTP/1.1\r\nHost: a\r\nX: y\r\n\tz\r\n\r\n",
                           "GET /healthz HTTP/1.1\r\n Host: a\r\n\r\n",
                           "GET /healthz HTTP/1.1\r\nHost: a\r\n \r\n\r\n",
                           "GET  /healthz HTTP/1.1\r\nHost: a\r\n\r\n",
                           "GET /healthz  HTTP/1.1\r\nHost: a\r\n\r\n",
                           "GET /healthz HTTP/1.1 \r\nHost: a\r\n\r\n",
                           " GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n",
                           "GET\t/healthz HTTP/1.1\r\nHost: a\r\n\r\n",
                           "GET /healthz\tHTTP/1.1\r\nHost: a\r\n\r\n",
                           "GET /heal thz HTTP/1.1\r\nHost: a\r\n\r\n",
                           "\nGET /healthz HTTP/1.1\r\nHost: a\r\n\r\n",
                           "\rGET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"}) {
    expect_refused(text, 400);
  }
}

TEST_F(HttpTwoWays, refuse_names_values_and_targets_with_invalid_bytes) {
  for (const std::string& line :
       std::vector<std::string>{": y", "X", "X y", "X{: y", "X\x80: y", "X(: y", "X\x01: y",
                                std::string("X\0: y", 5), std::string("X: a\0b", 6), "X: a\x01",
                                "X: a\x0B", "X: a\x0C", "X: a\x7F", "X: \x1B[0m"}) {
    expect_refused(get("Host: a\r\n" + line + "\r\n"), 400);
  }
  for (const std::string& line : std::vector<std::string>{
           "GET /healthz HTTP/1.2", "GET /healthz HTTP/2.0", "GET /healthz HTTP/0.9",
           "GET /healthz http/1.1", "GET /healthz HTTP/1.10", "GET /healthz HTTP/01.1",
           "GET /healthz HTTPS/1.1", "GET /healthz", "GET /healthz ", "GET", "",
           "G(T /healthz HTTP/1.1", "GET /healthz#x HTTP/1.1", "GET /health\xC3\xA9 HTTP/1.1",
           "GET /healthz\x7F HTTP/1.1", "GET healthz HTTP/1.1", "GET * HTTP/1.1"}) {
    if (!line.empty()) expect_refused(line + "\r\nHost: a\r\n\r\n", 400);
  }
  expect_taken(get("Host: a\r\nX: a\tb \xC3\xA9 \t\r\nY:\r\nZ!#$%&'*+-.^_`|~9:z\r\n"));
}

TEST_F(HttpTwoWays, refuse_a_body_where_none_is_expected) {
  expect_refused(get("Host: a\r\nContent-Length: 25\r\n") + std::string(kRequest), 400);
  expect_refused(get("Host: a\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n", 400);
  expect_refused("HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}", 400);
  expect_refused(std::string(kUpgrade) + "Content-Length: 2\r\n\r\n{}", 400);
  expect_taken(get("Host: a\r\nContent-Length: 0\r\n"));
}

TEST_F(HttpTwoWays, refuse_invalid_chunks) {
  for (const char* body : {"0x2\r\n{}\r\n0\r\n\r\n",
                           "+2\r\n{}\r\n0\r\n\r\n",
                           "-2\r\n{}\r\n0\r\n\r\n",
                           " 2\r\n{}\r\n0\r\n\r\n",
                           "2 \r\n{}\r\n0\r\n\r\n",
                           "2\t\r\n{}\r\n0\r\n\r\n",
                           "2 ;x\r\n{}\r\n0\r\n\r\n",
                           "2; x\r\n{}\r\n0\r\n\r\n",
                           "2;x=\"a b\"\r\n{}\r\n0\r\n\r\n",
                           "2\n{}\r\n0\r\n\r\n",
                           "2\r{}\r\n0\r\n\r\n",
                           "2\r\n{}\n0\r\n\r\n",
                           "2\r\n{}\r0\r\n\r\n",
                           "2\r\n{}0\r\n\r\n",
                           "2\r\n{}x\r\n0\r\n\r\n",
                           "2;x\ny\r\n{}\r\n0\r\n\r\n",
                           "2;x\ry\r\n{}\r\n0\r\n\r\n",
                           "2;\r\r\n{}\r\n0\r\n\r\n",
                           ";x\r\n{}\r\n0\r\n\r\n",
                           "\r\n{}\r\n0\r\n\r\n",
                           "2x\r\n{}\r\n0\r\n\r\n",
                           "2,2\r\n{}\r\n0\r\n\r\n",
                           "10000000000000002\r\n{}\r\n0\r\n\r\n",
                           "00000000000000002\r\n{}\r\n0\r\n\r\n",
                           "2\r\n{}\r\n0\n\n",
                           "2\r\n{}\r\n0\r\n\n",
                           "2\r\n{}\r\n0\r\n\r\r\n",
                           "2\r\n{}\r\n0 \r\n\r\n",
                           "2\r\n{}\r\n0\r\nX : y\r\n\r\n",
                           "2\r\n{}\r\n0\r\n X: y\r\n\r\n",
                           "2\r\n{}\r\n0\r\nX: y\n\r\n",
                           "2\r\n{}\r\n0\r\nX: \x01\r\n\r\n",
                           "2\r\n{}\r\n0\r\nX\r\n\r\n"}) {
    expect_refused(chunked(body), 400);
  }
  expect_refused(chunked("2;" + std::string(1'000, 'x') + "\r\n{}\r\n0\r\n\r\n"), 400);
  expect_taken(chunked("00000002;x=y;z\r\n{}\r\n000;a=\"b\"\r\nX: y\r\nEtag: z\r\n\r\n"));
  expect_taken(chunked("19\r\n" + std::string(kRequest) + "\r\n0\r\n\r\n"));
  expect_taken(post("Transfer-Encoding:   ChunkeD  \r\n", "1\r\n{\r\n1\r\n}\r\n0\r\n\r\n"));
}

TEST_F(HttpTwoWays, refuse_trailers_that_are_allowed_in_the_head_only) {
  for (const char* line :
       {"Transfer-Encoding: chunked", "Content-Length: 2", "Host: b", "Origin: http://evil.example",
        "Content-Type: application/json", "Content-Encoding: gzip", "Authorization: Bearer a",
        "Upgrade: websocket", "Connection: close", "Sec-WebSocket-Key: x", "Expect: 100-continue",
        "Trailer: X", "Access-Control-Request-Method: POST"}) {
    expect_refused(chunked("2\r\n{}\r\n0\r\n" + std::string(line) + "\r\n\r\n"), 400);
  }
}

TEST_F(HttpTwoWays, refuse_an_upgrade_that_could_be_read_in_two_ways) {
  std::string spaced(kUpgrade);
  spaced.insert(spaced.find("Upgrade:") + 7, " ");
  expect_refused(spaced + "\r\n", 400);
  for (const char* line : {"Host: b", "Upgrade: h2c", "Sec-WebSocket-Version: 12",
                           "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==", "X : y", " X: y",
                           "X: \x01", "Transfer-Encoding: identity", "Content-Length: +0"}) {
    expect_refused(std::string(kUpgrade) + line + "\r\n\r\n", 400);
  }
}

TEST_F(HttpTwoWays, refuse_the_same_when_it_arrives_byte_by_byte) {
  for (const std::string& text :
       {post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"), chunked("2 \r\n{}\r\n0\r\n\r\n"),
        get("Host: a\r\nHost: a\r\n"), chunked("2\r\n{}\r\n0\r\nHost: b\r\n\r\n"),
        std::string("GET /healthz HTTP/1.1\rHost: a\r\r")}) {
    SocketClient client(server_.port());
    for (const char byte : text + http_post(kRequest)) {
      if (!client.send(std::string(1, byte))) break;
    }
    EXPECT_EQ(read_http(client).status, 400) << text;
    EXPECT_EQ(client.read_to_end(), "") << text;
  }
}

}  // namespace seshdb::testing
