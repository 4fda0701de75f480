// Reads in large pieces. If the file ends before its size, that is the end of the window too.
#include "engine/file_window.h"

#include <algorithm>
#include <cerrno>

#include "base/crash_point.h"

namespace seshdb::engine {

namespace {
constexpr std::size_t kReadBytes = std::size_t{1} << 20;
}  // namespace

int FileWindow::open(Directory& directory, const std::string& name) {
  directory_ = &directory;
  buffer_.clear();
  position_ = end_ = 0;
  std::uint64_t bytes = 0;
  if (const int error = directory.size(name, bytes); error != 0) return error;
  if (const int error = directory.open(name, file_); error != 0) return error;
  end_ = bytes;
  return 0;
}

int FileWindow::fill(std::uint64_t bytes) {
  while (buffer_.size() < std::min(bytes, rest())) {
    const std::uint64_t unread = rest() - buffer_.size();
    const std::uint64_t missing = std::min(bytes - buffer_.size(), unread);
    const std::uint64_t wanted = std::min(std::max<std::uint64_t>(missing, kReadBytes), unread);
    if (const int error = read_more(static_cast<std::size_t>(wanted)); error != 0) return error;
  }
  return 0;
}

int FileWindow::skip(std::uint64_t bytes) {
  bytes = std::min(bytes, rest());
  while (bytes > buffer_.size()) {
    bytes -= buffer_.size();
    position_ += buffer_.size();
    buffer_.clear();
    const std::uint64_t wanted = std::min<std::uint64_t>(kReadBytes, rest());
    if (const int error = read_more(static_cast<std::size_t>(wanted)); error != 0) return error;
    bytes = std::min(bytes, rest());
  }
  buffer_.consume(static_cast<std::size_t>(bytes));
  position_ += bytes;
  return 0;
}

int FileWindow::read_more(std::size_t bytes) {
  stop_point("stop-reading");
  if (directory_->is_stopped()) return ECANCELED;
  std::size_t got = 0;
  if (const int error = file_->read(buffer_.reserve(bytes), bytes, got); error != 0) return error;
  buffer_.commit(got);
  if (got == 0) end_ = position_ + buffer_.size();
  return 0;
}

}  // namespace seshdb::engine
