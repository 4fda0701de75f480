// A writer locks its folder (flock): an unfinished folder without a lock was left by a crash.
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
constexpr int kTimesTriedMax = 1'000;

std::string part_name(std::uint32_t part) { return "part-" + std::to_string(part) + ".jsonl.zst"; }

tl::unexpected<std::string> io_error(std::string_view what, const std::string& path, int error) {
  return fail(std::string(what) + ' ' + path + ": " + std::strerror(error));
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

// The time of the newest save in `folder`, if there is one.
std::optional<std::uint64_t> latest_in(const std::string& folder, std::error_code& error) {
  std::optional<std::uint64_t> latest;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    const std::optional<std::uint64_t> time = time_of(at->path().filename().native());
    if (time && (!latest || *time > *latest)) latest = time;
  }
  return latest;
}

// Removes unfinished saves whose writers are gone.
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

Result<std::unique_ptr<NewSave>> NewSave::make(const std::string& root, const std::string& name,
                                               std::int64_t unix_ms) {
  std::unique_ptr<NewSave> made(new NewSave);
  made->folder_ = root + '/' + name;
  made->name_ = name;
  for (const std::string& folder : {root, made->folder_}) {
    if (const int error = make_folder(folder); error != 0 && error != EEXIST) {
      return io_error("cannot make", folder, error);
    }
  }
  remove_unfinished(made->folder_);
  std::error_code ignored;
  const std::optional<std::uint64_t> latest = latest_in(made->folder_, ignored);
  std::uint64_t time = unix_ms < 0 ? 0 : static_cast<std::uint64_t>(unix_ms);
  if (latest && *latest < UINT64_MAX) time = std::max(time, *latest + 1);
  for (int tries = 0; tries < kTimesTriedMax; ++tries) {
    made->unix_ms_ = time + static_cast<std::uint64_t>(tries);
    const std::string path = made->path();
    if (mkdir(path.c_str(), kFolderMode) != 0) {
      if (errno == EEXIST) continue;
      return io_error("cannot make", path, errno);
    }
    made->exists_ = true;
    // Checked only after mkdir: another server may have finished a save of this time just before.
    if (fs::exists(fs::symlink_status(made->folder_ + '/' + std::to_string(made->unix_ms_)))) {
      made->discard();
      continue;
    }
    made->lock_ = open_folder(path);
    if (!made->lock_.open() || flock(made->lock_.fd(), LOCK_EX | LOCK_NB) != 0) {
      return io_error("cannot lock", path, errno);
    }
    return made;
  }
  return fail("too many saves in one moment in " + made->folder_);
}

NewSave::~NewSave() { discard(); }

std::string NewSave::path() const {
  return (folder_ + '/' + std::to_string(unix_ms_)).append(kUnfinished);
}

Result<Descriptor> NewSave::create_part(std::uint32_t part) const {
  const std::string path_of_part = path() + '/' + part_name(part);
  Descriptor file(
      open(path_of_part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, kFileMode));
  if (!file.open()) return fail(std::string("cannot make a file: ") + std::strerror(errno));
  return file;
}

Result<void> NewSave::publish() {
  const std::string from = path();
  const std::string to = folder_ + '/' + std::to_string(unix_ms_);
  int error = sync_path(from);
  crash_point("save-rename");
  // rename() does not replace another save of this time: its folder is not empty.
  if (error == 0) error = rename(from.c_str(), to.c_str()) == 0 ? 0 : errno;
  crash_point("save-renamed");
  if (error != 0) {
    discard();
    return io_error("cannot finish", to, error);
  }
  exists_ = false;
  for (const std::string& folder : {folder_, fs::path(folder_).parent_path().string()}) {
    if (error == 0) error = sync_path(folder);
  }
  if (error == 0) return {};
  std::error_code ignored;
  fs::remove_all(to, ignored);
  return io_error("cannot finish", to, error);
}

void NewSave::discard() {
  if (!std::exchange(exists_, false)) return;
  std::error_code ignored;
  fs::remove_all(path(), ignored);
}

Result<std::string> newest(const std::string& root, const std::string& name) {
  const std::string folder = root + '/' + name;
  std::error_code error;
  const std::optional<std::uint64_t> time = latest_in(folder, error);
  if (error == std::errc::no_such_file_or_directory || (!error && !time)) {
    return fail("there is no save named " + name);
  }
  if (error) return fail("cannot read " + folder + ": " + error.message());
  return folder + '/' + std::to_string(*time);
}

SaveReader::SaveReader(std::string folder, const Terms& terms)
    : folder_(std::move(folder)), terms_(terms) {}

tl::unexpected<std::string> SaveReader::fail_in_part(const std::string& what) const {
  return fail(folder_ + '/' + part_name(number_) + ": " + what);
}

Result<void> SaveReader::open_part() {
  const std::string file = folder_ + '/' + part_name(number_);
  file_ = Descriptor(open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file_.open()) return fail_in_part(std::strerror(errno));
  part_ = std::make_unique<PartReader>(file_.fd(), terms_);
  if (wanted_) part_->want(wanted_);
  return {};
}

// Checks that the part belongs in its place, and that the file ends after it.
Result<void> SaveReader::end_part() {
  const Header header = part_->header();
  if (number_ == 0) {
    parts_ = header.parts;
    unix_ms_ = header.unix_ms;
  }
  if (header.part != number_ || header.parts != parts_ || header.unix_ms != unix_ms_) {
    return fail_in_part("it is a part of another save, or another part of this one");
  }
  if (part_->next() != PartReader::Item::kEndOfFile) {
    return fail_in_part("there is more after its last line");
  }
  part_.reset();
  ++number_;
  return {};
}

Result<SavedSession*> SaveReader::next() {
  for (;;) {
    if (part_ == nullptr) {
      if (number_ == parts_) return nullptr;
      if (Result<void> opened = open_part(); !opened) return fail(std::move(opened.error()));
    }
    const Result<PartReader::Item> item = part_->next();
    if (!item) return fail_in_part(item.error());
    switch (*item) {
      case PartReader::Item::kSession:
        return &part_->session();
      case PartReader::Item::kEndOfPart:
        if (Result<void> ended = end_part(); !ended) return fail(std::move(ended.error()));
        break;
      case PartReader::Item::kEndOfFile:
        return fail_in_part("it is empty");
    }
  }
}

Result<CheckedSave> check(const std::string& folder, const Terms& terms,
                          const std::function<bool()>& is_stopped) {
  CheckedSave save{.folder = folder, .former = {}};
  SaveReader reader(folder, terms);
  for (;;) {
    const Result<SavedSession*> session = reader.next();
    if (!session) return fail(session.error());
    if (*session == nullptr) return save;
    save.former.insert((*session)->former.begin(), (*session)->former.end());
    stop_point("stop-checking-save");
    if (is_stopped()) return fail("the server is stopping");
  }
}

}  // namespace seshdb::save
