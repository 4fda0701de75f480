// The reader behind Outline: one loop over the text with a stack of its own.
#include "json/outline.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/ascii.h"
#include "json/string.h"

namespace seshdb::json {

namespace {

constexpr std::uint32_t kNone = UINT32_MAX;
// Up to this many names, comparing hashes one by one is cheaper than a table.
constexpr std::size_t kFewNames = 16;
// Scratch space above this is freed after a huge request.
constexpr std::size_t kKeptEntries = 4'096;

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
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
  if (entries.capacity() > kKeptEntries) {
    entries.clear();
    entries.shrink_to_fit();
  }
}

template <typename Container>
std::size_t held_bytes(const Container& entries) {
  return entries.capacity() * sizeof(typename Container::value_type);
}

}  // namespace

// A reading function takes the position where it begins and returns the one where it ends, or null
// where the text is invalid. So the position stays in a register. Most are inlined, as a call would
// cost as much as the work.
class Reader {
 public:
  Reader(Outline& outline, std::string_view text, std::uint32_t depth_max)
      : out_(outline),
        begin_(text.data()),
        end_(text.data() + text.size()),
        depth_max_(depth_max) {}

  Verdict run() {
    const char* at = read_values(begin_);
    if (at != nullptr) {
      at = skip_space(at);
      if (at != end_) at = fail(at);
    }
    out_.stopped_at_ = offset(at != nullptr ? at : wrong_);
    return at != nullptr ? Verdict::kValid : too_deep_ ? Verdict::kTooDeep : Verdict::kInvalid;
  }

 private:
  using At = const char*;

  [[nodiscard]] std::uint32_t offset(At at) const {
    return static_cast<std::uint32_t>(at - begin_);
  }

  At fail(At at) {
    wrong_ = at;
    return nullptr;
  }

  [[gnu::always_inline]] At skip_space(At at) {
    if (at != end_ && *at > ' ') return at;  // nearly always
    while (at != end_ && is_space(*at)) {
      ++at;
      ++spaces_;
    }
    return at;
  }

  // Reads one value and everything below it.
  At read_values(At at) {
    for (;;) {
      at = skip_space(at);
      if (at == end_) return fail(at);
      if (*at == '{' || *at == '[') {
        at = open(at);
        if (at == nullptr) return nullptr;
        if (!opened_empty_) continue;
      } else {
        at = read_scalar(at);
        if (at == nullptr) return nullptr;
      }
      // Behind a complete value: closes the containers that end here, and reads on to the next
      // value if there is one.
      for (;;) {
        if (level_ == 0) return at;
        if (in_object_) out_.names_.back().value_end = offset(at);
        at = skip_space(at);
        if (at == end_) return fail(at);
        if (*at == ',') {
          ++at;
          if (!in_object_) break;
          at = read_name(skip_space(at));
          if (at == nullptr) return nullptr;
          break;
        }
        if (*at != (in_object_ ? '}' : ']')) return fail(at);
        ++at;
        close(at);
      }
    }
  }

  [[gnu::always_inline]] At open(At at) {
    const bool object = *at == '{';
    if (level_ >= depth_max_) {
      too_deep_ = true;
      return fail(at);
    }
    const std::uint32_t node = add_node(at, object ? Kind::kObject : Kind::kArray);
    out_.frames_.push_back({.node = node,
                            .names_begin = static_cast<std::uint32_t>(out_.names_.size()),
                            .spaces = spaces_,
                            .duplicates = duplicates_,
                            .depth = deepest_,
                            .object = object});
    ++level_;
    in_object_ = object;
    deepest_ = node != kNone ? level_ : std::max(deepest_, level_);
    at = skip_space(at + 1);
    if (at == end_) return fail(at);
    opened_empty_ = *at == (object ? '}' : ']');
    if (opened_empty_) {
      ++at;
      close(at);
      return at;
    }
    return object ? read_name(at) : at;
  }

  // Closes the innermost container; `at` is behind its bracket.
  void close(At at) {
    const Outline::Frame frame = out_.frames_.back();
    if (frame.object) {
      if (out_.names_.size() - frame.names_begin > 1) find_duplicates(frame.names_begin);
      out_.names_.erase(out_.names_.begin() + frame.names_begin, out_.names_.end());
    }
    out_.frames_.pop_back();
    --level_;
    in_object_ = level_ != 0 && out_.frames_.back().object;
    if (frame.node != kNone) {
      Node& node = out_.nodes_[frame.node];
      node.end = offset(at);
      node.next = static_cast<std::uint32_t>(out_.nodes_.size());
      node.spaces = spaces_ - frame.spaces;
      node.has_duplicates = duplicates_ != frame.duplicates;
      node.depth = static_cast<std::uint16_t>(deepest_ - level_);
      deepest_ = std::max(deepest_, frame.depth);
    }
  }

  // A member's name and the colon behind it.
  [[gnu::always_inline]] At read_name(At at) {
    if (at == end_ || *at != '"') return fail(at);
    const std::uint32_t begin = offset(at) + 1;
    bool escaped = false;
    at = read_string(at, escaped);
    if (at == nullptr) return nullptr;
    const std::uint32_t end = offset(at) - 1;
    out_.names_.push_back({.hash = 0,  // set where it is needed
                           .begin = begin,
                           .end = end,
                           .value_end = end,
                           .node = kNone,
                           .escaped = escaped});
    at = skip_space(at);
    return at != end_ && *at == ':' ? at + 1 : fail(at);
  }

  // Adds a node for the value at `at` where it is on an upper level; else returns kNone.
  [[gnu::always_inline]] std::uint32_t add_node(At at, Kind kind) {
    if (level_ > Outline::kLevels) return kNone;
    const auto index = static_cast<std::uint32_t>(out_.nodes_.size());
    Node& node = out_.nodes_.emplace_back();
    node.begin = offset(at);
    node.next = index + 1;
    node.kind = kind;
    if (in_object_) {
      Outline::Name& name = out_.names_.back();
      name.node = index;
      node.name_begin = name.begin;
      node.name_end = name.end;
      node.name_escaped = name.escaped;
    }
    return index;
  }

  [[gnu::always_inline]] At read_scalar(At at) {
    switch (*at) {
      case '"': {
        bool escaped = false;
        const std::uint32_t node = add_node(at, Kind::kString);
        at = read_string(at, escaped);
        if (node != kNone && at != nullptr) out_.nodes_[node].escaped = escaped;
        return end_node(node, at);
      }
      case 't':
        return end_node(add_node(at, Kind::kBool), read_word(at, "true"));
      case 'f':
        return end_node(add_node(at, Kind::kBool), read_word(at, "false"));
      case 'n':
        return end_node(add_node(at, Kind::kNull), read_word(at, "null"));
      default:
        return end_node(add_node(at, Kind::kNumber), read_number(at));
    }
  }

  [[gnu::always_inline]] At end_node(std::uint32_t node, At at) {
    if (node != kNone && at != nullptr) out_.nodes_[node].end = offset(at);
    return at;
  }

  At read_word(At at, std::string_view word) {
    const bool is_there = static_cast<std::size_t>(end_ - at) >= word.size() &&
                          std::memcmp(at, word.data(), word.size()) == 0;
    return is_there ? at + word.size() : fail(at);
  }

  // RFC 8259, section 6.
  At read_number(At at) {
    if (*at == '-') ++at;
    if (at == end_ || !is_digit(*at)) return fail(at);
    at = *at == '0' ? at + 1 : skip_digits(at);
    if (at != end_ && *at == '.') {
      ++at;
      if (at == end_ || !is_digit(*at)) return fail(at);
      at = skip_digits(at);
    }
    if (at != end_ && (*at == 'e' || *at == 'E')) {
      ++at;
      if (at != end_ && (*at == '+' || *at == '-')) ++at;
      if (at == end_ || !is_digit(*at)) return fail(at);
      at = skip_digits(at);
    }
    return at;
  }

  [[nodiscard]] At skip_digits(At at) const {
    while (at != end_ && is_digit(*at)) ++at;
    return at;
  }

  // RFC 8259, section 7. From the opening quote to behind the closing one.
  [[gnu::always_inline]] At read_string(At at, bool& escaped) {
    ++at;
    for (;;) {
      at = find_string_special(at, end_);
      if (at == end_) return fail(at);
      if (*at == '"') return at + 1;
      if (*at != '\\') return fail(at);  // a control character
      escaped = true;
      at = read_escape(at);
      if (at == nullptr) return nullptr;
    }
  }

  At read_escape(At at) {
    if (end_ - at < 2) return fail(at);
    constexpr std::string_view kSimple = "\"\\/bfnrt";
    if (kSimple.find(at[1]) != std::string_view::npos) return at + 2;
    const bool is_code = at[1] == 'u' && end_ - at >= 6 && std::all_of(at + 2, at + 6, is_hex);
    return is_code ? at + 6 : fail(at);
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
    std::uint64_t seen = 0;  // a bit for each hash
    for (std::size_t i = 0; i < names.size(); ++i) {
      Outline::Name& name = names[i];
      name.hash = quick_hash(name.escaped ? decoded(raw(name), out_.scratch_a_) : raw(name));
      const std::uint64_t bit = std::uint64_t{1} << (name.hash >> 26U);
      if ((seen & bit) != 0) supersede_equal(names.first(i), name);
      seen |= bit;
    }
  }

  void supersede_equal(std::span<const Outline::Name> before, const Outline::Name& name) {
    for (std::size_t i = before.size(); i-- > 0;) {
      if (before[i].hash == name.hash && same_string(raw(before[i]), raw(name))) {
        supersede(before[i]);
        return;  // earlier ones are superseded already
      }
    }
  }

  // Linear in the number of names, also for hostile ones: open addressing with a seeded hash.
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
  const At begin_;
  const At end_;
  At wrong_ = nullptr;  // where reading stopped
  const std::uint32_t depth_max_;
  std::uint32_t spaces_ = 0;
  std::uint32_t duplicates_ = 0;
  std::uint32_t deepest_ = 0;
  std::uint32_t level_ = 0;  // how many frames there are
  bool in_object_ = false;   // the innermost one is an object's
  bool opened_empty_ = false;
  bool too_deep_ = false;
};

Verdict Outline::read(std::string_view text, std::uint32_t depth_max) {
  if (was_large_) {
    shrink(nodes_);
    shrink(frames_);
    shrink(names_);
    shrink(table_);
    shrink(superseded_);
    shrink(scratch_a_);
  }
  was_large_ = text.size() > kKeptEntries;
  nodes_.clear();
  frames_.clear();
  names_.clear();
  superseded_.clear();
  return Reader(*this, text, depth_max).run();
}

std::size_t Outline::kept_bytes() const {
  return held_bytes(nodes_) + held_bytes(frames_) + held_bytes(names_) + held_bytes(table_) +
         held_bytes(superseded_) + held_bytes(scratch_a_);
}

}  // namespace seshdb::json
