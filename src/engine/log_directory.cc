// Whether the directory that the log is written to is the one that a start would find. Where it was
// removed or another one was put in its place, all that is written here is lost.
#include <cerrno>

#include "engine/log.h"

namespace seshdb::engine {

namespace {
constexpr std::uint64_t kVerifyEveryMs = 1'000;
}  // namespace

// One core asks for all: what it cannot keep, no core takes. It asks on the thread that syncs, as a
// path may lead over a network; a checkpoint would keep the other thread busy for long.
void Log::look_at_directory() {
  if (core_ != 0 || verifying_ || now_ms_ < verify_due_ms_) return;
  verifying_ = true;
  verify_due_ms_ = now_ms_ + kVerifyEveryMs;
  auto error = std::make_shared<int>(0);
  syncs_.post([this, error] { *error = directory_.verify(); },
              [this, error] {
                verifying_ = false;
                if (*error == ESTALE) fail_replaced();
              });
}

void Log::fail_replaced() {
  if (storage_ == Storage::kFailed) return;
  if (directory_.claim_report()) {
    report_failure("the data directory was removed or replaced", ESTALE);
  }
  refuse_changes();
}

}  // namespace seshdb::engine
