// A deque whose front has the number first_: a ticket finds its place without a search.
#include "net/answer_queue.h"

#include <algorithm>

#include "base/check.h"
#include "base/limits.h"

namespace seshdb::net {

bool AnswerQueue::full(std::size_t bytes_max) const {
  if (answers_.size() < limits::kDeferredAnswersLeast) return false;
  return answers_.size() >= limits::kDeferredAnswersMax ||
         answers_.size() * expected_bytes_ >= bytes_max;
}

AnswerQueue::Ticket AnswerQueue::defer(std::size_t request_bytes) {
  answers_.emplace_back().bytes = request_bytes;
  bytes_ += request_bytes;
  return first_ + answers_.size() - 1;
}

void AnswerQueue::complete(Ticket ticket, std::string_view text, bool any) {
  SESHDB_CHECK(ticket >= first_ && ticket - first_ < answers_.size());
  Answer& answer = answers_[ticket - first_];
  SESHDB_CHECK(!answer.complete);
  answer.complete = true;
  answer.any = any;
  answer.text.append(text);
  bytes_ += text.size() - answer.bytes;
  answer.bytes = text.size();
  // Follows growing answers at once and shrinking ones slowly.
  expected_bytes_ = std::max(text.size(), expected_bytes_ - expected_bytes_ / 64);
}

void AnswerQueue::end_last(bool any) {
  Answer& answer = answers_.back();
  answer.complete = true;
  answer.any = any;
  answer.bytes = answer.text.size();
  bytes_ += answer.bytes;
}

const AnswerQueue::Answer* AnswerQueue::ready() const {
  return !answers_.empty() && answers_.front().complete ? &answers_.front() : nullptr;
}

void AnswerQueue::pop() {
  bytes_ -= answers_.front().bytes;
  answers_.pop_front();
  ++first_;
}

}  // namespace seshdb::net
