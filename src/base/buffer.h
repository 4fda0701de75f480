// A growable array of bytes: a writer appends at the end, a reader consumes from the front. Unlike
// std::string it does not fill new memory, and frees its memory on request. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

namespace seshdb {

class Buffer {
 public:
  Buffer() = default;
  ~Buffer();
  Buffer(Buffer&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)),
        begin_(std::exchange(other.begin_, 0)),
        end_(std::exchange(other.end_, 0)),
        capacity_(std::exchange(other.capacity_, 0)) {}
  Buffer& operator=(Buffer&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(begin_, other.begin_);
    std::swap(end_, other.end_);
    std::swap(capacity_, other.capacity_);
    return *this;
  }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  [[nodiscard]] char* data() { return data_ + begin_; }
  [[nodiscard]] const char* data() const { return data_ + begin_; }
  [[nodiscard]] std::size_t size() const { return end_ - begin_; }
  [[nodiscard]] bool empty() const { return begin_ == end_; }
  [[nodiscard]] std::size_t capacity() const { return capacity_; }
  [[nodiscard]] std::string_view view() const { return {data_ + begin_, size()}; }

  /// Room for `bytes` more after the end; write them, then call `commit`. Invalidates views of the
  /// content.
  [[nodiscard]] char* reserve(std::size_t bytes) {
    if (capacity_ - end_ < bytes) [[unlikely]] {
      grow(bytes);
    }
    return data_ + end_;
  }
  /// Adds the first `bytes` of the reserved room to the content. REQUIRES: they were reserved.
  void commit(std::size_t bytes) { end_ += bytes; }

  void append(std::string_view text) {
    char* to = reserve(text.size());
    if (!text.empty()) {
      std::memcpy(to, text.data(), text.size());
    }
    end_ += text.size();
  }
  void append(char byte) {
    *reserve(1) = byte;
    ++end_;
  }
  void append_number(std::uint64_t number) {
    if (number >= 100) {
      append_many_digits(number);
      return;
    }
    char* to = reserve(2);  // most are statuses
    if (number >= 10) to[0] = static_cast<char>('0' + number / 10);
    to[number >= 10 ? 1 : 0] = static_cast<char>('0' + number % 10);
    end_ += number >= 10 ? 2 : 1;
  }
  void append_signed(std::int64_t number);

  /// Drops `bytes` from the front. REQUIRES: bytes <= size().
  void consume(std::size_t bytes) {
    begin_ += bytes;
    if (begin_ == end_) {
      begin_ = end_ = 0;
    }
  }
  /// Cuts the content to its first `bytes`. REQUIRES: bytes <= size().
  void truncate(std::size_t bytes) { end_ = begin_ + bytes; }
  void clear() { begin_ = end_ = 0; }
  /// Clears the content and frees the memory.
  void release();
  /// Clears the content. Frees the memory too, if it is more than a megabyte.
  void clear_or_release() {
    constexpr std::size_t kKeptBytes = std::size_t{1} << 20;
    capacity_ > kKeptBytes ? release() : clear();
  }

 private:
  void grow(std::size_t bytes);
  void append_many_digits(std::uint64_t number);

  char* data_ = nullptr;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace seshdb
