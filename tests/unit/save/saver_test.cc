// Saves and loads by parts, of two cores on one thread: a load restores what was saved, and a part
// that fails ends the others.
#include "save/saver.h"

#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>

#include "support/store_changes.h"
#include "support/temporary_directory.h"

namespace seshdb::save {

namespace {

constexpr std::uint32_t kCores = 2;
constexpr std::uint64_t kSessions = testing::kTokens;

// Runs the cores' savers as a server does.
class Cores {
 public:
  explicit Cores(const std::string& root) : root_(root) {
    for (std::uint32_t core = 0; core < kCores; ++core) {
      savers_[core] = std::make_unique<Saver>(
          Share{.store = stores_[core],
                .clock = clock_,
                .secret = secret,
                .depth_max = 100,
                .core = core,
                .cores = kCores},
          root_, [] {}, [this] { return storage; });
    }
  }

  store::Store& owner_of(std::uint64_t token) { return stores_[store::owner_of(token, kCores)]; }
  void make_sessions() {
    for (std::uint64_t token = 1; token <= kSessions; ++token) {
      store::Store& store = owner_of(token);
      store::Session& session = store.create(token, false, "", {}, clock_.now_ms());
      (void)store.set(session, "number", std::to_string(token));
      (void)store.set(session, "text", '"' + std::string(token * 20'000, 'x') + '"');
    }
  }
  [[nodiscard]] std::string dump_all() const {
    return testing::dump(stores_[0]) + testing::dump(stores_[1]);
  }

  Outcome run(SaveJob::Kind kind, const std::string& name,
              const std::vector<store::Token>* tokens = nullptr) {
    auto job = std::make_shared<SaveJob>();
    job->kind = kind;
    job->name = name;
    if (tokens != nullptr) job->tokens = *tokens;
    Outcome whole = wait([&](const auto& done) { savers_[0]->prepare(job, done); });
    if (whole.status != Status::kOk) return whole;
    std::size_t missing = kCores;
    for (const auto& saver : savers_) {
      saver->begin_part(job, [&](const Outcome& part) {
        whole.counts.sessions += part.counts.sessions;
        whole.counts.keys += part.counts.keys;
        if (part.status != Status::kOk && whole.fault.empty()) {
          whole.status = part.status;
          whole.fault = part.fault;
        }
        --missing;
      });
    }
    while (missing != 0) turn();
    foreign_names = job->foreign_names;
    return wait([&](const auto& done) { savers_[0]->conclude(job, whole, done); });
  }

  bool memory_full = false;
  store::Storage storage = store::Storage::kGood;
  std::uint64_t foreign_names = 0;
  store::Secret secret{};

 private:
  void turn() {
    for (const auto& saver : savers_) {
      (void)saver->work(clock_.now_ms(), memory_full, storage);
    }
    std::this_thread::yield();
  }
  template <typename Begin>
  Outcome wait(Begin begin) {
    bool is_done = false;
    Outcome outcome;
    begin([&](const Outcome& told) {
      outcome = told;
      is_done = true;
    });
    while (!is_done) turn();
    turn();  // the worker goes
    return outcome;
  }

  ManualClock clock_;
  const std::string root_;
  std::array<store::Store, kCores> stores_;
  std::array<std::unique_ptr<Saver>, kCores> savers_;
};

}  // namespace

TEST(Saver, loads_what_was_saved) {
  const testing::TemporaryDirectory folder;
  Cores from(folder.path());
  from.make_sessions();
  const Outcome saved = from.run(SaveJob::Kind::kSave, "all");
  EXPECT_EQ(saved.status, Status::kOk) << saved.fault;
  EXPECT_EQ(saved.counts.sessions, kSessions);
  EXPECT_EQ(saved.counts.keys, 2 * kSessions);

  Cores to(folder.path());
  const Outcome loaded = to.run(SaveJob::Kind::kLoad, "all");
  EXPECT_EQ(loaded.status, Status::kOk) << loaded.fault;
  EXPECT_EQ(loaded.counts.sessions, kSessions);
  EXPECT_EQ(to.dump_all(), from.dump_all());

  // Existing sessions stay.
  EXPECT_EQ(to.run(SaveJob::Kind::kLoad, "all").counts.sessions, 0U);
}

TEST(Saver, saves_only_the_sessions_that_are_named_and_live) {
  const testing::TemporaryDirectory folder;
  Cores from(folder.path());
  from.make_sessions();
  const std::vector<store::Token> tokens = {3, 7, kSessions + 1};
  EXPECT_EQ(from.run(SaveJob::Kind::kSave, "some", &tokens).counts.sessions, 2U);
  Cores to(folder.path());
  EXPECT_EQ(to.run(SaveJob::Kind::kLoad, "some").counts.sessions, 2U);
  EXPECT_NE(to.owner_of(3).peek(3), nullptr);
  EXPECT_NE(to.owner_of(7).peek(7), nullptr);
}

TEST(Saver, refuses_a_save_that_there_is_not_and_a_folder_that_it_cannot_make) {
  const testing::TemporaryDirectory folder;
  Cores cores(folder.path());
  const Outcome loaded = cores.run(SaveJob::Kind::kLoad, "none");
  EXPECT_EQ(loaded.status, Status::kLoadError);
  EXPECT_FALSE(loaded.fault.empty());
  Cores nowhere("/dev/null/saves");
  const Outcome saved = nowhere.run(SaveJob::Kind::kSave, "all");
  EXPECT_EQ(saved.status, Status::kSaveDirWriteFail);
  EXPECT_FALSE(saved.fault.empty());
}

TEST(Saver, ends_a_load_where_the_memory_or_the_disk_is_full) {
  const testing::TemporaryDirectory folder;
  Cores from(folder.path());
  from.make_sessions();
  ASSERT_EQ(from.run(SaveJob::Kind::kSave, "all").status, Status::kOk);
  for (const bool memory : {true, false}) {
    Cores to(folder.path());
    to.memory_full = memory;
    if (!memory) to.storage = store::Storage::kLittle;
    const Outcome loaded = to.run(SaveJob::Kind::kLoad, "all");
    EXPECT_EQ(loaded.status, Status::kLoadError);
    EXPECT_NE(loaded.fault.find(memory ? "memory is full" : "disk is full"), std::string::npos)
        << loaded.fault;
    EXPECT_EQ(loaded.counts.sessions, 0U);
  }
}

TEST(Saver, counts_shared_sessions_of_another_secret) {
  const testing::TemporaryDirectory folder;
  Cores from(folder.path());
  const std::uint64_t token = store::shared_token(from.secret, "room");
  (void)from.owner_of(token).create(token, true, "room", {}, 0);
  ASSERT_EQ(from.run(SaveJob::Kind::kSave, "all").status, Status::kOk);
  Cores same(folder.path());
  EXPECT_EQ(same.run(SaveJob::Kind::kLoad, "all").counts.sessions, 1U);
  EXPECT_EQ(same.foreign_names, 0U);
  Cores other(folder.path());
  other.secret[0] = 1;
  EXPECT_EQ(other.run(SaveJob::Kind::kLoad, "all").counts.sessions, 1U);
  EXPECT_EQ(other.foreign_names, 1U);
}

}  // namespace seshdb::save
