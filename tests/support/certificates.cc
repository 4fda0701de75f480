// OpenSSL's calls that make a certificate.
#include "support/certificates.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <fstream>
#include <stdexcept>

namespace seshdb::testing {

namespace {

void check(bool is_done) {
  if (!is_done) throw std::runtime_error("OpenSSL cannot make a certificate");
}

std::string take_text(BIO* bio) {
  char* data = nullptr;
  const long bytes = BIO_get_mem_data(bio, &data);
  std::string text(data, static_cast<std::size_t>(bytes));
  BIO_free(bio);
  return text;
}

std::string pem_of(X509* certificate) {
  BIO* const bio = BIO_new(BIO_s_mem());
  check(PEM_write_bio_X509(bio, certificate) == 1);
  return take_text(bio);
}

std::string pem_of(EVP_PKEY* key) {
  BIO* const bio = BIO_new(BIO_s_mem());
  check(PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
  return take_text(bio);
}

void extend(X509* certificate, X509* issuer, int what, const std::string& value) {
  X509V3_CTX context{};
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, what, value.c_str());
  check(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1);
  X509_EXTENSION_free(extension);
}

// A certificate without extensions, not signed.
X509* make_certificate(EVP_PKEY* key, const char* name, long valid_s) {
  X509* const made = X509_new();
  check(made != nullptr && X509_set_version(made, 2) == 1);
  std::uint64_t number = 0;
  check(RAND_bytes(reinterpret_cast<unsigned char*>(&number), sizeof(number)) == 1);
  check(ASN1_INTEGER_set_uint64(X509_get_serialNumber(made), number >> 1U) == 1);
  X509_gmtime_adj(X509_getm_notBefore(made), -3'600);
  X509_gmtime_adj(X509_getm_notAfter(made), valid_s);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(made), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
  check(X509_set_pubkey(made, key) == 1);
  return made;
}

}  // namespace

struct Authority::Parts {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = make_certificate(key, "an authority of a test", 86'400);

  Parts() = default;
  ~Parts() {
    X509_free(certificate);
    EVP_PKEY_free(key);
  }
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;
};

Authority::Authority() : parts_(std::make_unique<Parts>()) {
  X509* const own = parts_->certificate;
  check(X509_set_issuer_name(own, X509_get_subject_name(own)) == 1);
  extend(own, own, NID_basic_constraints, "critical,CA:TRUE");
  extend(own, own, NID_subject_key_identifier, "hash");
  check(X509_sign(own, parts_->key, EVP_sha256()) != 0);
  pem_ = pem_of(own);
}

Authority::~Authority() = default;

Credentials Authority::issue(const std::string& names, long valid_s) const {
  EVP_PKEY* const key = EVP_EC_gen("P-256");
  X509* const made = make_certificate(key, "common.example", valid_s);
  check(X509_set_issuer_name(made, X509_get_subject_name(parts_->certificate)) == 1);
  if (!names.empty()) extend(made, parts_->certificate, NID_subject_alt_name, names);
  check(X509_sign(made, parts_->key, EVP_sha256()) != 0);
  Credentials issued{.certificate = pem_of(made), .key = pem_of(key)};
  X509_free(made);
  EVP_PKEY_free(key);
  return issued;
}

void replace_file(const std::string& path, const std::string& text) {
  const std::string next = path + ".next";
  std::ofstream(next, std::ios::binary) << text;
  if (std::rename(next.c_str(), path.c_str()) != 0)
    throw std::runtime_error("cannot write " + path);
}

ServerFiles::ServerFiles(const Credentials& server, const std::string& client_ca) {
  settings_.certificate_file = directory_.path() + "/cert.pem";
  settings_.key_file = directory_.path() + "/key.pem";
  replace(server);
  if (client_ca.empty()) return;
  settings_.client_ca_file = directory_.path() + "/client-ca.pem";
  replace_file(settings_.client_ca_file, client_ca);
}

const ServerFiles& usual_files() {
  static const ServerFiles files(Authority().issue("DNS:localhost,IP:127.0.0.1"));
  return files;
}

void ServerFiles::replace(const Credentials& server) {
  replace_file(settings_.certificate_file, server.certificate);
  replace_file(settings_.key_file, server.key);
}

}  // namespace seshdb::testing
