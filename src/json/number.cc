// A number is its digits, without the zeros at both ends, times a power of ten.
#include "json/number.h"

#include <algorithm>

namespace seshdb::json {

namespace {

// No text has enough digits to compensate for a larger exponent.
constexpr std::int64_t kExponentMost = std::int64_t{1} << 60;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::int64_t read_exponent(std::string_view text) {
  const bool negative = text.front() == '-';
  if (!is_digit(text.front())) text.remove_prefix(1);
  std::int64_t exponent = 0;
  for (const char c : text) exponent = std::min(exponent * 10 + (c - '0'), kExponentMost / 10);
  return negative ? -exponent : exponent;
}

struct Decimal {
  std::string_view digits;  // from the first that is not 0 to the last; may hold a point
  std::int64_t power = 0;   // the power of ten of the last digit
  bool negative = false;
};

// Its digits are empty where the value is 0.
Decimal read_decimal(std::string_view number) {
  Decimal decimal;
  decimal.negative = number.front() == '-';
  if (decimal.negative) number.remove_prefix(1);
  const std::size_t mark = number.find_first_of("eE");
  if (mark != std::string_view::npos) {
    decimal.power = read_exponent(number.substr(mark + 1));
    number = number.substr(0, mark);
  }
  const std::size_t first = number.find_first_not_of("0.");
  if (first == std::string_view::npos) return {};
  const std::size_t last = number.find_last_not_of("0.");
  const std::size_t point = std::min(number.find('.'), number.size());
  const auto signed_size = [](std::size_t size) { return static_cast<std::int64_t>(size); };
  decimal.power +=
      last < point ? signed_size(point - last) - 1 : signed_size(point) - signed_size(last);
  decimal.digits = number.substr(first, last - first + 1);
  return decimal;
}

}  // namespace

bool is_whole(std::string_view number) {
  const Decimal decimal = read_decimal(number);
  return decimal.digits.empty() || decimal.power >= 0;
}

std::optional<std::uint64_t> whole_number(std::string_view number, std::uint64_t most) {
  const Decimal decimal = read_decimal(number);
  if (decimal.digits.empty()) return 0;
  if (decimal.negative || decimal.power < 0) return std::nullopt;
  std::uint64_t value = 0;
  const auto add_digit = [&value, most](unsigned digit) {
    if (value > (most - std::min<std::uint64_t>(most, digit)) / 10) return false;
    value = value * 10 + digit;
    return value <= most;
  };
  for (const char c : decimal.digits) {
    if (c != '.' && !add_digit(static_cast<unsigned>(c - '0'))) return std::nullopt;
  }
  for (std::int64_t i = 0; i < decimal.power; ++i) {  // ends early: the value is not 0
    if (!add_digit(0)) return std::nullopt;
  }
  return value;
}

}  // namespace seshdb::json
