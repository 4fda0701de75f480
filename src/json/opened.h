// A stored value opened for several changes at once: containers on the changed paths become lists
// of their members, all else stays text. Makes k changes of a value of n bytes cost O(n + k),
// however the pointers overlap. Lives for one command; views of the original text must outlive it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/buffer.h"
#include "json/pointer.h"
#include "json/text.h"

namespace seshdb::json {

class Opened {
 public:
  explicit Opened(std::string_view text) : root_(text, std::make_shared<Extents>(text), 0) {}

  /// Puts the compact value `text` where `pointer` selects; false, with nothing changed, where it
  /// selects nothing.
  [[nodiscard]] bool replace(Pointer pointer, std::string_view text);

  void append_to(Buffer& out) const;

 private:
  struct Container;

  // A value below: text as long as nothing inside it changes, else a list of members.
  class Node {
   public:
    Node(std::string_view text, std::shared_ptr<const Extents> extents, std::uint32_t extent);
    Node(Node&&) noexcept;
    Node& operator=(Node&&) noexcept;
    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;
    ~Node();

    [[nodiscard]] Node* child(std::string_view token);
    void append_to(Buffer& out) const;

   private:
    void open();

    std::string_view text_;
    std::shared_ptr<const Extents> extents_;  // of the text that holds text_; made when needed
    std::uint32_t extent_ = 0;                // text_'s number in it, where text_ is a container
    std::unique_ptr<Container> container_;    // once opened; text_ is past then
  };

  Node root_;
};

}  // namespace seshdb::json
