// Data is appended in runs; everything else is parsed byte by byte.
#include "net/chunked.h"

#include <algorithm>

namespace seshdb::net {

namespace {

constexpr unsigned kDigitsMax = 16;           // a size has at most 64 bits
constexpr unsigned kExtensionBytesMax = 256;  // for one chunk

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

ChunkedBody::Result ChunkedBody::consume(std::string_view data, Buffer& body) {
  std::size_t at = 0;
  while (at < data.size() && expects_ != Expects::kTrailers) {
    if (expects_ == Expects::kData) {
      const std::size_t bytes = std::min<std::uint64_t>(left_, data.size() - at);
      body.append(data.substr(at, bytes));
      at += bytes;
      left_ -= bytes;
      if (left_ == 0) expects_ = Expects::kDataReturn;
    } else if (!take(data[at++])) {
      return {Progress::kRefused, at};
    }
  }
  if (expects_ == Expects::kTrailers) return take_trailers(data.substr(at), at);
  return {Progress::kNeedMore, at};
}

bool ChunkedBody::take(char c) {
  switch (expects_) {
    case Expects::kSize:
      return take_size(c);
    case Expects::kExtension:
      return take_extension(c);
    case Expects::kLineFeed:
      return c == '\n' && begin_chunk();
    case Expects::kDataReturn:
      expects_ = Expects::kDataLineFeed;
      return c == '\r';
    default:  // kDataLineFeed; the others take no single bytes
      expects_ = Expects::kSize;
      digits_ = 0;
      extension_bytes_ = 0;
      return c == '\n';
  }
}

bool ChunkedBody::take_size(char c) {
  if (const int value = hex_value(c); value >= 0) {
    left_ = left_ << 4U | static_cast<unsigned>(value);
    return ++digits_ <= kDigitsMax;
  }
  if (digits_ == 0) return false;
  expects_ = c == ';' ? Expects::kExtension : Expects::kLineFeed;
  return c == ';' || c == '\r';
}

// White space is refused: programs differ in where they allow it.
bool ChunkedBody::take_extension(char c) {
  if (c == '\r') {
    expects_ = Expects::kLineFeed;
    return true;
  }
  if (c < '!' || c > '~' || extension_bytes_left_ == 0) return false;
  --extension_bytes_left_;
  return ++extension_bytes_ <= kExtensionBytesMax;
}

bool ChunkedBody::begin_chunk() {
  if (left_ > body_bytes_left_) {
    refusal_ = 413;
    return false;
  }
  body_bytes_left_ -= left_;
  expects_ = left_ == 0 ? Expects::kTrailers : Expects::kData;
  return true;
}

// As with a head, the caller keeps the trailers until all have arrived.
ChunkedBody::Result ChunkedBody::take_trailers(std::string_view data, std::size_t consumed) {
  switch (trailers_.scan(data)) {
    case HeadScan::Progress::kDone:
      return {Progress::kDone, consumed + trailers_.bytes()};
    case HeadScan::Progress::kRefused:
      refusal_ = trailers_.refusal();
      return {Progress::kRefused, consumed};
    default:
      return {Progress::kNeedMore, consumed};
  }
}

}  // namespace seshdb::net
