// Heads and chunked bodies that the strict scan accepts or refuses. Over a real socket:
// tests/hostile/http_two_ways_test.cc.
#include "net/http_head.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "net/host.h"

namespace seshdb::net {

namespace {

constexpr std::size_t kBytesMax = 1'000;

// 0: more is needed, 200: done, else the refusal's status.
unsigned status_of(HeadScan& scan, std::string_view text) {
  switch (scan.scan(text)) {
    case HeadScan::Progress::kNeedMore:
      return 0;
    case HeadScan::Progress::kDone:
      return 200;
    default:
      return scan.refusal();
  }
}

unsigned status_of(std::string_view text) {
  HeadScan scan(kBytesMax);
  return status_of(scan, text);
}

}  // namespace

TEST(HeadScan, finds_where_a_head_ends_and_how_its_body_does) {
  const std::string begin = "POST / HTTP/1.1\r\nHost: a\r\n";
  HeadScan plain(kBytesMax);
  EXPECT_EQ(status_of(plain, begin + "\r\nGET"), 200U);
  EXPECT_EQ(plain.bytes(), begin.size() + 2);
  EXPECT_FALSE(plain.chunked());
  EXPECT_EQ(plain.content_length(), 0U);
  HeadScan length(kBytesMax);
  EXPECT_EQ(status_of(length, begin + "content-LENGTH: 1234567890123456789 \r\n\r\n"), 200U);
  EXPECT_EQ(length.content_length(), 1'234'567'890'123'456'789U);
  HeadScan chunked(kBytesMax);
  EXPECT_EQ(status_of(chunked, begin + "Transfer-Encoding:CHUNKED\r\n\r\n"), 200U);
  EXPECT_TRUE(chunked.chunked());
}

TEST(HeadScan, says_the_same_whatever_the_pieces) {
  for (const std::string text :
       {"GET /a?b HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nX: \x01",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n", "GET / HTTP/1.1\r\nHost: a\rX",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"}) {
    const unsigned whole = status_of(text);
    EXPECT_NE(whole, 0U) << text;
    for (std::size_t piece = 1; piece < text.size(); ++piece) {
      HeadScan scan(kBytesMax);
      unsigned status = 0;
      std::size_t given = 0;
      while (status == 0 && given < text.size()) {
        given = std::min(given + piece, text.size());
        status = status_of(scan, std::string_view(text).substr(0, given));
      }
      EXPECT_EQ(status, whole) << text << piece;
    }
  }
}

TEST(HeadScan, refuses_at_the_first_byte_that_does_not_belong_there) {
  EXPECT_EQ(status_of("GET / HTTP/1.1\r"), 0U);
  EXPECT_EQ(status_of("GET / HTTP/1.1\rH"), 400U);
  EXPECT_EQ(status_of("GET / HTTP/1.1\n"), 400U);
  EXPECT_EQ(status_of("\x16\x03\x01"), 400U);
  EXPECT_EQ(status_of(std::string_view("GET /\0", 6)), 400U);
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost : a\r\n"), 400U);
}

TEST(HeadScan, takes_trailers_without_what_only_a_head_may_say) {
  const auto trailers = [](std::string_view text) {
    HeadScan scan(kBytesMax, HeadScan::Part::kTrailers);
    return status_of(scan, text);
  };
  EXPECT_EQ(trailers("\r\n"), 200U);
  EXPECT_EQ(trailers("X: y\r\nX: z\r\n\r\n"), 200U);
  for (const char* line :
       {"Host: a", "TE: trailers", "Forwarded: for=a", "Connection: close", "Keep-Alive: 1",
        "Proxy-Connection: close", "content_length: 1", "POST / HTTP/1.1", " X: y", "X"}) {
    EXPECT_EQ(trailers(std::string(line) + "\r\n\r\n"), 400U) << line;
  }
  EXPECT_EQ(trailers("X: " + std::string(kBytesMax, 'y')), 431U);
}

TEST(HeadScan, lets_lists_stand_in_several_lines) {
  for (const char* line : {"Accept: a", "Connection: close", "Keep-Alive: a", "TE: trailers",
                           "Trailer: X", "Forwarded: for=a", "X-Forwarded-For: a", "Via: 1.1 a",
                           "Sec-WebSocket-Protocol: a", "Sec-WebSocket-Extensions: a", "X_Y: z"}) {
    const std::string twice = std::string(line) + "\r\n" + line + "\r\n";
    EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: a\r\n" + twice + "\r\n"), 200U) << line;
  }
}

TEST(Host, is_a_name_or_an_address_with_one_reading) {
  for (const char* host :
       {"localhost", "LocalHost:80", "127.0.0.1", "[::1]:1987", "[2001:DB8::1]"}) {
    EXPECT_TRUE(is_host(host)) << host;
    EXPECT_TRUE(is_address(host)) << host;
  }
  for (const char* host : {"example.com", "localhost.example", "127.1", "0x7f000001", "1.2.3.4.5",
                           "localhost.", "127.0.0.1.example:80"}) {
    EXPECT_TRUE(is_host(host)) << host;
    EXPECT_FALSE(is_address(host)) << host;
  }
  for (const char* host : {"", ":", ":80", "[", "]", "[]", "[::1", "[127.0.0.1]", "[::1]80",
                           "a:80:80", "a:000080", "a@b", "a,b", "a%41", "::1", "[::1%25lo]"}) {
    EXPECT_FALSE(is_host(host)) << host;
    EXPECT_FALSE(is_address(host)) << host;
  }
}

}  // namespace seshdb::net
