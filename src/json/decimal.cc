// A number is its significant digits and the place of its point, which the exponent moves.
// Exponents may have any number of digits: two are compared digit by digit, and only their
// difference is a number.
#include "json/decimal.h"

#include <algorithm>

#include "base/ascii.h"

namespace seshdb::json {

namespace {

// Far beyond what the length of a text (less than 2^32) can make up for.
constexpr std::int64_t kFar = std::int64_t{1} << 56U;

std::int64_t signed_size(std::size_t size) { return static_cast<std::int64_t>(size); }

struct Exponent {
  std::string_view digits;  // without leading zeros; empty for 0
  std::int64_t sign = 1;
};

struct Number {
  bool negative = false;
  std::string_view digits;  // as written, from the first that is not 0; may hold the point
  std::string_view last;    // the same without zeros at the end
  std::int64_t whole = 0;   // how many of the digits stand before the point, without the exponent;
                            // negative: so many zeros stand between the point and the first
  std::int64_t fraction = 0;  // digits behind the point, without the exponent
  Exponent exponent;
};

Exponent read_exponent(std::string_view text) {
  Exponent exponent;
  exponent.sign = text.front() == '-' ? -1 : 1;
  if (!is_digit(text.front())) text.remove_prefix(1);
  text.remove_prefix(std::min(text.find_first_not_of('0'), text.size()));
  exponent.digits = text;
  return exponent;
}

Number read(std::string_view text) {
  constexpr std::size_t kNone = std::string_view::npos;
  Number number;
  number.negative = text.front() == '-';
  if (number.negative) text.remove_prefix(1);
  std::size_t point = kNone;
  std::size_t first = kNone;  // of the digits that are not 0
  std::size_t last = 0;
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '.') {
      point = at;
    } else if (!is_digit(c)) {
      number.exponent = read_exponent(text.substr(at + 1));
      break;
    } else if (c != '0') {
      if (first == kNone) first = at;
      last = at;
    }
  }
  text = text.substr(0, at);
  point = std::min(point, at);
  number.fraction = point == at ? 0 : signed_size(at - point - 1);
  if (first == kNone) {  // zero
    number.negative = false;
    return number;
  }
  number.whole = signed_size(point) - signed_size(first) + (first > point ? 1 : 0);
  number.digits = text.substr(first);
  number.last = text.substr(first, last + 1 - first);
  return number;
}

// a - b, or a number beyond kFar of the same sign.
std::int64_t difference(const Exponent& a, const Exponent& b) {
  const std::size_t size = std::max(a.digits.size(), b.digits.size());
  const auto digit = [size](const Exponent& exponent, std::size_t i) -> std::int64_t {
    const std::size_t zeros = size - exponent.digits.size();
    return i < zeros ? 0 : exponent.sign * (exponent.digits[i - zeros] - '0');
  };
  std::int64_t result = 0;
  for (std::size_t i = 0; i < size && result < kFar && result > -kFar; ++i) {
    result = result * 10 + digit(a, i) - digit(b, i);
  }
  return result;
}

// The power of ten of the last digit that is not 0; 0 of zero.
std::int64_t power(const Number& number) {
  if (number.digits.empty()) return 0;
  const bool has_point = number.last.find('.') != std::string_view::npos;
  const std::int64_t digits = signed_size(number.last.size()) - (has_point ? 1 : 0);
  return number.whole + difference(number.exponent, {}) - digits;
}

// Of digits behind the same point; neither has zeros at the end.
std::strong_ordering compare_digits(std::string_view a, std::string_view b) {
  std::size_t i = 0;
  std::size_t k = 0;
  for (;;) {
    if (i < a.size() && a[i] == '.') ++i;
    if (k < b.size() && b[k] == '.') ++k;
    if (i == a.size() || k == b.size()) break;
    if (a[i] != b[k]) return a[i] <=> b[k];
    ++i;
    ++k;
  }
  return i < a.size()   ? std::strong_ordering::greater
         : k < b.size() ? std::strong_ordering::less
                        : std::strong_ordering::equal;
}

std::strong_ordering compare_sizes(const Number& a, const Number& b) {
  if (a.digits.empty() || b.digits.empty()) return b.digits.empty() <=> a.digits.empty();
  const std::int64_t places = difference(a.exponent, b.exponent) + a.whole - b.whole;
  return places != 0 ? places <=> 0 : compare_digits(a.last, b.last);
}

// A number whose exponent is resolved: its digits without the point, and how many are behind it.
struct Resolved {
  bool negative = false;
  std::string digits;  // at least one more than `fraction`
  std::size_t fraction = 0;
};

std::size_t characters(bool negative, std::int64_t whole, std::int64_t fraction) {
  return static_cast<std::size_t>((negative ? 1 : 0) + std::max<std::int64_t>(whole, 1) +
                                  (fraction > 0 ? fraction + 1 : 0));
}

std::optional<Resolved> resolve(std::string_view text) {
  const Number number = read(text);
  const std::int64_t exponent = difference(number.exponent, {});
  const std::int64_t fraction = std::max<std::int64_t>(number.fraction - exponent, 0);
  const bool is_zero = number.digits.empty();
  const std::int64_t whole = is_zero ? 1 : number.whole + exponent;
  if (whole > kFar || fraction > kFar ||
      characters(number.negative, whole, fraction) > kResolvedBytesMax) {
    return std::nullopt;
  }
  Resolved resolved;
  resolved.negative = number.negative;
  resolved.fraction = static_cast<std::size_t>(fraction);
  const auto size = static_cast<std::size_t>(std::max<std::int64_t>(whole, 1) + fraction);
  if (!is_zero && whole < 1) resolved.digits.assign(static_cast<std::size_t>(1 - whole), '0');
  for (const char c : number.digits) {
    if (resolved.digits.size() == size) break;  // only zeros are left
    if (c != '.') resolved.digits += c;
  }
  resolved.digits.resize(size, '0');
  return resolved;
}

// To the same number of digits on both sides of the point.
void align(Resolved& a, Resolved& b) {
  const std::size_t fraction = std::max(a.fraction, b.fraction);
  a.digits.append(fraction - a.fraction, '0');
  b.digits.append(fraction - b.fraction, '0');
  a.fraction = b.fraction = fraction;
  const std::size_t size = std::max(a.digits.size(), b.digits.size());
  a.digits.insert(0, size - a.digits.size(), '0');
  b.digits.insert(0, size - b.digits.size(), '0');
}

// a + sign * b, of digits of the same number. REQUIRES: the result is not negative.
std::string combine(const std::string& a, const std::string& b, int sign) {
  std::string sum(a.size() + 1, '0');
  int carry = 0;
  for (std::size_t i = a.size(); i-- > 0;) {
    const int digit = (a[i] - '0') + sign * (b[i] - '0') + carry;
    carry = digit > 9 ? 1 : digit < 0 ? -1 : 0;
    sum[i + 1] = static_cast<char>('0' + (digit - carry * 10));
  }
  sum[0] = static_cast<char>('0' + carry);
  return sum;
}

}  // namespace

bool is_whole(std::string_view number) { return power(read(number)) >= 0; }

std::optional<std::uint64_t> whole_number(std::string_view text, std::uint64_t most) {
  const Number number = read(text);
  const std::int64_t zeros = power(number);
  if (number.negative || zeros < 0) return std::nullopt;
  std::uint64_t value = 0;
  const auto add_digit = [&value, most](unsigned digit) {
    if (value > (most - std::min<std::uint64_t>(most, digit)) / 10) return false;
    value = value * 10 + digit;
    return value <= most;
  };
  for (const char c : number.last) {
    if (c != '.' && !add_digit(static_cast<unsigned>(c - '0'))) return std::nullopt;
  }
  for (std::int64_t i = 0; i < zeros; ++i) {  // ends early: the value is not 0
    if (!add_digit(0)) return std::nullopt;
  }
  return value;
}

std::strong_ordering compare(std::string_view a, std::string_view b) {
  if (a == b) return std::strong_ordering::equal;
  const Number left = read(a);
  const Number right = read(b);
  if (left.negative != right.negative) return right.negative <=> left.negative;
  return left.negative ? compare_sizes(right, left) : compare_sizes(left, right);
}

std::optional<std::string> add(std::string_view a, std::string_view b) {
  std::optional<Resolved> resolved_a = resolve(a);
  std::optional<Resolved> resolved_b = resolve(b);
  if (!resolved_a || !resolved_b) return std::nullopt;
  align(*resolved_a, *resolved_b);
  const bool swaps = resolved_a->digits < resolved_b->digits;
  const Resolved& larger = swaps ? *resolved_b : *resolved_a;
  const Resolved& smaller = swaps ? *resolved_a : *resolved_b;
  std::string sum =
      combine(larger.digits, smaller.digits, larger.negative == smaller.negative ? 1 : -1);
  const std::size_t zeros = std::min(sum.find_first_not_of('0'), sum.size());
  const bool negative = larger.negative && zeros != sum.size();
  sum.erase(0, std::min(zeros, sum.size() - larger.fraction - 1));
  if (larger.fraction != 0) sum.insert(sum.size() - larger.fraction, 1, '.');
  if (negative) sum.insert(0, 1, '-');
  if (sum.size() > kResolvedBytesMax) return std::nullopt;
  return sum;
}

}  // namespace seshdb::json
