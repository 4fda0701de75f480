// The names of days and months are HTTP's, independent of the locale.
#include "net/http_date.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>

namespace seshdb::net {

namespace {

constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::int64_t kMsPerSecond = 1'000;
constexpr std::int64_t kLastSecond = 253'402'300'799;  // the end of the year 9999
constexpr std::size_t kDateBytes = 29;

struct Cached {
  std::int64_t second = -1;
  std::array<char, 64> text{};
};

}  // namespace

std::string_view http_date(std::int64_t unix_ms) {
  thread_local Cached cached;
  const std::int64_t second = std::clamp<std::int64_t>(unix_ms / kMsPerSecond, 0, kLastSecond);
  if (second != cached.second) {
    const std::time_t time = second;
    std::tm utc{};
    gmtime_r(&time, &utc);
    std::snprintf(cached.text.data(), cached.text.size(), "%s, %02d %s %04d %02d:%02d:%02d GMT",
                  kDays.at(static_cast<std::size_t>(utc.tm_wday)), utc.tm_mday,
                  kMonths.at(static_cast<std::size_t>(utc.tm_mon)), utc.tm_year + 1900, utc.tm_hour,
                  utc.tm_min, utc.tm_sec);
    cached.second = second;
  }
  return {cached.text.data(), kDateBytes};
}

}  // namespace seshdb::net
