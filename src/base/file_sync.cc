// A name is durable only when the folder that contains it is synced too.
#include "base/file_sync.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace seshdb {

int sync_path(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return errno;
  const int error = fsync(file) == 0 ? 0 : errno;
  close(file);
  return error;
}

int make_folder(const std::string& path) {
  constexpr mode_t kOwnerOnly = 0700;
  if (mkdir(path.c_str(), kOwnerOnly) != 0) return errno;
  const int error = sync_path(path + "/..");
  if (error != 0) (void)rmdir(path.c_str());
  return error;
}

}  // namespace seshdb
