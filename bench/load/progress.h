// Tells a person who waits at a terminal how far things are; says nothing to files and pipes.
#pragma once

#include <cstdint>

namespace seshdb::bench {

class Progress {
 public:
  /// On standard error, where that is a terminal.
  Progress();
  /// Says nothing where `shown` is false.
  explicit Progress(bool shown) : shown_(shown) {}

  /// `done` of `all` requests of pass `pass` of `passes` are answered. Cheap: prints now and then.
  void setup(std::uint64_t now, std::uint32_t pass, std::uint32_t passes, std::uint32_t done,
             std::uint32_t all) {
    if (shown_ && now >= next_ns_) print_setup(now, pass, passes, done, all);
  }
  void setup_done();
  /// `operations` were answered so far, warm-up included. Prints once a second.
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
