// RFC 9535, appendix A. Bytes above 127 are UTF-8 that was checked before; only surrogates are not
// allowed.
#include "json/path_text.h"

#include <algorithm>

#include "base/ascii.h"
#include "json/string.h"

namespace seshdb::json {

namespace {

constexpr std::int64_t kIntegerMost = (std::int64_t{1} << 53U) - 1;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_name_first(char c) {
  return is_lower(c) || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

bool PathText::take(std::string_view token) {
  if (!text_.substr(at_).starts_with(token)) return false;
  at_ += token.size();
  return true;
}

void PathText::take_blanks() {
  while (is_blank(peek())) ++at_;
}

bool PathText::take_blanks_before_segment() {
  const std::size_t from = at_;
  take_blanks();
  if (peek() == '.' || peek() == '[') return true;
  at_ = from;
  return false;
}

std::size_t PathText::digits_at(std::size_t at) const {
  const std::size_t end = text_.find_first_not_of("0123456789", at);
  return std::min(end, text_.size()) - at;
}

std::optional<std::int64_t> PathText::take_integer() {
  const std::size_t minus = peek() == '-' ? 1 : 0;
  const std::size_t digits = digits_at(at_ + minus);
  constexpr std::size_t kDigitsMost = 16;
  if (digits == 0 || digits > kDigitsMost) return std::nullopt;
  if (text_[at_ + minus] == '0' && (digits > 1 || minus != 0)) return std::nullopt;
  std::int64_t value = 0;
  for (const char c : text_.substr(at_ + minus, digits)) value = value * 10 + (c - '0');
  if (value > kIntegerMost) return std::nullopt;
  at_ += minus + digits;
  return minus != 0 ? -value : value;
}

std::optional<std::string_view> PathText::take_number() {
  std::size_t at = at_ + (peek() == '-' ? 1 : 0);
  const std::size_t whole = digits_at(at);
  if (whole == 0 || (text_[at] == '0' && whole > 1)) return std::nullopt;
  at += whole;
  if (at < text_.size() && text_[at] == '.') {
    const std::size_t fraction = digits_at(at + 1);
    if (fraction == 0) return std::nullopt;
    at += 1 + fraction;
  }
  if (at < text_.size() && (text_[at] == 'e' || text_[at] == 'E')) {
    ++at;
    if (at < text_.size() && (text_[at] == '-' || text_[at] == '+')) ++at;
    const std::size_t exponent = digits_at(at);
    if (exponent == 0) return std::nullopt;
    at += exponent;
  }
  const std::string_view number = text_.substr(at_, at - at_);
  at_ = at;
  return number;
}

bool PathText::is_surrogate_at(std::size_t at) const {
  return static_cast<unsigned char>(text_[at]) == 0xED && at + 1 < text_.size() &&
         static_cast<unsigned char>(text_[at + 1]) >= 0xA0;
}

std::optional<std::string> PathText::take_string() {
  const char quote = peek();
  if (quote != '"' && quote != '\'') return std::nullopt;
  ++at_;
  std::string out;
  while (!done()) {
    const char c = text_[at_];
    if (c == quote) {
      ++at_;
      return out;
    }
    if (static_cast<unsigned char>(c) < 0x20 || is_surrogate_at(at_)) return std::nullopt;
    if (c == '\\') {
      if (!take_escape(quote, out)) return std::nullopt;
    } else {
      out += c;
      ++at_;
    }
  }
  return std::nullopt;
}

bool PathText::take_escape(char quote, std::string& out) {
  static constexpr std::string_view kFrom = "bfnrt/\\";
  static constexpr std::string_view kTo = "\b\f\n\r\t/\\";
  ++at_;
  if (done()) return false;
  const char c = text_[at_++];
  if (c == 'u') return take_code_escape(out);
  const std::size_t found = kFrom.find(c);
  if (found == std::string_view::npos && c != quote) return false;
  out += found == std::string_view::npos ? quote : kTo[found];
  return true;
}

std::optional<unsigned> PathText::take_hex4() {
  if (text_.size() - at_ < 4) return std::nullopt;
  unsigned code = 0;
  for (const char c : text_.substr(at_, 4)) {
    const char lower = static_cast<char>(c | 0x20);
    const bool is_letter = lower >= 'a' && lower <= 'f';
    if (!is_digit(c) && !is_letter) return std::nullopt;
    code = code * 16 + static_cast<unsigned>(is_letter ? lower - 'a' + 10 : c - '0');
  }
  at_ += 4;
  return code;
}

// Behind \u: a code point, or a pair of surrogates.
bool PathText::take_code_escape(std::string& out) {
  const std::size_t from = at_ - 2;
  const std::optional<unsigned> code = take_hex4();
  if (!code || (*code >= 0xDC00 && *code < 0xE000)) return false;
  if (*code >= 0xD800 && *code < 0xDC00) {
    if (!take("\\u")) return false;
    const std::optional<unsigned> low = take_hex4();
    if (!low || *low < 0xDC00 || *low >= 0xE000) return false;
  }
  decode_string(text_.substr(from, at_ - from), out);
  return true;
}

std::optional<std::string_view> PathText::take_name() {
  std::size_t at = at_;
  while (at < text_.size() && !is_surrogate_at(at) &&
         (is_name_first(text_[at]) || (at != at_ && is_digit(text_[at])))) {
    ++at;
  }
  if (at == at_) return std::nullopt;
  const std::string_view name = text_.substr(at_, at - at_);
  at_ = at;
  return name;
}

std::optional<std::string_view> PathText::take_word() {
  std::size_t at = at_;
  while (at < text_.size() &&
         (is_lower(text_[at]) || (at != at_ && (is_digit(text_[at]) || text_[at] == '_')))) {
    ++at;
  }
  if (at == at_) return std::nullopt;
  const std::string_view word = text_.substr(at_, at - at_);
  at_ = at;
  return word;
}

}  // namespace seshdb::json
