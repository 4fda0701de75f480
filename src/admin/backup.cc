// File by file, from the end of each log, until nothing was replaced meanwhile.
#include "admin/backup.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>
#include <variant>
#include <vector>

#include "base/exit_status.h"
#include "base/file_sync.h"
#include "engine/file.h"
#include "engine/layout.h"

namespace seshdb::admin {

namespace {

using engine::Manifest;
using engine::NamedFile;

constexpr int kTries = 20;

namespace fs = std::filesystem;

// Newest first: where a log has frames, the one before it was complete already.
std::vector<NamedFile> in_copying_order(std::vector<NamedFile> files, std::uint32_t epoch) {
  std::erase_if(files,
                [epoch](const NamedFile& file) { return file.epoch != epoch || file.unfinished; });
  std::sort(files.begin(), files.end(), [](const NamedFile& a, const NamedFile& b) {
    if (a.header.sequence != b.header.sequence) return a.header.sequence > b.header.sequence;
    return a.header.kind < b.header.kind;
  });
  return files;
}

enum class Copy : std::uint8_t { kDone, kMoved, kFailed };

// kMoved: a checkpoint has replaced some of it meanwhile.
Copy copy_once(engine::Directory& from, const std::string& to, std::string& fault) {
  const auto manifest = engine::read_manifest(from);
  const auto files = engine::files_of(from);
  for (const auto* const wrong :
       {std::get_if<std::string>(&manifest), std::get_if<std::string>(&files)}) {
    if (wrong == nullptr) continue;
    fault = *wrong;
    return Copy::kFailed;
  }
  const auto& found = std::get<std::optional<Manifest>>(manifest);
  if (!found) {
    fault = from.path() + " holds no data of seshdb";
    return Copy::kFailed;
  }
  std::vector<std::string> names;
  for (const NamedFile& file :
       in_copying_order(std::get<std::vector<NamedFile>>(files), found->epoch)) {
    names.push_back(file.name);
  }
  names.insert(names.end(), {"secret", "MANIFEST"});
  for (const std::string& name : names) {
    std::error_code error;
    fs::copy_file(from.path() + "/" + name, to + "/" + name, fs::copy_options::overwrite_existing,
                  error);
    if (error == std::errc::no_such_file_or_directory) {
      if (name == "secret") continue;
      return Copy::kMoved;
    }
    if (!error) error.assign(sync_path(to + "/" + name), std::generic_category());
    if (error) {
      fault = "cannot copy " + name + " to " + to + ": " + error.message();
      return Copy::kFailed;
    }
  }
  const auto after = engine::read_manifest(from);
  const auto* const still = std::get_if<std::optional<Manifest>>(&after);
  return still != nullptr && *still && (*still)->epoch == found->epoch ? Copy::kDone : Copy::kMoved;
}

}  // namespace

int back_up_data(const std::string& path, const std::string& to) {
  std::unique_ptr<engine::Directory> from;
  if (const int error = engine::open_directory(path, from); error != 0) {
    return fail("cannot open " + path + ": " + std::strerror(error));
  }
  for (int i = 0; i < kTries; ++i) {
    if (const int error = make_folder(to); error != 0) {
      return fail("cannot make " + to + ": " + std::strerror(error));
    }
    std::string fault;
    const Copy copy = copy_once(*from, to, fault);
    if (copy == Copy::kDone) {
      if (const int error = sync_path(to); error == 0) {
        std::printf("copied %s to %s\n", path.c_str(), to.c_str());
        return 0;
      } else {
        fault = "cannot sync " + to + ": " + std::strerror(error);
      }
    }
    // Made by us, just now; half a copy is not to pass for one.
    std::error_code ignored;
    fs::remove_all(to, ignored);
    if (copy != Copy::kMoved) return fail(fault);
  }
  return fail(path + " changes faster than it can be copied");
}

}  // namespace seshdb::admin
