// A buffer that is full moves its content to the front if that makes enough room, else it doubles.
#include "base/buffer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <new>

namespace seshdb {

namespace {
constexpr std::size_t kLeastCapacity = 512;
}  // namespace

Buffer::~Buffer() { std::free(data_); }

void Buffer::release() {
  std::free(data_);
  data_ = nullptr;
  begin_ = end_ = capacity_ = 0;
}

// Two thirds of the instructions of std::to_chars for 16 digits (./x count of a revision: 186 for
// 280).
void Buffer::append_many_digits(std::uint64_t number) {
  const fmt::format_int digits(number);
  append({digits.data(), digits.size()});
}

void Buffer::append_signed(std::int64_t number) {
  const fmt::format_int digits(number);
  append({digits.data(), digits.size()});
}

void Buffer::grow(std::size_t bytes) {
  const std::size_t used = size();
  if (begin_ >= bytes && begin_ >= used) {  // moves at most what was consumed: linear in total
    std::memmove(data_, data_ + begin_, used);
    begin_ = 0;
    end_ = used;
    return;
  }
  const std::size_t capacity = std::max({kLeastCapacity, capacity_ * 2, used + bytes});
  auto* data = static_cast<char*>(std::malloc(capacity));
  if (data == nullptr) {
    throw std::bad_alloc();
  }
  if (used != 0) {
    std::memcpy(data, data_ + begin_, used);
  }
  std::free(data_);
  data_ = data;
  begin_ = 0;
  end_ = used;
  capacity_ = capacity;
}

}  // namespace seshdb
