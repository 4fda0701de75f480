// The block:  text_bytes:u32 label_bytes:u16 opened:u16 | label | text, or the container's address
#include "json/value.h"

#include <malloc.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/limits.h"
#include "json/container.h"
#include "json/merge.h"
#include "json/text.h"

namespace seshdb::json {

struct Value::Block {
  std::uint32_t text_bytes;
  std::uint16_t label_bytes;
  std::uint16_t opened;

  char* label() { return reinterpret_cast<char*>(this) + kHeaderBytes; }
  char* text() { return label() + label_bytes; }

  static constexpr std::size_t kHeaderBytes = 8;

  static Block* make(std::string_view label, std::string_view text) {
    static_assert(sizeof(Block) == kHeaderBytes);
    SESHDB_CHECK(label.size() <= kLabelBytesMax && text.size() <= UINT32_MAX && !text.empty());
    auto* const block = static_cast<Block*>(std::malloc(kHeaderBytes + label.size() + text.size()));
    if (block == nullptr) {
      throw std::bad_alloc();
    }
    block->text_bytes = static_cast<std::uint32_t>(text.size());
    block->label_bytes = static_cast<std::uint16_t>(label.size());
    block->opened = 0;
    if (!label.empty()) {
      std::memcpy(block->label(), label.data(), label.size());
    }
    std::memcpy(block->text(), text.data(), text.size());
    return block;
  }
};

namespace {

// Up to this many edits of a small value are made on a copy.
constexpr std::size_t kFewEdits = 8;

}  // namespace

Value::Value(std::string_view label, std::string_view text) : block_(Block::make(label, text)) {}

Value::Value(std::string_view label, std::unique_ptr<Container> container) {
  const Container* const address = container.release();
  block_ = Block::make(label, {reinterpret_cast<const char*>(&address), sizeof(void*)});
  block_->opened = 1;
}

Value::~Value() {
  if (block_ != nullptr && opened()) {
    delete &container();
  }
  std::free(block_);
}

bool Value::opened() const { return block_->opened != 0; }

Container& Value::container() const {
  Container* address = nullptr;
  std::memcpy(static_cast<void*>(&address), block_->text(), sizeof(void*));
  return *address;
}

void Value::open() {
  if (!opened() && bytes() > 2 && opens_container(text().front())) {
    *this = Value(label(), std::make_unique<Container>(text()));
  }
}

bool Value::is_large_text() const { return !opened() && Container::is_large(text()); }

void Value::open_if_large() {
  if (is_large_text()) open();
}

void Value::close_if_small() {
  if (opened() && bytes() < Container::kTextBytesMax / 4) {
    Buffer text;
    append_to(text);
    SESHDB_CHECK(text.size() == bytes());  // else some change was counted wrong
    assign(text.view());
  }
}

void Value::prefetch() const {
  // Enough for a typical session's document. A prefetch beyond the block does no harm.
  constexpr std::size_t kBytes = 384;
  constexpr std::size_t kLine = 64;
  for (std::size_t at = 0; at < kBytes; at += kLine) {
    __builtin_prefetch(reinterpret_cast<const char*>(block_) + at);
  }
}

std::string_view Value::label() const { return {block_->label(), block_->label_bytes}; }
std::string_view Value::text() const { return {block_->text(), block_->text_bytes}; }

Kind Value::kind() const {
  if (opened()) {
    return container().is_object() ? Kind::kObject : Kind::kArray;
  }
  return kind_of(text());
}

std::size_t Value::bytes() const { return opened() ? container().bytes() : block_->text_bytes; }

void Value::append_to(Buffer& out) const {
  if (opened()) {
    container().append_to(out);
  } else {
    out.append(text());
  }
}

// Small values get the exact size. Large ones that grow get an eighth more, so that many small
// additions rarely move them.
char* Value::resize(std::size_t text_bytes) {
  const std::size_t needed = Block::kHeaderBytes + block_->label_bytes + text_bytes;
  const std::size_t there = malloc_usable_size(block_);
  const bool is_large = text_bytes > Container::kTextBytesMax;
  if (!is_large || needed > there || needed < there / 2) {
    const std::size_t room = is_large && needed > there ? needed + needed / 8 : needed;
    auto* const block = static_cast<Block*>(std::realloc(static_cast<void*>(block_), room));
    if (block == nullptr) {
      throw std::bad_alloc();
    }
    block_ = block;
  }
  block_->text_bytes = static_cast<std::uint32_t>(text_bytes);
  return block_->text();
}

void Value::assign(std::string_view text) {
  SESHDB_CHECK(!text.empty() && text.size() <= UINT32_MAX);
  if (opened() || text.size() > Container::kTextBytesMax) {
    *this = Value(label(), text);
    return;
  }
  char* const to = text.size() == bytes() ? block_->text() : resize(text.size());
  std::memcpy(to, text.data(), text.size());
}

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

Status Value::replace(const Edit& edit, std::uint32_t depth_max, Buffer* before) {
  if (!edit.pointer.done()) {
    open_if_large();
  }
  std::optional<Container::Place> place;
  std::optional<std::string_view> found;
  if (opened() && !edit.pointer.done()) {
    place = container().find(edit.pointer);
  } else if (!opened()) {
    found = find(text(), edit.pointer);
  }
  const bool is_whole = edit.pointer.done();
  if (!is_whole && !place && !found) {
    return Status::kPathNotExist;
  }
  if (edit.depth != 0 && edit.pointer.steps() + edit.depth > depth_max) {
    return Status::kOutOfBounds;
  }
  const std::size_t replaced = is_whole ? bytes() : place ? place->bytes() : found->size();
  if (bytes() - replaced + edit.text.size() > limits::kValueBytesMax) {
    return Status::kValueSize;
  }
  if (before != nullptr) {
    is_whole ? append_to(*before) : place ? place->append_to(*before) : before->append(*found);
  }
  if (is_whole) {
    assign(edit.text);
  } else if (place) {
    Container::replace(*place, edit.text);
  } else {
    replace_range(static_cast<std::size_t>(found->data() - block_->text()), found->size(),
                  edit.text);
  }
  return Status::kOk;
}

Status Value::update(std::span<const Edit> edits, std::uint32_t depth_max, std::size_t& failed) {
  failed = 0;
  Status status = Status::kOk;
  if (edits.size() == 1) {
    status = replace(edits.front(), depth_max, nullptr);
  } else if (!opened() && bytes() <= Container::kTextBytesMax && edits.size() <= kFewEdits) {
    Value copy(label(), text());
    for (; failed < edits.size() && status == Status::kOk; ++failed) {
      status = copy.replace(edits[failed], depth_max, nullptr);
    }
    failed -= status == Status::kOk ? 0 : 1;
    if (status == Status::kOk) {
      *this = std::move(copy);
    }
  } else {
    open();
    status = update_in_place(edits, depth_max, failed);
  }
  close_if_small();
  return status;
}

// Makes all edits; where one fails, undoes those before it.
Status Value::update_in_place(std::span<const Edit> edits, std::uint32_t depth_max,
                              std::size_t& failed) {
  std::vector<Buffer> before;
  for (failed = 0; failed < edits.size(); ++failed) {
    const Status status = replace(edits[failed], depth_max, &before.emplace_back());
    if (status == Status::kOk) continue;
    for (std::size_t i = failed; i-- != 0;) {
      const Edit undo{.pointer = edits[i].pointer, .text = before[i].view(), .depth = 0};
      SESHDB_CHECK(replace(undo, depth_max, nullptr) == Status::kOk);
    }
    return status;
  }
  return Status::kOk;
}

void Value::splice(const Splice& change, Buffer* before) {
  open_if_large();
  if (opened()) {
    const std::string_view empty = container().is_object() ? "{}" : "[]";
    if (!container().splice(change, before)) {
      assign(empty);
    }
    return;
  }
  const std::optional<std::string_view> found = find(text(), change.parent);
  SESHDB_CHECK(found && opens_container(found->front()));
  splice_text(*found, change.index, change.removed, change.added, before);
}

// A member goes with the comma behind it, and the last one with the comma before it.
void Value::splice_text(std::string_view container, std::size_t index, std::size_t removed,
                        std::string_view added, Buffer* before) {
  Members members(container);
  const auto pass = [&members](std::size_t count) {
    for (; count != 0; --count) {
      SESHDB_CHECK(members.more());
      members.skip();
    }
    return members.position();
  };
  const char* from = pass(index);
  const char* const to = pass(removed);
  const bool at_end = !members.more();
  if (before != nullptr && removed != 0) {
    before->append({from, static_cast<std::size_t>(to - from) - (at_end ? 0 : 1)});
  }
  const bool has_comma_before = at_end && index != 0;
  if (has_comma_before && removed != 0) --from;
  std::string text;
  if (!added.empty()) {
    text.reserve(added.size() + 1);
    if (has_comma_before) text += ',';
    text += added;
    if (!at_end) text += ',';
  }
  replace_range(static_cast<std::size_t>(from - block_->text()),
                static_cast<std::size_t>(to - from), text);
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
    replace_range(bytes() - 1, 0, inside(added));
    return Status::kOk;
  }
  if (here == Kind::kArray) {
    append_items(added, there == Kind::kArray);
    return Status::kOk;
  }
  if (here != Kind::kObject || there != Kind::kObject) {
    return Status::kValueTypeInvalid;
  }
  if (bytes() > Container::kTextBytesMax) {
    open();
  }
  if (opened()) {
    container().append(added);
    return Status::kOk;
  }
  Buffer merged;
  append_merged(text(), added, merged);
  assign(merged.view());
  return Status::kOk;
}

// `added` is one item or, with `is_array`, an array of items.
void Value::append_items(std::string_view added, bool is_array) {
  if (opened() && is_array) {
    container().append(added);
    return;
  }
  const std::string_view items = is_array ? inside(added) : added;
  if (items.empty()) return;
  std::string text;
  if (opened()) {
    text.append("[").append(items).append("]");
    container().append(text);
    return;
  }
  if (bytes() > 2) text += ',';
  text += items;
  replace_range(bytes() - 1, 0, text);
}

}  // namespace seshdb::json
