// HTTP requests: the same requests are accepted or refused for any split of the bytes into pieces,
// and each accepted request reads as a simple decoder of the whole text reads it.
// Input: count:1 piece sizes:count | what the client sends
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/expect.h"
#include "net/http.h"

namespace seshdb::testing {

namespace {

constexpr std::size_t kHeaderBytesMax = 512;
constexpr std::size_t kBodyBytesMax = 256;

struct Heard {
  std::vector<std::string> requests;  // method, path and body
  std::vector<std::size_t> ends;      // where each of them ends
  unsigned refusal = 0;
};

Heard listen(std::string_view sent, const std::vector<std::size_t>& pieces) {
  net::HttpReader reader(kHeaderBytesMax, kBodyBytesMax);
  Heard heard;
  std::size_t given = 0;
  std::size_t consumed = 0;
  for (std::size_t turn = 0; given < sent.size(); ++turn) {
    const std::size_t wanted = pieces.empty() ? sent.size() : pieces[turn % pieces.size()];
    given = std::min(given + std::max<std::size_t>(wanted, 1), sent.size());
    for (bool more = true; more && consumed < given;) {
      // A block of exactly this size, so that a sanitizer detects a read beyond it.
      const std::vector<char> bytes(sent.begin() + static_cast<std::ptrdiff_t>(consumed),
                                    sent.begin() + static_cast<std::ptrdiff_t>(given));
      const auto result = reader.consume({bytes.data(), bytes.size()});
      expect(result.consumed <= bytes.size(), "no more is consumed than was given");
      consumed += result.consumed;
      more = result.consumed != 0;
      if (result.progress == net::HttpReader::Progress::kRefused) {
        heard.refusal = reader.refusal();
        return heard;
      }
      if (result.progress != net::HttpReader::Progress::kDone) continue;
      net::HttpRequest& request = reader.request();
      heard.requests.push_back(request.method + ' ' + request.path + '\n' +
                               std::string(request.body.view()));
      heard.ends.push_back(consumed);
      reader.next();
    }
  }
  return heard;
}

std::string small_letters(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  return text;
}

// The value of the only field of this name; nothing where there is none.
std::optional<std::string> field(const std::vector<std::string>& lines, const std::string& name) {
  std::optional<std::string> value;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const std::size_t colon = lines[i].find(':');
    expect(colon != std::string::npos, "a field has a colon", lines[i]);
    std::string found = small_letters(lines[i].substr(0, colon));
    expect(found.find_first_of(" \t") == std::string::npos, "a name has no white space", found);
    std::replace(found.begin(), found.end(), '_', '-');
    if (found != name) continue;
    expect(!value, "a field that says where a body ends stands once", name);
    value = lines[i].substr(colon + 1);
    value->erase(0, value->find_first_not_of(' '));
    value->erase(value->find_last_not_of(' ') + 1);
  }
  return value;
}

std::string decode_chunks(std::string_view text) {
  std::string body;
  for (;;) {
    const std::size_t line = text.find("\r\n");
    expect(line != std::string_view::npos, "a size has its line", text);
    const std::string size(text.substr(0, std::min(line, text.find(';'))));
    expect(!size.empty() && size.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos,
           "a size has digits only", size);
    const std::size_t bytes = std::stoull(size, nullptr, 16);
    text.remove_prefix(line + 2);
    if (bytes == 0) break;
    expect(bytes + 2 <= text.size() && text.substr(bytes, 2) == "\r\n", "a chunk has its end");
    body += text.substr(0, bytes);
    text.remove_prefix(bytes + 2);
  }
  expect(text == "\r\n" || text.find("\r\n\r\n") == text.size() - 4, "trailers end with a body",
         text);
  return body;
}

// Decodes a request in the simplest way. Ignores empty lines before it.
std::string decode(std::string_view text) {
  while (text.starts_with("\r\n")) text.remove_prefix(2);
  const std::size_t end = text.find("\r\n\r\n");
  expect(end != std::string_view::npos, "a head has its end", text);
  std::string_view head = text.substr(0, end);
  std::vector<std::string> lines;
  for (std::size_t at = 0; at != std::string_view::npos;
       head.remove_prefix(std::min(at + 2, head.size()))) {
    at = head.find("\r\n");
    lines.emplace_back(head.substr(0, at));
    expect(lines.back().find_first_of(std::string("\r\n\0\x7F", 4)) == std::string::npos,
           "a line has no other ends", lines.back());
  }
  const std::string_view behind = text.substr(end + 4);
  const std::size_t space = lines[0].find(' ');
  const std::size_t second = lines[0].find(' ', space + 1);
  expect(second != std::string::npos && lines[0].find(' ', second + 1) == std::string::npos,
         "a request line has two spaces", lines[0]);
  const bool is_1_1 = lines[0].substr(second) == " HTTP/1.1";
  expect(is_1_1 || lines[0].substr(second) == " HTTP/1.0", "it is HTTP/1", lines[0]);
  const auto length = field(lines, "content-length");
  const auto coding = field(lines, "transfer-encoding");
  expect(field(lines, "host").has_value() || !is_1_1, "there is a host");
  expect(!coding || (!length && is_1_1), "a body ends in one way");
  expect(!coding || small_letters(*coding) == "chunked", "a coding is known", coding.value_or(""));
  std::string body;
  if (coding) {
    body = decode_chunks(behind);
  } else {
    expect(std::to_string(behind.size()) == length.value_or("0"), "the length is the body's",
           std::to_string(behind.size()), length.value_or("none"));
    body = behind;
  }
  return lines[0].substr(0, space) + '|' + body;
}

// Method and body, in the form of decode().
std::string without_path(const std::string& request) {
  return request.substr(0, request.find(' ')) + '|' + request.substr(request.find('\n') + 1);
}

}  // namespace

}  // namespace seshdb::testing

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t bytes) {
  using namespace seshdb::testing;
  const std::string input(data, data + bytes);
  Steering steering(input);
  std::vector<std::size_t> pieces;
  for (unsigned count = steering.byte() % 16U; count > 0; --count) {
    pieces.push_back(steering.byte());
  }
  const std::string_view sent = steering.rest();
  const Heard whole = listen(sent, {});
  std::size_t begin = 0;
  for (std::size_t i = 0; i < whole.requests.size(); ++i) {
    const std::string wanted = decode(sent.substr(begin, whole.ends[i] - begin));
    expect(without_path(whole.requests[i]) == wanted, "it is read as the decoder reads it",
           whole.requests[i], wanted);
    begin = whole.ends[i];
  }
  for (const std::vector<std::size_t>& sizes : {pieces, std::vector<std::size_t>{1}}) {
    const Heard other = listen(sent, sizes);
    expect(other.requests == whole.requests, "the pieces say what the whole says");
    expect(other.ends == whole.ends, "requests end at the same places");
    expect(other.refusal == whole.refusal, "the refusal is the same", std::to_string(other.refusal),
           std::to_string(whole.refusal));
  }
  return 0;
}
