// The engine's only door to the disk: append-only files in one directory. Behind it stands the
// operating system or, in tests, a disk that loses, reorders or refuses what it is told to.
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

/// A file that grows at its end and is not changed elsewhere. All calls give 0 or the errno that
/// stopped them.
class AppendFile {
 public:
  AppendFile() = default;
  AppendFile(const AppendFile&) = delete;
  AppendFile& operator=(const AppendFile&) = delete;
  virtual ~AppendFile() = default;

  /// Writes all of `data` behind what stands there. After an error an unknown part of it does.
  [[nodiscard]] virtual int append(std::string_view data) = 0;
  /// Writes again what stands at `position`, so that the next sync puts it on the disk whatever
  /// became of earlier ones: after one that failed the system may hold for written what is not.
  [[nodiscard]] virtual int rewrite(std::uint64_t position, std::string_view same) = 0;
  /// Makes room on the disk for `bytes` more behind the end, so that appending them cannot fail for
  /// want of it. 0 too where the file system cannot tell (EOPNOTSUPP).
  [[nodiscard]] virtual int reserve(std::uint64_t bytes) = 0;
  /// Gives back what was reserved and not used. Nothing is appended any more; any thread.
  [[nodiscard]] virtual int trim() = 0;
  /// Returns when all that was appended before the call is on the disk (fdatasync). May be called
  /// on another thread than the rest.
  [[nodiscard]] virtual int sync() = 0;
};

/// A file that is read from its beginning.
class ReadFile {
 public:
  ReadFile() = default;
  ReadFile(const ReadFile&) = delete;
  ReadFile& operator=(const ReadFile&) = delete;
  virtual ~ReadFile() = default;

  /// Reads up to `bytes` more into `to`; `got` 0 means the end. Gives 0 or an errno.
  [[nodiscard]] virtual int read(char* to, std::size_t bytes, std::size_t& got) = 0;
};

/// Who else may use a directory meanwhile: those that only read it too, or nobody.
enum class Lock : std::uint8_t { kShared, kExclusive };

/// One directory. Names are plain names in it.
class Directory {
 public:
  Directory() = default;
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  virtual ~Directory() = default;

  /// Once `is_stopped` says so, whatever takes long ends early: reading gives ECANCELED, and a
  /// checkpoint that somebody waits for is given up. It is asked on any thread.
  void stop_when(std::function<bool()> is_stopped) { is_stopped_ = std::move(is_stopped); }
  [[nodiscard]] bool is_stopped() const { return is_stopped_ && is_stopped_(); }

  /// True for the first caller only: every core finds out that the directory was replaced, and one
  /// of them logs it. Any thread.
  [[nodiscard]] bool claim_report() { return !is_reported_.exchange(true); }

  [[nodiscard]] virtual const std::string& path() const = 0;
  /// A new, empty file. An old one of that name is an error (EEXIST).
  [[nodiscard]] virtual int create(const std::string& name, std::unique_ptr<AppendFile>& file) = 0;
  /// Cuts a file to its first `bytes` bytes, and gives it to go on with.
  [[nodiscard]] virtual int reopen(const std::string& name, std::uint64_t bytes,
                                   std::unique_ptr<AppendFile>& file) = 0;
  [[nodiscard]] virtual int open(const std::string& name, std::unique_ptr<ReadFile>& file) = 0;
  /// `to` is gone or replaced at once; lasts after sync(). ESTALE as verify() gives it.
  [[nodiscard]] virtual int rename(const std::string& from, const std::string& to) = 0;
  [[nodiscard]] virtual int remove(const std::string& name) = 0;
  [[nodiscard]] virtual int list(std::vector<std::string>& names) = 0;
  /// The size of a file in bytes.
  [[nodiscard]] virtual int size(const std::string& name, std::uint64_t& bytes) = 0;
  /// Returns when created, renamed and removed names are on the disk.
  [[nodiscard]] virtual int sync() = 0;
  /// Keeps it until this object goes. EWOULDBLOCK where another process has it.
  [[nodiscard]] virtual int lock(Lock kind) = 0;
  /// ESTALE where the path names no directory any more, or another one: what is written here is
  /// found by nobody. May be called on any thread.
  [[nodiscard]] virtual int verify() const = 0;

 private:
  std::function<bool()> is_stopped_;
  std::atomic<bool> is_reported_{false};
};

/// The directory at `path`, which is there. Gives 0 or an errno.
[[nodiscard]] int open_directory(const std::string& path, std::unique_ptr<Directory>& directory);

}  // namespace seshdb::engine
