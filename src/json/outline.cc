// The reader behind Outline: one loop over the text with a stack of its own.
#include "json/outline.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "json/string.h"

namespace seshdb::json {

namespace {

constexpr std::uint32_t kNone = UINT32_MAX;
// Up to here comparing all pairs of 32-bit hashes is cheaper than a table.
constexpr std::size_t kFewNames = 16;
// Scratch space that one huge request needed is given back after it.
constexpr std::size_t kKeptEntries = 4'096;

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) {
  const char lower = static_cast<char>(c | 0x20);
  return is_digit(c) || (lower >= 'a' && lower <= 'f');
}

// A filter for few names: cheap, made of the length and the outer bytes. Equal hashes are compared.
std::uint32_t quick_hash(std::string_view name) {
  std::uint64_t head = 0;
  std::uint64_t tail = 0;
  const std::size_t size = name.size();
  if (size >= 8) {
    std::memcpy(&head, name.data(), 8);
    std::memcpy(&tail, name.data() + size - 8, 8);
  } else if (size >= 4) {
    std::memcpy(&head, name.data(), 4);
    std::memcpy(&tail, name.data() + size - 4, 4);
  } else if (size != 0) {
    head = static_cast<unsigned char>(name[0]);
    tail = static_cast<std::uint64_t>(static_cast<unsigned char>(name[size / 2])) << 8U |
           static_cast<unsigned char>(name[size - 1]);
  }
  const std::uint64_t mixed =
      (head ^ size) * 0x9E3779B97F4A7C15U + (tail ^ std::rotl(head, 32)) * 0xC2B2AE3D27D4EB4FU;
  return static_cast<std::uint32_t>(mixed >> 32U);
}

template <typename Container>
void shrink(Container& entries) {
  entries.clear();
  if (entries.capacity() > kKeptEntries) {
    entries.shrink_to_fit();
  }
}

template <typename Container>
std::size_t held_bytes(const Container& entries) {
  return entries.capacity() * sizeof(typename Container::value_type);
}

}  // namespace

class Reader {
 public:
  Reader(Outline& outline, std::string_view text, std::uint32_t depth_max)
      : out_(outline),
        begin_(text.data()),
        at_(text.data()),
        end_(text.data() + text.size()),
        depth_max_(depth_max) {}

  Verdict run() {
    const bool whole = read_values() && (skip_space(), at_ == end_);
    out_.stopped_at_ = offset();
    return whole ? Verdict::kValid : too_deep_ ? Verdict::kTooDeep : Verdict::kInvalid;
  }

 private:
  [[nodiscard]] std::uint32_t offset() const { return static_cast<std::uint32_t>(at_ - begin_); }
  [[nodiscard]] std::uint32_t level() const { return level_; }

  void skip_space() {
    if (at_ != end_ && *at_ > ' ') return;  // nearly always
    while (at_ != end_ && is_space(*at_)) {
      ++at_;
      ++spaces_;
    }
  }

  // Reads one value and everything below it, by turns opening containers and finishing values.
  bool read_values() {
    for (;;) {
      skip_space();
      if (at_ == end_) return false;
      if (*at_ == '{' || *at_ == '[') {
        if (!open()) return false;
        if (!opened_empty_) continue;
      } else if (!read_scalar()) {
        return false;
      }
      switch (finish_value()) {
        case Next::kDone:
          return true;
        case Next::kBad:
          return false;
        case Next::kValue:
          break;
      }
    }
  }

  bool open() {
    const bool object = *at_ == '{';
    if (level() >= depth_max_) {
      too_deep_ = true;
      return false;
    }
    const std::uint32_t node = add_node(object ? Kind::kObject : Kind::kArray);
    out_.frames_.push_back({.node = node,
                            .names_begin = static_cast<std::uint32_t>(out_.names_.size()),
                            .spaces = spaces_,
                            .duplicates = duplicates_,
                            .depth = deepest_,
                            .object = object});
    ++level_;
    deepest_ = node != kNone ? level() : std::max(deepest_, level());
    ++at_;
    skip_space();
    if (at_ == end_) return false;
    opened_empty_ = *at_ == (object ? '}' : ']');
    if (opened_empty_) {
      ++at_;
      close();
      return true;
    }
    return !object || read_name();
  }

  // The container on top is complete, `at_` is behind its bracket.
  void close() {
    const Outline::Frame frame = out_.frames_.back();
    if (out_.names_.size() - frame.names_begin > 1) {
      find_duplicates(frame.names_begin);
    }
    out_.names_.resize(frame.names_begin);
    out_.frames_.pop_back();
    --level_;
    if (frame.node != kNone) {
      Node& node = out_.nodes_[frame.node];
      node.end = offset();
      node.next = static_cast<std::uint32_t>(out_.nodes_.size());
      node.spaces = spaces_ - frame.spaces;
      node.has_duplicates = duplicates_ != frame.duplicates;
      node.depth = static_cast<std::uint16_t>(deepest_ - level());
      deepest_ = std::max(deepest_, frame.depth);
    }
  }

  enum class Next : std::uint8_t { kValue, kDone, kBad };

  // Behind a complete value: closes what ends here and goes on to the next value, if there is one.
  Next finish_value() {
    for (;;) {
      if (out_.frames_.empty()) return Next::kDone;
      const bool object = out_.frames_.back().object;
      if (object) {
        out_.names_.back().value_end = offset();
      }
      skip_space();
      if (at_ == end_) return Next::kBad;
      const char c = *at_;
      if (c == ',') {
        ++at_;
        if (!object) return Next::kValue;
        skip_space();
        return read_name() ? Next::kValue : Next::kBad;
      }
      if (c != (object ? '}' : ']')) return Next::kBad;
      ++at_;
      close();
    }
  }

  // A member's name and the colon behind it. Here and below: a call would cost as much as the work.
  [[gnu::always_inline]] bool read_name() {
    if (at_ == end_ || *at_ != '"') return false;
    const std::uint32_t begin = offset() + 1;
    bool escaped = false;
    if (!read_string(escaped)) return false;
    const std::uint32_t end = offset() - 1;
    out_.names_.push_back({.hash = 0,  // until it is needed
                           .begin = begin,
                           .end = end,
                           .value_end = end,
                           .node = kNone,
                           .escaped = escaped});
    skip_space();
    if (at_ == end_ || *at_ != ':') return false;
    ++at_;
    return true;
  }

  // A node for the value that begins here, where it is on an upper level.
  std::uint32_t add_node(Kind kind) {
    if (level() > Outline::kLevels) return kNone;
    const auto index = static_cast<std::uint32_t>(out_.nodes_.size());
    Node& node = out_.nodes_.emplace_back();
    node.begin = offset();
    node.next = index + 1;
    node.kind = kind;
    if (!out_.frames_.empty() && out_.frames_.back().object) {
      Outline::Name& name = out_.names_.back();
      name.node = index;
      node.name_begin = name.begin;
      node.name_end = name.end;
      node.name_escaped = name.escaped;
    }
    return index;
  }

  [[gnu::always_inline]] bool read_scalar() {
    bool escaped = false;
    switch (*at_) {
      case '"':
        return scalar(Kind::kString, [&] { return read_string(escaped); }, escaped);
      case 't':
        return scalar(Kind::kBool, [&] { return read_word("true"); });
      case 'f':
        return scalar(Kind::kBool, [&] { return read_word("false"); });
      case 'n':
        return scalar(Kind::kNull, [&] { return read_word("null"); });
      default:
        return scalar(Kind::kNumber, [&] { return read_number(); });
    }
  }

  template <typename Read>
  bool scalar(Kind kind, Read read, const bool& escaped = false) {
    const std::uint32_t node = add_node(kind);
    if (!read()) return false;
    if (node != kNone) {
      out_.nodes_[node].end = offset();
      out_.nodes_[node].escaped = escaped;
    }
    return true;
  }

  bool read_word(std::string_view word) {
    if (static_cast<std::size_t>(end_ - at_) < word.size() ||
        std::memcmp(at_, word.data(), word.size()) != 0) {
      return false;
    }
    at_ += word.size();
    return true;
  }

  // RFC 8259, section 6.
  bool read_number() {
    if (*at_ == '-') ++at_;
    if (at_ == end_ || !is_digit(*at_)) return false;
    if (*at_ == '0') {
      ++at_;
    } else {
      skip_digits();
    }
    if (at_ != end_ && *at_ == '.') {
      ++at_;
      if (!skip_digits()) return false;
    }
    if (at_ != end_ && (*at_ == 'e' || *at_ == 'E')) {
      ++at_;
      if (at_ != end_ && (*at_ == '+' || *at_ == '-')) ++at_;
      if (!skip_digits()) return false;
    }
    return true;
  }

  bool skip_digits() {
    const char* const from = at_;
    while (at_ != end_ && is_digit(*at_)) ++at_;
    return at_ != from;
  }

  // RFC 8259, section 7. `at_` stands on the opening quote, afterwards behind the closing one.
  bool read_string(bool& escaped) {
    ++at_;
    for (;;) {
      at_ = find_string_special(at_, end_);
      if (at_ == end_) return false;
      if (*at_ == '"') {
        ++at_;
        return true;
      }
      if (*at_ != '\\') return false;  // a control character
      escaped = true;
      if (!read_escape()) return false;
    }
  }

  bool read_escape() {
    if (end_ - at_ < 2) return false;
    constexpr std::string_view kSimple = "\"\\/bfnrt";
    const bool is_simple = kSimple.find(at_[1]) != std::string_view::npos;
    const bool is_code = at_[1] == 'u' && end_ - at_ >= 6 && std::all_of(at_ + 2, at_ + 6, is_hex);
    at_ += is_simple ? 2 : is_code ? 6 : 0;
    return is_simple || is_code;
  }

  [[nodiscard]] std::string_view raw(const Outline::Name& name) const {
    return {begin_ + name.begin, name.end - name.begin};
  }

  void supersede(const Outline::Name& name) {
    ++duplicates_;
    out_.superseded_.push_back({.begin = name.begin - 1, .end = name.value_end});
    if (name.node != kNone) {
      out_.nodes_[name.node].superseded = true;
    }
  }

  void find_duplicates(std::uint32_t names_begin) {
    const std::span<Outline::Name> names = std::span(out_.names_).subspan(names_begin);
    if (names.size() > kFewNames) {
      find_duplicates_of_many(names);
      return;
    }
    for (Outline::Name& name : names) {
      name.hash = quick_hash(name.escaped ? decoded(raw(name), out_.scratch_a_) : raw(name));
    }
    for (std::size_t i = 0; i + 1 < names.size(); ++i) {
      for (std::size_t j = i + 1; j < names.size(); ++j) {
        if (names[i].hash == names[j].hash && same_string(raw(names[i]), raw(names[j])))
            [[unlikely]] {
          supersede(names[i]);
          break;
        }
      }
    }
  }

  // Linear in the number of names, whoever chose them: open addressing under a seeded hash.
  void find_duplicates_of_many(std::span<Outline::Name> names) {
    const std::size_t slots = std::bit_ceil(names.size() * 2);
    out_.table_.assign(slots, kNone);
    for (std::uint32_t i = 0; i < names.size(); ++i) {
      names[i].hash =
          static_cast<std::uint32_t>(string_hash(decoded(raw(names[i]), out_.scratch_a_)));
      std::size_t slot = names[i].hash & (slots - 1);
      for (;; slot = (slot + 1) & (slots - 1)) {
        const std::uint32_t other = out_.table_[slot];
        if (other == kNone) break;
        if (names[other].hash == names[i].hash && same_string(raw(names[other]), raw(names[i]))) {
          supersede(names[other]);
          break;
        }
      }
      out_.table_[slot] = i;
    }
  }

  Outline& out_;
  const char* const begin_;
  const char* at_;
  const char* const end_;
  const std::uint32_t depth_max_;
  std::uint32_t spaces_ = 0;
  std::uint32_t duplicates_ = 0;
  std::uint32_t deepest_ = 0;
  std::uint32_t level_ = 0;  // how many frames there are
  bool opened_empty_ = false;
  bool too_deep_ = false;
};

Verdict Outline::read(std::string_view text, std::uint32_t depth_max) {
  shrink(nodes_);
  shrink(frames_);
  shrink(names_);
  shrink(table_);
  shrink(superseded_);
  shrink(scratch_a_);
  return Reader(*this, text, depth_max).run();
}

std::size_t Outline::kept_bytes() const {
  return held_bytes(nodes_) + held_bytes(frames_) + held_bytes(names_) + held_bytes(table_) +
         held_bytes(superseded_) + held_bytes(scratch_a_);
}

}  // namespace seshdb::json
