// A value that is read where it stands: compact text, an opened container, or an object that
// somebody else keeps (a session, whose members are its keys). Copies nothing and changes nothing;
// holds until the next change of what it shows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/buffer.h"
#include "json/container.h"
#include "json/outline.h"
#include "json/pointer.h"
#include "json/steps.h"
#include "json/text.h"
#include "json/value.h"

namespace seshdb::json {

class ObjectSource;

/// A member's name, decoded or as it stands between the quotes.
struct Name {
  std::string_view text;
  bool raw = false;

  /// In place where nothing is escaped, else in `scratch`.
  [[nodiscard]] std::string_view decoded(std::string& scratch) const {
    return raw ? json::decoded(text, scratch) : text;
  }
  /// As a JSON string, quotes included.
  void append_to(Buffer& out) const;
};

class View {
 public:
  View() : View(std::string_view("null")) {}
  /// REQUIRES: `text` is a compact value without duplicate names.
  explicit View(std::string_view text) : text_(text) {}
  explicit View(const Value& value);
  explicit View(const Container& container) : other_(&container), form_(Form::kContainer) {}
  explicit View(const ObjectSource& source) : other_(&source), form_(Form::kSource) {}

  [[nodiscard]] Kind kind() const;
  [[nodiscard]] bool is_container() const {
    return form_ != Form::kText || opens_container(text_.front());
  }
  /// Is it one text, and not an opened container or somebody else's object?
  [[nodiscard]] bool is_text() const { return form_ == Form::kText; }
  /// REQUIRES: is_text().
  [[nodiscard]] std::string_view text() const;

  /// How many members or items it has; 0 for a scalar.
  [[nodiscard]] std::size_t count(Steps* steps = nullptr) const;
  /// The `size` of KV_READ: members, items, or code points of a string; nothing for other values.
  [[nodiscard]] std::optional<std::size_t> size(Steps* steps = nullptr) const;
  /// Bytes of its text; of a source, as many as if no name had to be escaped.
  [[nodiscard]] std::size_t bytes() const;
  void append_to(Buffer& out) const;

  /// The member of that (decoded) name; nothing in what is no object. Nothing too where `steps` ran
  /// out; so do the others.
  [[nodiscard]] std::optional<View> member(std::string_view name, Steps* steps = nullptr) const;
  /// The item there; nothing in what is no array.
  [[nodiscard]] std::optional<View> item(std::size_t index, Steps* steps = nullptr) const;
  /// How many members stand before the one of that (decoded) name; nothing in what is no object.
  [[nodiscard]] std::optional<std::size_t> index_of(std::string_view name) const;
  /// What `pointer` selects below it.
  [[nodiscard]] std::optional<View> at(Pointer pointer) const;

  /// The same value as it stands in a text whose containers `extents` has measured: nothing in it
  /// is scanned twice. REQUIRES: `extents` was read from text().
  [[nodiscard]] View measured(const Extents& extents) const;
  /// The same value without reference to extents.
  [[nodiscard]] View detached() const { return is_text() ? View(text()) : *this; }
  [[nodiscard]] bool is_measured() const { return is_text() && other_ != nullptr; }

 private:
  friend class Walk;
  enum class Form : std::uint8_t { kText, kContainer, kSource };

  // What begins at the start of `rest`, which may go on behind it.
  View(std::string_view rest, bool exact, const Extents* extents, std::uint32_t extent)
      : text_(rest), other_(extents), extent_(extent), exact_(exact) {}

  // The value of a member, in a text that ends at `end`.
  [[nodiscard]] static View of_member(const Members& members, const char* end, bool exact) {
    const char* const value = members.value_at();
    return {std::string_view(value, static_cast<std::size_t>(end - value)), exact,
            members.extents(), members.extent()};
  }

  [[nodiscard]] const Extents* extents() const { return static_cast<const Extents*>(other_); }
  [[nodiscard]] const Container& container() const {
    return *static_cast<const Container*>(other_);
  }
  [[nodiscard]] const ObjectSource& source() const {
    return *static_cast<const ObjectSource*>(other_);
  }
  [[nodiscard]] std::optional<View> in_chunk(std::optional<std::uint32_t> number,
                                             std::string_view rest) const;

  std::string_view text_;        // of a text
  const void* other_ = nullptr;  // its extents or null; or the container, or the source
  std::uint32_t extent_ = 0;     // its number among them
  Form form_ = Form::kText;
  bool exact_ = true;  // nothing follows it in text_
};

/// An object whose members somebody else keeps. They have numbers from 0 to size() - 1, which hold
/// until the next change.
class ObjectSource {
 public:
  struct Entry {
    std::string_view name;  // decoded
    View value;
  };

  ObjectSource() = default;
  ObjectSource(const ObjectSource&) = delete;
  ObjectSource& operator=(const ObjectSource&) = delete;
  virtual ~ObjectSource() = default;

  [[nodiscard]] virtual std::size_t size() const = 0;
  [[nodiscard]] virtual std::optional<View> find(std::string_view name) const = 0;
  [[nodiscard]] virtual Entry entry(std::size_t number) const = 0;
};

}  // namespace seshdb::json
