// RFC 6901, sections 3 and 4.
#include "json/pointer.h"

#include <algorithm>
#include <charconv>

#include "json/string.h"
#include "json/text.h"

namespace seshdb::json {

std::optional<Pointer> Pointer::parse(std::string_view text) {
  if (!text.empty() && text.front() != '/') {
    return std::nullopt;
  }
  for (std::size_t i = text.find('~'); i != std::string_view::npos; i = text.find('~', i + 1)) {
    if (i + 1 == text.size() || (text[i + 1] != '0' && text[i + 1] != '1')) {
      return std::nullopt;
    }
  }
  return Pointer(text);
}

std::string_view Pointer::take() {
  const std::size_t end = std::min(rest_.find('/', 1), rest_.size());
  const std::string_view token = rest_.substr(1, end - 1);
  rest_.remove_prefix(end);
  return token;
}

std::uint32_t Pointer::steps() const {
  return static_cast<std::uint32_t>(std::count(rest_.begin(), rest_.end(), '/'));
}

std::string_view unescaped_token(std::string_view token, std::string& scratch) {
  if (token.find('~') == std::string_view::npos) {
    return token;
  }
  scratch.clear();
  for (std::size_t i = 0; i < token.size(); ++i) {
    if (token[i] == '~') {
      ++i;
      scratch += token[i] == '1' ? '/' : '~';
    } else {
      scratch += token[i];
    }
  }
  return scratch;
}

void append_token(std::string_view name, std::string& pointer) {
  for (const char c : name) {
    if (c == '~' || c == '/') {
      pointer += c == '~' ? "~0" : "~1";
    } else {
      pointer += c;
    }
  }
}

std::optional<std::size_t> array_index(std::string_view token) {
  if (token.empty() || (token.size() > 1 && token.front() == '0')) {
    return std::nullopt;
  }
  std::size_t index = 0;
  const char* const end = token.data() + token.size();
  const auto [behind, error] = std::from_chars(token.data(), end, index);
  if (error != std::errc() || behind != end) {
    return std::nullopt;
  }
  return index;
}

namespace {

// The rest of `text` from the value one step below the container `text`; empty: there is none.
std::string_view find_child(std::string_view text, std::string_view token) {
  const char* const end = text.data() + text.size();
  const auto rest = [end](const char* at) {
    return std::string_view{at, static_cast<std::size_t>(end - at)};
  };
  if (text.front() == '[') {
    const std::optional<std::size_t> index = array_index(token);
    if (!index) return {};
    std::size_t left = *index;
    for (Members items(text); items.more(); items.skip()) {
      if (left-- == 0) return rest(items.value_at());
    }
    return {};
  }
  if (text.front() != '{') return {};
  std::string token_scratch;
  const std::string_view wanted = unescaped_token(token, token_scratch);
  const char* const value = find_member(text, wanted);
  return value == nullptr ? std::string_view() : rest(value);
}

}  // namespace

std::optional<std::string_view> find(std::string_view text, Pointer pointer) {
  while (!pointer.done()) {
    text = find_child(text, pointer.take());
    if (text.empty()) {
      return std::nullopt;
    }
  }
  const char* const behind = skip_value(text.data(), text.data() + text.size());
  return text.substr(0, static_cast<std::size_t>(behind - text.data()));
}

}  // namespace seshdb::json
