// Names are decoded first, and escaped then as either syntax needs it.
#include "json/location.h"

#include <fmt/format.h>

#include <iterator>
#include <string_view>

#include "json/pointer.h"

namespace seshdb::json {

namespace {

void append_quoted(std::string_view name, std::string& out) {
  static constexpr std::string_view kFrom = "\b\t\n\f\r'\\";
  static constexpr std::string_view kTo = "btnfr'\\";
  out += '\'';
  for (const char c : name) {
    if (const std::size_t found = kFrom.find(c); found != std::string_view::npos) {
      out += '\\';
      out += kTo[found];
    } else if (const auto byte = static_cast<unsigned char>(c); byte < 0x20) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", byte);
    } else {
      out += c;
    }
  }
  out += '\'';
}

}  // namespace

void Location::append_pointer(std::string& out) const {
  std::string scratch;
  for (const LocationStep& step : steps_) {
    out += '/';
    if (step.is_index) {
      out += std::to_string(step.index);
    } else {
      append_token(step.name.decoded(scratch), out);
    }
  }
}

void Location::append_path(std::string& out) const {
  std::string scratch;
  out += '$';
  for (const LocationStep& step : steps_) {
    out += '[';
    if (step.is_index) {
      out += std::to_string(step.index);
    } else {
      append_quoted(step.name.decoded(scratch), out);
    }
    out += ']';
  }
}

}  // namespace seshdb::json
