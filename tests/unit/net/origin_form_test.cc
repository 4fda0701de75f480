// Origins as browsers send them, and the messages for others.
#include "net/origin_form.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace seshdb::net {

namespace {

struct Told {
  std::string text;
  std::string wrong;  // part of the message
  std::string right;
};

// The origin that the message recommends is accepted.
void expect_told(const std::vector<Told>& all) {
  for (const auto& [text, wrong, right] : all) {
    const std::optional<OriginFault> fault = find_origin_fault(text);
    ASSERT_TRUE(fault) << text;
    EXPECT_NE(fault->wrong.find(wrong), std::string::npos) << text << ": " << fault->wrong;
    EXPECT_EQ(fault->right, right) << text;
    EXPECT_FALSE(find_origin_fault(fault->right)) << text;
  }
}

const std::string kExample = "https://example.com";

}  // namespace

TEST(OriginForm, takes_what_a_browser_may_send) {
  for (const char* text : {"https://example.com",
                           "http://example.com:8080",
                           "http://localhost",
                           "http://localhost:3000",
                           "http://127.0.0.1:1987",
                           "http://a_b.example",
                           "https://xn--mnchen-3ya.de",
                           "https://example.com.",
                           "http://[::1]:8080",
                           "http://[::]",
                           "http://[2001:db8::1]",
                           "http://[2001:db8:0:1:1:1:1:1]",
                           "http://[1:0:0:2::3]",
                           "http://[::ffff:7f00:1]",
                           "http://1.example",
                           "http://example.1a",
                           "https://example.com:80",
                           "http://example.com:443",
                           "http://a:65535",
                           "null",
                           "chrome-extension://abcdefghijklmnop",
                           "moz-extension://0f9a-11",
                           "capacitor://localhost",
                           "app://Obsidian.md"}) {
    EXPECT_FALSE(find_origin_fault(text)) << text;
  }
}

TEST(OriginForm, tells_of_what_stands_around_the_host) {
  expect_told({
      {"", "empty", kExample},
      {"*", "no scheme", kExample},
      {"example.com", "no scheme", "https://example.com"},
      {"localhost:8080", "no scheme", "https://localhost:8080"},
      {"//example.com", "no scheme", kExample},
      {"https:example.com", "no scheme", kExample},
      {"Null", "no scheme", "https://null"},
      {"://example.com", "scheme is none", kExample},
      {"1s://example.com", "scheme is none", kExample},
      {"HTTPS://example.com", "capitals", "https://example.com"},
      {"ws://example.com", "scheme", "http://example.com"},
      {"wss://example.com", "scheme", "https://example.com"},
      {"https://app.example/", "ends in a slash", "https://app.example"},
      {"https://app.example/app", "a path", "https://app.example"},
      {"https://app.example//", "a path", "https://app.example"},
      {"https://app.example?a=b", "a query", "https://app.example"},
      {"https://app.example#a", "a fragment", "https://app.example"},
      {"https://app.example\\a", "a backslash", "https://app.example"},
  });
}

TEST(OriginForm, tells_of_users_ports_and_capitals) {
  expect_told({
      {"https://me@app.example", "a user name", "https://app.example"},
      {"https://me:pw@app.example", "a user name", "https://app.example"},
      {"https://", "no host", kExample},
      {"https:///", "ends in a slash", kExample},
      {"file:///", "ends in a slash", kExample},
      {"https://:8080", "no host", kExample},
      {"https://app.example:443", "leave out", "https://app.example"},
      {"http://app.example:80", "leave out", "http://app.example"},
      {"http://app.example:", "port is empty", "http://app.example"},
      {"http://app.example:0", "port is 0", kExample},
      {"http://app.example:08080", "begins with a zero", "http://app.example:8080"},
      {"http://app.example:080", "begins with a zero", "http://app.example"},
      {"http://app.example:65536", "beyond 65535", kExample},
      {"http://app.example:99999999999", "beyond 65535", kExample},
      {"http://app.example:+80", "no number", kExample},
      {"http://app.example:80:80", "no number", kExample},
      {"https://App.example", "capitals", "https://app.example"},
  });
}

TEST(OriginForm, tells_of_hosts_that_are_none_or_spelled_otherwise) {
  expect_told({
      {"https://*.example.com", "wildcard", kExample},
      {"https://*", "wildcard", kExample},
      {"https://app.example,https://b.example", "two in one", "https://app.example"},
      {"https://app.example https://b.example", "two in one", "https://app.example"},
      {"https://app.example;http://b", "two in one", "https://app.example"},
      {"https://app.example,b.example", "two in one", "https://app.example"},
      {" https://app.example", "white space", "https://app.example"},
      {"https://app.example\t", "white space", "https://app.example"},
      {"https://app .example", "white space", kExample},
      {"https://app.example\n", "no ASCII", kExample},
      {"https://m\xC3\xBCnchen.de", "xn--", kExample},
      {"https://m%C3%BCnchen.de", "mark that no name has", kExample},
      {"https://a..example", "dot too many", kExample},
      {"https://.example", "dot too many", kExample},
      {"https://.", "dot too many", kExample},
      {"https://a.example..", "dot too many", kExample},
      {"https://" + std::string(64, 'a') + ".example", "longer", kExample},
      {"http://127.1", "usual form", "http://127.0.0.1"},
      {"http://127.0.0.01", "usual form", "http://127.0.0.1"},
      {"http://0x7f000001", "usual form", "http://127.0.0.1"},
      {"http://2130706433:8080", "usual form", "http://127.0.0.1:8080"},
      {"http://127.0.0.1.", "usual form", "http://127.0.0.1"},
      {"http://1.2.3.4.5", "no IPv4 address", kExample},
      {"http://256.0.0.1", "no IPv4 address", kExample},
      {"http://[0:0:0:0:0:0:0:1]", "shortest form", "http://[::1]"},
      {"http://[2001:DB8::1]:80", "leave out", "http://[2001:db8::1]"},
      {"http://[2001:db8::0:1]", "shortest form", "http://[2001:db8::1]"},
      {"http://[2001:db8::1:1:1:1:1]", "shortest form", "http://[2001:db8:0:1:1:1:1:1]"},
      {"http://[::ffff:127.0.0.1]", "shortest form", "http://[::ffff:7f00:1]"},
      {"http://[::1.2.3.4]", "shortest form", "http://[::102:304]"},
      {"http://[::0.1.0.0]", "shortest form", "http://[::1:0]"},
      {"http://[0:0:0:0:0:0:0:0]", "shortest form", "http://[::]"},
      {"http://[1:0:0:2:0:0:0:3]", "shortest form", "http://[1:0:0:2::3]"},
      {"http://[fe80::1%25eth0]", "no IPv6 address", kExample},
      {"http://[::1", "no IPv6 address", kExample},
      {"http://[]", "no IPv6 address", kExample},
      {"http://[::1]x", "no IPv6 address", kExample},
      {"http://::1", "no host", kExample},
      {"HTTPS://Me@App.example:443/app?x", "capitals", "https://app.example"},
  });
}

}  // namespace seshdb::net
