// The state of each file and name, and what a crash or a fault changes in it.
#include "support/faulty_directory.h"

#include <algorithm>
#include <cerrno>
#include <stdexcept>

namespace seshdb::testing {

namespace {
constexpr std::size_t kSectorBytes = 512;
}  // namespace

class FaultyDirectory::Writer final : public engine::AppendFile {
 public:
  Writer(FaultyDirectory& directory, std::shared_ptr<File> file)
      : directory_(directory), file_(std::move(file)) {}

  int append(std::string_view data) override {
    const std::lock_guard guard(directory_.lock_);
    int error = directory_.count(Call::kAppend);
    if (directory_.is_full_ && file_->bytes.size() + data.size() > file_->reserved) error = ENOSPC;
    file_->bytes += error == 0 ? data : data.substr(0, directory_.dice_.roll(data.size() + 1));
    return error;
  }
  int rewrite(std::uint64_t position, std::string_view same) override {
    const std::lock_guard guard(directory_.lock_);
    const int error = directory_.count(Call::kRewrite);
    if (error == 0 && file_->bytes.compare(position, same.size(), same) != 0) {
      throw std::runtime_error("other bytes than those that stand there");
    }
    if (error == 0) file_->rewritten.emplace_back(position, position + same.size());
    return error;
  }
  int reserve(std::uint64_t bytes) override {
    const std::lock_guard guard(directory_.lock_);
    const int error = directory_.count(Call::kReserve);
    const std::size_t end = file_->bytes.size() + bytes;
    if (error == 0 && directory_.is_full_ && end > file_->reserved) return ENOSPC;
    if (error == 0) file_->reserved = std::max(file_->reserved, end);
    return error;
  }
  int trim() override {
    const std::lock_guard guard(directory_.lock_);
    file_->reserved = file_->bytes.size();
    return 0;
  }
  int sync() override {
    const std::lock_guard guard(directory_.lock_);
    const int error = directory_.count(Call::kSync);
    const std::size_t bytes = file_->bytes.size();
    const Range written(std::exchange(file_->synced, bytes), bytes);
    // The operating system takes the lost bytes for written.
    if (error != 0) file_->lose(written);
    if (error == 0 && written.first != bytes) file_->regain(written);
    for (const Range& range : std::exchange(file_->rewritten, {})) {
      if (error == 0) file_->regain(range);
    }
    if (error == 0) file_->cut_off.clear();
    return error;
  }

 private:
  FaultyDirectory& directory_;
  const std::shared_ptr<File> file_;
};

class FaultyDirectory::Reader final : public engine::ReadFile {
 public:
  Reader(FaultyDirectory& directory, std::shared_ptr<File> file)
      : directory_(directory), file_(std::move(file)) {}

  int read(char* to, std::size_t bytes, std::size_t& got) override {
    const std::lock_guard guard(directory_.lock_);
    got = 0;
    if (const int error = directory_.count(Call::kRead); error != 0) return error;
    std::size_t piece = std::min(bytes, file_->bytes.size() - std::min(at_, file_->bytes.size()));
    if (piece > 1 && directory_.dice_.one_in(4)) piece = 1 + directory_.dice_.roll(piece);
    if (piece != 0) file_->bytes.copy(to, piece, at_);
    at_ += piece;
    got = piece;
    return 0;
  }

 private:
  FaultyDirectory& directory_;
  const std::shared_ptr<File> file_;
  std::size_t at_ = 0;
};

int FaultyDirectory::create(const std::string& name, std::unique_ptr<engine::AppendFile>& file) {
  const std::lock_guard guard(lock_);
  if (const int error = count(Call::kCreate); error != 0) return error;
  if (names_.contains(name)) return EEXIST;
  changes_.push_back({.from = {}, .to = name, .file = std::make_shared<File>()});
  apply(changes_.back(), names_);
  file = std::make_unique<Writer>(*this, changes_.back().file);
  return 0;
}

int FaultyDirectory::reopen(const std::string& name, std::uint64_t bytes,
                            std::unique_ptr<engine::AppendFile>& file) {
  const std::lock_guard guard(lock_);
  if (const int error = count(Call::kReopen); error != 0) return error;
  const auto found = names_.find(name);
  if (found == names_.end()) return ENOENT;
  const std::shared_ptr<File> old = found->second;
  if (bytes < old->bytes.size()) {
    old->cut_at = bytes;
    old->cut_off = old->bytes.substr(bytes);
    old->cut(bytes);
  }
  if (evicts_) old->evict_lost();
  file = std::make_unique<Writer>(*this, old);
  return 0;
}

int FaultyDirectory::open(const std::string& name, std::unique_ptr<engine::ReadFile>& file) {
  const std::lock_guard guard(lock_);
  if (const int error = count(Call::kOpen); error != 0) return error;
  const auto found = names_.find(name);
  if (found == names_.end()) return ENOENT;
  file = std::make_unique<Reader>(*this, found->second);
  return 0;
}

int FaultyDirectory::rename(const std::string& from, const std::string& to) {
  const std::lock_guard guard(lock_);
  if (const int error = count(Call::kRename); error != 0) return error;
  if (is_replaced_) return ESTALE;
  const auto found = names_.find(from);
  if (found == names_.end()) return ENOENT;
  if (from == to) return 0;
  changes_.push_back({.from = from, .to = to, .file = found->second});
  apply(changes_.back(), names_);
  return 0;
}

int FaultyDirectory::remove(const std::string& name) {
  const std::lock_guard guard(lock_);
  if (const int error = count(Call::kRemove); error != 0) return error;
  const auto found = names_.find(name);
  if (found == names_.end()) return ENOENT;
  changes_.push_back({.from = name, .to = {}, .file = found->second});
  apply(changes_.back(), names_);
  return 0;
}

int FaultyDirectory::list(std::vector<std::string>& names) {
  const std::lock_guard guard(lock_);
  names.clear();
  if (const int error = count(Call::kList); error != 0) return error;
  for (const auto& [name, file] : names_) names.push_back(name);
  return 0;
}

int FaultyDirectory::size(const std::string& name, std::uint64_t& bytes) {
  const std::lock_guard guard(lock_);
  const auto found = names_.find(name);
  if (found == names_.end()) return ENOENT;
  bytes = found->second->bytes.size();
  return 0;
}

int FaultyDirectory::sync() {
  const std::lock_guard guard(lock_);
  if (const int error = count(Call::kSyncNames); error != 0) return error;
  synced_names_ = names_;
  changes_.clear();
  return 0;
}

int FaultyDirectory::verify() const {
  const std::lock_guard guard(lock_);
  return is_replaced_ ? ESTALE : 0;
}

void FaultyDirectory::replace() {
  const std::lock_guard guard(lock_);
  is_replaced_ = true;
}

void FaultyDirectory::fail(Call call, std::size_t nth, int error, bool and_later_ones) {
  const std::lock_guard guard(lock_);
  faults_.push_back(
      {.call = call, .nth = calls_[call] + nth, .error = error, .and_later_ones = and_later_ones});
}

void FaultyDirectory::set_full(bool is_full) {
  const std::lock_guard guard(lock_);
  is_full_ = is_full;
}

void FaultyDirectory::mend() {
  const std::lock_guard guard(lock_);
  faults_.clear();
}

std::size_t FaultyDirectory::calls(Call call) const {
  const std::lock_guard guard(lock_);
  const auto found = calls_.find(call);
  return found == calls_.end() ? 0 : found->second;
}

int FaultyDirectory::count(Call call) {
  int error = 0;
  const auto count_as = [&](Call kind) {
    const std::size_t number = ++calls_[kind];
    for (const Fault& fault : faults_) {
      if (fault.call != kind || number < fault.nth) continue;
      if (number == fault.nth || fault.and_later_ones) error = fault.error;
    }
  };
  count_as(call);
  if (call < Call::kOpen) count_as(Call::kChange);
  return error;
}

FaultyDirectory::File& FaultyDirectory::at(const std::string& name) const {
  const auto found = names_.find(name);
  if (found == names_.end()) throw std::runtime_error("there is no file " + name);
  return *found->second;
}

void FaultyDirectory::apply(const Change& change, Names& names) {
  const auto from = names.find(change.from);
  if (from != names.end() && from->second == change.file) names.erase(from);
  if (!change.to.empty()) names[change.to] = change.file;
}

std::unique_ptr<FaultyDirectory> FaultyDirectory::crash(Dice& dice) const {
  const std::lock_guard guard(lock_);
  auto found = std::make_unique<FaultyDirectory>(dice.next());
  Names names = synced_names_;
  // The changes as far as some moment, in order, as journals keep them; or any of them.
  const std::size_t kept = dice.roll(changes_.size() + 1);
  const bool in_order = dice.one_in(2);
  for (std::size_t i = 0; i < changes_.size(); ++i) {
    if (in_order ? i < kept : dice.one_in(2)) apply(changes_[i], names);
  }
  std::map<const File*, std::shared_ptr<File>> files;  // two names may be left for one file
  for (const auto& [name, file] : names) {
    std::shared_ptr<File>& copy = files[file.get()];
    if (copy == nullptr) copy = after_crash(*file, dice);
    found->names_[name] = copy;
  }
  found->synced_names_ = found->names_;
  return found;
}

std::shared_ptr<FaultyDirectory::File> FaultyDirectory::after_crash(const File& file, Dice& dice) {
  auto left = std::make_shared<File>();
  left->bytes = file.bytes;
  const std::size_t behind_cut = file.bytes.size() - std::min(file.bytes.size(), file.cut_at);
  const bool uncut = behind_cut < file.cut_off.size() && dice.one_in(2);
  std::vector<Range> unsure = file.lost;
  if (!unsure.empty() && unsure.back().second == file.synced) {
    unsure.back().second = file.bytes.size();  // a sector is written whole, or not
  } else {
    unsure.emplace_back(file.synced, file.bytes.size());
  }
  const std::size_t lost_in = 1 + dice.roll(4);  // at times nearly all, at times little
  const bool all = dice.one_in(4);
  for (const auto& [from, to] : unsure) {
    for (std::size_t at = from; at < to;) {
      const std::size_t end = std::min(to, (at / kSectorBytes + 1) * kSectorBytes);
      if (!all && dice.one_in(lost_in)) std::fill_n(left->bytes.data() + at, end - at, '\0');
      at = end;
    }
  }
  if (uncut) {
    left->bytes += file.cut_off.substr(behind_cut);
  } else if (dice.one_in(2)) {
    left->bytes.resize(file.synced + dice.roll(file.bytes.size() - file.synced + 1));
  }
  left->synced = left->bytes.size();
  return left;
}

std::string FaultyDirectory::read_all(const std::string& name) const {
  const std::lock_guard guard(lock_);
  return at(name).bytes;
}

void FaultyDirectory::put(const std::string& name, std::string_view content) {
  const std::lock_guard guard(lock_);
  auto file = std::make_shared<File>();
  file->bytes = content;
  file->synced = content.size();
  names_[name] = synced_names_[name] = std::move(file);
}

void FaultyDirectory::flip_byte(const std::string& name, std::size_t at_byte, unsigned bits) {
  const std::lock_guard guard(lock_);
  char& byte = at(name).bytes.at(at_byte);
  byte = static_cast<char>(static_cast<unsigned char>(byte) ^ (bits & 0xFFU));
}

void FaultyDirectory::File::cut(std::size_t to) {
  bytes.resize(to);
  synced = std::min(synced, to);
  std::erase_if(lost, [&](const Range& range) { return range.first >= to; });
  for (Range& range : lost) range.second = std::min(range.second, to);
}

void FaultyDirectory::File::lose(const Range& range) {
  if (range.first == range.second) return;
  if (!lost.empty() && lost.back().second == range.first) {
    lost.back().second = range.second;
  } else {
    lost.push_back(range);
  }
}

void FaultyDirectory::File::regain(const Range& range) {
  const std::size_t first = range.first / kSectorBytes * kSectorBytes;
  const std::size_t last = (range.second + kSectorBytes - 1) / kSectorBytes * kSectorBytes;
  std::vector<Range> left;
  for (const auto& [from, to] : lost) {
    const std::size_t before = std::min(to, first);
    const std::size_t behind = std::max(from, last);
    if (from < before) left.emplace_back(from, before);
    if (behind < to) left.emplace_back(behind, to);
  }
  lost = std::move(left);
}

void FaultyDirectory::File::evict_lost() {
  for (const auto& [from, to] : std::exchange(lost, {})) {
    std::fill_n(bytes.data() + from, to - from, '\0');
  }
}

void FaultyDirectory::truncate(const std::string& name, std::size_t bytes) {
  const std::lock_guard guard(lock_);
  at(name).cut(bytes);
}

std::size_t FaultyDirectory::synced_bytes(const std::string& name) const {
  const std::lock_guard guard(lock_);
  const File& file = at(name);
  return file.lost.empty() ? file.synced : file.lost.front().first;
}

}  // namespace seshdb::testing
