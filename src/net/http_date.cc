// fmt names days and months as HTTP does, whatever the locale is.
#include "net/http_date.h"

#include <fmt/chrono.h>

#include <algorithm>
#include <array>
#include <ctime>

namespace seshdb::net {

namespace {

constexpr std::int64_t kMsPerSecond = 1'000;
constexpr std::int64_t kLastSecond = 253'402'300'799;  // the end of the year 9999
constexpr std::size_t kDateBytes = 29;

struct Cached {
  std::int64_t second = -1;
  std::array<char, kDateBytes> text{};
};

}  // namespace

std::string_view http_date(std::int64_t unix_ms) {
  thread_local Cached cached;
  const std::int64_t second = std::clamp<std::int64_t>(unix_ms / kMsPerSecond, 0, kLastSecond);
  if (second != cached.second) {
    const std::time_t time = second;
    std::tm utc{};
    gmtime_r(&time, &utc);
    fmt::format_to_n(cached.text.data(), cached.text.size(), "{:%a, %d %b %Y %H:%M:%S} GMT", utc);
    cached.second = second;
  }
  return {cached.text.data(), cached.text.size()};
}

}  // namespace seshdb::net
