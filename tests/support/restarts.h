// A server with a log that is restarted at exact times: a manual clock goes on while it does not
// run.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>

#include "support/socket_target.h"
#include "support/temporary_directory.h"

namespace seshdb::testing {

class Restarts : public ::testing::Test {
 protected:
  Restarts() { start(2); }

  void stop() {
    target_.reset();
    server_.reset();
  }
  void start(std::uint32_t threads) {
    stop();
    server::Config config;
    config.data = folder_.path() + "/data";
    // A request that is under way while the test sets the clock forward is not late.
    config.handshake_timeout_ms = limits::kTimeoutMsMost;
    server_ = std::make_unique<TestServer>(clock_, threads, config);
    target_ = std::make_unique<HttpTarget>(server_->port(), clock_);
  }
  std::string ask(const std::string& request) {
    return target_->send(request).value_or("no answer");
  }
  // The token of a new session with one key.
  std::string make(const std::string& name, const std::string& more) {
    const Json answer = *parse_json(ask(R"({"SH_NEW":{"name":")" + name + "\"" + more + "}}"));
    const std::string token = answer.members[0].second.find("tkn")->decoded();
    (void)ask(R"({"KV_SET":{"tkn":")" + token + R"(","keys":{"k":1}}})");
    return token;
  }
  // "" where there is no such session.
  std::string key_of(const std::string& token) {
    const std::string answer = ask(R"({"KV_GET":{"tkn":")" + token + R"(","keys":["k"]}})");
    if (answer.find("\"st\":100") != std::string::npos) return "";
    return answer.substr(answer.find("\"k\":") + 4, 1);
  }

  TemporaryDirectory folder_;
  ManualClock clock_;
  std::unique_ptr<TestServer> server_;
  std::unique_ptr<HttpTarget> target_;
};

/// More for Restarts::make.
inline std::string expiring(int seconds, bool delete_session, bool sliding = false) {
  return R"(,"expiry":{"duration":)" + std::to_string(seconds) + R"(,"deleteSession":)" +
         (delete_session ? "true" : "false") + (sliding ? R"(,"sliding":true})" : "}");
}

}  // namespace seshdb::testing
