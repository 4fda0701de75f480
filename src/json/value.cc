// The block:  text_bytes:u32 label_bytes:u16 _:u16 | label | text
#include "json/value.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

#include "base/check.h"
#include "base/limits.h"
#include "json/merge.h"
#include "json/opened.h"
#include "json/text.h"

namespace seshdb::json {

struct Value::Block {
  std::uint32_t text_bytes;
  std::uint16_t label_bytes;

  char* label() { return reinterpret_cast<char*>(this) + kHeaderBytes; }
  char* text() { return label() + label_bytes; }

  static constexpr std::size_t kHeaderBytes = 8;
};

Value::Value(std::string_view label, std::string_view text) {
  static_assert(sizeof(Block) == Block::kHeaderBytes);
  SESHDB_CHECK(label.size() <= UINT16_MAX && text.size() <= UINT32_MAX && !text.empty());
  block_ = static_cast<Block*>(std::malloc(Block::kHeaderBytes + label.size() + text.size()));
  if (block_ == nullptr) {
    throw std::bad_alloc();
  }
  block_->text_bytes = static_cast<std::uint32_t>(text.size());
  block_->label_bytes = static_cast<std::uint16_t>(label.size());
  if (!label.empty()) {
    std::memcpy(block_->label(), label.data(), label.size());
  }
  std::memcpy(block_->text(), text.data(), text.size());
}

Value::~Value() { std::free(block_); }

void Value::prefetch() const {
  // Enough for a typical session's document; what it touches beyond the block does no harm.
  constexpr std::size_t kBytes = 384;
  constexpr std::size_t kLine = 64;
  for (std::size_t at = 0; at < kBytes; at += kLine) {
    __builtin_prefetch(reinterpret_cast<const char*>(block_) + at);
  }
}

std::string_view Value::label() const { return {block_->label(), block_->label_bytes}; }
std::string_view Value::text() const { return {block_->text(), block_->text_bytes}; }
Kind Value::kind() const { return kind_of(text()); }
std::size_t Value::bytes() const { return block_->text_bytes; }
void Value::append_to(Buffer& out) const { out.append(text()); }

char* Value::resize(std::size_t text_bytes) {
  const std::size_t bytes = Block::kHeaderBytes + block_->label_bytes + text_bytes;
  auto* block = static_cast<Block*>(std::realloc(static_cast<void*>(block_), bytes));
  if (block == nullptr) {
    throw std::bad_alloc();
  }
  block_ = block;
  block_->text_bytes = static_cast<std::uint32_t>(text_bytes);
  return block_->text();
}

void Value::assign(std::string_view text) {
  SESHDB_CHECK(!text.empty() && text.size() <= UINT32_MAX);
  char* const to = text.size() == bytes() ? block_->text() : resize(text.size());
  std::memcpy(to, text.data(), text.size());
}

// Puts `text` in place of the `bytes` bytes at `at`; what stands behind them moves.
void Value::replace_range(std::size_t at, std::size_t bytes, std::string_view text) {
  const std::size_t before = block_->text_bytes;
  const std::size_t behind = before - at - bytes;
  char* to = block_->text();
  if (text.size() > bytes) {
    to = resize(before - bytes + text.size());
  }
  if (text.size() != bytes) {
    std::memmove(to + at + text.size(), to + at + bytes, behind);
  }
  if (!text.empty()) {
    std::memcpy(to + at, text.data(), text.size());
  }
  if (text.size() < bytes) {
    (void)resize(before - bytes + text.size());
  }
}

Status Value::splice(const Edit& edit, std::uint32_t depth_max) {
  const std::optional<std::string_view> found = find(text(), edit.pointer);
  if (!found) {
    return Status::kPathNotExist;
  }
  if (edit.depth != 0 && edit.pointer.steps() + edit.depth > depth_max) {
    return Status::kOutOfBounds;
  }
  if (bytes() - found->size() + edit.text.size() > limits::kValueBytesMax) {
    return Status::kValueSize;
  }
  replace_range(static_cast<std::size_t>(found->data() - block_->text()), found->size(), edit.text);
  return Status::kOk;
}

Status Value::update(std::span<const Edit> edits, std::uint32_t depth_max, std::size_t& failed) {
  failed = 0;
  if (edits.size() == 1) {
    return splice(edits.front(), depth_max);
  }
  Opened opened(text());
  for (; failed < edits.size(); ++failed) {
    const Edit& edit = edits[failed];
    if (!opened.replace(edit.pointer, edit.text)) {
      return Status::kPathNotExist;
    }
    if (edit.depth != 0 && edit.pointer.steps() + edit.depth > depth_max) {
      return Status::kOutOfBounds;
    }
  }
  failed = edits.size() - 1;
  Buffer changed;
  opened.append_to(changed);
  if (changed.size() > limits::kValueBytesMax) {
    return Status::kValueSize;
  }
  assign(changed.view());
  return Status::kOk;
}

Status Value::append(std::string_view added, std::uint32_t depth, std::uint32_t depth_max) {
  const Kind here = kind();
  const Kind there = kind_of(added);
  const std::uint32_t levels_above = here == Kind::kArray && there != Kind::kArray ? 1 : 0;
  if (depth + levels_above > depth_max) {
    return Status::kOutOfBounds;
  }
  // The added text loses at most its own brackets and gains a comma.
  if (bytes() + added.size() + 1 > limits::kValueBytesMax) {
    return Status::kValueSize;
  }
  if (here == Kind::kString && there == Kind::kString) {
    replace_range(bytes() - 1, 0, added.substr(1, added.size() - 2));
    return Status::kOk;
  }
  if (here == Kind::kArray) {
    if (there == Kind::kArray) {
      added = added.substr(1, added.size() - 2);
    }
    if (added.empty()) {
      return Status::kOk;
    }
    const bool comma = bytes() > 2;
    replace_range(bytes() - 1, 0, comma ? "," : "");
    replace_range(bytes() - 1, 0, added);
    return Status::kOk;
  }
  if (here == Kind::kObject && there == Kind::kObject) {
    Buffer merged;
    append_merged(text(), added, merged);
    assign(merged.view());
    return Status::kOk;
  }
  return Status::kValueTypeInvalid;
}

}  // namespace seshdb::json
