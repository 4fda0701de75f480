// Valid and invalid requests. All rows of the contract: tests/conformance/data.
#include "protocol/envelope.h"

#include <gtest/gtest.h>

namespace seshdb::protocol {

TEST(Envelope, finds_the_command_and_its_parameters) {
  EnvelopeReader reader(1024);
  const Envelope envelope = reader.read(R"( {"KV_GET" : {"tkn":"1","keys":["a"]}} )");
  ASSERT_EQ(envelope.status, Status::kOk);
  EXPECT_EQ(envelope.name(), "KV_GET");
  EXPECT_EQ(envelope.nodes[2].name(envelope.text), "tkn");
}

TEST(Envelope, refuses_invalid_requests) {
  EnvelopeReader reader(1024);
  for (const char* text :
       {"", "5", "true", "null", "\"a\"", "[]", "[\"KV_GET\"]", "{}", "{", "{\"a\":{},\"b\":{}}"}) {
    const Envelope envelope = reader.read(text);
    EXPECT_NE(envelope.status, Status::kOk) << text;
    EXPECT_FALSE(envelope.fault.empty()) << text;
  }
}

TEST(Envelope, survives_any_depth) {
  EnvelopeReader reader(1024);
  for (const std::size_t levels : {1U, 8U, 1'024U, 1'025U, 100'000U, 1'000'000U}) {
    EXPECT_NE(reader.read(std::string(levels, '[')).status, Status::kOk);
    EXPECT_NE(reader.read(R"({"a":)" + std::string(levels, '{')).status, Status::kOk);
  }
}

}  // namespace seshdb::protocol
