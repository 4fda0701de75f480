// An engine with descriptors and deadlines in its core's loop, with the kernel's poller.
#include "core/engine_loop.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <utility>
#include <vector>

#include "core/core.h"

namespace seshdb::core {

namespace {

struct Ready {
  int fd;
  bool can_read;
  bool can_write;
  bool operator==(const Ready&) const = default;
};

class Watching final : public engine::Engine {
 public:
  void attach(engine::Loop& loop) override { loop_ = &loop; }
  void on_ready(int fd, bool can_read, bool can_write) override {
    ready.push_back({fd, can_read, can_write});
  }
  [[nodiscard]] engine::Committed commit(store::Batch& changes, std::uint64_t /*now_ms*/) override {
    changes.reset();
    return {};
  }
  [[nodiscard]] std::uint64_t next_deadline_ms() const override { return deadline_ms; }
  void poll(engine::Events& /*events*/) override { ready_before_poll = ready.size(); }
  [[nodiscard]] engine::Loop& loop() { return *loop_; }

  std::vector<Ready> ready;
  std::size_t ready_before_poll = 0;
  std::uint64_t deadline_ms = 0;  // no turn waits

 private:
  engine::Loop* loop_ = nullptr;
};

class LoopTest : public ::testing::Test {
 protected:
  LoopTest() {
    shared_.add_cores(1);
    core_ = std::make_unique<Core>(shared_, 0,
                                   Core::Parts{.poller = std::make_unique<net::EpollPoller>(),
                                               .random = std::make_unique<SystemRandom>()});
    auto engine = std::make_unique<Watching>();
    engine_ = engine.get();
    core_->use(std::move(engine));
    std::array<int, 2> ends{};
    EXPECT_EQ(pipe(ends.data()), 0);
    to_read_ = Descriptor(ends[0]);
    to_write_ = Descriptor(ends[1]);
  }

  std::vector<Ready> turn() {
    engine_->ready.clear();
    core_->turn();
    return engine_->ready;
  }

  ManualClock clock_;
  Shared shared_{.clock = clock_, .secret = {}, .connections = {.clock = clock_}};
  std::unique_ptr<Core> core_;
  Watching* engine_ = nullptr;
  Descriptor to_read_;
  Descriptor to_write_;
};

using Told = std::vector<Ready>;

TEST_F(LoopTest, tells_an_engine_which_of_its_descriptors_is_ready_before_it_is_polled) {
  ASSERT_EQ(engine_->loop().watch(to_read_.fd(), true, false), 0);
  EXPECT_EQ(turn(), Told{});
  ASSERT_EQ(write(to_write_.fd(), "x", 1), 1);
  EXPECT_EQ(turn(), (Told{{to_read_.fd(), true, false}}));
  EXPECT_EQ(engine_->ready_before_poll, 1U);
}

TEST_F(LoopTest, tells_only_what_is_asked_for) {
  ASSERT_EQ(engine_->loop().watch(to_write_.fd(), false, true), 0);
  EXPECT_EQ(turn(), (Told{{to_write_.fd(), false, true}}));
  engine_->loop().change(to_write_.fd(), false, false);
  EXPECT_EQ(turn(), Told{});
}

TEST_F(LoopTest, tells_that_the_other_end_is_closed) {
  ASSERT_EQ(engine_->loop().watch(to_read_.fd(), true, false), 0);
  to_write_ = Descriptor();
  EXPECT_EQ(turn(), (Told{{to_read_.fd(), true, true}}));
}

TEST_F(LoopTest, ignores_a_descriptor_that_is_not_watched_any_more) {
  ASSERT_EQ(engine_->loop().watch(to_read_.fd(), true, false), 0);
  ASSERT_EQ(write(to_write_.fd(), "x", 1), 1);
  engine_->loop().unwatch(to_read_.fd());
  EXPECT_EQ(turn(), Told{});
}

TEST_F(LoopTest, refuses_an_invalid_descriptor) {
  EXPECT_EQ(engine_->loop().watch(-1, true, false), EBADF);
}

}  // namespace

}  // namespace seshdb::core
