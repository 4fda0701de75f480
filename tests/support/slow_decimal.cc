// A number is its sign, its digits, and the place of the point in them.
#include "support/slow_decimal.h"

#include <algorithm>

namespace seshdb::testing {

namespace {

constexpr long long kCharactersMax = 128;

struct Digits {
  bool negative = false;
  std::string digits;
  long long point = 0;  // before digits[point]; may be outside
};

bool is_zero(const std::string& digits) {
  return digits.find_first_not_of('0') == std::string::npos;
}

Digits digits_of(const std::string& number) {
  Digits out;
  std::string rest = number;
  if (rest[0] == '-') {
    out.negative = true;
    rest.erase(0, 1);
  }
  long long exponent = 0;
  const std::size_t e = rest.find_first_of("eE");
  if (e != std::string::npos) {
    exponent = std::stoll(rest.substr(e + 1));
    rest.resize(e);
  }
  const std::size_t dot = std::min(rest.find('.'), rest.size());
  out.point = static_cast<long long>(dot) + exponent;
  out.digits = rest.substr(0, dot) + (dot == rest.size() ? "" : rest.substr(dot + 1));
  return out;
}

// A number without an exponent, in two parts. Its whole part has no zero in front but the last.
struct Plain {
  bool negative = false;
  std::string whole;
  std::string fraction;

  [[nodiscard]] std::string text() const {
    const bool has_sign = negative && !is_zero(whole + fraction);
    return (has_sign ? "-" : "") + whole + (fraction.empty() ? "" : "." + fraction);
  }
};

void drop_zeros_in_front(std::string& whole) {
  whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size()));
  if (whole.empty()) whole = "0";
}

std::optional<Plain> plain(const std::string& number) {
  Digits from = digits_of(number);
  const auto count = static_cast<long long>(from.digits.size());
  Plain out{.negative = from.negative, .whole = "0", .fraction = ""};
  if (is_zero(from.digits) && from.point >= count) return out;
  if (from.point > count + 10'000 || from.point < -10'000) return std::nullopt;
  if (from.point < 0) {
    from.digits.insert(0, static_cast<std::size_t>(-from.point), '0');
    from.point = 0;
  }
  const auto point = static_cast<std::size_t>(from.point);
  if (point > from.digits.size()) from.digits.append(point - from.digits.size(), '0');
  out.whole = from.digits.substr(0, point);
  out.fraction = from.digits.substr(point);
  drop_zeros_in_front(out.whole);
  if (out.text().size() > kCharactersMax) return std::nullopt;
  return out;
}

// Both have as many digits.
std::string add_digits(const std::string& a, const std::string& b) {
  std::string sum(a.size(), '0');
  int carry = 0;
  for (std::size_t i = a.size(); i-- > 0;) {
    const int one = (a[i] - '0') + (b[i] - '0') + carry;
    sum[i] = static_cast<char>('0' + one % 10);
    carry = one / 10;
  }
  return std::string(1, static_cast<char>('0' + carry)) + sum;
}

// The same, and `a` is not less than `b`.
std::string subtract_digits(const std::string& a, const std::string& b) {
  std::string difference(a.size(), '0');
  int borrow = 0;
  for (std::size_t i = a.size(); i-- > 0;) {
    const int one = (a[i] - '0') - (b[i] - '0') - borrow;
    borrow = one < 0 ? 1 : 0;
    difference[i] = static_cast<char>('0' + one + 10 * borrow);
  }
  return difference;
}

}  // namespace

int slow_compare(const std::string& a, const std::string& b) {
  const auto shortest = [](const std::string& number) {
    Digits out = digits_of(number);
    const std::size_t zeros = out.digits.find_first_not_of('0');
    if (zeros == std::string::npos) return Digits{};
    out.digits.erase(0, zeros);
    out.point -= static_cast<long long>(zeros);
    out.digits.resize(out.digits.find_last_not_of('0') + 1);
    return out;
  };
  const Digits left = shortest(a);
  const Digits right = shortest(b);
  const auto sign = [](const Digits& one) {
    return one.digits.empty() ? 0 : one.negative ? -1 : 1;
  };
  if (sign(left) != sign(right)) return sign(left) - sign(right);
  if (left.point != right.point) return (left.point < right.point ? -1 : 1) * sign(left);
  return left.digits.compare(right.digits) * sign(left);
}

std::optional<std::string> slow_add(const std::string& a, const std::string& b) {
  std::optional<Plain> left = plain(a);
  std::optional<Plain> right = plain(b);
  if (!left || !right) return std::nullopt;
  const std::size_t places = std::max(left->fraction.size(), right->fraction.size());
  const std::size_t wholes = std::max(left->whole.size(), right->whole.size());
  const auto aligned = [&](const Plain& one) {
    return std::string(wholes - one.whole.size(), '0') + one.whole + one.fraction +
           std::string(places - one.fraction.size(), '0');
  };
  std::string x = aligned(*left);
  std::string y = aligned(*right);
  Plain sum{.negative = left->negative, .whole = "", .fraction = ""};
  std::string digits;
  if (left->negative == right->negative) {
    digits = add_digits(x, y);
  } else {
    if (x < y) {
      std::swap(x, y);
      sum.negative = right->negative;
    }
    digits = subtract_digits(x, y);
  }
  sum.whole = digits.substr(0, digits.size() - places);
  sum.fraction = digits.substr(digits.size() - places);
  drop_zeros_in_front(sum.whole);
  std::string text = sum.text();
  if (text.size() > kCharactersMax) return std::nullopt;
  return text;
}

std::optional<long long> slow_whole(const std::string& number) {
  const Digits from = digits_of(number);
  if (is_zero(from.digits)) return 0;
  std::string digits = from.digits;
  for (long long i = from.point; i < static_cast<long long>(digits.size()); ++i) {
    if (i < 0 || digits[static_cast<std::size_t>(i)] != '0') return std::nullopt;
  }
  if (from.point <= 0) return std::nullopt;
  digits.resize(std::min<std::size_t>(digits.size(), static_cast<std::size_t>(from.point)));
  digits.append(std::min<std::size_t>(static_cast<std::size_t>(from.point) - digits.size(), 10),
                '0');
  drop_zeros_in_front(digits);
  if (digits.size() > 10) digits = "9999999999";
  return std::stoll(digits) * (from.negative ? -1 : 1);
}

}  // namespace seshdb::testing
