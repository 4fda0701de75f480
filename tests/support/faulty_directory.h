// A disk in memory that does what disks do: it loses what was not synced when the power goes, keeps
// names only after the directory was synced, gives errors when told to, and reads in short pieces.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/file.h"
#include "support/random.h"

namespace seshdb::testing {

/// May be used on several threads. Files that are open hold on to it: it has to outlive them.
class FaultyDirectory final : public engine::Directory {
 public:
  enum class Call : std::uint8_t {
    kAppend,
    kRewrite,
    kReserve,
    kSync,
    kCreate,
    kReopen,
    kRename,
    kRemove,
    kSyncNames,
    kOpen,
    kRead,
    kList,
    kChange,  // any of those before kOpen
  };

  explicit FaultyDirectory(std::uint64_t seed = 1) : dice_(seed) {}

  // As engine::Directory says.
  [[nodiscard]] const std::string& path() const override { return path_; }
  int create(const std::string& name, std::unique_ptr<engine::AppendFile>& file) override;
  int reopen(const std::string& name, std::uint64_t bytes,
             std::unique_ptr<engine::AppendFile>& file) override;
  int open(const std::string& name, std::unique_ptr<engine::ReadFile>& file) override;
  int rename(const std::string& from, const std::string& to) override;
  int remove(const std::string& name) override;
  int list(std::vector<std::string>& names) override;
  int size(const std::string& name, std::uint64_t& bytes) override;
  int sync() override;
  int lock(engine::Lock /*kind*/) override { return 0; }
  [[nodiscard]] int verify() const override;

  /// The `nth` call of that kind from now on (1: the next one) gives `error`, or it and all later
  /// ones. An append that fails has written a part; what a sync that fails was to write may never
  /// reach the disk, whatever later ones say, until it is written again.
  void fail(Call call, std::size_t nth, int error, bool and_later_ones = false);
  /// From here on a file that is reopened shows what the disk has of it, and no more what a failed
  /// sync let go of.
  void evict_at_reopen() { evicts_ = true; }
  /// From here on another directory stands at the path.
  void replace();
  /// From here on the disk has no room but what files have reserved, or has again.
  void set_full(bool is_full);
  /// From here on nothing fails but for want of room.
  void mend();
  /// Calls of that kind so far.
  [[nodiscard]] std::size_t calls(Call call) const;

  /// The directory as it may be found after the power went now: every sector of 512 bytes that was
  /// not synced is there, or zeros; the file may be cut short behind what was synced, or stand as
  /// before where it was cut; each name that was made, moved or removed since sync() may be as
  /// before. Nothing fails in the copy.
  [[nodiscard]] std::unique_ptr<FaultyDirectory> crash(Dice& dice) const;

  /// The content of a file that is there.
  [[nodiscard]] std::string read_all(const std::string& name) const;
  /// A file with this content, on the disk; replaces one that is there.
  void put(const std::string& name, std::string_view content);
  void flip_byte(const std::string& name, std::size_t at, unsigned bits = 0xFF);
  void truncate(const std::string& name, std::size_t bytes);
  /// Bytes of a file that are known to be on the disk.
  [[nodiscard]] std::size_t synced_bytes(const std::string& name) const;

 private:
  class Writer;
  class Reader;
  using Range = std::pair<std::size_t, std::size_t>;  // from, to
  struct File {
    std::string bytes;
    std::size_t reserved = 0;      // room on the disk up to here
    std::size_t synced = 0;        // before here all is on the disk, but
    std::vector<Range> lost;       // what a failed sync let go of
    std::vector<Range> rewritten;  // since the last sync
    std::size_t cut_at = 0;        // where it was cut since the last sync,
    std::string cut_off;           // and what stood there: it may be back after a crash
    void cut(std::size_t to);
    // None of it is lost any more.
    void regain(const Range& range);
    // The system forgets what it holds for written: it is as the disk has it.
    void evict_lost();
  };
  using Names = std::map<std::string, std::shared_ptr<File>>;
  // A name made (no `from`), moved, or removed (no `to`).
  struct Change {
    std::string from;
    std::string to;
    std::shared_ptr<File> file;
  };
  struct Fault {
    Call call;
    std::size_t nth;
    int error;
    bool and_later_ones;
  };

  // 0, or what the call is to fail with. To be called with the lock held.
  int count(Call call);
  [[nodiscard]] File& at(const std::string& name) const;
  static void apply(const Change& change, Names& names);
  static std::shared_ptr<File> after_crash(const File& file, Dice& dice);

  const std::string path_ = "faulty";
  mutable std::mutex lock_;
  Dice dice_;
  Names names_;
  Names synced_names_;
  std::vector<Change> changes_;  // since sync()
  std::vector<Fault> faults_;
  std::map<Call, std::size_t> calls_;
  bool evicts_ = false;
  bool is_full_ = false;
  bool is_replaced_ = false;
};

}  // namespace seshdb::testing
