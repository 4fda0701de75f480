// A whole server in the test's process, with both transports as conformance targets.
#pragma once

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <variant>

#include "base/clock.h"
#include "base/limits.h"
#include "base/logging.h"
#include "server/server.h"
#include "support/certificates.h"
#include "support/conformance.h"
#include "support/engines.h"
#include "support/socket_client.h"
#include "support/token_bits.h"

namespace seshdb::testing {

class TestServer {
 public:
  TestServer(const Clock& clock, std::uint32_t threads, const server::Config& config = {})
      : TestServer(
            clock, threads, config,
            config.data.empty() ? engines_of_environment(clock) : server::Server::MakeEngine()) {}
  TestServer(const Clock& clock, std::uint32_t threads, server::Config config,
             const server::Server::MakeEngine& make_engine) {
    logging::set_level(logging::Level::kError);
    // Else idle clients would time out when a test sets its clock forward.
    if (config.idle_close_ms == limits::kIdleCloseMsDefault) {
      constexpr std::uint64_t kNeverMs = std::uint64_t{1} << 50U;
      config.idle_ping_ms = kNeverMs;
      config.idle_close_ms = 2 * kNeverMs;
    }
    if (tls_of_environment() && !config.tls.is_on()) config.tls = usual_files().settings();
    // Tests say what they need to be refused, and not each that it is let in.
    if (!config.anonymous && config.auth_file.empty()) config.anonymous = auth::Role::kAdmin;
    config.port = 0;
    config.threads = threads;
    if (token_bits_of_environment() == store::TokenBits::k128) {
      config.token_bits = store::TokenBits::k128;
    }
    auto started = server::Server::start(config, clock, {}, make_engine);
    if (!started) throw std::runtime_error(started.error());
    server_ = *std::move(started);
  }
  [[nodiscard]] std::uint16_t port() const {
    const std::string& address = server_->address();
    return static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
  }
  void stop() { server_->stop(); }
  void replace_keys(auth::Keys keys) { server_->replace_keys(std::move(keys)); }
  [[nodiscard]] server::Server& server() { return *server_; }

 private:
  std::unique_ptr<server::Server> server_;
};

/// Sends a probe behind every request, so that a missing answer is noticed without a wait.
class WebSocketTarget final : public Target {
 public:
  WebSocketTarget(std::uint16_t port, ManualClock& clock, bool has_saves = false)
      : client_(port), clock_(clock), has_saves_(has_saves) {}

  std::optional<std::string> send(std::string_view text) override { return exchange(text, 1); }
  std::optional<std::string> send_binary(std::string_view data) override {
    return exchange(data, 2);
  }
  [[nodiscard]] bool takes_binary() const override { return true; }
  [[nodiscard]] bool has_saves() const override { return has_saves_; }
  void advance_ms(std::uint64_t ms) override { clock_.advance_ms(ms); }
  [[nodiscard]] std::int64_t unix_ms() const override { return clock_.unix_ms(); }

 private:
  std::optional<std::string> exchange(std::string_view payload, unsigned opcode) {
    static constexpr std::string_view kProbe = R"({"SH_EXISTS":{"tkns":[],"rid":"probe"}})";
    client_.send(make_frame(payload, {.opcode = opcode}) + make_frame(kProbe));
    std::string answer = client_.read_text();
    if (answer.find(R"("rid":"probe")") != std::string::npos) return std::nullopt;
    if (client_.read_text().find(R"("rid":"probe")") == std::string::npos) {
      throw std::runtime_error("two answers to one request");
    }
    return answer;
  }

  WebSocketClient client_;
  ManualClock& clock_;
  const bool has_saves_;
};

class HttpTarget final : public Target {
 public:
  HttpTarget(std::uint16_t port, ManualClock& clock) : client_(port), clock_(clock) {}

  std::optional<std::string> send(std::string_view text) override {
    client_.send(http_post(text));
    const HttpAnswer answer = read_http(client_);
    if (answer.status == 204 && answer.body.empty()) return std::nullopt;
    if (answer.status != 200 || answer.headers.at("content-type") != "application/json") {
      throw std::runtime_error("HTTP status " + std::to_string(answer.status));
    }
    return answer.body;
  }
  std::optional<std::string> send_binary(std::string_view) override { return std::nullopt; }
  [[nodiscard]] bool takes_binary() const override { return false; }
  void advance_ms(std::uint64_t ms) override { clock_.advance_ms(ms); }
  [[nodiscard]] std::int64_t unix_ms() const override { return clock_.unix_ms(); }

 private:
  SocketClient client_;
  ManualClock& clock_;
};

}  // namespace seshdb::testing
