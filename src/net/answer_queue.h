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
    bool any = false;       // false: the request has no answer
    std::size_t bytes = 0;  // of the text or, before that, of the request
    Buffer text;
  };

  [[nodiscard]] bool empty() const { return answers_.empty(); }
  [[nodiscard]] std::size_t size() const { return answers_.size(); }
  /// Of the complete answers, and of the requests whose answers are not complete.
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  /// Should no more be deferred for now? What the answers under way will take is not known, so it
  /// is estimated from those that have come: together at most about `bytes_max`.
  [[nodiscard]] bool full(std::size_t bytes_max) const;

  /// Keeps a place at the end for the answer to a request of that size.
  [[nodiscard]] Ticket defer(std::size_t request_bytes);
  /// Fills the place; REQUIRES: of this queue, and not complete yet.
  void complete(Ticket ticket, std::string_view text, bool any);

  /// Adds an answer at the end, to be written now; then end_last.
  [[nodiscard]] Buffer& begin_last() { return answers_.emplace_back().text; }
  void end_last(bool any);

  /// The first answer where it is complete, else null.
  [[nodiscard]] const Answer* ready() const;
  /// Takes away the first. REQUIRES: ready().
  void pop();

 private:
  std::deque<Answer> answers_;
  Ticket first_ = 0;  // of answers_.front()
  std::size_t bytes_ = 0;
  // Of one answer that comes. Cautious before any has.
  std::size_t expected_bytes_ = std::size_t{256} << 10;
};

}  // namespace seshdb::net
