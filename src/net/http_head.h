// Scans the head of an HTTP/1.1 request (RFC 9112) strictly, before a parser reads it. It refuses
// what two programs could read in different ways, and finds where the body ends. It does not decide
// what is allowed (http_rules.h). It allocates nothing and reads each byte once, however the bytes
// arrive.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace seshdb::net {

class HeadScan {
 public:
  enum class Part : std::uint8_t {
    kHead,     // a request line and fields
    kTrailers  // fields only, without those that are allowed in a head only
  };
  enum class Progress : std::uint8_t {
    kNeedMore,
    kDone,    // the empty line was found: see bytes()
    kRefused  // see refusal()
  };

  explicit HeadScan(std::size_t bytes_max, Part part = Part::kHead)
      : bytes_max_(bytes_max), part_(part) {}

  /// Scans `data`, which begins with the head's first byte. Each call has the bytes of the calls
  /// before it, and more.
  [[nodiscard]] Progress scan(std::string_view data);

  /// Nothing was scanned yet.
  [[nodiscard]] bool fresh() const { return scanned_ == 0; }
  /// After kDone: the size of the head, with its empty line.
  [[nodiscard]] std::size_t bytes() const { return line_begin_; }
  /// After kRefused: the HTTP status to answer with, 400, 431 or 501.
  [[nodiscard]] unsigned refusal() const { return refusal_; }
  /// After kDone: how the body's end is found.
  [[nodiscard]] bool chunked() const { return coding_ == Coding::kChunked; }
  [[nodiscard]] std::uint64_t content_length() const { return content_length_; }

 private:
  enum class Coding : std::uint8_t { kNone, kChunked, kOther };

  Progress refuse(unsigned status);
  // Each takes a line without its end, or a field's value. False if it is not valid.
  [[nodiscard]] bool take_request_line(std::string_view line);
  [[nodiscard]] bool take_field(std::string_view line);
  [[nodiscard]] bool take_framing(std::size_t field, std::string_view value);
  [[nodiscard]] bool take_length(std::string_view value);
  [[nodiscard]] bool take_codings(std::string_view value);
  [[nodiscard]] Progress end_head();

  std::size_t bytes_max_;
  std::size_t scanned_ = 0;
  std::size_t line_begin_ = 0;
  std::uint64_t seen_ = 0;  // one bit for each of the known fields
  std::uint64_t content_length_ = 0;
  unsigned refusal_ = 0;
  Part part_;
  Coding coding_ = Coding::kNone;
  bool is_http_1_1_ = false;
};

}  // namespace seshdb::net
