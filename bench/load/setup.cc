// Many requests are under way at once, within a bound on their bytes.
#include "load/setup.h"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace seshdb::bench {

namespace {

constexpr std::uint64_t kNsPerSecond = 1'000'000'000;
constexpr std::uint64_t kBytesUnderWay = std::uint64_t{64} << 20U;
constexpr std::uint64_t kInFlightMax = 64;

std::uint32_t in_flight_of(const Options& options) {
  const std::uint64_t one_each = std::uint64_t{options.connections} * options.document_bytes;
  return static_cast<std::uint32_t>(
      std::clamp<std::uint64_t>(kBytesUnderWay / one_each, 1, kInFlightMax));
}

}  // namespace

// One request for each session.
class Setup::Pass final : public Job {
 public:
  Pass(Setup& setup, Step step, std::uint32_t key, std::uint32_t first_slot)
      : setup_(setup),
        step_(step),
        key_(static_cast<std::uint16_t>(key)),
        first_(first_slot),
        next_(first_slot),
        left_(setup.sessions_.count() - first_slot) {}

  [[nodiscard]] std::optional<Request> next(std::uint64_t now) override {
    if (next_ == setup_.sessions_.count()) return std::nullopt;
    Ask ask{.step = step_, .key = key_, .slot = next_, .token = setup_.sessions_.token(next_)};
    if (step_ == Step::kTouch) ask.expiry_s = seconds_left(now);
    ++next_;
    return Request{setup_.requests_.text(ask, setup_.random_), {.due_ns = now, .slot = ask.slot}};
  }
  void answered(const Tag& tag, std::string_view answer, std::uint64_t /*now*/) override {
    if (!setup_.requests_.succeeded(step_, answer)) {
      throw std::runtime_error("the setup was answered with " + std::string(answer.substr(0, 200)));
    }
    if (step_ == Step::kNew) setup_.sessions_.adopt(tag.slot, token_in(answer).value());
    --left_;
  }
  [[nodiscard]] bool over(std::uint64_t now) override {
    const std::uint32_t all = setup_.sessions_.count() - first_;
    setup_.progress_.setup(now, setup_.pass_, setup_.passes_, all - left_, all);
    return left_ == 0;
  }

 private:
  // Durations are whole seconds: rounded up, all deadlines are within one second.
  [[nodiscard]] std::uint64_t seconds_left(std::uint64_t now) const {
    if (now >= setup_.expiry_ns_) {
      throw std::runtime_error("--expire-at-once " +
                               std::to_string(setup_.options_.expire_at_once_s) +
                               " was over before all sessions had been told; give it more time");
    }
    return (setup_.expiry_ns_ - now + kNsPerSecond - 1) / kNsPerSecond;
  }

  Setup& setup_;
  const Step step_;
  const std::uint16_t key_;
  const std::uint32_t first_;
  std::uint32_t next_;
  std::uint32_t left_;
};

void Setup::run(Client& client) {
  const bool expire = options_.expire_at_once_s != 0;
  const std::uint32_t documents = options_.empty_sessions ? 0 : options_.keys_per_session;
  passes_ = documents + (options_.sesh() ? 1 : 0) + (expire ? 1 : 0);
  if (options_.sesh()) run_pass(client, Step::kNew, 0, 0);
  for (std::uint32_t key = 0; key < documents; ++key) run_pass(client, Step::kDocument, key, 0);
  if (expire && options_.immortal_sessions < sessions_.count()) {
    expiry_ns_ = now_ns() + options_.expire_at_once_s * kNsPerSecond;
    run_pass(client, Step::kTouch, 0, options_.immortal_sessions);
  }
  progress_.setup_done();
}

void Setup::run_pass(Client& client, Step step, std::uint32_t key, std::uint32_t first_slot) {
  Pass pass(*this, step, key, first_slot);
  client.run(pass, in_flight_of(options_));
  ++pass_;
}

}  // namespace seshdb::bench
