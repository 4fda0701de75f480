// Reads a chunked body (RFC 9112, section 7.1) strictly: it accepts only what every program reads
// in the same way. Extensions and trailers are bounded and ignored.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/buffer.h"
#include "net/http_head.h"

namespace seshdb::net {

class ChunkedBody {
 public:
  enum class Progress : std::uint8_t {
    kNeedMore,
    kDone,    // the body and its trailers are complete
    kRefused  // see refusal()
  };
  struct Result {
    Progress progress;
    std::size_t consumed;
  };

  /// `lines_bytes_max` bounds all extensions together, and all trailers together.
  ChunkedBody(std::size_t lines_bytes_max, std::size_t body_bytes_max)
      : extension_bytes_left_(lines_bytes_max),
        body_bytes_left_(body_bytes_max),
        trailers_(lines_bytes_max, HeadScan::Part::kTrailers) {}

  /// Reads `data`, which begins with the first byte that was not consumed before. Appends to
  /// `body`.
  [[nodiscard]] Result consume(std::string_view data, Buffer& body);
  /// After kRefused: the HTTP status to answer with, 400, 413 or 431.
  [[nodiscard]] unsigned refusal() const { return refusal_; }

 private:
  enum class Expects : std::uint8_t {
    kSize,
    kExtension,
    kLineFeed,  // the end of the line with the size
    kData,
    kDataReturn,
    kDataLineFeed,
    kTrailers
  };

  // Each takes a byte outside the data. False if the byte is not valid there.
  [[nodiscard]] bool take(char c);
  [[nodiscard]] bool take_size(char c);
  [[nodiscard]] bool take_extension(char c);
  [[nodiscard]] bool begin_chunk();
  Result take_trailers(std::string_view data, std::size_t consumed);

  Expects expects_ = Expects::kSize;
  unsigned digits_ = 0;
  unsigned extension_bytes_ = 0;  // in the current chunk
  unsigned refusal_ = 400;
  std::uint64_t left_ = 0;  // bytes of the current chunk that are missing
  std::size_t extension_bytes_left_;
  std::size_t body_bytes_left_;
  HeadScan trailers_;
};

}  // namespace seshdb::net
