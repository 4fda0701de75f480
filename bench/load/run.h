// The measured run: the warm-up, the time that counts, and the wait for the missing answers.
// Latency counts from the moment when a request was due. So a server that pauses is charged for all
// requests that waited; ignoring them is the error that Gil Tene calls "coordinated omission".
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "load/client.h"
#include "load/options.h"
#include "load/progress.h"
#include "load/result.h"
#include "load/workload.h"

namespace seshdb::bench {

class Run final : public Job {
 public:
  /// Begins at `start_ns`.
  Run(const Options& options, Workload& workload, Progress& progress, Result& result,
      std::uint64_t start_ns);

  [[nodiscard]] std::optional<Request> next(std::uint64_t now) override;
  void answered(const Tag& tag, std::string_view answer, std::uint64_t now) override;
  [[nodiscard]] std::uint64_t due_ns() const override;
  [[nodiscard]] bool over(std::uint64_t now) override;

  /// Call it after the run for each request without an answer. Counts its waiting time so far as
  /// its latency, which would be longer.
  void never_answered(const Tag& tag, std::uint64_t now);
  /// Computes the times of the result. Call it after all never_answered().
  void end(std::uint64_t expiry_ns);

 private:
  [[nodiscard]] std::uint64_t due_of(std::uint64_t number) const;
  [[nodiscard]] bool counts(const Tag& tag) const {
    return tag.due_ns >= from_ns_ && tag.due_ns < until_ns_;
  }
  void begin_measuring();

  const Options& options_;
  Workload& workload_;
  Progress& progress_;
  Result& result_;
  const std::uint64_t start_ns_;
  const std::uint64_t from_ns_;
  const std::uint64_t until_ns_;
  bool measuring_ = false;
  std::uint64_t cpu_before_ns_ = 0;
  std::uint64_t own_cpu_before_ns_ = 0;
  std::uint64_t sent_ = 0;
  std::uint64_t done_ = 0;
  std::uint64_t last_answer_ns_ = 0;  // to a request that counts
};

}  // namespace seshdb::bench
