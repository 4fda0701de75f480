// Shows the progress on a terminal. Prints nothing to files and pipes.
#pragma once

#include <cstdint>

namespace seshdb::bench {

class Progress {
 public:
  /// Prints on standard error, if that is a terminal.
  Progress();
  /// Prints nothing if `shown` is false.
  explicit Progress(bool shown) : shown_(shown) {}

  /// Reports that `done` of `all` requests in pass `pass` of `passes` are answered. Cheap: it
  /// prints only now and then.
  void setup(std::uint64_t now, std::uint32_t pass, std::uint32_t passes, std::uint32_t done,
             std::uint32_t all) {
    if (shown_ && now >= next_ns_) print_setup(now, pass, passes, done, all);
  }
  void setup_done();
  /// Reports how many operations were answered so far, with the warm-up. Prints once a second.
  void work(std::uint64_t now, std::uint64_t operations, bool warm_up) {
    if (shown_ && now >= next_ns_) print_work(now, operations, warm_up);
  }

 private:
  void print_setup(std::uint64_t now, std::uint32_t pass, std::uint32_t passes, std::uint32_t done,
                   std::uint32_t all);
  void print_work(std::uint64_t now, std::uint64_t operations, bool warm_up);

  bool shown_;
  std::uint64_t next_ns_ = 0;
  std::uint64_t last_ns_ = 0;
  std::uint64_t last_operations_ = 0;
  std::uint32_t seconds_ = 0;
  bool last_warm_up_ = false;
};

}  // namespace seshdb::bench
