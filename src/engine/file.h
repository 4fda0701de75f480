// The engine's only interface to the disk: append-only files in one directory. It is implemented by
// the operating system and, in tests, by a disk that loses, reorders or refuses writes.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace seshdb::engine {

/// A file that grows at its end and is not changed elsewhere. All calls return 0 or an errno.
class AppendFile {
 public:
  AppendFile() = default;
  AppendFile(const AppendFile&) = delete;
  AppendFile& operator=(const AppendFile&) = delete;
  virtual ~AppendFile() = default;

  /// Writes all of `data` at the end. After an error an unknown part of it is written.
  [[nodiscard]] virtual int append(std::string_view data) = 0;
  /// Writes the bytes at `position` again, so that the next sync puts them on the disk: after a
  /// failed sync the system may count pages as written that are not.
  [[nodiscard]] virtual int rewrite(std::uint64_t position, std::string_view same) = 0;
  /// Reserves room on the disk for `bytes` more behind the end, so that appending them cannot fail
  /// for lack of room. Returns 0 too if the file system cannot reserve (EOPNOTSUPP).
  [[nodiscard]] virtual int reserve(std::uint64_t bytes) = 0;
  /// Frees the reserved room that was not used. Nothing is appended after it. Any thread.
  [[nodiscard]] virtual int trim() = 0;
  /// Returns when everything that was appended before the call is on the disk (fdatasync). May be
  /// called on another thread than the other functions.
  [[nodiscard]] virtual int sync() = 0;
};

/// A file that is read from the beginning.
class ReadFile {
 public:
  ReadFile() = default;
  ReadFile(const ReadFile&) = delete;
  ReadFile& operator=(const ReadFile&) = delete;
  virtual ~ReadFile() = default;

  /// Reads up to `bytes` more into `to`; `got` 0 means the end. Returns 0 or an errno.
  [[nodiscard]] virtual int read(char* to, std::size_t bytes, std::size_t& got) = 0;
};

/// Who else may use a directory at the same time: other readers, or nobody.
enum class Lock : std::uint8_t { kShared, kExclusive };

/// One directory. Names are plain names in it.
class Directory {
 public:
  Directory() = default;
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  virtual ~Directory() = default;

  /// When `is_stopped` returns true, long operations end early: reading returns ECANCELED, and
  /// Checkpointer::finish() gives up. It is called on any thread.
  void stop_when(std::function<bool()> is_stopped) { is_stopped_ = std::move(is_stopped); }
  [[nodiscard]] bool is_stopped() const { return is_stopped_ && is_stopped_(); }

  /// Returns true to the first caller only, so that one core alone logs that the directory was
  /// replaced. Any thread.
  [[nodiscard]] bool claim_report() { return !is_reported_.exchange(true); }

  [[nodiscard]] virtual const std::string& path() const = 0;
  /// Makes a new, empty file. EEXIST if there is a file of that name.
  [[nodiscard]] virtual int create(const std::string& name, std::unique_ptr<AppendFile>& file) = 0;
  /// Cuts a file to its first `bytes` bytes, and opens it for appending.
  [[nodiscard]] virtual int reopen(const std::string& name, std::uint64_t bytes,
                                   std::unique_ptr<AppendFile>& file) = 0;
  [[nodiscard]] virtual int open(const std::string& name, std::unique_ptr<ReadFile>& file) = 0;
  /// Renames a file, and replaces `to` atomically; durable after sync(). ESTALE as with verify().
  [[nodiscard]] virtual int rename(const std::string& from, const std::string& to) = 0;
  [[nodiscard]] virtual int remove(const std::string& name) = 0;
  [[nodiscard]] virtual int list(std::vector<std::string>& names) = 0;
  /// The size of a file in bytes.
  [[nodiscard]] virtual int size(const std::string& name, std::uint64_t& bytes) = 0;
  /// Returns when all created, renamed and removed names are on the disk.
  [[nodiscard]] virtual int sync() = 0;
  /// Locks the directory until this object is destroyed. EWOULDBLOCK if another process has the
  /// lock.
  [[nodiscard]] virtual int lock(Lock kind) = 0;
  /// ESTALE if the path names no directory any more, or another one: no start would find what is
  /// written here. Any thread.
  [[nodiscard]] virtual int verify() const = 0;

 private:
  std::function<bool()> is_stopped_;
  std::atomic<bool> is_reported_{false};
};

/// Opens the directory at `path`. Returns 0 or an errno.
[[nodiscard]] int open_directory(const std::string& path, std::unique_ptr<Directory>& directory);

}  // namespace seshdb::engine
