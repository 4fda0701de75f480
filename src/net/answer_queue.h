// Answers that wait for their turn: requests are answered in the order they came, so what is ready
// early (it ran here, while an earlier one runs on another core) stands in line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string_view>

#include "base/buffer.h"

namespace seshdb::net {

class AnswerQueue {
 public:
  /// Names an answer that comes later.
  using Ticket = std::uint64_t;

  struct Answer {
    bool complete = false;
    bool any = false;  // false: the request has no answer
    Buffer text;
  };

  [[nodiscard]] bool empty() const { return answers_.empty(); }
  [[nodiscard]] std::size_t size() const { return answers_.size(); }
  /// Of the complete answers.
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

  /// Keeps a place at the end.
  [[nodiscard]] Ticket defer();
  /// Fills the place; REQUIRES: of this queue, and not complete yet.
  void complete(Ticket ticket, std::string_view text, bool any);

  /// Adds an answer at the end, to be written now; then end_last or drop_last.
  [[nodiscard]] Buffer& begin_last() { return answers_.emplace_back().text; }
  void end_last(bool any);
  void drop_last() { answers_.pop_back(); }

  /// The first answer where it is complete, else null.
  [[nodiscard]] const Answer* ready() const;
  /// Takes away the first. REQUIRES: ready().
  void pop();

 private:
  std::deque<Answer> answers_;
  Ticket first_ = 0;  // of answers_.front()
  std::size_t bytes_ = 0;
};

}  // namespace seshdb::net
