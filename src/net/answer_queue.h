// Answers that wait for their turn: requests are answered in the order they came, so what is ready
// early (it ran here, while an earlier one runs on another core) stands in line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/buffer.h"
#include "net/buffer_pool.h"

namespace seshdb::net {

class AnswerQueue {
 public:
  /// Names an answer that comes later.
  using Place = std::uint64_t;

  struct Answer {
    bool complete = false;
    bool any = false;       // false: the request has no answer
    std::size_t bytes = 0;  // of the text or, before that, of the request
    Buffer text;
  };

  /// `pool` lends the memory of answers that stand in line.
  explicit AnswerQueue(BufferPool& pool) : pool_(&pool) {}

  [[nodiscard]] bool empty() const { return size() == 0; }
  [[nodiscard]] std::size_t size() const { return answers_.size() - gone_; }
  /// Of the complete answers, and of the requests whose answers are not complete.
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  /// Should no more be deferred for now? What the answers under way will take is not known, so it
  /// is estimated from those that have come: at most about `bytes_max`, together with the
  /// `unsent_bytes` that stand before them.
  [[nodiscard]] bool full(std::size_t bytes_max, std::size_t unsent_bytes) const;

  /// Keeps a place at the end for the answer to a request of that size.
  [[nodiscard]] Place defer(std::size_t request_bytes);
  /// Fills the place; REQUIRES: of this queue, and not complete yet.
  void complete(Place place, std::string_view text, bool any);
  /// Takes the first place away, whose answer has come and goes out at once: true, or false where
  /// the place names another. REQUIRES: as for complete.
  [[nodiscard]] bool complete_first(Place place, std::size_t text_bytes);

  /// Adds an answer at the end, to be written now; then end_last.
  [[nodiscard]] Buffer& begin_last();
  void end_last(bool any);

  /// The first answer where it is complete, else null.
  [[nodiscard]] const Answer* ready() const;
  /// Takes away the first. REQUIRES: ready().
  void pop();

 private:
  void expect(std::size_t text_bytes);

  BufferPool* pool_;
  [[nodiscard]] Answer& front() { return answers_[gone_]; }
  [[nodiscard]] const Answer& front() const { return answers_[gone_]; }

  std::vector<Answer> answers_;
  std::size_t gone_ = 0;  // so many at the beginning are taken away
  Place first_ = 0;       // of front()
  std::size_t bytes_ = 0;
  // Of one answer that comes. Cautious before any has.
  std::size_t expected_bytes_ = std::size_t{256} << 10;
};

}  // namespace seshdb::net
