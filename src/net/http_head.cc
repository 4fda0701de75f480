// The scan finds lines by control bytes: only line ends and tabs are allowed. It looks up a field's
// name among the known names of the same length.
#include "net/http_head.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "base/ascii.h"
#include "net/host.h"

namespace seshdb::net {

namespace {

// Fields that may occur once, and fields that are not allowed in a trailer, sorted by length. Lists
// that no client splits into two lines (Upgrade, Expect) may occur once too: programs differ in
// which of two lines counts.
constexpr std::array<std::string_view, 35> kFields = {
    "te",
    "date",
    "from",
    "host",
    "range",
    "cookie",
    "expect",
    "origin",
    "referer",
    "trailer",
    "upgrade",
    "if-range",
    "forwarded",
    "connection",
    "keep-alive",
    "user-agent",
    "content-type",
    "max-forwards",
    "authorization",
    "content-range",
    "content-length",
    "sec-fetch-dest",
    "sec-fetch-mode",
    "sec-fetch-site",
    "sec-fetch-user",
    "content-encoding",
    "content-location",
    "proxy-connection",
    "if-modified-since",
    "sec-websocket-key",
    "transfer-encoding",
    "if-unmodified-since",
    "proxy-authorization",
    "sec-websocket-version",
    "access-control-request-method",
};
constexpr std::size_t kNone = kFields.size();
constexpr std::size_t kNameBytesMax = kFields.back().size();

constexpr std::size_t index_of(std::string_view name) {
  return static_cast<std::size_t>(std::find(kFields.begin(), kFields.end(), name) -
                                  kFields.begin());
}

constexpr std::size_t kHost = index_of("host");
constexpr std::size_t kContentLength = index_of("content-length");
constexpr std::size_t kTransferEncoding = index_of("transfer-encoding");

constexpr std::uint64_t bit(std::size_t field) { return std::uint64_t{1} << field; }

// Lists that clients and proxies may send in several lines.
constexpr std::uint64_t kMayRepeat =
    bit(index_of("te")) | bit(index_of("trailer")) | bit(index_of("forwarded")) |
    bit(index_of("connection")) | bit(index_of("keep-alive")) | bit(index_of("proxy-connection"));
static_assert(kFields.size() <= 64);

// The index of the first name of each length.
constexpr auto kBegins = [] {
  std::array<std::uint8_t, kNameBytesMax + 2> begins{};
  for (std::size_t length = 0; length < begins.size(); ++length) {
    while (begins[length] < kFields.size() && kFields[begins[length]].size() < length) {
      ++begins[length];
    }
  }
  return begins;
}();

constexpr std::uint8_t kToken = 1;    // in names and methods (RFC 9110, section 5.6.2)
constexpr std::uint8_t kControl = 2;  // except the tab
constexpr std::uint8_t kTarget = 4;   // in request targets, which have no fragment

constexpr auto kKinds = [] {
  std::array<std::uint8_t, 256> kinds{};
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  for (unsigned c = 0; c < kinds.size(); ++c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool digit = c >= '0' && c <= '9';
    if (letter || digit || kMarks.find(static_cast<char>(c)) != std::string_view::npos) {
      kinds[c] |= kToken;
    }
    if ((c < 0x20 && c != '\t') || c == 0x7F) kinds[c] |= kControl;
    if (c > 0x20 && c < 0x7F && c != '#') kinds[c] |= kTarget;
  }
  return kinds;
}();

bool is_kind(char c, std::uint8_t kind) {
  return (kKinds[static_cast<unsigned char>(c)] & kind) != 0;  // NOLINT: a byte is in 0..255
}

bool all_are(std::string_view text, std::uint8_t kind) {
  return std::all_of(text.begin(), text.end(), [kind](char c) { return is_kind(c, kind); });
}

// Letters in lower case, and `_` as `-`: programs that map fields to variables (CGI) confuse these.
constexpr auto kFolded = [] {
  std::array<char, 256> folded{};
  for (unsigned c = 0; c < folded.size(); ++c) {
    folded[c] = static_cast<char>(c >= 'A' && c <= 'Z' ? c | 0x20U : c);
  }
  folded['_'] = '-';
  return folded;
}();

char folded(char c) { return kFolded[static_cast<unsigned char>(c)]; }  // NOLINT: as above

// The position of the first control byte in `text` from `at` on, or the size of `text`. It checks
// eight bytes at a time. A carry can mark a wrong byte, but only after the first marked one.
std::size_t find_control(std::string_view text, std::size_t at) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  constexpr std::uint64_t kHighs = kOnes * 0x80;
  static_assert(std::endian::native == std::endian::little);
  while (text.size() - at >= sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, sizeof(word));
    const std::uint64_t deletes = word ^ (kOnes * 0x7F);
    const std::uint64_t marks =
        (((word - kOnes * 0x20) & ~word) | ((deletes - kOnes) & ~deletes)) & kHighs;
    if (marks == 0) {
      at += sizeof(word);
      continue;
    }
    at += static_cast<std::size_t>(std::countr_zero(marks)) / 8;
    if (is_kind(text[at], kControl)) return at;
    ++at;  // a tab
  }
  while (at < text.size() && !is_kind(text[at], kControl)) ++at;
  return at;
}

std::size_t find_field(std::string_view name) {
  if (name.size() > kNameBytesMax) return kNone;
  for (std::size_t i = kBegins[name.size()]; i < kBegins[name.size() + 1]; ++i) {
    const std::string_view field = kFields[i];
    if (field.back() == folded(name.back()) &&
        std::equal(name.begin(), name.end(), field.begin(),
                   [](char c, char wanted) { return folded(c) == wanted; })) {
      return i;
    }
  }
  return kNone;
}

}  // namespace

HeadScan::Progress HeadScan::refuse(unsigned status) {
  refusal_ = status;
  return Progress::kRefused;
}

HeadScan::Progress HeadScan::scan(std::string_view data) {
  const std::string_view looked_at = data.substr(0, std::min(data.size(), bytes_max_));
  while (scanned_ < looked_at.size()) {
    scanned_ = find_control(looked_at, scanned_);
    if (scanned_ == looked_at.size()) break;
    if (looked_at[scanned_] != '\r') return refuse(400);
    if (scanned_ + 1 == looked_at.size()) break;
    if (looked_at[scanned_ + 1] != '\n') return refuse(400);
    const std::string_view line = looked_at.substr(line_begin_, scanned_ - line_begin_);
    const bool is_first = line_begin_ == 0 && part_ == Part::kHead;
    scanned_ += 2;
    line_begin_ = scanned_;
    if (line.empty() && !is_first) return end_head();
    if (!(is_first ? take_request_line(line) : take_field(line))) return refuse(400);
  }
  return data.size() > bytes_max_ ? refuse(431) : Progress::kNeedMore;
}

bool HeadScan::take_request_line(std::string_view line) {
  const std::string_view method = line.substr(0, line.find(' '));
  if (method.empty() || method.size() == line.size() || !all_are(method, kToken)) return false;
  line.remove_prefix(method.size() + 1);
  const std::string_view target = line.substr(0, line.find(' '));
  if (target.empty() || target.size() == line.size() || !all_are(target, kTarget)) return false;
  line.remove_prefix(target.size() + 1);
  is_http_1_1_ = line == "HTTP/1.1";
  if (!is_http_1_1_ && line != "HTTP/1.0") return false;
  if (target.front() == '/') return true;
  if (target == "*") return method == "OPTIONS";
  if (const std::size_t scheme = web_scheme_bytes(target); scheme != 0) {
    const std::string_view rest = target.substr(scheme);
    return is_host(rest.substr(0, rest.find_first_of("/?")));
  }
  return method == "CONNECT" || target.find("://") != std::string_view::npos;
}

bool HeadScan::take_field(std::string_view line) {
  std::size_t colon = 0;
  while (colon < line.size() && is_kind(line[colon], kToken)) ++colon;
  if (colon == 0 || colon == line.size() || line[colon] != ':') return false;
  const std::string_view name = line.substr(0, colon);
  const std::size_t field = find_field(name);
  if (field == kNone) return true;
  const bool again = (seen_ & bit(field) & ~kMayRepeat) != 0;
  if (again || part_ == Part::kTrailers || name.find('_') != std::string_view::npos) return false;
  seen_ |= bit(field);
  return take_framing(field, line.substr(colon + 1));
}

// The fields that define the host and the end of the request must have their plain form.
bool HeadScan::take_framing(std::size_t field, std::string_view value) {
  if (field != kHost && field != kContentLength && field != kTransferEncoding) return true;
  const std::string_view text = trimmed(value, " ");
  if (field == kHost) return is_host(text);
  return field == kContentLength ? take_length(text) : take_codings(text);
}

// Digits without a leading zero: some programs read a leading zero as octal.
bool HeadScan::take_length(std::string_view value) {
  constexpr std::size_t kDigitsMax = 19;  // such a number is below 2^64
  if (value.empty() || value.size() > kDigitsMax) return false;
  if (value.size() > 1 && value.front() == '0') return false;
  for (const char c : value) {
    if (c < '0' || c > '9') return false;
    content_length_ = 10 * content_length_ + static_cast<unsigned>(c - '0');
  }
  return true;
}

// A list whose last coding, and no other, is `chunked` (RFC 9112, section 6.3).
bool HeadScan::take_codings(std::string_view value) {
  coding_ = Coding::kChunked;
  for (;;) {
    const std::size_t comma = value.find(',');
    const std::string_view coding = trimmed(value.substr(0, comma), " ");
    const std::string_view name = trimmed(coding.substr(0, coding.find(';')), " ");
    if (name.empty() || !all_are(name, kToken)) return false;
    const bool is_last = comma == std::string_view::npos;
    if (is_last) return same_letters(coding, "chunked");
    if (same_letters(name, "chunked")) return false;
    coding_ = Coding::kOther;
    value.remove_prefix(comma + 1);
  }
}

HeadScan::Progress HeadScan::end_head() {
  if (part_ == Part::kTrailers) return Progress::kDone;
  const bool has_length = (seen_ & bit(kContentLength)) != 0;
  const bool has_host = (seen_ & bit(kHost)) != 0;
  if (is_http_1_1_ && !has_host) return refuse(400);
  if (coding_ != Coding::kNone && (has_length || !is_http_1_1_)) return refuse(400);
  return coding_ == Coding::kOther ? refuse(501) : Progress::kDone;
}

}  // namespace seshdb::net
