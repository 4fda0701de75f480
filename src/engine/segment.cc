// A segment gets its name when its header is on the disk: a reader takes a named file whose header
// is not valid for damage.
#include "engine/segment.h"

#include <cerrno>
#include <string>
#include <utility>

#include "base/check.h"
#include "base/crash_point.h"

namespace seshdb::engine {

int Segment::make(const CoreFiles& files, std::uint64_t sequence, const Room& room,
                  Segment& segment) {
  Directory& directory = files.directory();
  Segment made;
  made.sequence_ = sequence;
  made.frames_ = FrameWriter(files.header(FileKind::kLog, sequence));
  Buffer header;
  made.frames_.begin(header);
  const std::string name = files.name(FileKind::kLog, sequence);
  const std::string unfinished = name + std::string(kUnfinished);
  std::unique_ptr<AppendFile> file;
  (void)directory.remove(unfinished);
  int error = directory.create(unfinished, file);
  made.file_ = std::move(file);
  if (error == 0) {
    error = made.file_->append(header.view());
    made.appended_ = header.size();
    if (error == 0) error = made.reserve(room.bytes);
    if (error == ENOSPC && room.bytes > room.bytes_least) error = made.reserve(room.bytes_least);
    if (error == 0) error = made.file_->sync();
    if (error == 0) error = directory.rename(unfinished, name);
    if (error == 0) error = directory.sync();
    if (error != 0) (void)directory.remove(unfinished);
  }
  if (error != 0) return directory.verify() == ESTALE ? ESTALE : error;
  segment = std::move(made);
  return 0;
}

// The checksum of each frame depends on its position: at another one it would seem damaged.
int Segment::append(std::string_view bytes) {
  appended_ += bytes.size();
  SESHDB_CHECK(appended_ == position());
  if (is_crash_point("append-half")) {
    (void)file_->append(bytes.substr(0, bytes.size() / 2));
    crash();
  }
  crash_point("append");
  const int error = file_->append(bytes);
  crash_point("appended");
  return error;
}

int Segment::reserve(std::uint64_t bytes) {
  const int error = file_->reserve(bytes);
  if (error == 0) reserved_ = position() + bytes;
  return error;
}

}  // namespace seshdb::engine
