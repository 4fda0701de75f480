// Each step finds one fault and mends it where it can; what is mended is looked at again.
#include "net/origin_form.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "base/ascii.h"

namespace seshdb::net {

namespace {

constexpr std::string_view kExample = "https://example.com";

bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }
bool is_letter(char c) { return is_capital(c) || (c >= 'a' && c <= 'z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// A fault, and the text without it; empty where nobody can tell what was meant.
struct Mended {
  std::string wrong;
  std::string text = {};
};
using Step = std::optional<Mended>;

// scheme://host:port and what stands where nothing may.
struct Pieces {
  std::string_view scheme;
  std::string_view host;
  std::string_view port;  // with its colon
  [[nodiscard]] std::string with_host(std::string_view other) const {
    return std::string(scheme) + "://" + std::string(other) + std::string(port);
  }
  [[nodiscard]] std::string with_port(std::string_view other) const {
    return std::string(scheme) + "://" + std::string(host) + std::string(other);
  }
  [[nodiscard]] bool is_web() const { return scheme == "http" || scheme == "https"; }
};

// An IPv6 address in the one form browsers use: unlike inet_ntop, without IPv4 digits at its end.
std::string shortest(const in6_addr& address) {
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  inet_ntop(AF_INET6, &address, buffer.data(), buffer.size());
  std::string text = buffer.data();
  if (text.find('.') == std::string::npos) return text;
  const auto group = [&address](std::size_t i) {
    return address.s6_addr[2 * i] << 8U | address.s6_addr[2 * i + 1];
  };
  return text.substr(0, text.rfind(':') + 1) + fmt::format("{:x}:{:x}", group(6), group(7));
}

Step look_at_bytes(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t'; };
  const auto is_odd = [](char c) { return c < '!' || c > '~'; };
  const std::string_view first = text.substr(0, text.find_first_of(" \t,;|"));
  const std::size_t scheme = text.find("://");
  if (scheme != std::string_view::npos && text.find("://", scheme + 1) != std::string_view::npos) {
    return Mended{"there are two in one; the setting is given once for each", std::string(first)};
  }
  if (std::any_of(text.begin(), text.end(), is_space)) {
    return Mended{"it has white space", std::string(trimmed(text))};
  }
  if (text.find(',') != std::string_view::npos) {
    return Mended{"there are two in one; the setting is given once for each", std::string(first)};
  }
  if (std::any_of(text.begin(), text.end(), is_odd)) {
    return Mended{
        "it has a byte that is no ASCII letter, digit or mark; browsers send the name of "
        "such a host in its xn-- form"};
  }
  return std::nullopt;
}

Step look_at_scheme(std::string_view scheme, std::string_view rest) {
  const auto with_rest = [scheme](std::string_view other) {
    return std::string(scheme) + "://" + std::string(other);
  };
  const auto with = [rest](const std::string& other) { return other + "://" + std::string(rest); };
  if (scheme == "ws" || scheme == "wss") {
    return Mended{"a page's origin has its own scheme, for WebSockets too",
                  with(scheme == "ws" ? "http" : "https")};
  }
  if (std::any_of(scheme.begin(), scheme.end(), is_capital)) {
    return Mended{"its scheme has capitals", with(lower_case(scheme))};
  }
  const bool is_scheme = !scheme.empty() && is_letter(scheme.front()) &&
                         std::all_of(scheme.begin(), scheme.end(), [](char c) {
                           return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
                         });
  if (!is_scheme) return Mended{"its scheme is none"};
  if (const std::size_t end = rest.find_first_of("/?#\\"); end != std::string_view::npos) {
    const char mark = rest[end];
    const bool is_slash = mark == '/' && end + 1 == rest.size();
    return Mended{is_slash      ? "it ends in a slash"
                  : mark == '/' ? "it has a path"
                  : mark == '?' ? "it has a query"
                  : mark == '#' ? "it has a fragment"
                                : "it has a backslash",
                  with_rest(rest.substr(0, end))};
  }
  if (const std::size_t at = rest.rfind('@'); at != std::string_view::npos) {
    return Mended{"it has a user name", with_rest(rest.substr(at + 1))};
  }
  return std::nullopt;
}

Step look_at_port(const Pieces& pieces) {
  if (pieces.port.empty()) return std::nullopt;
  const std::string_view digits = pieces.port.substr(1);
  constexpr std::size_t kDigitsMax = 5;
  constexpr unsigned kPortMax = 65'535;
  if (digits.empty()) return Mended{"its port is empty", pieces.with_port("")};
  if (!std::all_of(digits.begin(), digits.end(), is_digit)) return Mended{"its port is no number"};
  if (digits.front() == '0') {
    const std::size_t first = digits.find_first_not_of('0');
    if (first == std::string_view::npos) return Mended{"its port is 0"};
    return Mended{"its port begins with a zero",
                  pieces.with_port(":" + std::string(digits.substr(first)))};
  }
  unsigned port = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (digits.size() > kDigitsMax || port > kPortMax) return Mended{"its port is beyond 65535"};
  if ((pieces.scheme == "http" && port == 80) || (pieces.scheme == "https" && port == 443)) {
    return Mended{"it names the port that its scheme has anyway, which browsers leave out",
                  pieces.with_port("")};
  }
  return std::nullopt;
}

Step look_at_address(const Pieces& pieces) {
  in6_addr address{};
  const std::string text(pieces.host.substr(1, pieces.host.size() - 2));
  if (pieces.host.back() != ']' || inet_pton(AF_INET6, text.c_str(), &address) != 1) {
    return Mended{"what stands in brackets is no IPv6 address"};
  }
  const std::string right = shortest(address);
  if (text == right) return std::nullopt;
  return Mended{"its address is not in the shortest form", pieces.with_host("[" + right + "]")};
}

// Browsers take a host whose last label is a number for an IPv4 address.
Step look_at_number(const Pieces& pieces) {
  std::string_view name = pieces.host;
  if (name.ends_with('.')) name.remove_suffix(1);
  const std::string_view last = name.substr(name.rfind('.') + 1);
  const bool is_number = std::all_of(last.begin(), last.end(), is_digit) ||
                         (last.starts_with("0x") &&
                          last.find_first_not_of("0123456789abcdef", 2) == std::string_view::npos);
  if (!is_number) return std::nullopt;
  in_addr address{};
  if (inet_aton(std::string(name).c_str(), &address) == 0) {
    return Mended{"its host ends in a number and is no IPv4 address"};
  }
  std::array<char, INET_ADDRSTRLEN> right{};
  inet_ntop(AF_INET, &address, right.data(), right.size());
  if (pieces.host == right.data()) return std::nullopt;
  return Mended{"its address is not in the usual form", pieces.with_host(right.data())};
}

Step look_at_name(const Pieces& pieces) {
  constexpr std::size_t kNameBytesMax = 253;
  constexpr std::size_t kLabelBytesMax = 63;
  const std::string_view host = pieces.host;
  if (host.find('*') != std::string_view::npos) {
    return Mended{"it has a wildcard; origins are named one by one, and * alone lets all in"};
  }
  const bool is_name = std::all_of(host.begin(), host.end(), [](char c) {
    return is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_';
  });
  if (!is_name) return Mended{"its host has a mark that no name has"};
  if (!pieces.is_web())
    return std::nullopt;  // of an extension or an app, which spells it as it likes
  if (std::any_of(host.begin(), host.end(), is_capital)) {
    return Mended{"its host has capitals", pieces.with_host(lower_case(host))};
  }
  std::string_view rest = host;
  if (rest.ends_with('.')) rest.remove_suffix(1);
  if (rest.size() > kNameBytesMax) return Mended{"its host is longer than a name may be"};
  for (std::size_t dot = 0; dot != std::string_view::npos;
       rest.remove_prefix(std::min(dot, rest.size() - 1) + 1)) {
    dot = rest.find('.');
    const std::string_view label = rest.substr(0, dot);
    if (label.empty()) return Mended{"its host has a dot too many"};
    if (label.size() > kLabelBytesMax) return Mended{"its host is longer than a name may be"};
  }
  return look_at_number(pieces);
}

Step first_fault(std::string_view text) {
  if (text == "null") return std::nullopt;
  if (text.empty()) return Mended{"it is empty"};
  if (Step step = look_at_bytes(text)) return step;
  const std::size_t scheme = text.find("://");
  if (scheme == std::string_view::npos) {
    return Mended{"it has no scheme", "https://" + std::string(text)};
  }
  Pieces pieces{.scheme = text.substr(0, scheme), .host = {}, .port = {}};
  const std::string_view rest = text.substr(scheme + 3);
  if (Step step = look_at_scheme(pieces.scheme, rest)) return step;
  const std::size_t bracket = rest.starts_with('[') ? rest.find(']') : 0;
  const std::size_t colon = rest.find(':', std::min(bracket, rest.size()));
  pieces.host = rest.substr(0, colon);
  pieces.port = colon == std::string_view::npos ? std::string_view() : rest.substr(colon);
  if (pieces.host.empty()) return Mended{"it has no host"};
  if (Step step = look_at_port(pieces)) return step;
  return pieces.host.front() == '[' ? look_at_address(pieces) : look_at_name(pieces);
}

}  // namespace

std::optional<OriginFault> find_origin_fault(std::string_view text) {
  constexpr int kStepsMost = 16;
  const Step fault = first_fault(text);
  if (!fault) return std::nullopt;
  std::string right = fault->text;
  for (int i = 0; i < kStepsMost && !right.empty(); ++i) {
    const Step next = first_fault(right);
    if (!next) return OriginFault{.wrong = fault->wrong, .right = right};
    right = next->text;
  }
  return OriginFault{.wrong = fault->wrong, .right = std::string(kExample)};
}

}  // namespace seshdb::net
