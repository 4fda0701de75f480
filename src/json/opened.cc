// Opening on the way down, and writing out. Recursion is bounded by the nesting limit of values.
#include "json/opened.h"

#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "json/string.h"

namespace seshdb::json {

namespace {
constexpr std::size_t kFewMembers = 16;  // up to here a walk is as fast as a hash
}  // namespace

struct Opened::Container {
  struct Member {
    std::string_view name;  // raw
    Node value;
  };
  std::vector<Member> members;
  // By decoded names, where there are many members.
  std::unordered_map<std::string, std::size_t, StringHash, std::equal_to<>> index;
  bool object = false;
};

Opened::Node::Node(std::string_view text, std::shared_ptr<const Extents> extents,
                   std::uint32_t extent)
    : text_(text), extents_(std::move(extents)), extent_(extent) {}
Opened::Node::Node(Node&&) noexcept = default;
Opened::Node& Opened::Node::operator=(Node&&) noexcept = default;
Opened::Node::~Node() = default;

bool Opened::replace(Pointer pointer, std::string_view text) {
  Node* at = &root_;
  while (!pointer.done()) {
    at = at->child(pointer.take());
    if (at == nullptr) {
      return false;
    }
  }
  *at = Node(text, nullptr, 0);
  return true;
}

void Opened::append_to(Buffer& out) const { root_.append_to(out); }

void Opened::Node::open() {
  if (extents_ == nullptr) {
    extents_ = std::make_shared<Extents>(text_);
  }
  container_ = std::make_unique<Container>();
  container_->object = text_.front() == '{';
  for (Members members(text_, extents_.get(), extent_); members.more(); members.skip()) {
    container_->members.push_back(
        {members.name(), Node(members.value(), extents_, members.extent())});
  }
  if (!container_->object || container_->members.size() <= kFewMembers) {
    return;
  }
  std::string scratch;
  container_->index.reserve(container_->members.size());
  for (std::size_t i = 0; i < container_->members.size(); ++i) {
    container_->index.emplace(decoded(container_->members[i].name, scratch), i);
  }
}

Opened::Node* Opened::Node::child(std::string_view token) {
  if (container_ == nullptr) {
    if (text_.front() != '{' && text_.front() != '[') {
      return nullptr;
    }
    open();
  }
  std::vector<Container::Member>& members = container_->members;
  if (!container_->object) {
    const std::optional<std::size_t> index = array_index(token);
    return index && *index < members.size() ? &members[*index].value : nullptr;
  }
  std::string token_scratch;
  const std::string_view wanted = unescaped_token(token, token_scratch);
  if (!container_->index.empty()) {
    const auto found = container_->index.find(wanted);
    return found == container_->index.end() ? nullptr : &members[found->second].value;
  }
  std::string name_scratch;
  for (Container::Member& member : members) {
    if (decoded(member.name, name_scratch) == wanted) {
      return &member.value;
    }
  }
  return nullptr;
}

void Opened::Node::append_to(Buffer& out) const {
  if (container_ == nullptr) {
    out.append(text_);
    return;
  }
  out.append(container_->object ? '{' : '[');
  bool first = true;
  for (const Container::Member& member : container_->members) {
    if (!first) {
      out.append(',');
    }
    first = false;
    if (container_->object) {
      out.append('"');
      out.append(member.name);
      out.append("\":");
    }
    member.value.append_to(out);
  }
  out.append(container_->object ? '}' : ']');
}

}  // namespace seshdb::json
