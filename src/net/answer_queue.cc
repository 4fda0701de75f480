// A deque whose front has the number first_: a ticket finds its place without a search.
#include "net/answer_queue.h"

#include "base/check.h"

namespace seshdb::net {

AnswerQueue::Ticket AnswerQueue::defer() {
  answers_.emplace_back();
  return first_ + answers_.size() - 1;
}

void AnswerQueue::complete(Ticket ticket, std::string_view text, bool any) {
  SESHDB_CHECK(ticket >= first_ && ticket - first_ < answers_.size());
  Answer& answer = answers_[ticket - first_];
  SESHDB_CHECK(!answer.complete);
  answer.complete = true;
  answer.any = any;
  answer.text.append(text);
  bytes_ += text.size();
}

void AnswerQueue::end_last(bool any) {
  Answer& answer = answers_.back();
  answer.complete = true;
  answer.any = any;
  bytes_ += answer.text.size();
}

const AnswerQueue::Answer* AnswerQueue::ready() const {
  return !answers_.empty() && answers_.front().complete ? &answers_.front() : nullptr;
}

void AnswerQueue::pop() {
  bytes_ -= answers_.front().text.size();
  answers_.pop_front();
  ++first_;
}

}  // namespace seshdb::net
