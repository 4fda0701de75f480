// A vector whose first answer has the number first_, so that a place is found without a search. A
// deque would allocate every few answers.
#include "net/answer_queue.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/limits.h"

namespace seshdb::net {

namespace {
constexpr std::size_t kGoneMax = 64;
}  // namespace

bool AnswerQueue::full(std::size_t bytes_max, std::size_t unsent_bytes) const {
  if (size() < limits::kDeferredAnswersLeast) return false;
  return size() >= limits::kDeferredAnswersMax ||
         unsent_bytes + size() * expected_bytes_ >= bytes_max;
}

AnswerQueue::Place AnswerQueue::defer(std::size_t request_bytes) {
  answers_.emplace_back().bytes = request_bytes;
  bytes_ += request_bytes;
  return first_ + size() - 1;
}

void AnswerQueue::complete(Place place, std::string_view text, Answered answered) {
  SESHDB_CHECK(place >= first_ && place - first_ < size());
  Answer& answer = answers_[gone_ + (place - first_)];
  SESHDB_CHECK(!answer.complete);
  answer.complete = true;
  answer.answered = answered;
  answer.text = pool_->take();
  answer.text.append(text);
  bytes_ += text.size() - answer.bytes;
  answer.bytes = text.size();
  expect(text.size());
}

bool AnswerQueue::complete_first(Place place, std::size_t text_bytes) {
  if (place != first_) return false;
  SESHDB_CHECK(!empty() && !front().complete);
  expect(text_bytes);
  pop();
  return true;
}

// The estimate follows growing answers at once and shrinking ones slowly.
void AnswerQueue::expect(std::size_t text_bytes) {
  expected_bytes_ = std::max(text_bytes, expected_bytes_ - expected_bytes_ / 64);
}

Buffer& AnswerQueue::begin_last() {
  Answer& answer = answers_.emplace_back();
  answer.text = pool_->take();
  return answer.text;
}

void AnswerQueue::end_last(Answered answered) {
  Answer& answer = answers_.back();
  answer.complete = true;
  answer.answered = answered;
  answer.bytes = answer.text.size();
  bytes_ += answer.bytes;
}

const AnswerQueue::Answer* AnswerQueue::ready() const {
  return !empty() && front().complete ? &front() : nullptr;
}

void AnswerQueue::pop() {
  bytes_ -= front().bytes;
  pool_->give(std::move(front().text));
  ++gone_;
  ++first_;
  if (gone_ == answers_.size()) {
    answers_.clear();
    gone_ = 0;
    if (answers_.capacity() > kGoneMax) {
      std::vector<Answer>().swap(answers_);
    }
  } else if (gone_ >= kGoneMax && 2 * gone_ >= answers_.size()) {
    answers_.erase(answers_.begin(), answers_.begin() + static_cast<std::ptrdiff_t>(gone_));
    gone_ = 0;
  }
}

}  // namespace seshdb::net
