// Copies file by file, each core's newest files first. If a checkpoint has replaced a file
// meanwhile, the copy starts again.
#include "admin/backup.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <system_error>
#include <vector>

#include "base/exit_status.h"
#include "base/file_sync.h"
#include "base/result.h"
#include "engine/file.h"
#include "engine/layout.h"

namespace seshdb::admin {

namespace {

using engine::NamedFile;

constexpr int kTriesMax = 20;

namespace fs = std::filesystem;

// Newest first: once a log has frames, the log before it is complete.
std::vector<NamedFile> in_copy_order(std::vector<NamedFile> files, std::uint32_t epoch) {
  std::erase_if(files,
                [epoch](const NamedFile& file) { return file.epoch != epoch || file.unfinished; });
  std::sort(files.begin(), files.end(), [](const NamedFile& a, const NamedFile& b) {
    if (a.header.sequence != b.header.sequence) return a.header.sequence > b.header.sequence;
    return a.header.kind < b.header.kind;
  });
  return files;
}

enum class Copy : std::uint8_t {
  kDone,
  kRetry,  // a checkpoint has replaced some of the files meanwhile
};

Result<Copy> copy_once(engine::Directory& from, const std::string& to) {
  const auto manifest = engine::read_manifest(from);
  if (!manifest) return fail(manifest.error());
  const auto files = engine::files_of(from);
  if (!files) return fail(files.error());
  if (!*manifest) return fail(from.path() + " holds no data of seshdb");
  const std::uint32_t epoch = (*manifest)->epoch;
  std::vector<std::string> names;
  for (const NamedFile& file : in_copy_order(*files, epoch)) {
    names.push_back(file.name);
  }
  names.insert(names.end(), {"secret", "MANIFEST"});
  for (const std::string& name : names) {
    std::error_code error;
    fs::copy_file(from.path() + "/" + name, to + "/" + name, fs::copy_options::overwrite_existing,
                  error);
    if (error == std::errc::no_such_file_or_directory) {
      if (name == "secret") continue;
      return Copy::kRetry;
    }
    if (!error) error.assign(sync_path(to + "/" + name), std::generic_category());
    if (error) return fail("cannot copy " + name + " to " + to + ": " + error.message());
  }
  const auto after = engine::read_manifest(from);
  const bool same = after && *after && (*after)->epoch == epoch;
  return same ? Copy::kDone : Copy::kRetry;
}

}  // namespace

int back_up_data(const std::string& path, const std::string& to) {
  std::unique_ptr<engine::Directory> from;
  if (const int error = engine::open_directory(path, from); error != 0) {
    return report_failure("cannot open " + path + ": " + std::strerror(error));
  }
  for (int i = 0; i < kTriesMax; ++i) {
    if (const int error = make_folder(to); error != 0) {
      return report_failure("cannot make " + to + ": " + std::strerror(error));
    }
    Result<Copy> copy = copy_once(*from, to);
    if (copy == Copy::kDone) {
      const int error = sync_path(to);
      if (error == 0) {
        std::printf("copied %s to %s\n", path.c_str(), to.c_str());
        return 0;
      }
      copy = fail("cannot sync " + to + ": " + std::strerror(error));
    }
    // Removes the folder that was made above, so that nobody takes it for a complete copy.
    std::error_code ignored;
    fs::remove_all(to, ignored);
    if (!copy) return report_failure(copy.error());
  }
  return report_failure(path + " changes faster than it can be copied");
}

}  // namespace seshdb::admin
