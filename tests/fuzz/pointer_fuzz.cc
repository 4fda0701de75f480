// Validity, find and replace at a pointer on any document, against RapidJSON's DOM and its Pointer.
// Known differences: RapidJSON refuses lone surrogates and huge exponents, and keeps all duplicate
// names, of which ours keeps the last.
// Input, by lines: two pointers, the new value, and the document in the rest.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// RapidJSON 1.1 adds to null pointers; clang's checks of undefined behaviour are for our code only.
#ifdef __clang__
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wignored-attributes"
#pragma clang attribute push(__attribute__((no_sanitize("undefined"))), apply_to = function)
#endif
#include <rapidjson/document.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/pointer.h>
#ifdef __clang__
#pragma clang attribute pop
#pragma clang diagnostic pop
#endif

#include "base/utf8.h"
#include "fuzz/expect.h"
#include "json/compact.h"
#include "json/outline.h"
#include "json/value.h"

namespace seshdb::testing {

namespace {

using Dom = rapidjson::Value;
constexpr std::uint32_t kDepthMax = 64;

// RapidJSON keeps numbers as strings, as their digits matter. A mark in front tells the two apart.
class Marking {
 public:
  explicit Marking(rapidjson::Document& into) : into_(into) {}
  bool Null() { return into_.Null(); }
  bool Bool(bool value) { return into_.Bool(value); }
  bool Int(int) { return false; }
  bool Uint(unsigned) { return false; }
  bool Int64(std::int64_t) { return false; }
  bool Uint64(std::uint64_t) { return false; }
  bool Double(double) { return false; }
  bool RawNumber(const char* text, rapidjson::SizeType bytes, bool) {
    return mark('#', text, bytes);
  }
  bool String(const char* text, rapidjson::SizeType bytes, bool) { return mark('$', text, bytes); }
  bool Key(const char* text, rapidjson::SizeType bytes, bool) {
    return into_.Key(text, bytes, true);
  }
  bool StartObject() { return into_.StartObject(); }
  bool EndObject(rapidjson::SizeType count) { return into_.EndObject(count); }
  bool StartArray() { return into_.StartArray(); }
  bool EndArray(rapidjson::SizeType count) { return into_.EndArray(count); }

 private:
  bool mark(char kind, const char* text, rapidjson::SizeType bytes) {
    const std::string marked = kind + std::string(text, bytes);
    return into_.String(marked.data(), static_cast<rapidjson::SizeType>(marked.size()), true);
  }
  rapidjson::Document& into_;
};

rapidjson::ParseErrorCode parse_dom(std::string_view text, rapidjson::Document& dom) {
  constexpr unsigned kFlags =
      rapidjson::kParseNumbersAsStringsFlag | rapidjson::kParseIterativeFlag;
  rapidjson::ParseResult result;
  bool whole = false;
  auto generate = [&](rapidjson::Document& into) {
    rapidjson::Reader reader;
    rapidjson::MemoryStream stream(text.data(), text.size());
    Marking marking(into);
    result = reader.Parse<kFlags>(stream, marking);
    // Its stream also ends at a byte 0.
    whole = !result.IsError() && stream.Tell() == text.size();
    return whole;
  };
  dom.Populate(generate);
  if (result.IsError()) return result.Code();
  return whole ? rapidjson::kParseErrorNone : rapidjson::kParseErrorDocumentRootNotSingular;
}

void drop_superseded(Dom& value) {
  if (value.IsArray()) {
    for (auto& item : value.GetArray()) drop_superseded(item);
  }
  if (!value.IsObject()) return;
  // By number: comparing RapidJSON's iterators is ambiguous in C++20.
  const auto member = [&value](rapidjson::SizeType i) {
    return value.MemberBegin() + static_cast<std::ptrdiff_t>(i);
  };
  for (rapidjson::SizeType i = 0; i < value.MemberCount();) {
    bool again = false;
    for (rapidjson::SizeType later = i + 1; later < value.MemberCount(); ++later) {
      again = again || member(later)->name == member(i)->name;
    }
    if (again) {
      value.EraseMember(member(i));
    } else {
      drop_superseded(member(i++)->value);
    }
  }
}

// Equality that includes the order of members, unlike RapidJSON's.
bool same(const Dom& a, const Dom& b) {
  if (a.GetType() != b.GetType()) return false;
  if (a.IsArray()) {
    if (a.Size() != b.Size()) return false;
    for (rapidjson::SizeType i = 0; i < a.Size(); ++i) {
      if (!same(a[i], b[i])) return false;
    }
    return true;
  }
  if (!a.IsObject()) return a == b;
  if (a.MemberCount() != b.MemberCount()) return false;
  auto x = a.MemberBegin();
  auto y = b.MemberBegin();
  for (rapidjson::SizeType i = 0; i < a.MemberCount(); ++i, ++x, ++y) {
    if (x->name != y->name || !same(x->value, y->value)) return false;
  }
  return true;
}

std::uint32_t depth_of(const Dom& value) {
  std::uint32_t inside = 0;
  if (value.IsArray()) {
    for (const auto& item : value.GetArray()) inside = std::max(inside, depth_of(item));
    return inside + 1;
  }
  if (!value.IsObject()) return 0;
  for (const auto& member : value.GetObject()) inside = std::max(inside, depth_of(member.value));
  return inside + 1;
}

// True where `text` is the value `wanted` and has no name twice, which RapidJSON would accept.
void expect_spells(std::string_view text, const Dom& wanted, const char* what) {
  rapidjson::Document got;
  expect(parse_dom(text, got) == rapidjson::kParseErrorNone, "what we wrote is JSON", text);
  expect(same(got, wanted), what, text);
}

struct Document {
  std::string text;  // in stored form
  std::uint32_t depth = 0;
  rapidjson::Document dom;
};

// The document in both forms; nothing where it is invalid, or RapidJSON cannot hold it.
std::optional<Document> read(std::string_view text) {
  Document document;
  json::Outline outline;
  const json::Verdict verdict = outline.read(text, kDepthMax);
  if (verdict == json::Verdict::kTooDeep) return std::nullopt;
  const auto code = parse_dom(text, document.dom);
  const bool valid = verdict == json::Verdict::kValid;
  if (code == rapidjson::kParseErrorStringUnicodeSurrogateInvalid ||
      code == rapidjson::kParseErrorNumberTooBig) {
    return std::nullopt;
  }
  expect(valid == (code == rapidjson::kParseErrorNone), "both find it valid, or neither", text);
  if (!valid) return std::nullopt;
  Buffer compact;
  json::append_compact(text, outline.nodes()[0].has_duplicates, compact);
  document.text = compact.view();
  document.depth = outline.nodes()[0].depth;
  expect(document.depth == depth_of(document.dom), "the depth is the same", text);
  drop_superseded(document.dom);
  expect_spells(document.text, document.dom, "compacting changes nothing");
  return document;
}

// RapidJSON's pointer; nothing where it is invalid. Its URI fragment form (`#/a`) is not ours.
std::optional<rapidjson::Pointer> dom_pointer(std::string_view text) {
  if (text.starts_with('#')) return std::nullopt;
  rapidjson::Pointer pointer(text.data(), text.size());
  return pointer.IsValid() ? std::optional(pointer) : std::nullopt;
}

// The value that the pointer selects, or null. RapidJSON's Get ends names at a byte 0, so only its
// tokens are used.
Dom* select(Dom& root, const rapidjson::Pointer& pointer) {
  Dom* at = &root;
  for (std::size_t i = 0; i < pointer.GetTokenCount(); ++i) {
    const auto& token = pointer.GetTokens()[i];
    Dom* next = nullptr;
    if (at->IsArray() && token.index < at->Size()) {
      next = &(*at)[token.index];
    } else if (at->IsObject()) {
      auto member = at->MemberBegin();
      for (rapidjson::SizeType n = at->MemberCount(); n > 0; --n, ++member) {
        const std::string_view name(member->name.GetString(), member->name.GetStringLength());
        if (name == std::string_view(token.name, token.length)) next = &member->value;
      }
    }
    if (next == nullptr) return nullptr;
    at = next;
  }
  return at;
}

void try_find(Document& document, std::string_view pointer_text) {
  const auto pointer = json::Pointer::parse(pointer_text);
  const auto theirs = dom_pointer(pointer_text);
  expect(pointer.has_value() == theirs.has_value(), "both take the pointer, or neither",
         pointer_text);
  if (!pointer) return;
  const auto found = json::find(document.text, *pointer);
  const Dom* const wanted = select(document.dom, *theirs);
  expect(found.has_value() == (wanted != nullptr), "both find something, or neither", pointer_text,
         document.text);
  if (found) expect_spells(*found, *wanted, "both find the same");
}

// Makes all edits, as KV_UPDATE does, on both.
void try_update(const Document& document, const std::vector<std::string_view>& pointers,
                const Document& put) {
  std::vector<json::Edit> edits;
  rapidjson::Document wanted;
  wanted.CopyFrom(document.dom, wanted.GetAllocator());
  Status status = Status::kOk;
  std::size_t blamed = 0;
  for (const std::string_view text : pointers) {
    const auto pointer = json::Pointer::parse(text);
    if (!pointer) return;
    edits.push_back({.pointer = *pointer, .text = put.text, .depth = put.depth});
    if (status != Status::kOk) continue;
    blamed = edits.size() - 1;
    Dom* const at = select(wanted, *dom_pointer(text));
    if (at == nullptr) {
      status = Status::kPathNotExist;
      continue;
    }
    at->CopyFrom(put.dom, wanted.GetAllocator());
    if (depth_of(wanted) > kDepthMax) status = Status::kOutOfBounds;
  }
  json::Value value("label", document.text);
  std::size_t failed = 0;
  const Status got = value.update(edits, kDepthMax, failed);
  expect(got == status, "the status of the update", std::to_string(static_cast<int>(got)),
         std::to_string(static_cast<int>(status)));
  Buffer after;
  value.append_to(after);
  expect(value.label() == "label", "the label stays", value.label());
  if (status == Status::kOk) {
    expect_spells(after.view(), wanted, "both make the same of it");
  } else {
    expect(failed == blamed, "the edit to blame");
    expect(after.view() == document.text, "a failed update changes nothing", after.view());
  }
}

}  // namespace

}  // namespace seshdb::testing

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t bytes) {
  using namespace seshdb::testing;
  const std::string input(data, data + bytes);
  if (!seshdb::is_utf8(input)) return 0;  // the network passes nothing else
  Steering steering(input);
  const std::string_view first = steering.until('\n');
  const std::string_view second = steering.until('\n');
  const auto put = read(steering.until('\n'));
  auto document = read(steering.rest());
  if (!document) return 0;
  try_find(*document, first);
  try_find(*document, second);
  if (put) {
    try_update(*document, {first}, *put);
    try_update(*document, {first, second}, *put);
  }
  return 0;
}
