// The parser first checks a whole line (grammar, UTF-8, depth) and brings it into the compact form
// in which values are stored. Then it walks over the line's members.
#include "save/lines.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <utility>

#include "base/limits.h"
#include "base/utf8.h"
#include "json/compact.h"
#include "json/decimal.h"
#include "json/string.h"
#include "json/text.h"
#include "store/tokens.h"

namespace seshdb::save {

namespace {

constexpr std::string_view kHeaderName = "seshdb-save";
constexpr std::string_view kAbout =
    "A save of SeshDB: this line, one line for each session, and a last line with counts and xxh3, "
    "the XXH3 checksum (64 bits, hexadecimal) of all bytes before it. See docs/saves.md.";
constexpr std::string_view kTokenBegin = R"({"token":)";
constexpr int kHexDigits = 16;
constexpr std::uint32_t kFormat64 = 2;  // of tokens of 64 bits
// The parser puts brackets around a line, so that the outline records no nodes inside it.
constexpr std::string_view kOpen = "[[[";
constexpr std::string_view kClose = "]]]";
constexpr std::uint32_t kLineLevels = 2;  // the line's object, and `keys`

bool is_string(std::string_view value) { return value.front() == '"'; }
bool is_object(std::string_view value) { return value.front() == '{'; }

// Sets `to` to a value that was read. False if there is none.
template <typename T>
bool assign(T& to, std::optional<T> read) {
  if (!read) return false;
  to = *std::move(read);
  return true;
}

std::optional<bool> read_bool(std::string_view value) {
  if (value != "true" && value != "false") return std::nullopt;
  return value == "true";
}

template <typename Number>
std::optional<Number> read_number(std::string_view value) {
  if (value.front() != '-' && (value.front() < '0' || value.front() > '9')) return std::nullopt;
  const auto number = json::whole_number(value, std::numeric_limits<Number>::max());
  return number ? std::optional(static_cast<Number>(*number)) : std::nullopt;
}

std::optional<std::uint64_t> read_hex(std::string_view value) {
  if (!is_string(value)) return std::nullopt;
  const std::string_view text = json::inside(value);
  const char* const end = text.data() + text.size();
  std::uint64_t number = 0;
  const auto [behind, error] = std::from_chars(text.data(), end, number, kHexDigits);
  return error == std::errc() && behind == end ? std::optional(number) : std::nullopt;
}

std::optional<std::string> read_string(std::string_view value) {
  if (!is_string(value)) return std::nullopt;
  std::string text;
  json::decode_string(json::inside(value), text);
  return text;
}

std::optional<store::Expiry> read_expiry(std::string_view value) {
  if (!is_object(value)) return std::nullopt;
  store::Expiry expiry;
  for (json::Members m(value); m.more(); m.skip()) {
    bool good = false;
    if (m.name() == "duration") {
      good = assign(expiry.duration_s, read_number<std::uint32_t>(m.value())) &&
             expiry.duration_s <= limits::kDurationSecondsMax;
    } else if (m.name() == "deleteSession") {
      good = assign(expiry.delete_session, read_bool(m.value()));
    } else if (m.name() == "sliding") {
      good = assign(expiry.sliding, read_bool(m.value()));
    }
    if (!good) return std::nullopt;
  }
  return expiry;
}

// Calls read(value) for each item of an array, until it returns false. False then, or where `value`
// is no array.
template <typename Read>
bool read_items(std::string_view value, Read read) {
  if (value.front() != '[') return false;
  for (json::Members items(value); items.more(); items.skip()) {
    if (!read(items.value())) return false;
  }
  return true;
}

bool read_tags(std::string_view value, std::vector<std::string>& tags) {
  return read_items(value, [&tags](std::string_view item) {
    std::optional<std::string> tag = read_string(item);
    if (!tag || tag->empty() || tag->size() > limits::kTagBytesMax) return false;
    const auto place = std::lower_bound(tags.begin(), tags.end(), *tag);
    if (tags.size() == limits::kTagsMost || (place != tags.end() && *place == *tag)) return false;
    tags.insert(place, *std::move(tag));
    return true;
  });
}

// The token of a session; its lower half is 0 where the value is none.
store::Token read_token(std::string_view value) {
  return is_string(value) ? store::parse_token(json::inside(value)) : store::Token();
}

bool read_former(std::string_view value, std::vector<std::uint64_t>& tokens) {
  return read_items(value, [&tokens](std::string_view item) {
    const store::Token token = read_token(item);
    tokens.push_back(token.lower);
    return token.lower != 0 && token.upper.is_none();
  });
}

std::optional<store::TokenBits> read_token_bits(std::string_view value) {
  if (value == "64") return store::TokenBits::k64;
  return value == "128" ? std::optional(store::TokenBits::k128) : std::nullopt;
}

std::string number_of(store::TokenBits bits) { return std::to_string(static_cast<int>(bits)); }

// Appends `,"name":[…]`, where there are items.
template <typename Items, typename Append>
void append_items(std::string_view name, const Items& items, Buffer& out, Append append) {
  if (items.empty()) return;
  out.append(",\"");
  out.append(name);
  out.append("\":[");
  bool first = true;
  for (const auto& item : items) {
    if (!std::exchange(first, false)) out.append(',');
    append(item);
  }
  out.append(']');
}

void append_bool(std::string_view name, bool value, Buffer& out) {
  out.append(name);
  out.append(value ? "true" : "false");
}

}  // namespace

void append_header(const Header& header, Buffer& out) {
  out.append("{\"");
  out.append(kHeaderName);
  const bool is_wide = header.token_bits == store::TokenBits::k128;
  out.append("\":");
  out.append_number(is_wide ? kFormat : kFormat64);
  if (is_wide) out.append(",\"tokenBits\":128");
  out.append(",\"name\":");
  json::append_string(header.name, out);
  out.append(",\"time\":");
  out.append_number(header.unix_ms);
  out.append(",\"part\":");
  out.append_number(header.part);
  out.append(",\"parts\":");
  out.append_number(header.parts);
  out.append(",\"about\":");
  json::append_string(kAbout, out);
  out.append("}\n");
}

std::size_t append_session(const store::Store& store, const store::Session& session, Buffer& out,
                           const std::function<void()>& after_key) {
  std::size_t before = out.size();
  std::size_t bytes = 0;
  out.append(kTokenBegin);
  store::append_token(store.token_of(session), out);
  append_bool(",\"shared\":", session.shared(), out);
  if (session.shared()) {
    out.append(",\"name\":");
    json::append_string(store.name_of(session), out);
  }
  const store::Expiry expiry = session.expiry();
  out.append(",\"expiry\":{\"duration\":");
  out.append_number(expiry.duration_s);
  append_bool(",\"deleteSession\":", expiry.delete_session, out);
  append_bool(",\"sliding\":", expiry.sliding, out);
  out.append('}');
  append_items("tags", store.tags_of(session), out,
               [&out](std::string_view tag) { json::append_string(tag, out); });
  append_items("former", store.former_tokens_of(session), out,
               [&out](std::uint64_t token) { store::append_token(token, out); });
  out.append(",\"keys\":{");
  bool first = true;
  session.keys().for_each([&](const json::Value& value) {
    if (!std::exchange(first, false)) out.append(',');
    json::append_string(value.label(), out);
    out.append(':');
    value.append_to(out);
    bytes += out.size() - before;
    after_key();
    before = out.size();
  });
  out.append("}}\n");
  return bytes + out.size() - before;
}

void append_end(const End& end, Buffer& out) {
  std::array<char, kHexDigits> digits{};
  digits.fill('0');
  std::array<char, kHexDigits> hex{};
  const char* const behind =
      std::to_chars(hex.data(), hex.data() + hex.size(), end.checksum, kHexDigits).ptr;
  const auto count = static_cast<std::size_t>(behind - hex.data());
  out.append("{\"sessions\":");
  out.append_number(end.counts.sessions);
  out.append(",\"keys\":");
  out.append_number(end.counts.keys);
  out.append(",\"xxh3\":\"");
  out.append({digits.data(), kHexDigits - count});
  out.append({hex.data(), count});
  out.append("\"}\n");
}

std::uint64_t token_at_begin(std::string_view line) {
  if (line.substr(0, kTokenBegin.size()) != kTokenBegin) return 0;
  line.remove_prefix(kTokenBegin.size());
  constexpr std::size_t kMost = store::kTokenDigitsMax + 2;
  const std::size_t close = line.substr(0, kMost).find('"', 1);
  if (close == std::string_view::npos || line.front() != '"') return 0;
  return store::parse_token(line.substr(1, close - 1)).lower;
}

Result<std::string_view> Parser::compact(std::string_view line) {
  if (!is_utf8(line)) return fail("it is not UTF-8");
  wrapped_.clear();
  wrapped_.append(kOpen);
  wrapped_.append(line);
  wrapped_.append(kClose);
  const auto wrapping = static_cast<std::uint32_t>(kOpen.size());
  const json::Verdict verdict =
      outline_.read(wrapped_.view(), terms_.depth_max + kLineLevels + wrapping);
  if (verdict == json::Verdict::kTooDeep) {
    return fail("it is nested deeper than --depth-max allows (" + std::to_string(terms_.depth_max) +
                ")");
  }
  // A line that closes the brackets around it gives more nodes.
  if (verdict != json::Verdict::kValid || outline_.nodes().size() != wrapping + 1 ||
      outline_.nodes()[wrapping].kind != json::Kind::kObject) {
    return fail("it is no JSON object");
  }
  const json::Node& node = outline_.nodes()[wrapping];
  const std::string_view text = node.text(wrapped_.view());
  if (node.spaces == 0 && !node.has_duplicates) return text;
  compact_.clear();
  json::append_compact(text, node.has_duplicates, compact_);
  return compact_.view();
}

Result<Parser::Kind> Parser::parse(std::string_view line) {
  Result<std::string_view> text = compact(line);
  if (!text) return fail(std::move(text.error()));
  const json::Members first(*text);
  const std::string_view name = first.more() ? first.name() : std::string_view();
  if (name == "token") return parse_session(*text);
  if (name == "sessions") return parse_end(*text);
  if (name == kHeaderName) return parse_header(*text);
  return fail("its first member is neither token nor sessions nor " + std::string(kHeaderName));
}

Result<Parser::Kind> Parser::parse_header(std::string_view text) {
  header_ = {};
  std::uint32_t format = 0;
  bool good = true;
  for (json::Members m(text); m.more() && good; m.skip()) {
    if (m.name() == kHeaderName) {
      good = assign(format, read_number<std::uint32_t>(m.value()));
    } else if (m.name() == "name") {
      good = assign(header_.name, read_string(m.value()));
    } else if (m.name() == "time") {
      good = assign(header_.unix_ms, read_number<std::uint64_t>(m.value()));
    } else if (m.name() == "part") {
      good = assign(header_.part, read_number<std::uint32_t>(m.value()));
    } else if (m.name() == "parts") {
      good = assign(header_.parts, read_number<std::uint32_t>(m.value()));
    } else if (m.name() == "tokenBits") {
      good = assign(header_.token_bits, read_token_bits(m.value()));
    }
    if (!good) return fail("its member " + std::string(m.name()) + " is not valid");
  }
  if (format == 0 || format > kFormat) {
    return fail("it is of format " + std::to_string(format) + "; this program reads formats 1 to " +
                std::to_string(kFormat));
  }
  if ((format == kFormat) != (header_.token_bits == store::TokenBits::k128)) {
    return fail("its member tokenBits is not valid");
  }
  if (header_.token_bits != terms_.token_bits) {
    return fail("its tokens have " + number_of(header_.token_bits) + " bits, and those here have " +
                number_of(terms_.token_bits) + ": see --token-bits");
  }
  if (header_.part >= header_.parts || header_.parts > limits::kThreadsMost) {
    return fail("its member part or parts is not valid");
  }
  return Kind::kHeader;
}

Result<Parser::Kind> Parser::parse_session(std::string_view text) {
  session_.token = {};
  session_.shared = false;
  session_.name.clear();
  session_.expiry = {};
  session_.tags.clear();
  session_.former.clear();
  session_.keys = "{}";
  session_.key_count = 0;
  for (json::Members m(text); m.more(); m.skip()) {
    if (!parse_member(m.name(), m.value())) {
      constexpr std::size_t kShown = 64;
      return fail("its member " + std::string(m.name().substr(0, kShown)) + " is not valid");
    }
  }
  if (session_.shared == session_.name.empty()) {
    return fail("a shared session must have a name, and no other session may have one");
  }
  return Kind::kSession;
}

bool Parser::parse_member(std::string_view name, std::string_view value) {
  if (name == "token") {
    session_.token = read_token(value);
    const bool is_wide = !session_.token.upper.is_none();
    return session_.token.lower != 0 && is_wide == (terms_.token_bits == store::TokenBits::k128);
  }
  if (name == "shared") return assign(session_.shared, read_bool(value));
  if (name == "name") {
    return assign(session_.name, read_string(value)) && !session_.name.empty() &&
           session_.name.size() <= limits::kSessionNameBytesMax;
  }
  if (name == "expiry") return assign(session_.expiry, read_expiry(value));
  if (name == "tags") return read_tags(value, session_.tags);
  if (name == "former") return read_former(value, session_.former);
  return name == "keys" && parse_keys(value);
}

bool Parser::parse_keys(std::string_view value) {
  if (!is_object(value)) return false;
  for (json::Members m(value); m.more(); m.skip()) {
    const std::string_view raw = m.name();
    const std::size_t bytes = json::has_escape(raw) ? json::decoded_bytes(raw) : raw.size();
    if (bytes > limits::kKeyNameBytesMax || m.value().size() > limits::kValueBytesMax) return false;
    ++session_.key_count;
  }
  session_.keys.assign(value);
  return true;
}

Result<Parser::Kind> Parser::parse_end(std::string_view text) {
  bool good = true;
  bool has_checksum = false;
  end_ = {};
  for (json::Members m(text); m.more() && good; m.skip()) {
    if (m.name() == "sessions") {
      good = assign(end_.counts.sessions, read_number<std::uint64_t>(m.value()));
    } else if (m.name() == "keys") {
      good = assign(end_.counts.keys, read_number<std::uint64_t>(m.value()));
    } else {
      good = m.name() == "xxh3" && assign(end_.checksum, read_hex(m.value()));
      has_checksum = good;
    }
  }
  if (!good || !has_checksum) return fail("it is not a valid last line");
  return Kind::kEnd;
}

}  // namespace seshdb::save
