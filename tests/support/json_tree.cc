// A plain recursive reader.
#include "support/json_tree.h"

#include <cctype>
#include <cstdint>

namespace seshdb::testing {

namespace {

constexpr int kDepthMax = 5'000;

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  std::optional<Json> whole() {
    Json json;
    if (!value(json, 0)) return std::nullopt;
    space();
    if (at_ != text_.size()) return std::nullopt;
    return json;
  }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char c) {
    if (peek() != c || at_ >= text_.size()) return false;
    ++at_;
    return true;
  }
  void space() {
    while (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r') ++at_;
  }

  bool value(Json& json, int depth) {
    space();
    if (depth > kDepthMax) return false;
    switch (peek()) {
      case '{':
        return object(json, depth);
      case '[':
        return array(json, depth);
      case '"':
        return string(json);
      default:
        return scalar(json);
    }
  }

  bool object(Json& json, int depth) {
    json.kind = Json::Kind::kObject;
    ++at_;
    space();
    if (take('}')) return true;
    do {
      space();
      Json name;
      Json member;
      if (peek() != '"' || !string(name)) return false;
      space();
      if (!take(':') || !value(member, depth + 1)) return false;
      json.members.emplace_back(std::move(name), std::move(member));
      space();
    } while (take(','));
    return take('}');
  }

  bool array(Json& json, int depth) {
    json.kind = Json::Kind::kArray;
    ++at_;
    space();
    if (take(']')) return true;
    do {
      if (!value(json.items.emplace_back(), depth + 1)) return false;
      space();
    } while (take(','));
    return take(']');
  }

  bool string(Json& json) {
    json.kind = Json::Kind::kString;
    const std::size_t from = ++at_;
    while (at_ < text_.size() && text_[at_] != '"') {
      if (static_cast<unsigned char>(text_[at_]) < 0x20) return false;
      if (text_[at_] == '\\' && !escape()) return false;
      ++at_;
    }
    json.text = std::string(text_.substr(from, at_ - from));
    return take('"');
  }

  bool escape() {
    ++at_;
    if (peek() != 'u') return std::string_view("\"\\/bfnrt").find(peek()) != std::string_view::npos;
    for (int i = 0; i < 4; ++i) {
      ++at_;
      if (std::isxdigit(static_cast<unsigned char>(peek())) == 0) return false;
    }
    return true;
  }

  bool scalar(Json& json) {
    const std::size_t from = at_;
    while (at_ < text_.size() &&
           std::string_view("+-.0123456789abcdefghijklmnopqrstuvwxyzE").find(text_[at_]) !=
               std::string_view::npos) {
      ++at_;
    }
    json.text = std::string(text_.substr(from, at_ - from));
    json.kind = Json::Kind::kWord;
    if (json.text == "true" || json.text == "false" || json.text == "null") return true;
    json.kind = Json::Kind::kNumber;
    return is_number(json.text);
  }

  static bool is_number(std::string_view text) {
    std::size_t at = 0;
    const auto digits = [&] {
      const std::size_t from = at;
      while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
      return at - from;
    };
    if (at < text.size() && text[at] == '-') ++at;
    const bool zero = at < text.size() && text[at] == '0';
    const std::size_t whole = digits();
    if (whole == 0 || (zero && whole > 1)) return false;
    if (at < text.size() && text[at] == '.') {
      ++at;
      if (digits() == 0) return false;
    }
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
      ++at;
      if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
      if (digits() == 0) return false;
    }
    return at == text.size();
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

void append_utf8(std::uint32_t code, std::string& out) {
  const auto put = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 + code / 64);
    put(0x80 + code % 64);
  } else if (code < 0x10000) {
    put(0xE0 + code / 4096);
    put(0x80 + code / 64 % 64);
    put(0x80 + code % 64);
  } else {
    put(0xF0 + code / 262144);
    put(0x80 + code / 4096 % 64);
    put(0x80 + code / 64 % 64);
    put(0x80 + code % 64);
  }
}

}  // namespace

Json::Json() = default;
Json::Json(const Json&) = default;
Json::Json(Json&&) noexcept = default;
Json& Json::operator=(const Json&) = default;
Json& Json::operator=(Json&&) noexcept = default;
Json::~Json() = default;

std::string Json::decoded() const {
  static const std::string_view kFrom = "\"\\/bfnrt";
  static const std::string_view kTo = "\"\\/\b\f\n\r\t";
  const auto unit = [this](std::size_t at) {
    return static_cast<std::uint32_t>(std::stoul(text.substr(at + 2, 4), nullptr, 16));
  };
  const auto is_unit = [this](std::size_t at) { return text.compare(at, 2, "\\u") == 0; };
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] != '\\') {
      out += text[at++];
    } else if (!is_unit(at)) {
      out += kTo[kFrom.find(text[at + 1])];
      at += 2;
    } else {
      std::uint32_t code = unit(at);
      at += 6;
      const bool pair =
          code >= 0xD800 && code < 0xDC00 && is_unit(at) && unit(at) >= 0xDC00 && unit(at) < 0xE000;
      if (pair) {
        code = 0x10000 + (code - 0xD800) * 1024 + (unit(at) - 0xDC00);
        at += 6;
      }
      append_utf8(code, out);
    }
  }
  return out;
}

const Json* Json::find(std::string_view name) const {
  const Json* found = nullptr;
  for (const auto& [own, value] : members) {
    if (own.decoded() == name) found = &value;
  }
  return found;
}

std::optional<Json> parse_json(std::string_view text) { return Reader(text).whole(); }

std::string json_string(std::string_view text) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      const auto byte = static_cast<unsigned char>(c);
      out += "\\u00";
      out += kHex[byte >> 4U];
      out += kHex[byte & 0xFU];
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string to_text(const Json& json) {
  std::string out;
  switch (json.kind) {
    case Json::Kind::kObject:
      for (const auto& [name, value] : json.members) {
        out += (out.empty() ? "" : ",") + to_text(name) + ":" + to_text(value);
      }
      return "{" + out + "}";
    case Json::Kind::kArray:
      for (const Json& item : json.items) {
        if (&item != json.items.data()) out += ",";
        out += to_text(item);
      }
      return "[" + out + "]";
    case Json::Kind::kString:
      return "\"" + json.text + "\"";
    case Json::Kind::kNumber:
    case Json::Kind::kWord:
      break;
  }
  return json.text;
}

}  // namespace seshdb::testing
