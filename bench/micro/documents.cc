// Builds documents and requests as text.
#include "micro/documents.h"

#include <stdexcept>

namespace seshdb::micro {

std::string visitor_document(std::size_t bytes) {
  constexpr std::size_t kFull = 200;
  std::string text = bytes < kFull
                         ? R"({"id":7316042,"name":"Potato","avatar":"img00001.png","notes":")"
                         : R"({"id":7316042,"name":"Potato","email":"spud@example.com",)"
                           R"("roles":["user","admin"],"avatar":"img00001.png","visits":12,)"
                           R"("locale":"en-GB","cart":[{"item":42,"count":3}],"notes":")";
  constexpr std::string_view kEnd = R"("})";
  if (bytes < text.size() + kEnd.size()) {
    throw std::invalid_argument("no document is so small");
  }
  text.append(bytes - text.size() - kEnd.size(), 'n');
  return text.append(kEnd);
}

std::string list_document(std::size_t bytes) {
  std::string text = R"({"items":[)";
  for (std::size_t i = 0; text.size() < bytes; ++i) {
    text += i == 0 ? R"({"id":)" : R"(,{"id":)";
    text += std::to_string(i);
    text += R"(,"name":"Potato","price":12.5,"tags":["root","fresh"],"sold":false})";
  }
  return text + R"(],"avatar":"img00001.png"})";
}

std::string avatar(std::size_t number) {
  return R"("img)" + std::to_string(10'000 + number % kAvatars) + R"(.png")";
}

std::string get_request(std::uint64_t token) {
  return R"({"KV_GET":{"tkn":")" + std::to_string(token) + R"(","keys":[")" + std::string(kKey) +
         R"("]}})";
}

std::string set_request(std::uint64_t token, std::string_view document) {
  return R"({"KV_SET":{"tkn":")" + std::to_string(token) + R"(","keys":{")" + std::string(kKey) +
         R"(":)" + std::string(document) + "}}}";
}

std::string read_request(std::uint64_t token) {
  return R"({"KV_READ":{"tkn":")" + std::to_string(token) + R"(","paths":["/)" + std::string(kKey) +
         R"(/avatar"]}})";
}

std::string patch_request(std::uint64_t token, std::string_view text) {
  return R"({"KV_PATCH":{"tkn":")" + std::to_string(token) +
         R"(","ops":[{"op":"replace","path":"/)" + std::string(kKey) + R"(/avatar","value":)" +
         std::string(text) + "}]}}";
}

std::string update_request(std::uint64_t token, std::string_view text) {
  return R"({"KV_UPDATE":{"tkn":")" + std::to_string(token) + R"(","key":")" + std::string(kKey) +
         R"(",")" + std::string(kMember) + R"(":)" + std::string(text) + "}}";
}

}  // namespace seshdb::micro
