// A body in chunks (RFC 9112, section 7.1), read strictly: digits, line ends and nothing odd beside
// them. Extensions and trailers are bounded and mean nothing.
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
    kDone,    // the body and its trailers have come
    kRefused  // see refusal()
  };
  struct Result {
    Progress progress;
    std::size_t consumed;
  };

  /// `lines_bytes_max`: of all extensions together, and of all trailers.
  ChunkedBody(std::size_t lines_bytes_max, std::size_t body_bytes_max)
      : extension_bytes_left_(lines_bytes_max),
        body_bytes_left_(body_bytes_max),
        trailers_(lines_bytes_max, HeadScan::Part::kTrailers) {}

  /// Reads on in `data`, which continues what was not consumed before, and appends to `body`.
  [[nodiscard]] Result consume(std::string_view data, Buffer& body);
  /// After kRefused: the HTTP status to answer with, 400, 413 or 431.
  [[nodiscard]] unsigned refusal() const { return refusal_; }

 private:
  enum class Expects : std::uint8_t {
    kSize,
    kExtension,
    kLineFeed,  // of the size's line
    kData,
    kDataReturn,
    kDataLineFeed,
    kTrailers
  };

  // A byte around chunks; false where it does not belong there.
  [[nodiscard]] bool take(char c);
  [[nodiscard]] bool take_size(char c);
  [[nodiscard]] bool take_extension(char c);
  [[nodiscard]] bool begin_chunk();
  Result take_trailers(std::string_view data, std::size_t consumed);

  Expects expects_ = Expects::kSize;
  unsigned digits_ = 0;
  unsigned extension_bytes_ = 0;  // of the chunk at hand
  unsigned refusal_ = 400;
  std::uint64_t left_ = 0;  // of the chunk at hand
  std::size_t extension_bytes_left_;
  std::size_t body_bytes_left_;
  HeadScan trailers_;
};

}  // namespace seshdb::net
