// Finds a core's files by their names. Each call lists the directory.
#include "engine/core_files.h"

#include <optional>
#include <utility>

#include "base/crash_point.h"

namespace seshdb::engine {

FileHeader CoreFiles::header(FileKind kind, std::uint64_t sequence) const {
  return {.kind = kind,
          .core = core_,
          .cores = manifest_.cores,
          .sequence = sequence,
          .salt = manifest_.salt};
}

std::string CoreFiles::name(FileKind kind, std::uint64_t sequence) const {
  return file_name(manifest_.epoch, header(kind, sequence));
}

int CoreFiles::list_before(std::uint64_t sequence, std::vector<NamedFile>& files) const {
  std::vector<std::string> names;
  if (const int error = directory_->list(names); error != 0) return error;
  for (const std::string& name : names) {
    std::optional<NamedFile> file = parse_name(name);
    const bool is_older = file && file->epoch == manifest_.epoch && file->header.core == core_ &&
                          file->header.sequence < sequence;
    if (is_older) files.push_back(*std::move(file));
  }
  return 0;
}

void CoreFiles::remove_before(std::uint64_t sequence) const {
  std::vector<NamedFile> files;
  (void)list_before(sequence, files);
  for (const NamedFile& file : files) {
    crash_point("remove");
    (void)directory_->remove(file.name);
  }
}

int CoreFiles::sync_logs_before(std::uint64_t sequence) const {
  std::vector<NamedFile> files;
  int error = list_before(sequence, files);
  for (const NamedFile& file : files) {
    const bool is_log = file.header.kind == FileKind::kLog && !file.unfinished;
    if (error == 0 && is_log) error = sync_file(*directory_, file.name);
  }
  return error;
}

}  // namespace seshdb::engine
