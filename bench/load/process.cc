// The process's CPU clock is finer than /proc/PID/stat, which counts in ticks of 10 ms.
#include "load/process.h"

#include <ctime>
#include <fstream>
#include <stdexcept>
#include <string>

namespace seshdb::bench {

namespace {

std::uint64_t ns_of(const timespec& time) {
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000U +
         static_cast<std::uint64_t>(time.tv_nsec);
}

}  // namespace

std::uint64_t cpu_ns_of(int pid) {
  clockid_t clock{};
  timespec time{};
  if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &time) != 0) {
    throw std::runtime_error("there is no process " + std::to_string(pid) + " to watch");
  }
  return ns_of(time);
}

std::uint64_t own_cpu_ns() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return ns_of(time);
}

Memory memory_of(int pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  Memory memory;
  for (std::string line; std::getline(status, line);) {
    if (line.rfind("VmRSS:", 0) == 0) memory.resident_kib = std::stoull(line.substr(6));
    if (line.rfind("VmHWM:", 0) == 0) memory.peak_kib = std::stoull(line.substr(6));
  }
  return memory;
}

}  // namespace seshdb::bench
