// The answers of a connection, in the order of its requests. An answer that is complete early waits
// here for the answers of earlier requests, which may run on other cores. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/answered.h"
#include "base/buffer.h"
#include "net/buffer_pool.h"

namespace seshdb::net {

class AnswerQueue {
 public:
  /// The number of an answer that is added later.
  using Place = std::uint64_t;

  struct Answer {
    bool complete = false;
    Answered answered = Answered::kNothing;
    std::size_t bytes = 0;  // size of the text or, while not complete, of the request
    Buffer text;
  };

  /// Answers borrow their memory from `pool`.
  explicit AnswerQueue(BufferPool& pool) : pool_(&pool) {}

  [[nodiscard]] bool empty() const { return size() == 0; }
  [[nodiscard]] std::size_t size() const { return answers_.size() - gone_; }
  /// The size of the complete answers and of the requests whose answers are not complete.
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  /// True if no more requests should be deferred for now: their answers and `unsent_bytes` would
  /// exceed `bytes_max`. The size of answers that are not complete is estimated from earlier ones.
  [[nodiscard]] bool full(std::size_t bytes_max, std::size_t unsent_bytes) const;

  /// Reserves a place at the end for the answer to a request of that size.
  [[nodiscard]] Place defer(std::size_t request_bytes);
  /// Sets the answer of a place. REQUIRES: defer() of this queue returned it, and it is not
  /// complete.
  void complete(Place place, std::string_view text, Answered answered);
  /// If `place` is the first one, removes it, and returns true: the caller sends the answer itself.
  /// Else changes nothing and returns false. REQUIRES: the same as complete().
  [[nodiscard]] bool complete_first(Place place, std::size_t text_bytes);

  /// Adds an answer at the end. Write it to the buffer, then call end_last().
  [[nodiscard]] Buffer& begin_last();
  void end_last(Answered answered);

  /// The first answer if it is complete, else null.
  [[nodiscard]] const Answer* ready() const;
  /// Removes the first answer. REQUIRES: ready().
  void pop();

 private:
  void expect(std::size_t text_bytes);

  BufferPool* pool_;
  [[nodiscard]] Answer& front() { return answers_[gone_]; }
  [[nodiscard]] const Answer& front() const { return answers_[gone_]; }

  std::vector<Answer> answers_;
  std::size_t gone_ = 0;  // how many answers at the beginning were removed
  Place first_ = 0;       // the place of front()
  std::size_t bytes_ = 0;
  // The estimated size of an answer. High before the first answer.
  std::size_t expected_bytes_ = std::size_t{256} << 10;
};

}  // namespace seshdb::net
