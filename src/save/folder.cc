// Folders are locked (flock) by who writes in them: what is not locked was left by a crash.
#include "save/folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "base/crash_point.h"
#include "base/file_sync.h"

namespace seshdb::save {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kUnfinished = ".new";
constexpr mode_t kFolderMode = 0700;
constexpr mode_t kFileMode = 0600;
constexpr int kTimesTried = 1'000;

std::string part_name(std::uint32_t part) { return "part-" + std::to_string(part) + ".jsonl.zst"; }

std::string fault_of(std::string_view what, const std::string& path, int error) {
  return std::string(what) + ' ' + path + ": " + std::strerror(error);
}

Descriptor open_folder(const std::string& path) {
  return Descriptor(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

std::optional<std::uint64_t> time_of(std::string_view name) {
  std::uint64_t time = 0;
  const auto [behind, error] = std::from_chars(name.data(), name.data() + name.size(), time);
  const bool digits = error == std::errc() && behind == name.data() + name.size();
  return digits ? std::optional(time) : std::nullopt;
}

// Of the newest save in `folder`; nothing where there is none.
std::optional<std::uint64_t> latest_in(const std::string& folder, std::error_code& error) {
  std::optional<std::uint64_t> latest;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    const std::optional<std::uint64_t> time = time_of(at->path().filename().native());
    if (time && (!latest || *time > *latest)) latest = time;
  }
  return latest;
}

// Removes folders of saves that nobody writes any more.
void remove_unfinished(const std::string& folder) {
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; at != end && !error; at.increment(error)) {
    const std::string whole = at->path().filename().string();
    std::string_view name = whole;
    if (name.size() <= kUnfinished.size() ||
        name.substr(name.size() - kUnfinished.size()) != kUnfinished) {
      continue;
    }
    name.remove_suffix(kUnfinished.size());
    const Descriptor left = open_folder(at->path().string());
    if (!time_of(name) || !left.open() || flock(left.fd(), LOCK_EX | LOCK_NB) != 0) continue;
    std::error_code ignored;
    fs::remove_all(at->path(), ignored);
  }
}

}  // namespace

std::variant<std::unique_ptr<NewSave>, std::string> NewSave::make(const std::string& root,
                                                                  const std::string& name,
                                                                  std::int64_t unix_ms) {
  std::unique_ptr<NewSave> made(new NewSave);
  made->folder_ = root + '/' + name;
  made->name_ = name;
  for (const std::string& folder : {root, made->folder_}) {
    if (const int error = make_folder(folder); error != 0 && error != EEXIST) {
      return fault_of("cannot make", folder, error);
    }
  }
  remove_unfinished(made->folder_);
  std::error_code ignored;
  const std::optional<std::uint64_t> latest = latest_in(made->folder_, ignored);
  std::uint64_t time = unix_ms < 0 ? 0 : static_cast<std::uint64_t>(unix_ms);
  if (latest && *latest < UINT64_MAX) time = std::max(time, *latest + 1);
  for (int tries = 0; tries < kTimesTried; ++tries) {
    made->unix_ms_ = time + static_cast<std::uint64_t>(tries);
    const std::string path = made->path();
    if (mkdir(path.c_str(), kFolderMode) != 0) {
      if (errno == EEXIST) continue;
      return fault_of("cannot make", path, errno);
    }
    made->there_ = true;
    // Looked for only now: another server may have finished one of this time just before.
    if (fs::exists(fs::symlink_status(made->folder_ + '/' + std::to_string(made->unix_ms_)))) {
      made->discard();
      continue;
    }
    made->lock_ = open_folder(path);
    if (!made->lock_.open() || flock(made->lock_.fd(), LOCK_EX | LOCK_NB) != 0) {
      return fault_of("cannot lock", path, errno);
    }
    return made;
  }
  return "too many saves in one moment in " + made->folder_;
}

NewSave::~NewSave() { discard(); }

std::string NewSave::path() const {
  return (folder_ + '/' + std::to_string(unix_ms_)).append(kUnfinished);
}

Descriptor NewSave::create_part(std::uint32_t part) const {
  const std::string file = path() + '/' + part_name(part);
  return Descriptor(
      open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, kFileMode));
}

std::optional<std::string> NewSave::publish() {
  const std::string from = path();
  const std::string to = folder_ + '/' + std::to_string(unix_ms_);
  int error = sync_path(from);
  crash_point("save-rename");
  // A save that stands there is not empty, and so is not replaced.
  if (error == 0) error = rename(from.c_str(), to.c_str()) == 0 ? 0 : errno;
  crash_point("save-renamed");
  if (error != 0) {
    discard();
    return fault_of("cannot finish", to, error);
  }
  there_ = false;
  for (const std::string& folder : {folder_, fs::path(folder_).parent_path().string()}) {
    if (error == 0) error = sync_path(folder);
  }
  if (error == 0) return std::nullopt;
  std::error_code ignored;
  fs::remove_all(to, ignored);
  return fault_of("cannot finish", to, error);
}

void NewSave::discard() {
  if (!std::exchange(there_, false)) return;
  std::error_code ignored;
  fs::remove_all(path(), ignored);
}

Found newest(const std::string& root, const std::string& name) {
  const std::string folder = root + '/' + name;
  std::error_code error;
  const std::optional<std::uint64_t> time = latest_in(folder, error);
  if (error == std::errc::no_such_file_or_directory || (!error && !time)) {
    return {.folder = {}, .fault = "there is no save named " + name};
  }
  if (error) return {.folder = {}, .fault = "cannot read " + folder + ": " + error.message()};
  return {.folder = folder + '/' + std::to_string(*time), .fault = {}};
}

SaveReader::SaveReader(std::string folder, std::uint32_t depth_max)
    : folder_(std::move(folder)), depth_max_(depth_max) {}

SaveReader::Result SaveReader::fail(const std::string& what) {
  fault_ = folder_ + '/' + part_name(number_) + ": " + what;
  return Result::kFault;
}

bool SaveReader::open_part() {
  const std::string file = folder_ + '/' + part_name(number_);
  file_ = Descriptor(open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file_.open()) {
    (void)fail(std::strerror(errno));
    return false;
  }
  part_ = std::make_unique<PartReader>(file_.fd(), depth_max_);
  if (wanted_) part_->want(wanted_);
  return true;
}

// The part is what its place says, and nothing stands behind it.
bool SaveReader::end_part() {
  const Header header = part_->header();
  if (number_ == 0) {
    parts_ = header.parts;
    unix_ms_ = header.unix_ms;
  }
  if (header.part != number_ || header.parts != parts_ || header.unix_ms != unix_ms_) {
    (void)fail("it is a part of another save, or another part of this one");
    return false;
  }
  if (part_->next() != PartReader::Result::kNothing) {
    (void)fail("something stands behind its last line");
    return false;
  }
  part_.reset();
  ++number_;
  return true;
}

SaveReader::Result SaveReader::next() {
  for (;;) {
    if (part_ == nullptr) {
      if (number_ == parts_) return Result::kEnd;
      if (!open_part()) return Result::kFault;
    }
    switch (part_->next()) {
      case PartReader::Result::kSession:
        return Result::kSession;
      case PartReader::Result::kEnd:
        if (!end_part()) return Result::kFault;
        break;
      case PartReader::Result::kNothing:
        return fail("it is empty");
      case PartReader::Result::kFault:
        return fail(part_->fault());
    }
  }
}

std::optional<std::string> check(const std::string& folder, std::uint32_t depth_max,
                                 const std::function<bool()>& is_stopped) {
  SaveReader reader(folder, depth_max);
  for (;;) {
    switch (reader.next()) {
      case SaveReader::Result::kSession:
        stop_point("stop-checking-save");
        if (is_stopped()) return "the server ends";
        break;
      case SaveReader::Result::kEnd:
        return std::nullopt;
      case SaveReader::Result::kFault:
        return reader.fault();
    }
  }
}

}  // namespace seshdb::save
