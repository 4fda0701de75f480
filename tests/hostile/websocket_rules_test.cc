// Every rule of RFC 6455 that a client can break, with the server's close code; and unusual but
// valid frames. A second client checks that the server goes on.
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "support/socket_target.h"

namespace seshdb::testing {

namespace {

constexpr std::string_view kRequest = R"({"SH_EXISTS":{"tkns":[]}})";
constexpr std::string_view kAnswer = R"({"SH_EXISTS_RSP":{"st":1,"exist":[]}})";

std::string close_payload(unsigned code, std::string_view reason = {}) {
  return std::string{static_cast<char>(code >> 8U), static_cast<char>(code & 0xFFU)} +
         std::string(reason);
}

class WebSocketRules : public ::testing::Test {
 protected:
  // The code of the close frame that follows `bytes`; the connection then ends.
  unsigned close_code_after(std::string_view bytes) {
    WebSocketClient client(server_.port());
    client.send(bytes);
    const unsigned code = client.read_close();
    EXPECT_TRUE(client.read_to_end()) << "the connection stays open";
    return code;
  }
  // The answer to a request behind `bytes`.
  std::string answer_behind(std::string_view bytes) {
    WebSocketClient client(server_.port());
    client.send(bytes);
    return client.ask(kRequest);
  }
  void TearDown() override {
    WebSocketClient other(server_.port());
    EXPECT_EQ(other.ask(kRequest), kAnswer);
  }

  SystemClock clock_;
  TestServer server_{clock_, 1, small_messages()};

 private:
  static server::Config small_messages() {
    server::Config config;
    config.bounds.message_bytes = 1'000;
    return config;
  }
};

}  // namespace

TEST_F(WebSocketRules, answer_the_sub_protocol_seshdb_and_no_other) {
  const std::string kName = "sec-websocket-protocol";
  for (const auto& [lines, answered] : std::vector<std::pair<std::string, bool>>{
           {"", false},
           {"Sec-WebSocket-Protocol: seshdb\r\n", true},
           {"sec-websocket-protocol:chat ,  seshdb,superchat\r\n", true},
           {"Sec-WebSocket-Protocol: chat\r\nSec-WebSocket-Protocol: seshdb\r\n", true},
           {"Sec-WebSocket-Protocol: chat, superchat\r\n", false},
           {"Sec-WebSocket-Protocol: SeshDB, seshdb2, sesh db\r\n", false},
           {"Sec-WebSocket-Protocol: \r\n", false}}) {
    SocketClient client(server_.port());
    client.send(std::string(kUpgrade) + lines + "\r\n");
    const HttpAnswer answer = read_http(client);
    EXPECT_EQ(answer.status, 101) << lines;
    EXPECT_EQ(answer.headers.contains(kName), answered) << lines;
    if (answered) {
      EXPECT_EQ(answer.headers.at(kName), "seshdb") << lines;
    }
    client.send(make_frame(kRequest));
    EXPECT_EQ(client.read(2 + kAnswer.size()).substr(2), kAnswer) << lines;
  }
}

TEST_F(WebSocketRules, refuse_a_frame_without_a_mask) {
  EXPECT_EQ(close_code_after(make_frame(kRequest, {.masked = false})), 1002U);
}

TEST_F(WebSocketRules, refuse_reserved_bits) {
  for (const unsigned bits : {1U, 2U, 4U, 7U}) {
    EXPECT_EQ(close_code_after(make_frame(kRequest, {.reserved = bits})), 1002U) << bits;
  }
}

TEST_F(WebSocketRules, refuse_undefined_opcodes) {
  for (const unsigned opcode : {3U, 4U, 5U, 6U, 7U, 11U, 12U, 13U, 14U, 15U}) {
    EXPECT_EQ(close_code_after(make_frame("x", {.opcode = opcode})), 1002U) << opcode;
  }
}

TEST_F(WebSocketRules, refuse_control_frames_that_are_long_or_in_fragments) {
  for (const unsigned opcode : {8U, 9U, 10U}) {
    EXPECT_EQ(close_code_after(make_frame(std::string(126, 'x'), {.opcode = opcode})), 1002U);
    EXPECT_EQ(close_code_after(make_frame("x", {.opcode = opcode, .fin = false})), 1002U);
  }
}

TEST_F(WebSocketRules, refuse_fragments_out_of_order) {
  EXPECT_EQ(close_code_after(make_frame("x", {.opcode = 0})), 1002U);
  EXPECT_EQ(close_code_after(make_frame("x", {.fin = false}) + make_frame("y")), 1002U);
  EXPECT_EQ(close_code_after(make_frame("x", {.opcode = 2, .fin = false}) +
                             make_frame("y", {.opcode = 1, .fin = false})),
            1002U);
}

TEST_F(WebSocketRules, refuse_lengths_that_are_wrong_or_not_the_shortest) {
  EXPECT_EQ(close_code_after(make_frame("", {.length_bytes = 8, .length = 1ULL << 63U})), 1002U);
  EXPECT_EQ(close_code_after(make_frame("x", {.length_bytes = 2})), 1002U);
  EXPECT_EQ(close_code_after(make_frame(std::string(125, 'x'), {.length_bytes = 2})), 1002U);
  EXPECT_EQ(close_code_after(make_frame("x", {.length_bytes = 8})), 1002U);
  EXPECT_EQ(close_code_after(make_frame(std::string(200, 'x'), {.length_bytes = 8})), 1002U);
  EXPECT_EQ(close_code_after(make_frame("", {.length_bytes = 8, .length = 65'535})), 1002U);
  EXPECT_EQ(close_code_after(make_frame("", {.length_bytes = 8, .length = UINT64_MAX})), 1002U);
  EXPECT_EQ(close_code_after(make_frame("x", {.opcode = 9, .length_bytes = 2})), 1002U);
}

TEST_F(WebSocketRules, refuse_text_that_is_not_utf8) {
  EXPECT_EQ(close_code_after(make_frame("\xFF")), 1007U);
  EXPECT_EQ(close_code_after(make_frame("\xC3")), 1007U);
  EXPECT_EQ(close_code_after(make_frame("\xED\xA0\x80")), 1007U);
  EXPECT_EQ(close_code_after(make_frame("\xC3", {.fin = false}) + make_frame("(", {.opcode = 0})),
            1007U);
  // The message ends inside a character: between fragments, and in an empty last one.
  EXPECT_EQ(close_code_after(make_frame("\xE2\x82", {.fin = false}) +
                             make_frame("\xAC\xE2", {.opcode = 0})),
            1007U);
  EXPECT_EQ(
      close_code_after(make_frame("\xE2\x82", {.fin = false}) + make_frame("", {.opcode = 0})),
      1007U);
  EXPECT_EQ(close_code_after(make_frame("\xF4\x90", {.fin = false})), 1007U);
  // Refused at the first invalid byte, not at the end of a message that may never come.
  EXPECT_EQ(close_code_after(make_frame("a\xF8", {.fin = false})), 1007U);
}

TEST_F(WebSocketRules, refuse_messages_over_the_limit) {
  EXPECT_EQ(close_code_after(make_frame(std::string(1'001, ' '))), 1009U);
  EXPECT_EQ(close_code_after(make_frame("", {.length_bytes = 8, .length = 1ULL << 40U})), 1009U);
  EXPECT_EQ(close_code_after(make_frame(std::string(600, ' '), {.fin = false}) +
                             make_frame(std::string(401, ' '), {.opcode = 0})),
            1009U);
}

TEST_F(WebSocketRules, refuse_invalid_close_frames) {
  EXPECT_EQ(close_code_after(make_frame("x", {.opcode = 8})), 1002U);
  for (const unsigned code :
       {0U, 1U, 999U, 1004U, 1005U, 1006U, 1015U, 1016U, 2000U, 2999U, 5000U, 65535U}) {
    EXPECT_EQ(close_code_after(make_frame(close_payload(code), {.opcode = 8})), 1002U) << code;
  }
  EXPECT_EQ(close_code_after(make_frame(close_payload(1000, "\xFF"), {.opcode = 8})), 1007U);
}

TEST_F(WebSocketRules, refuse_every_undefined_close_code) {
  for (unsigned code = 1016; code < 3000; code += SESHDB_TEST_SHARE) {
    ASSERT_EQ(close_code_after(make_frame(close_payload(code), {.opcode = 8})), 1002U) << code;
  }
}

TEST_F(WebSocketRules, let_a_client_close_with_any_code_it_may_use) {
  for (const unsigned code : {1000U, 1001U, 1002U, 1003U, 1007U, 1008U, 1009U, 1010U, 1011U, 1012U,
                              1013U, 1014U, 3000U, 3999U, 4000U, 4999U}) {
    EXPECT_EQ(close_code_after(make_frame(close_payload(code, "bye"), {.opcode = 8})), code);
  }
  WebSocketClient client(server_.port());
  client.send(make_frame("", {.opcode = 8}));
  const auto frame = client.read_frame();
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->opcode, 8U);
  EXPECT_EQ(frame->payload, "");
  EXPECT_TRUE(client.read_to_end());
}

TEST_F(WebSocketRules, accept_control_frames_between_fragments) {
  WebSocketClient client(server_.port());
  client.send(make_frame(kRequest.substr(0, 5), {.fin = false}) +
              make_frame("are you there", {.opcode = 9}) +
              make_frame("", {.opcode = 0, .fin = false}) + make_frame("unasked", {.opcode = 10}) +
              make_frame(kRequest.substr(5), {.opcode = 0}));
  const auto pong = client.read_frame();
  ASSERT_TRUE(pong);
  EXPECT_EQ(pong->opcode, 10U);
  EXPECT_EQ(pong->payload, "are you there");
  EXPECT_EQ(client.read_text(), kAnswer);
}

TEST_F(WebSocketRules, answer_pings_of_every_size) {
  for (const std::size_t bytes : {0U, 1U, 124U, 125U}) {
    WebSocketClient client(server_.port());
    client.send(make_frame(std::string(bytes, 'p'), {.opcode = 9}));
    const auto pong = client.read_frame();
    ASSERT_TRUE(pong);
    EXPECT_EQ(pong->payload, std::string(bytes, 'p'));
  }
}

TEST_F(WebSocketRules, accept_a_character_that_is_split_between_fragments) {
  EXPECT_EQ(answer_behind(""), kAnswer);
  WebSocketClient client(server_.port());
  const std::string request = R"({"é":{}})";
  client.send(make_frame(request.substr(0, 3), {.fin = false}) +
              make_frame(request.substr(3), {.opcode = 0}));
  EXPECT_EQ(client.read_text(), R"({"é_RSP":{"st":10,"tkn":null,"m":"é"}})");
}

TEST_F(WebSocketRules, a_binary_message_gets_an_error_for_any_bytes) {
  WebSocketClient client(server_.port());
  client.send(make_frame("\xFF\xC3", {.opcode = 2, .fin = false}) +
              make_frame("\xC3", {.opcode = 0}));
  EXPECT_EQ(client.read_text().rfind(R"({"ERR":{"st":2,)", 0), 0U);
  client.send(make_frame(kRequest, {.opcode = 2}));
  EXPECT_EQ(client.read_text().rfind(R"({"ERR":{"st":2,)", 0), 0U);
  EXPECT_EQ(client.ask(kRequest), kAnswer);
}

TEST_F(WebSocketRules, accept_frames_that_arrive_byte_by_byte) {
  WebSocketClient client(server_.port());
  for (const char byte : make_frame(kRequest)) client.send(std::string(1, byte));
  EXPECT_EQ(client.read_text(), kAnswer);
}

TEST_F(WebSocketRules, accept_a_message_of_exactly_the_limit) {
  std::string request(kRequest);
  request.resize(1'000, ' ');
  WebSocketClient client(server_.port());
  EXPECT_EQ(client.ask(request), kAnswer);
  client.send(make_frame(request.substr(0, 500), {.fin = false}) +
              make_frame(request.substr(500), {.opcode = 0}));
  EXPECT_EQ(client.read_text(), kAnswer);
}

TEST_F(WebSocketRules, an_empty_message_is_an_invalid_request_but_a_valid_frame) {
  WebSocketClient client(server_.port());
  EXPECT_EQ(client.ask("").rfind(R"({"ERR":{"st":3,)", 0), 0U);
  EXPECT_EQ(client.ask(kRequest), kAnswer);
}

TEST_F(WebSocketRules, requests_before_a_fault_are_answered_before_the_close_frame) {
  WebSocketClient client(server_.port());
  client.send(make_frame(kRequest) + make_frame(kRequest) + make_frame("x", {.opcode = 3}) +
              make_frame(kRequest));
  EXPECT_EQ(client.read_text(), kAnswer);
  EXPECT_EQ(client.read_text(), kAnswer);
  EXPECT_EQ(client.read_close(), 1002U);
  EXPECT_TRUE(client.read_to_end());
}

}  // namespace seshdb::testing
