// The limits of control groups, read from trees as the kernel shows them.
#include "base/memory.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include "support/temporary_directory.h"

namespace seshdb {

namespace {

constexpr const char* kMounts2 =
    "24 1 0:22 / /proc rw,relatime - proc proc rw\n"
    "30 25 0:26 / /sys/fs/cgroup ro,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n";
constexpr const char* kMounts1 =
    "30 25 0:26 / /sys/fs/cgroup ro - tmpfs tmpfs ro,mode=755\n"
    "31 30 0:27 / /sys/fs/cgroup/unified rw shared:10 - cgroup2 cgroup2 rw\n"
    "33 30 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
    "34 30 0:30 / /sys/fs/cgroup/memory rw shared:12 - cgroup cgroup rw,memory\n";
constexpr const char* kGroups1 =
    "9:memory:/system.slice/seshdb.service\n"
    "4:cpu,cpuacct:/elsewhere\n"
    "1:name=systemd:/system.slice/seshdb.service\n"
    "0::/system.slice/seshdb.service\n";

class Groups : public ::testing::Test {
 protected:
  void write(const std::string& path, const std::string& text) const {
    const std::filesystem::path file = root_.path() + path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }
  [[nodiscard]] std::uint64_t limit() const { return group_limit_bytes(root_.path()); }

 private:
  seshdb::testing::TemporaryDirectory root_;
};

}  // namespace

TEST_F(Groups, that_are_none_limit_nothing) {
  EXPECT_EQ(limit(), UINT64_MAX);
  write("/proc/self/mountinfo", "24 1 0:22 / /proc rw - proc proc rw\nhalf a line");
  write("/proc/self/cgroup", "0::/\nno colons\n");
  EXPECT_EQ(limit(), UINT64_MAX);
}

TEST_F(Groups, of_version_2_count_up_to_the_root) {
  write("/proc/self/mountinfo", kMounts2);
  write("/proc/self/cgroup", "0::/user.slice/app.scope\n");
  EXPECT_EQ(limit(), UINT64_MAX);
  write("/sys/fs/cgroup/user.slice/app.scope/memory.max", "max\n");
  EXPECT_EQ(limit(), UINT64_MAX);
  write("/sys/fs/cgroup/user.slice/memory.max", "1000000000\n");
  EXPECT_EQ(limit(), 1'000'000'000U);
  write("/sys/fs/cgroup/user.slice/app.scope/memory.max", "2000000000\n");
  EXPECT_EQ(limit(), 1'000'000'000U);
  write("/sys/fs/cgroup/user.slice/app.scope/memory.max", "500000000\n");
  EXPECT_EQ(limit(), 500'000'000U);
  write("/sys/fs/cgroup/memory.max", "100000000\n");
  EXPECT_EQ(limit(), 100'000'000U);
}

TEST_F(Groups, of_version_1_count_up_to_the_root) {
  write("/proc/self/mountinfo", kMounts1);
  write("/proc/self/cgroup", kGroups1);
  const std::string memory = "/sys/fs/cgroup/memory";
  write(memory + "/memory.limit_in_bytes", "9223372036854771712\n");
  write("/sys/fs/cgroup/cpu,cpuacct/elsewhere/memory.limit_in_bytes", "1\n");
  EXPECT_EQ(limit(), 9'223'372'036'854'771'712U);
  write(memory + "/system.slice/memory.limit_in_bytes", "3000000000\n");
  EXPECT_EQ(limit(), 3'000'000'000U);
  write(memory + "/system.slice/seshdb.service/memory.limit_in_bytes", "700000000\n");
  EXPECT_EQ(limit(), 700'000'000U);
  // Where both versions are mounted, the one that limits memory counts.
  write("/sys/fs/cgroup/unified/system.slice/memory.max", "600000000\n");
  EXPECT_EQ(limit(), 600'000'000U);
}

TEST_F(Groups, of_a_container_stand_where_its_own_group_is_mounted) {
  // The path is the host's; the container's group is mounted.
  write("/proc/self/mountinfo",
        "34 30 0:30 /docker/4f /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n");
  write("/proc/self/cgroup", "9:memory:/docker/4f/inner\n");
  write("/sys/fs/cgroup/memory/memory.limit_in_bytes", "800000000\n");
  EXPECT_EQ(limit(), 800'000'000U);
  write("/sys/fs/cgroup/memory/inner/memory.limit_in_bytes", "400000000\n");
  EXPECT_EQ(limit(), 400'000'000U);
  // A group outside of the mounted ones.
  write("/proc/self/cgroup", "9:memory:/../other\n");
  EXPECT_EQ(limit(), 800'000'000U);
}

}  // namespace seshdb
