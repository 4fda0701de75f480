// Records as lines of text, to compare batches.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "store/records.h"
#include "support/token_bits.h"

namespace seshdb::testing {

/// Writes a line for each record that it visits.
class RecordText : public store::RecordVisitor {
 public:
  [[nodiscard]] const std::string& text() const { return text_; }

  void create(const store::Token& token, const Settings& settings, std::string_view name) override {
    line("create", text_of(token), settings_text(settings), quoted(name));
  }
  void end(std::uint64_t token) override { line("end", token); }
  void end_all() override { line("end_all"); }
  void expiry(std::uint64_t token, const Settings& settings) override {
    line("expiry", token, settings_text(settings));
  }
  void deadline(std::uint64_t token, std::int64_t unix_ms) override {
    line("deadline", token, unix_ms);
  }
  void set(std::uint64_t token, std::string_view name, std::string_view text) override {
    line("set", token, quoted(name), text);
  }
  void remove(std::uint64_t token, std::string_view name) override {
    line("remove", token, quoted(name));
  }
  void clear(std::uint64_t token) override { line("clear", token); }
  void update(std::uint64_t token, std::string_view name,
              std::span<const json::Edit> edits) override {
    std::string all;
    for (const json::Edit& edit : edits) {
      all.append(quoted(edit.pointer.text())).append("=").append(edit.text).append(";");
    }
    line("update", token, quoted(name), all);
  }
  void append(std::uint64_t token, std::string_view name, std::string_view text) override {
    line("append", token, quoted(name), text);
  }
  void patch(std::uint64_t token, std::span<const store::PatchOperation> operations) override {
    std::string all;
    for (const store::PatchOperation& operation : operations) {
      all.append(std::to_string(static_cast<int>(operation.kind))).append(quoted(operation.path));
      all.append(quoted(operation.from)).append("=").append(operation.value).append(";");
    }
    line("patch", token, all);
  }
  void tags(std::uint64_t token, const std::vector<std::string_view>& tags) override {
    std::string all;
    for (const std::string_view tag : tags) all.append(quoted(tag));
    line("tags", token, all);
  }
  void rotate(std::uint64_t token, const store::Token& to) override {
    line("rotate", token, text_of(to));
  }
  void former(std::uint64_t token, const std::vector<std::uint64_t>& tokens) override {
    std::string all;
    for (const std::uint64_t one : tokens) all.append(std::to_string(one)).append(";");
    line("former", token, all);
  }
  void clock(std::int64_t shift_ms, std::int64_t now_unix_ms) override {
    line("clock", shift_ms, now_unix_ms);
  }

 private:
  static std::string quoted(std::string_view text) { return "'" + std::string(text) + "'"; }
  static std::string settings_text(const Settings& settings) {
    const store::Expiry& expiry = settings.expiry;
    return std::string(settings.shared ? "shared " : "") +
           (expiry.delete_session ? "deleteSession " : "") + (expiry.sliding ? "sliding " : "") +
           std::to_string(expiry.duration_s) +
           (expiry.duration_s == 0 ? "" : " until " + std::to_string(settings.deadline_unix_ms));
  }
  void add(std::string_view text) { text_ += text; }
  void add(std::uint64_t number) { text_ += std::to_string(number); }
  void add(std::int64_t number) { text_ += std::to_string(number); }
  template <typename... Fields>
  void line(std::string_view kind, const Fields&... fields) {
    text_ += kind;
    ((text_ += ' ', add(fields)), ...);
    text_ += '\n';
  }

  std::string text_;
};

}  // namespace seshdb::testing
