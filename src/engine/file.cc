// The files of the operating system. Every call goes on after a signal and after a short write. The
// caller gets every other errno.
#include "engine/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <utility>

#include "base/descriptor.h"

namespace seshdb::engine {

namespace {

// Repeats the call until no signal interrupts it. Returns the call's result.
template <typename Call>
auto undisturbed(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) {
    result = call();
  }
  return result;
}

int error_of(int result) { return result < 0 ? errno : 0; }

// The errors of file systems that can lock files but not directories.
bool cannot_lock_directories(int error) {
  return error == EBADF || error == EINVAL || error == ENOLCK || error == EOPNOTSUPP;
}

class PosixAppendFile final : public AppendFile {
 public:
  explicit PosixAppendFile(Descriptor file, std::uint64_t bytes = 0)
      : file_(std::move(file)), written_(bytes) {}

  int append(std::string_view data) override { return write_at(written_, data); }

  int rewrite(std::uint64_t position, std::string_view same) override {
    return write_at(position, same);
  }

  int reserve(std::uint64_t bytes) override {
    if (bytes == 0) return 0;
    if (bytes > kEndMax - written_) return EFBIG;
    // The file keeps its size, so that readers find its end and not zeros.
    const int error = error_of(undisturbed([&] {
      return fallocate(file_.fd(), FALLOC_FL_KEEP_SIZE, static_cast<off_t>(written_),
                       static_cast<off_t>(bytes));
    }));
    return error == EOPNOTSUPP || error == ENOSYS ? 0 : error;
  }

  // Truncating a file to its own size frees what is allocated behind its end.
  int trim() override {
    return error_of(
        undisturbed([&] { return ftruncate(file_.fd(), static_cast<off_t>(written_)); }));
  }

  // Uses only the descriptor, which never changes: another thread may be appending.
  int sync() override {
    return error_of(undisturbed([&] { return fdatasync(file_.fd()); }));
  }

 private:
  // Writes all of `data` and moves `position` to its end.
  int write_at(std::uint64_t& position, std::string_view data) {
    while (!data.empty()) {
      const ssize_t wrote = undisturbed([&] {
        return pwrite(file_.fd(), data.data(), data.size(), static_cast<off_t>(position));
      });
      if (wrote < 0) return errno;
      if (wrote == 0) return EIO;  // no file system does so, and trying again might never end
      position += static_cast<std::uint64_t>(wrote);
      data.remove_prefix(static_cast<std::size_t>(wrote));
    }
    return 0;
  }

  static constexpr auto kEndMax = static_cast<std::uint64_t>(std::numeric_limits<off_t>::max());

  const Descriptor file_;
  std::uint64_t written_;
};

class PosixReadFile final : public ReadFile {
 public:
  explicit PosixReadFile(Descriptor file) : file_(std::move(file)) {}

  int read(char* to, std::size_t bytes, std::size_t& got) override {
    got = 0;
    const ssize_t result = undisturbed([&] { return ::read(file_.fd(), to, bytes); });
    if (result < 0) return errno;
    got = static_cast<std::size_t>(result);
    return 0;
  }

 private:
  const Descriptor file_;
};

class PosixDirectory final : public Directory {
 public:
  PosixDirectory(std::string path, Descriptor directory)
      : path_(std::move(path)), directory_(std::move(directory)) {}

  [[nodiscard]] const std::string& path() const override { return path_; }

  int create(const std::string& name, std::unique_ptr<AppendFile>& file) override {
    Descriptor made = open_at(name.c_str(), O_WRONLY | O_CREAT | O_EXCL);
    if (!made.open()) return errno;
    file = std::make_unique<PosixAppendFile>(std::move(made));
    return 0;
  }

  int reopen(const std::string& name, std::uint64_t bytes,
             std::unique_ptr<AppendFile>& file) override {
    Descriptor found = open_at(name.c_str(), O_WRONLY);
    if (!found.open() || ftruncate(found.fd(), static_cast<off_t>(bytes)) != 0) return errno;
    file = std::make_unique<PosixAppendFile>(std::move(found), bytes);
    return 0;
  }

  int open(const std::string& name, std::unique_ptr<ReadFile>& file) override {
    Descriptor found = open_at(name.c_str(), O_RDONLY);
    if (!found.open()) return errno;
    file = std::make_unique<PosixReadFile>(std::move(found));
    return 0;
  }

  int rename(const std::string& from, const std::string& to) override {
    if (const int error = verify(); error != 0) return error;
    return error_of(renameat(directory_.fd(), from.c_str(), directory_.fd(), to.c_str()));
  }

  int remove(const std::string& name) override {
    return error_of(unlinkat(directory_.fd(), name.c_str(), 0));
  }

  int list(std::vector<std::string>& names) override {
    names.clear();
    // Uses another descriptor, as reading moves the position in it.
    Descriptor listed = open_at(".", O_RDONLY | O_DIRECTORY);
    if (!listed.open()) return errno;
    const std::unique_ptr<DIR, CloseDir> entries(fdopendir(listed.fd()));
    if (entries == nullptr) return errno;
    (void)listed.release();
    errno = 0;  // readdir returns null at the end and after an error; errno tells which
    while (const dirent* const entry = readdir(entries.get())) {
      std::string name(static_cast<const char*>(entry->d_name));
      if (name != "." && name != "..") names.push_back(std::move(name));
      errno = 0;
    }
    const int error = errno;
    std::sort(names.begin(), names.end());
    return error;
  }

  int size(const std::string& name, std::uint64_t& bytes) override {
    struct stat status{};
    if (fstatat(directory_.fd(), name.c_str(), &status, 0) != 0) return errno;
    bytes = static_cast<std::uint64_t>(status.st_size);
    return 0;
  }

  int sync() override {
    return error_of(undisturbed([&] { return fsync(directory_.fd()); }));
  }

  // The lock of the directory itself lasts even if LOCK is removed. LOCK is for older versions,
  // which use only that, and for file systems that cannot lock directories.
  int lock(Lock kind) override {
    const int operation = (kind == Lock::kShared ? LOCK_SH : LOCK_EX) | LOCK_NB;
    const int error = error_of(flock(directory_.fd(), operation));
    if (error != 0 && !cannot_lock_directories(error)) return error;
    lock_ = open_at("LOCK", kind == Lock::kShared ? O_RDONLY : O_RDWR | O_CREAT);
    if (!lock_.open()) return kind == Lock::kShared && errno == ENOENT ? 0 : errno;
    return error_of(flock(lock_.fd(), operation));
  }

  [[nodiscard]] int verify() const override {
    struct stat named{};
    struct stat own{};
    if (stat(path_.c_str(), &named) != 0) {
      const bool is_gone = errno == ENOENT || errno == ENOTDIR || errno == ELOOP;
      return is_gone ? ESTALE : 0;  // else it is unknown; the next operation reports its error
    }
    if (fstat(directory_.fd(), &own) != 0) return errno;
    return named.st_dev == own.st_dev && named.st_ino == own.st_ino ? 0 : ESTALE;
  }

 private:
  struct CloseDir {
    void operator()(DIR* directory) const { closedir(directory); }
  };

  [[nodiscard]] Descriptor open_at(const char* name, int flags) const {
    return Descriptor(
        undisturbed([&] { return openat(directory_.fd(), name, flags | O_CLOEXEC, 0600); }));
  }

  const std::string path_;
  const Descriptor directory_;
  Descriptor lock_;
};

}  // namespace

int open_directory(const std::string& path, std::unique_ptr<Directory>& directory) {
  Descriptor found(
      undisturbed([&] { return ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); }));
  if (!found.open()) return errno;
  directory = std::make_unique<PosixDirectory>(path, std::move(found));
  return 0;
}

}  // namespace seshdb::engine
