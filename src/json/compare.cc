// One walk over both texts at once. Where an object's members come in another order than the
// other's, the rest of both is sorted by hashed names and compared in pairs. Byte order of UTF-8,
// and of WTF-8, is code point order.
#include "json/compare.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "json/decimal.h"
#include "json/string.h"
#include "json/text.h"

namespace seshdb::json {

namespace {

bool is_closing(char c) { return c == '}' || c == ']'; }

class Comparison {
 public:
  Comparison(std::string_view a, std::string_view b, Steps& steps) : a_(a), b_(b), steps_(steps) {}

  bool run() {
    Cursor a{.at = a_.text.data(), .extent = 0};
    Cursor b{.at = b_.text.data(), .extent = 0};
    for (;;) {
      if (!steps_.take() || !value(a, b)) return false;
      while (!frames_.empty() && !next(a, b)) {
        if (differs_) return false;
      }
      if (frames_.empty()) return true;
    }
  }

 private:
  // Where a walk stands. `extent` is the number of the first container that begins there or behind.
  struct Cursor {
    const char* at;
    std::uint32_t extent;
  };
  struct Side {
    explicit Side(std::string_view value) : text(value) {}
    [[nodiscard]] const char* end() const { return text.data() + text.size(); }
    std::string_view text;
    std::optional<Extents> extents;  // once they are needed
  };
  // A container that both walks are inside of. Its members are compared as they come or, from
  // `begin` to `end` of `pairs_`, by pairs.
  struct Frame {
    bool object;
    bool first = true;
    bool sorted = false;
    std::size_t begin = 0;
    std::size_t next = 0;
    std::size_t end = 0;
    Cursor behind_a{};
    Cursor behind_b{};
  };
  struct Pair {
    Cursor a;
    Cursor b;
  };
  struct Member {
    std::uint64_t hash;
    std::string_view name;
    Cursor value;
  };

  // Passes two scalars that are equal, or goes into two containers of one kind. False where the
  // values differ.
  bool value(Cursor& a, Cursor& b) {
    if (kind_of({a.at, 1}) != kind_of({b.at, 1})) return false;
    if (opens_container(*a.at)) {
      frames_.push_back({.object = *a.at == '{'});
      ++a.at;
      ++b.at;
      ++a.extent;
      ++b.extent;
      return true;
    }
    const char* const end_a = skip_value(a.at, a_.end());
    const char* const end_b = skip_value(b.at, b_.end());
    const std::string_view text_a(a.at, static_cast<std::size_t>(end_a - a.at));
    const std::string_view text_b(b.at, static_cast<std::size_t>(end_b - b.at));
    steps_.take((text_a.size() + text_b.size()) / Steps::kBytes);
    a.at = end_a;
    b.at = end_b;
    if (text_a == text_b) return true;
    const Kind kind = kind_of(text_a);
    if (kind == Kind::kNumber) return compare(text_a, text_b) == std::strong_ordering::equal;
    return kind == Kind::kString && same_name(inside(text_a), inside(text_b));
  }

  // Moves both walks to the next pair of values inside the frame on top; false, and pops it, where
  // there is none. Sets differs_ where only one has a next one.
  bool next(Cursor& a, Cursor& b) {
    Frame& frame = frames_.back();
    if (frame.sorted) return next_sorted(frame, a, b);
    if (is_closing(*a.at) || is_closing(*b.at)) {
      differs_ = !is_closing(*a.at) || !is_closing(*b.at);
      ++a.at;
      ++b.at;
      frames_.pop_back();
      return false;
    }
    if (!frame.first) {
      ++a.at;
      ++b.at;
    }
    frame.first = false;
    if (!frame.object) return true;
    const std::string_view name_a = name_at(a, a_);
    const std::string_view name_b = name_at(b, b_);
    if (same_name(name_a, name_b)) {
      a.at += name_a.size() + 3;
      b.at += name_b.size() + 3;
      return true;
    }
    if (!sort_rest(frame, a, b)) {
      differs_ = true;
      return false;
    }
    return next_sorted(frame, a, b);
  }

  bool next_sorted(Frame& frame, Cursor& a, Cursor& b) {
    if (frame.next == frame.end) {
      a = frame.behind_a;
      b = frame.behind_b;
      pairs_.resize(frame.begin);
      frames_.pop_back();
      return false;
    }
    a = pairs_[frame.next].a;
    b = pairs_[frame.next].b;
    ++frame.next;
    return true;
  }

  [[nodiscard]] static std::string_view name_at(const Cursor& cursor, const Side& side) {
    const char* const behind = skip_string(cursor.at, side.end());
    return {cursor.at + 1, static_cast<std::size_t>(behind - cursor.at - 2)};
  }

  bool same_name(std::string_view a, std::string_view b) {
    steps_.take((a.size() + b.size()) / Steps::kBytes);
    if (a == b) return true;
    if (!has_escape(a) && !has_escape(b)) return false;
    steps_.take(decoding_steps(a) + decoding_steps(b));
    return decoded(a, scratch_a_) == decoded(b, scratch_b_);
  }

  // Pairs the members of both objects that are left, by their names. False where there is a name
  // that only one of them has.
  bool sort_rest(Frame& frame, Cursor& a, Cursor& b) {
    std::vector<Member> members_a;
    std::vector<Member> members_b;
    if (!measure(a_) || !measure(b_)) return false;
    for (;;) {  // in step, so that a small object costs little beside a large one
      const bool more_a = collect(a, a_, members_a);
      const bool more_b = collect(b, b_, members_b);
      if (more_a != more_b || steps_.spent()) return false;
      if (!more_a) break;
    }
    frame.sorted = true;
    frame.behind_a = a;
    frame.behind_b = b;
    sort(members_a);
    sort(members_b);
    frame.begin = frame.next = pairs_.size();
    for (std::size_t i = 0; i < members_a.size(); ++i) {
      if (members_a[i].hash != members_b[i].hash ||
          !same_name(members_a[i].name, members_b[i].name)) {
        return false;
      }
      pairs_.push_back({.a = members_a[i].value, .b = members_b[i].value});
    }
    frame.end = pairs_.size();
    return true;
  }

  // False where the steps do not allow it.
  bool measure(Side& side) {
    if (side.extents) return true;
    if (!steps_.take_bytes(side.text.size())) return false;
    side.extents.emplace(side.text);
    return true;
  }

  // Adds the member at the cursor and moves behind it and its comma; at the end of the object moves
  // behind that and returns false.
  bool collect(Cursor& cursor, const Side& side, std::vector<Member>& members) {
    if (*cursor.at == '}') {
      ++cursor.at;
      return false;
    }
    const std::string_view name = name_at(cursor, side);
    cursor.at += name.size() + 3;
    members.push_back({string_hash(decoded(name, scratch_a_)), name, cursor});
    steps_.take(2 + decoding_steps(name));
    if (opens_container(*cursor.at)) {
      const Extents::Extent& extent = side.extents->at(cursor.extent);
      cursor.at += extent.bytes;
      cursor.extent = extent.next;
    } else {
      cursor.at = skip_value(cursor.at, side.end());
    }
    if (*cursor.at == ',') ++cursor.at;
    return true;
  }

  void sort(std::vector<Member>& members) {
    std::sort(members.begin(), members.end(), [this](const Member& a, const Member& b) {
      if (a.hash != b.hash) return a.hash < b.hash;
      return decoded(a.name, scratch_a_) < decoded(b.name, scratch_b_);
    });
  }

  Side a_;
  Side b_;
  Steps& steps_;
  std::vector<Frame> frames_;
  std::vector<Pair> pairs_;
  std::string scratch_a_;
  std::string scratch_b_;
  bool differs_ = false;
};

}  // namespace

bool same_value(std::string_view a, std::string_view b, Steps& steps) {
  if (!steps.take()) return false;
  if (!opens_container(a.front()) && a.size() == b.size() && a == b) {
    return steps.take(a.size() / Steps::kBytes);
  }
  return Comparison(a, b, steps).run() && !steps.spent();
}

bool same_value(std::string_view a, std::string_view b) {
  Steps steps;
  return same_value(a, b, steps);
}

std::strong_ordering compare_strings(std::string_view a, std::string_view b) {
  std::string scratch_a;
  std::string scratch_b;
  return decoded(inside(a), scratch_a).compare(decoded(inside(b), scratch_b)) <=> 0;
}

}  // namespace seshdb::json
