// What a context allows: versions, protocols, sessions, client certificates; and which files it
// refuses.
#include "net/tls_context.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/logging.h"
#include "support/tls_pair.h"

namespace seshdb::net {

namespace {

using testing::Authority;
using testing::ServerFiles;
using testing::TlsPair;
using Names = std::vector<std::string>;

class TlsContextTest : public ::testing::Test {
 protected:
  TlsContextTest() { logging::set_level(logging::Level::kOff); }

  // The error of a start with these files.
  static std::string error_of(const TlsSettings& settings) {
    const auto context = TlsContext::load(settings);
    return context ? "no error" : context.error();
  }
  // The ticket of a connection, which must succeed.
  static testing::TlsTicket ticket_of(const TlsContext& context,
                                      const testing::TlsClientSettings& client) {
    TlsPair pair(context, client);
    EXPECT_TRUE(pair.shake()) << pair.peer.failure();
    EXPECT_NE(pair.peer.ticket(), nullptr);
    return pair.peer.ticket();
  }

  Authority authority_;
  Authority clients_;
  testing::Credentials own_ = authority_.issue("DNS:localhost");
  ServerFiles files_{own_, clients_.certificate()};
  std::shared_ptr<const TlsContext> context_ = testing::load_context(files_.settings());
};

}  // namespace

TEST_F(TlsContextTest, resumes_sessions_of_both_versions) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const auto ticket = ticket_of(*context_, {.version = version});
    TlsPair again(*context_, {.version = version, .ticket = ticket});
    ASSERT_TRUE(again.shake()) << again.peer.failure();
    EXPECT_TRUE(again.peer.is_resumed()) << version;
    EXPECT_EQ(again.say("a request"), "a request");
    EXPECT_EQ(again.answer("an answer"), "an answer");
  }
}

TEST_F(TlsContextTest, a_ticket_is_of_no_use_with_another_context) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const auto ticket = ticket_of(*context_, {.version = version});
    ServerFiles others(own_, Authority().certificate());
    for (const auto& other :
         {testing::load_context(others.settings()), testing::load_context(files_.settings())}) {
      TlsPair again(*other, {.version = version, .ticket = ticket});
      ASSERT_TRUE(again.shake()) << again.peer.failure();
      EXPECT_FALSE(again.peer.is_resumed()) << version;
    }
  }
}

TEST_F(TlsContextTest, selects_the_only_protocol_that_it_speaks) {
  TlsPair one(*context_, {.alpn = {"h2", "http/1.1"}});
  ASSERT_TRUE(one.shake());
  EXPECT_EQ(one.peer.alpn(), "http/1.1");
  TlsPair silent(*context_);
  ASSERT_TRUE(silent.shake());
  EXPECT_EQ(silent.peer.alpn(), "");
  for (const Names& offer : {Names{"h2"}, Names{"http/1.0", "http/1.1x"}}) {
    TlsPair other(*context_, {.alpn = offer});
    EXPECT_FALSE(other.shake());
    EXPECT_NE(other.peer.failure().find("no application protocol"), std::string::npos)
        << other.peer.failure();
  }
}

TEST_F(TlsContextTest, refuses_versions_below_its_least) {
  ServerFiles files(own_);
  files.settings().version_min = TlsVersion::kTls13;
  const auto strict = testing::load_context(files.settings());
  TlsPair old(*strict, {.version = TLS1_2_VERSION});
  EXPECT_FALSE(old.shake());
  EXPECT_NE(old.peer.failure().find("protocol version"), std::string::npos) << old.peer.failure();
  TlsPair current(*strict, {.version = TLS1_3_VERSION});
  EXPECT_TRUE(current.shake());
}

TEST_F(TlsContextTest, tells_the_names_of_a_client_certificate) {
  const auto own = clients_.issue("DNS:app.example,IP:127.0.0.1,DNS:App.Example,URI:a:b");
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsPair pair(*context_, {.version = version, .own = own});
    ASSERT_TRUE(pair.shake()) << pair.peer.failure();
    EXPECT_EQ(pair.server->peer_names(), (Names{"app.example", "App.Example"}));
    TlsPair again(*context_, {.version = version, .own = own, .ticket = pair.peer.ticket()});
    ASSERT_TRUE(again.shake()) << again.peer.failure();
    EXPECT_TRUE(again.peer.is_resumed());
    EXPECT_EQ(again.server->peer_names(), (Names{"app.example", "App.Example"}));
  }
}

TEST_F(TlsContextTest, a_client_certificate_is_optional_and_its_common_name_is_no_name) {
  TlsPair without(*context_);
  ASSERT_TRUE(without.shake());
  EXPECT_EQ(without.server->peer_names(), Names{});
  TlsPair nameless(*context_, {.own = clients_.issue("")});
  ASSERT_TRUE(nameless.shake());
  EXPECT_EQ(nameless.server->peer_names(), Names{});
}

TEST_F(TlsContextTest, a_wrong_client_certificate_ends_the_handshake) {
  TlsPair foreign(*context_, {.own = authority_.issue("DNS:app.example")});
  EXPECT_FALSE(foreign.shake());
  EXPECT_NE(foreign.peer.failure(), "");
  TlsPair expired(*context_, {.own = clients_.issue("DNS:app.example", -60)});
  EXPECT_FALSE(expired.shake());
  EXPECT_NE(expired.peer.failure().find("expired"), std::string::npos) << expired.peer.failure();
}

TEST_F(TlsContextTest, nobody_is_asked_for_a_certificate_without_an_authority) {
  const ServerFiles files(own_);
  const auto context = testing::load_context(files.settings());
  TlsPair pair(*context, {.own = clients_.issue("DNS:app.example")});
  ASSERT_TRUE(pair.shake());
  EXPECT_EQ(pair.server->peer_names(), Names{});
}

TEST_F(TlsContextTest, tells_files_with_the_same_content) {
  const ServerFiles copy(own_, clients_.certificate());
  EXPECT_TRUE(context_->is_same(*testing::load_context(copy.settings())));
  const ServerFiles other_ca(own_, Authority().certificate());
  EXPECT_FALSE(context_->is_same(*testing::load_context(other_ca.settings())));
  const ServerFiles no_ca(own_);
  EXPECT_FALSE(context_->is_same(*testing::load_context(no_ca.settings())));
  const ServerFiles other(authority_.issue("DNS:localhost"), clients_.certificate());
  EXPECT_FALSE(context_->is_same(*testing::load_context(other.settings())));
}

TEST_F(TlsContextTest, says_which_file_is_wrong_and_why) {
  const auto key_with = [this](const std::string& text) {
    ServerFiles files(own_);
    testing::replace_file(files.settings().key_file, text);
    return error_of(files.settings());
  };
  const auto certificate_with = [this](const std::string& text) {
    ServerFiles files(own_);
    testing::replace_file(files.settings().certificate_file, text);
    return error_of(files.settings());
  };
  EXPECT_NE(key_with("").find("key.pem': the file is empty"), std::string::npos);
  EXPECT_NE(key_with("text").find("key.pem': there is no private key"), std::string::npos);
  EXPECT_NE(key_with(authority_.issue("").key).find("key.pem': the key is not that"),
            std::string::npos);
  EXPECT_NE(certificate_with("").find("cert.pem': the file is empty"), std::string::npos);
  EXPECT_NE(certificate_with("text").find("cert.pem': there is no certificate"), std::string::npos);
  std::string damaged = own_.certificate;
  damaged.erase(100, 4);
  EXPECT_NE(certificate_with(damaged).find("cert.pem': "), std::string::npos);
  EXPECT_NE(certificate_with(own_.certificate + damaged).find("is damaged"), std::string::npos);

  ServerFiles files(own_, "text");
  EXPECT_NE(error_of(files.settings()).find("client-ca.pem': there is no certificate"),
            std::string::npos);
  files.settings().client_ca_file = "/nowhere/ca.pem";
  EXPECT_EQ(error_of(files.settings()),
            "tls-client-ca: '/nowhere/ca.pem': No such file or directory");
  files.settings().client_ca_file = "/";
  EXPECT_EQ(error_of(files.settings()), "tls-client-ca: '/': Is a directory");
  EXPECT_EQ(error_of(files.settings()).find('\n'), std::string::npos);
}

}  // namespace seshdb::net
