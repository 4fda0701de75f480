// A connection's handler for tests that are about its requests' texts only.
#pragma once

#include "base/buffer.h"
#include "net/connection.h"

namespace seshdb::testing {

/// Runs requests at once, and ignores what is no text. The test defines on_request().
class TextRequests : public net::RequestHandler {
 public:
  void run_requests(net::Connection& /*connection*/) override {}
  void on_no_text(net::Connection& /*connection*/, NoText /*why*/) override {}
  net::Admission admit(net::Connection& connection, const net::HttpRequest& /*request*/,
                       net::HttpAction /*action*/) override {
    connection.set_access({.role = auth::Role::kAdmin});
    return {};
  }
  void write_metrics(Buffer& /*out*/) override {}
};

}  // namespace seshdb::testing
