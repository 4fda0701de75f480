// Files that are replaced while they are used.
#include "server/certificates.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <filesystem>

#include "base/logging.h"
#include "support/tls_pair.h"

namespace seshdb::server {

namespace {

class CertificatesTest : public ::testing::Test {
 protected:
  CertificatesTest() {
    logging::set_level(logging::Level::kOff);
    auto loaded = Certificates::load(files_.settings());
    certificates_ = *std::move(loaded);
  }
  // The certificate that a new client sees; with the ticket of an earlier one.
  std::string shown(const testing::TlsTicket& ticket = {}) {
    std::array<int, 2> ends{};
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()), 0);
    testing::TlsPair pair(certificates_->accept(Descriptor(ends[0])), Descriptor(ends[1]),
                          {.ticket = ticket});
    EXPECT_TRUE(pair.shake());
    ticket_ = pair.peer.ticket();
    is_resumed_ = pair.peer.is_resumed();
    return pair.peer.server_certificate();
  }

  testing::Authority authority_;
  testing::Credentials first_ = authority_.issue("DNS:localhost");
  testing::Credentials second_ = authority_.issue("DNS:localhost");
  testing::ServerFiles files_{first_};
  std::unique_ptr<Certificates> certificates_;
  testing::TlsTicket ticket_;
  bool is_resumed_ = false;
};

}  // namespace

TEST_F(CertificatesTest, new_files_are_for_new_clients) {
  EXPECT_EQ(shown(), first_.certificate);
  files_.replace(second_);
  EXPECT_EQ(shown(), first_.certificate) << "nothing was read yet";
  certificates_->reload_if_changed();
  EXPECT_EQ(shown(), second_.certificate);
}

TEST_F(CertificatesTest, a_broken_pair_leaves_the_old_one_until_it_is_whole) {
  testing::replace_file(files_.settings().certificate_file, second_.certificate);
  certificates_->reload_if_changed();
  EXPECT_EQ(shown(), first_.certificate) << "the key is not its own yet";
  testing::replace_file(files_.settings().key_file, second_.key);
  certificates_->reload_if_changed();
  EXPECT_EQ(shown(), second_.certificate);
  std::filesystem::remove(files_.settings().key_file);
  certificates_->reload_if_changed();
  certificates_->reload();
  EXPECT_EQ(shown(), second_.certificate);
  files_.replace(first_);
  certificates_->reload_if_changed();
  EXPECT_EQ(shown(), first_.certificate);
}

TEST_F(CertificatesTest, tickets_outlive_a_reload_of_the_same_files_alone) {
  (void)shown();
  certificates_->reload();
  (void)shown(ticket_);
  EXPECT_TRUE(is_resumed_);
  files_.replace(second_);
  certificates_->reload();
  (void)shown(ticket_);
  EXPECT_FALSE(is_resumed_);
}

TEST_F(CertificatesTest, tickets_do_not_outlive_a_change_of_the_client_authority) {
  testing::ServerFiles files(first_, authority_.certificate());
  certificates_ = *Certificates::load(files.settings());
  (void)shown();
  testing::replace_file(files.settings().client_ca_file, testing::Authority().certificate());
  certificates_->reload_if_changed();
  (void)shown(ticket_);
  EXPECT_FALSE(is_resumed_);
}

TEST_F(CertificatesTest, a_connection_outlives_its_certificate) {
  std::array<int, 2> ends{};
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()), 0);
  testing::TlsPair pair(certificates_->accept(Descriptor(ends[0])), Descriptor(ends[1]));
  ASSERT_TRUE(pair.shake());
  files_.replace(second_);
  certificates_->reload();
  EXPECT_EQ(pair.say("still here"), "still here");
  certificates_.reset();
  EXPECT_EQ(pair.answer("and here"), "and here");
}

}  // namespace seshdb::server
