// Reading requests, and the rules for them. Over a real socket: tests/hostile.
#include "net/http.h"

#include <gtest/gtest.h>

#include "net/http_rules.h"

namespace seshdb::net {

namespace {

// Reads `text` in pieces; the number of whole requests, or minus the refusal's status.
int read_all(const std::string& text, std::size_t piece, std::vector<std::string>& bodies) {
  HttpReader reader(1'000, 100);
  std::string kept;
  int whole = 0;
  for (std::size_t at = 0; at < text.size(); at += piece) {
    kept += text.substr(at, piece);
    for (;;) {
      const auto [progress, consumed] = reader.consume(kept);
      kept.erase(0, consumed);
      if (progress == HttpReader::Progress::kRefused) return -static_cast<int>(reader.refusal());
      if (progress == HttpReader::Progress::kDone) {
        ++whole;
        bodies.emplace_back(reader.request().body.view());
        reader.next();
      } else if (progress == HttpReader::Progress::kNeedMore && consumed == 0) {
        break;
      }
    }
  }
  return whole;
}

int read_all(const std::string& text) {
  std::vector<std::string> bodies;
  return read_all(text, text.size(), bodies);
}

HttpDecision decide_for(const HttpRequest& request) { return decide(request, OriginPolicy()); }

HttpRequest post() {
  HttpRequest request;
  request.method = "POST";
  request.path = "/";
  request.host = "127.0.0.1:1987";
  request.content_type = "application/json";
  return request;
}

}  // namespace

TEST(HttpReader, reads_requests_whatever_the_pieces) {
  const std::string text =
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
      "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
      "2\r\nde\r\n1;x=y\r\nf\r\n0\r\n\r\n";
  for (std::size_t piece = 1; piece <= text.size(); ++piece) {
    std::vector<std::string> bodies;
    ASSERT_EQ(read_all(text, piece, bodies), 3) << piece;
    EXPECT_EQ(bodies, (std::vector<std::string>{"abc", "", "def"}));
  }
}

TEST(HttpReader, refuses_what_is_too_large_or_no_http) {
  EXPECT_EQ(read_all("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 101\r\n\r\n"), -413);
  const std::string begin = "POST / HTTP/1.1\r\nHost: a\r\n";
  EXPECT_EQ(read_all(begin + "Transfer-Encoding: chunked\r\n\r\n65\r\n"), -413);
  EXPECT_EQ(read_all(begin + "Transfer-Encoding: gzip, chunked\r\n\r\n65\r\n"), -501);
  EXPECT_EQ(read_all(begin + "X: " + std::string(2'000, 'x') + "\r\n\r\n"), -431);
  EXPECT_EQ(read_all("nonsense\r\n\r\n"), -400);
  EXPECT_EQ(read_all(begin + "Content-Length: x\r\n\r\n"), -400);
  EXPECT_EQ(read_all(begin + "no colon\r\n\r\n"), -400);
  EXPECT_EQ(read_all(begin + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n"), -400);
  EXPECT_EQ(read_all(begin + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"), -400);
}

TEST(HttpReader, takes_bodies_and_trailers_up_to_their_limits_only) {
  const std::string begin = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string end = "\r\n0\r\n\r\n";
  EXPECT_EQ(read_all(begin + "64\r\n" + std::string(100, 'x') + end), 1);
  EXPECT_EQ(read_all(begin + "1\r\nx\r\n64\r\n" + std::string(100, 'x') + end), -413);
  EXPECT_EQ(read_all(begin + "1;" + std::string(256, 'x') + "\r\nx" + end), 1);
  EXPECT_EQ(read_all(begin + "1;" + std::string(257, 'x') + "\r\nx" + end), -400);
  std::string often;
  for (int i = 0; i < 5; ++i) often += "1;" + std::string(250, 'x') + "\r\nx\r\n";
  EXPECT_EQ(read_all(begin + often + "0\r\n\r\n"), -400);  // 1,000 bytes for all of them
  const auto trailer = [&](std::size_t bytes) {
    return begin + "0\r\nX: " + std::string(bytes - 7, 'y') + "\r\n\r\n";
  };
  EXPECT_EQ(read_all(trailer(1'000)), 1);
  EXPECT_EQ(read_all(trailer(1'001)), -431);
  const std::string head = "GET / HTTP/1.1\r\nHost: a\r\nX: \r\n\r\n";
  const auto filled = [&](std::size_t bytes) {
    return std::string(head).insert(head.size() - 4, std::string(bytes - head.size(), 'y'));
  };
  EXPECT_EQ(read_all(filled(1'000)), 1);
  EXPECT_EQ(read_all(filled(1'001)), -431);
}

TEST(HttpRules, let_a_command_in_and_say_what_is_wrong_with_others) {
  EXPECT_EQ(decide_for(post()).action, HttpAction::kCommand);
  HttpRequest request = post();
  request.path = "/nothing";
  EXPECT_EQ(decide_for(request).status, 404U);
  request = post();
  request.method = "PUT";
  EXPECT_EQ(decide_for(request).status, 405U);
  EXPECT_EQ(decide_for(request).extra, "Allow: OPTIONS, POST\r\n");
  request = post();
  request.content_type = "text/plain";
  EXPECT_EQ(decide_for(request).status, 415U);
  request = post();
  request.method = "GET";
  request.path = "/healthz";
  EXPECT_EQ(decide_for(request).action, HttpAction::kHealth);
  request.has_body = true;
  EXPECT_EQ(decide_for(request).status, 400U);
}

TEST(HttpRules, let_pages_of_the_servers_own_address_in_and_no_others) {
  HttpRequest request = post();
  request.has_origin = true;
  request.origin = "http://127.0.0.1:1987";
  EXPECT_EQ(decide_for(request).action, HttpAction::kCommand);
  for (const char* foreign : {"http://example.com", "http://127.0.0.1:1988", "null", "",
                              "https://127.0.0.1:1987", "http://127.0.0.1:19870"}) {
    request.origin = foreign;
    EXPECT_EQ(decide_for(request).status, 403U) << foreign;
  }
  // A name that an attacker resolves to this machine is not the server's own address.
  request.host = "evil.example:1987";
  request.origin = "http://evil.example:1987";
  EXPECT_EQ(decide_for(request).status, 403U);
  EXPECT_EQ(decide(request, OriginPolicy({"http://evil.example:1987"})).action,
            HttpAction::kCommand);
  EXPECT_EQ(decide(request, OriginPolicy({"*"})).action, HttpAction::kCommand);
}

TEST(HttpRules, the_servers_own_pages_have_its_own_scheme) {
  HttpRequest request = post();
  request.has_origin = true;
  request.host = "127.0.0.1:1987";
  for (const bool is_tls : {false, true}) {
    const OriginPolicy origins({}, is_tls);
    request.origin = "http://127.0.0.1:1987";
    EXPECT_EQ(decide(request, origins).status == 403, is_tls);
    request.origin = "https://127.0.0.1:1987";
    EXPECT_EQ(decide(request, origins).status == 403, !is_tls);
  }
}

TEST(HttpRules, keep_a_browser_under_an_unknown_name_from_reading) {
  const OriginPolicy origins({"https://app.example.com", "http://other.example:8080", "null"});
  HttpRequest request = post();
  request.method = "GET";
  for (const char* path : {"/metrics", "/healthz"}) {
    request.path = path;
    for (const char* host : {"127.0.0.1:1987", "[::1]", "localhost:1987", "LOCALHOST",
                             "app.example.com", "App.Example.com:1987", "other.example"}) {
      request.host = host;
      request.is_marked = true;
      EXPECT_EQ(decide(request, origins).action,
                request.path == "/metrics" ? HttpAction::kMetrics : HttpAction::kHealth)
          << host;
    }
    for (const char* host :
         {"evil.example", "evil.example:1987", "localhost.evil.example",
          "app.example.com.evil.example", "127.0.0.1.evil.example", "a.localhost", "null", ""}) {
      request.host = host;
      request.is_marked = true;
      EXPECT_EQ(decide(request, origins).status, 403U) << host;
      EXPECT_NE(decide(request, OriginPolicy({"*"})).status, 403U) << host;
      request.is_marked = false;
      EXPECT_NE(decide(request, origins).status, 403U) << host;
    }
  }
}

TEST(Http, computes_the_accept_key_of_the_rfc) {
  EXPECT_EQ(websocket_accept("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  for (const char* key : {"", "short", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZ!==",
                          "dGhlIHNhbXBsZSBub25jZQ==AAAA"}) {
    EXPECT_EQ(websocket_accept(key), "") << key;
  }
}

}  // namespace seshdb::net
