// A disk in memory. After a power failure it loses unsynced bytes, and names until the directory
// was synced. It returns errors where a test asks for them, and reads in short pieces.
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

/// Any thread may use it. It has to outlive its open files.
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

  /// The `nth` call of that kind from now on (1: the next one) returns `error`, or it and all later
  /// ones. An append that fails has written a part. The bytes of a sync that fails may never reach
  /// the disk, even if a later sync succeeds, until they are written again.
  void fail(Call call, std::size_t nth, int error, bool and_later_ones = false);
  /// From here on a file that is opened again shows what is on the disk, without the bytes of a
  /// failed sync.
  void evict_at_reopen() { evicts_ = true; }
  /// From here on another directory is at the path.
  void replace();
  /// From here on the disk has no space except what files have reserved, or has space again.
  void set_full(bool is_full);
  /// From here on nothing fails except for lack of space.
  void mend();
  /// Calls of that kind so far.
  [[nodiscard]] std::size_t calls(Call call) const;

  /// A copy as it may be after a power failure now. Each unsynced sector of 512 bytes is there or
  /// is zeros; the file may end anywhere behind its synced bytes, or be as before a truncation;
  /// each name that was made, moved or removed since sync() may be as before. Nothing fails in the
  /// copy.
  [[nodiscard]] std::unique_ptr<FaultyDirectory> crash(Dice& dice) const;

  /// The content of an existing file.
  [[nodiscard]] std::string read_all(const std::string& name) const;
  /// Makes a synced file with this content; replaces an existing one.
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
    std::vector<Range> lost;       // the bytes of failed syncs
    std::vector<Range> rewritten;  // since the last sync
    std::size_t cut_at = 0;        // where it was cut since the last sync,
    std::string cut_off;           // and the bytes from there, which may be back after a crash
    void cut(std::size_t to);
    // Marks the bytes at the end of what was lost before, or behind it, as lost.
    void lose(const Range& range);
    // Marks the sectors of the range as not lost: each is written whole.
    void regain(const Range& range);
    // Drops the system's cache: the file is as on the disk.
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

  // 0, or the errno with which the call fails. REQUIRES: the lock is held.
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
