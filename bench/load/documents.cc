// Members and items take about 34 bytes each: "m00000123":"…", and "…",. The last one is longer, so
// that the size is exact.
#include "load/documents.h"

#include <array>
#include <charconv>
#include <string_view>

namespace seshdb::bench {

namespace {

constexpr std::size_t kEntryBytes = 34;  // with its comma
constexpr unsigned kNameDigits = 8;
constexpr std::string_view kNestedBegin = R"({"a":{"b":{"c":{"d":{"e":{"f":{"g":)";  // 7 levels
constexpr std::string_view kNestedEnd = "}}}}}}}";
// An update changes the length of a text by at most this, so that sizes vary but do not drift.
constexpr std::uint32_t kSpread = 2;

void append_digits(std::uint64_t number, unsigned digits, std::string& to) {
  std::array<char, 20> text{};
  for (unsigned i = digits; i-- > 0; number /= 10) {
    text.at(i) = static_cast<char>('0' + number % 10);
  }
  to.append(text.data(), digits);
}

void append_name(std::uint32_t place, std::string& to) {
  to += 'm';
  append_digits(place, kNameDigits, to);
}

std::string make_session(std::size_t bytes) {
  std::string text =
      R"({"id":7316042,"name":"Potato","email":"spud@example.com","roles":["user","admin"],)"
      R"("avatar":"img00001.png","visits":12,"locale":"en-GB","cart":[{"item":42,"count":3}],)"
      R"("notes":")";
  const std::string_view end = R"("})";
  if (text.size() + end.size() < bytes) text.append(bytes - text.size() - end.size(), 'n');
  return text += end;
}

// The bytes of an entry besides the letters of its text.
std::size_t frame_bytes(Shape shape) {
  return shape == Shape::kArray ? std::string_view(R"("",)").size()
                                : std::string_view(R"("m":"",)").size() + kNameDigits;
}

}  // namespace

Documents::Documents(Shape shape, std::uint32_t bytes) : shape_(shape) {
  switch (shape) {
    case Shape::kSession:
      text_ = make_session(bytes);
      places_ = 1;
      break;
    case Shape::kObject:
      make_members("{", "}", bytes);
      break;
    case Shape::kArray:
      make_members("[", "]", bytes);
      break;
    case Shape::kNested:
      make_members(std::string(kNestedBegin) + '{', '}' + std::string(kNestedEnd), bytes);
      break;
  }
}

void Documents::make_members(std::string before, const std::string& after, std::size_t bytes) {
  const std::size_t inside = bytes - before.size() - after.size() + 1;  // the last has no comma
  places_ = static_cast<std::uint32_t>(inside / kEntryBytes);
  text_ = std::move(before);
  text_.reserve(bytes);
  for (std::uint32_t place = 0; place < places_; ++place) {
    if (shape_ != Shape::kArray) {
      text_ += '"';
      append_name(place, text_);
      text_ += "\":";
    }
    const bool last = place + 1 == places_;
    const std::size_t rest = last ? inside % kEntryBytes : 0;
    text_ += '"';
    text_.append(kEntryBytes - frame_bytes(shape_) + rest, static_cast<char>('a' + place % 26));
    text_ += last ? "\"" : "\",";
  }
  text_ += after;
}

void Documents::append_pointer(std::uint32_t place, std::string& to) const {
  switch (shape_) {
    case Shape::kSession:
      to += "/avatar";
      return;
    case Shape::kArray:
      to += '/';
      to += std::to_string(place);
      return;
    case Shape::kNested:
      to += "/a/b/c/d/e/f/g";
      [[fallthrough]];
    case Shape::kObject:
      to += '/';
      append_name(place, to);
  }
}

void Documents::append_path(std::uint32_t place, std::string& to) const {
  switch (shape_) {
    case Shape::kSession:
      to += "$.avatar";
      return;
    case Shape::kArray:
      to += "$[" + std::to_string(place) + ']';
      return;
    case Shape::kObject:
      to += "$.";
      append_name(place, to);
      return;
    case Shape::kNested:
      to += "$.a.b.c.d.e.f.g.";
      append_name(place, to);
  }
}

void Documents::append_merge(std::uint32_t place, std::string_view value, std::string& to) const {
  const bool is_nested = shape_ == Shape::kNested;
  if (is_nested) to += kNestedBegin;
  to += "{\"";
  if (shape_ == Shape::kSession) {
    to += "avatar";
  } else {
    append_name(place, to);
  }
  to.append("\":").append(value).append("}");
  if (is_nested) to += kNestedEnd;
}

void Documents::append_value(SplitMix& random, std::string& to) const {
  const std::uint64_t number = random.next();
  if (shape_ == Shape::kSession) {
    to += "\"img";
    append_digits(number % 100'000, 5, to);
    to += ".png\"";
    return;
  }
  const std::size_t bytes =
      kEntryBytes - frame_bytes(shape_) - kSpread + number % (2 * kSpread + 1);
  const std::size_t digits = 10;
  to += '"';
  append_digits(number >> 8U, digits, to);
  to.append(bytes - digits, static_cast<char>('A' + (number >> 4U) % 26));
  to += '"';
}

}  // namespace seshdb::bench
