// A buffer that is full moves its content to the front if that makes enough room, else it doubles.
#include "base/buffer.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <new>

namespace seshdb {

namespace {
constexpr std::size_t kLeastCapacity = 512;
constexpr std::size_t kNumberBytesMax = 20;  // 2^64 - 1
}  // namespace

Buffer::~Buffer() { std::free(data_); }

void Buffer::release() {
  std::free(data_);
  data_ = nullptr;
  begin_ = end_ = capacity_ = 0;
}

void Buffer::append_number(std::uint64_t number) {
  char* to = reserve(kNumberBytesMax);
  const auto written = std::to_chars(to, to + kNumberBytesMax, number);
  end_ += static_cast<std::size_t>(written.ptr - to);
}

void Buffer::append_signed(std::int64_t number) {
  char* to = reserve(kNumberBytesMax);
  const auto written = std::to_chars(to, to + kNumberBytesMax, number);
  end_ += static_cast<std::size_t>(written.ptr - to);
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
