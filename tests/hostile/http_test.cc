// Invalid HTTP, and the upgrade's conditions. Statuses: RFC 9110 and RFC 6455,
// section 4.
#include <gtest/gtest.h>

#include "support/socket_target.h"

namespace seshdb::testing {

namespace {

constexpr std::string_view kRequest = R"({"SH_EXISTS":{"tkns":[]}})";
constexpr std::string_view kAnswer = R"({"SH_EXISTS_RSP":{"st":1,"exist":[]}})";

server::Config config_for_tests() {
  server::Config config;
  config.bounds.message_bytes = 1'000;
  config.allow_origins = {"https://app.example.com"};
  return config;
}

class HostileHttp : public ::testing::Test {
 protected:
  HttpAnswer send(std::string_view text) {
    SocketClient client(server_.port());
    client.send(text);
    return read_http(client);
  }
  int status_of(std::string_view text) { return send(text).status; }
  // The status of an upgrade with the given line replaced, or added.
  int upgrade_status(const std::string& old, const std::string& line) {
    std::string text(kUpgrade);
    const std::size_t at = text.find(old);
    text = old.empty() ? text + line : text.replace(at, old.size(), line);
    return status_of(text + "\r\n");
  }
  void TearDown() override { EXPECT_EQ(send(http_post(kRequest)).body, kAnswer); }

  SystemClock clock_;
  TestServer server_{clock_, 2, config_for_tests()};
};

}  // namespace

TEST_F(HostileHttp, other_paths_methods_and_types_are_refused_by_status) {
  EXPECT_EQ(status_of("GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n"), 404);
  EXPECT_EQ(status_of("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"), 404);
  const HttpAnswer get = send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(get.status, 405);
  EXPECT_EQ(get.headers.at("allow"), "OPTIONS, POST");
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\n\r\n"), 400);  // RFC 9112, section 3.2: no Host
  EXPECT_EQ(status_of("DELETE / HTTP/1.1\r\nHost: a\r\n\r\n"), 405);
  EXPECT_EQ(status_of("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}"), 415);
  EXPECT_EQ(status_of("POST / HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\n"
                      "Content-Length: 2\r\n\r\n{}"),
            415);
}

// RFC 9112, section 3.2.2: a server accepts this form, and uses the target's host.
TEST_F(HostileHttp, a_target_may_be_a_whole_url) {
  const auto post = [this](const std::string& target, const std::string& lines) {
    return status_of("POST " + target + " HTTP/1.1\r\nContent-Type: application/json\r\n" + lines +
                     "Content-Length: 2\r\n\r\n{}");
  };
  for (const char* target :
       {"http://a/", "http://a:1987", "HTTP://[::1]:1987/?x=1", "https://a?x"}) {
    EXPECT_EQ(post(target, "Host: a\r\n"), 200) << target;
  }
  EXPECT_EQ(post("http://a/nothing", "Host: a\r\n"), 404);
  EXPECT_EQ(post("ftp://a/", "Host: a\r\n"), 404);
  EXPECT_EQ(post("http:///", "Host: a\r\n"), 400);
  EXPECT_EQ(post("http://a/", ""), 400);
  EXPECT_EQ(status_of("GET http://a/healthz HTTP/1.1\r\nHost: a\r\n\r\n"), 200);
  EXPECT_EQ(upgrade_status("GET / ", "GET http://127.0.0.1/ "), 101);
  const std::string own = "Origin: " + own_scheme() + "127.0.0.1\r\n";
  EXPECT_EQ(post("http://127.0.0.1/", "Host: evil.example\r\n" + own), 200);
  EXPECT_EQ(post("http://evil.example/", "Host: 127.0.0.1\r\n" + own), 403);
}

TEST_F(HostileHttp, a_json_type_may_have_parameters_and_any_case) {
  EXPECT_EQ(status_of("POST / HTTP/1.1\r\nHost: a\r\n"
                      "content-type: Application/JSON; charset=utf-8\r\n"
                      "Content-Length: 2\r\n\r\n{}"),
            200);
}

TEST_F(HostileHttp, figures_are_given_to_pages_of_allowed_origins_only) {
  const std::string get = "GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n";
  EXPECT_EQ(status_of(get + "\r\n"), 200);
  EXPECT_EQ(status_of("GET /metrics?x=1 HTTP/1.0\r\n\r\n"), 200);
  EXPECT_EQ(status_of(get + "Origin: " + own_scheme() + "127.0.0.1\r\n\r\n"), 200);
  const HttpAnswer refused = send(get + "Origin: http://evil.example\r\n\r\n");
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(refused.body.find("seshdb_"), std::string::npos);
  EXPECT_EQ(status_of("POST /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"), 405);
  EXPECT_EQ(status_of("GET /metrics HTTP/1.1\r\n\r\n"), 400);  // no Host
}

// DNS rebinding: the page has the same origin, and sends no Origin header.
TEST_F(HostileHttp, figures_and_health_are_refused_to_a_browser_under_an_unknown_name) {
  for (const std::string begin :
       {"GET /metrics HTTP/1.1\r\nHost: ", "GET /healthz HTTP/1.1\r\nHost: ",
        "OPTIONS /metrics HTTP/1.1\r\nHost: "}) {
    const auto status = [&](const std::string& host, const std::string& mark) {
      return status_of(begin + host + "\r\n" + mark + "\r\n");
    };
    const int let_in = begin[0] == 'O' ? 204 : 200;
    for (const char* mark : {"Sec-Fetch-Mode: no-cors\r\n", "sec-fetch-mode: navigate\r\n",
                             "Sec-Fetch-Mode:\r\n", "Sec-Fetch-Site: same-origin\r\n"}) {
      EXPECT_EQ(status("evil.example:1987", mark), 403) << begin << mark;
      EXPECT_EQ(status("127.0.0.1:1987", mark), let_in) << begin << mark;
      EXPECT_EQ(status("[::1]:1987", mark), let_in) << begin << mark;
      EXPECT_EQ(status("localhost:1987", mark), let_in) << begin << mark;
      EXPECT_EQ(status("app.example.com:1987", mark), let_in) << begin << mark;
    }
    EXPECT_EQ(status("evil.example:1987", ""), let_in) << begin;
  }
  const std::string marked = "Sec-Fetch-Mode: cors\r\n\r\n";
  EXPECT_EQ(status_of("GET /metrics HTTP/1.0\r\n" + marked), 403);
  EXPECT_EQ(status_of("GET http://evil.example/metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n" + marked),
            403);
  EXPECT_EQ(send("GET /metrics HTTP/1.1\r\nHost: evil.example\r\n" + marked).body.find("seshdb_"),
            std::string::npos);
}

TEST_F(HostileHttp, health_is_answered_and_a_query_is_ignored) {
  EXPECT_EQ(send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n").body, "ok\n");
  EXPECT_EQ(status_of("GET /healthz?probe=1 HTTP/1.1\r\nHost: a\r\n\r\n"), 200);
  EXPECT_EQ(status_of("GET /healthz HTTP/1.0\r\n\r\n"), 200);
  EXPECT_EQ(status_of("POST /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"), 405);
}

TEST_F(HostileHttp, invalid_http_is_refused_and_ends_the_connection) {
  for (const char* text :
       {"nonsense\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\x16\x02\r\n\r\n",
        "GET / HTTP/1.1\r\nHost a\r\n\r\n", "GET / HTTP/1.1\r\n Host: a\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551616\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"}) {
    SocketClient client(server_.port());
    client.send(text);
    EXPECT_EQ(read_http(client).status, 400) << text;
    EXPECT_TRUE(client.read_to_end()) << text;
  }
}

TEST_F(HostileHttp, a_client_that_begins_with_tls_is_ended_without_an_answer) {
  for (const char* text : {"\x16", "\x16\x03\x01\x02\r\n\r\n"}) {
    SocketClient client(server_.port());
    client.send(text);
    EXPECT_EQ(client.read_to_end(), "");
  }
  SocketClient client(server_.port());
  client.send(http_post(kRequest));
  EXPECT_EQ(read_http(client).status, 200);
  client.send("\x16\x03\x01\x02\r\n\r\n");
  EXPECT_EQ(read_http(client).status, 400) << "it did not begin with TLS";
}

TEST_F(HostileHttp, what_is_too_large_is_refused_before_it_is_sent) {
  EXPECT_EQ(status_of("POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                      "Content-Length: 1001\r\n\r\n"),
            413);
  EXPECT_EQ(status_of("POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                      "Transfer-Encoding: chunked\r\n\r\n3e9\r\n"),
            413);
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nX: " + std::string(20'000, 'x')), 431);
  EXPECT_EQ(status_of("GET /" + std::string(20'000, 'x')), 431);
}

TEST_F(HostileHttp, bodies_may_come_in_chunks_and_after_100_continue) {
  SocketClient client(server_.port());
  client.send(
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
      "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"SH_\r\n14\r\nEXISTS\":{\"tkns\":[]}}\r\n"
      "0\r\n\r\n");
  EXPECT_EQ(read_http(client).body, kAnswer);
  client.send(
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
      "Content-Length: 25\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send(kRequest);
  EXPECT_EQ(read_http(client).body, kAnswer);
}

TEST_F(HostileHttp, a_hundred_requests_in_one_write_are_answered_in_order) {
  SocketClient client(server_.port());
  std::string all;
  for (int i = 0; i < 100; ++i) {
    all += http_post(R"({"SH_NEW":{"name":"n)" + std::to_string(i) + R"("}})");
  }
  client.send(all);
  for (int i = 0; i < 100; ++i) {
    const std::string body = read_http(client).body;
    EXPECT_NE(body.find("\"name\":\"n" + std::to_string(i) + '"'), std::string::npos) << body;
  }
}

TEST_F(HostileHttp, a_quiet_success_has_no_body) {
  SocketClient client(server_.port());
  client.send(http_post(R"({"SH_NEW":{"name":"a"}})"));
  const std::string token =
      parse_json(read_http(client).body)->members.at(0).second.find("tkn")->text;
  client.send(http_post(R"({"KV_SETQ":{"tkn":")" + token + R"(","keys":{"a":1}}})"));
  const HttpAnswer answer = read_http(client);
  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(answer.headers.count("content-length"), 0U);  // RFC 9110, section 8.6
}

TEST_F(HostileHttp, connections_are_kept_or_closed_as_the_client_says) {
  SocketClient client(server_.port());
  client.send(http_post(kRequest));
  EXPECT_EQ(read_http(client).body, kAnswer);
  client.send(http_post(kRequest, "Connection: close\r\n"));
  EXPECT_EQ(read_http(client).body, kAnswer);
  EXPECT_EQ(client.read_to_end(), "");
}

TEST_F(HostileHttp, an_upgrade_needs_its_path_version_key_and_method) {
  EXPECT_EQ(upgrade_status("", ""), 101);
  EXPECT_EQ(upgrade_status("GET / ", "GET /socket "), 404);
  EXPECT_EQ(upgrade_status("GET / ", "GET /healthz "), 404);
  EXPECT_EQ(upgrade_status("GET / ", "GET /metrics "), 404);
  EXPECT_EQ(upgrade_status("Version: 13", "Version: 12"), 426);
  EXPECT_EQ(upgrade_status("Sec-WebSocket-Version: 13\r\n", ""), 426);
  EXPECT_EQ(upgrade_status("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", ""), 400);
  EXPECT_EQ(upgrade_status("dGhlIHNhbXBsZSBub25jZQ==", "c2hvcnQ="), 400);
  EXPECT_EQ(upgrade_status("GET / HTTP/1.1", "POST / HTTP/1.1"), 400);
  EXPECT_EQ(upgrade_status("GET / HTTP/1.1", "GET / HTTP/1.0"), 400);
}

TEST_F(HostileHttp, pages_of_foreign_origins_are_refused) {
  const std::string own = "127.0.0.1:" + std::to_string(server_.port());
  EXPECT_EQ(upgrade_status("", "Origin: http://evil.example\r\n"), 403);
  EXPECT_EQ(upgrade_status("", "Origin: null\r\n"), 403);
  EXPECT_EQ(upgrade_status("", "Origin: https://app.example.com\r\n"), 101);
  EXPECT_EQ(upgrade_status("Host: 127.0.0.1", "Host: " + own + "\r\nOrigin: " + own_scheme() + own),
            101);
  EXPECT_EQ(upgrade_status("Host: 127.0.0.1", "Host: evil.example\r\nOrigin: http://evil.example"),
            403);
  EXPECT_EQ(
      upgrade_status("", "Origin: http://evil.example\r\nOrigin: https://app.example.com\r\n"),
      400);
  EXPECT_EQ(
      upgrade_status("", "Origin: https://app.example.com\r\nOrigin: http://evil.example\r\n"),
      400);
  const auto post = [this](const std::string& origin) {
    return send(http_post(kRequest, "Origin: " + origin + "\r\n"));
  };
  EXPECT_EQ(post("http://evil.example").status, 403);
  const HttpAnswer allowed = post("https://app.example.com");
  EXPECT_EQ(allowed.status, 200);
  EXPECT_EQ(allowed.headers.at("access-control-allow-origin"), "https://app.example.com");
}

// As the health checks of load balancers do, also without a Host.
TEST_F(HostileHttp, options_are_answered) {
  for (const char* begin :
       {"OPTIONS / HTTP/1.0\r\n", "OPTIONS / HTTP/1.1\r\nHost: a\r\n", "OPTIONS * HTTP/1.0\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: a\r\n", "OPTIONS /?x HTTP/1.1\r\nHost: a\r\n",
        "OPTIONS / HTTP/1.1\r\nHost: a\r\nOrigin: https://app.example.com\r\n",
        "OPTIONS / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n"}) {
    const HttpAnswer answer = send(std::string(begin) + "\r\n");
    EXPECT_EQ(answer.status, 204) << begin;
    EXPECT_EQ(answer.headers.at("allow"), "OPTIONS, POST") << begin;
    EXPECT_EQ(answer.headers.count("content-length"), 0U) << begin;
  }
  for (const char* path : {"/healthz", "/metrics"}) {
    const std::string begin = std::string(path) + " HTTP/1.1\r\nHost: a\r\n";
    EXPECT_EQ(send("OPTIONS " + begin + "\r\n").status, 204) << path;
    EXPECT_EQ(send("OPTIONS " + begin + "\r\n").headers.at("allow"), "GET, HEAD, OPTIONS") << path;
    EXPECT_EQ(send("POST " + begin + "\r\n").headers.at("allow"), "GET, HEAD, OPTIONS") << path;
  }
  EXPECT_EQ(status_of("OPTIONS /nothing HTTP/1.1\r\nHost: a\r\n\r\n"), 404);
  EXPECT_EQ(status_of("OPTIONS / HTTP/1.1\r\nHost: a\r\nOrigin: http://evil.example\r\n\r\n"), 403);
}

TEST_F(HostileHttp, a_browsers_preflight_before_a_post_is_answered) {
  const std::string ask =
      "OPTIONS / HTTP/1.1\r\nHost: a\r\nAccess-Control-Request-Method: POST\r\n";
  EXPECT_EQ(status_of(ask + "Origin: https://app.example.com\r\n\r\n"), 204);
  EXPECT_EQ(status_of(ask + "Origin: http://evil.example\r\n\r\n"), 403);
}

}  // namespace seshdb::testing
