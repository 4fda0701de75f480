// Names and the manifest: what is written is read again, and nothing else is taken for it.
#include "engine/layout.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <string>

#include "support/faulty_directory.h"

namespace seshdb::engine {

namespace {

using testing::FaultyDirectory;
using Call = FaultyDirectory::Call;

std::string fault_in(Directory& directory) {
  const auto read = read_manifest(directory);
  return read ? "" : read.error();
}

}  // namespace

TEST(Layout, reads_the_names_it_gives) {
  for (const FileKind kind : {FileKind::kLog, FileKind::kCheckpoint}) {
    for (const std::uint64_t sequence : {std::uint64_t{1}, std::uint64_t{9'999'999'999},
                                         std::uint64_t{12'345'678'901}, UINT64_MAX}) {
      const FileHeader header{.kind = kind, .core = 255, .cores = 1, .sequence = sequence};
      for (const std::string_view end : {std::string_view(), kUnfinished}) {
        const std::string name = file_name(4'000'000'000, header) + std::string(end);
        const auto file = parse_name(name);
        ASSERT_TRUE(file) << name;
        EXPECT_EQ(file->name, name);
        EXPECT_EQ(file->epoch, 4'000'000'000U);
        EXPECT_EQ(file->header.kind, kind);
        EXPECT_EQ(file->header.core, 255U);
        EXPECT_EQ(file->header.sequence, sequence);
        EXPECT_EQ(file->unfinished, !end.empty());
      }
    }
  }
  EXPECT_EQ(file_name(1, {.core = 2, .sequence = 3}), "e1-c2-0000000003.log");
}

TEST(Layout, takes_no_other_name_for_one_of_its_own) {
  for (const char* const name : {"",
                                 "LOCK",
                                 "MANIFEST",
                                 "MANIFEST.new",
                                 "secret",
                                 ".new",
                                 "e1-c0-0000000001",
                                 "e1-c0-1.log",
                                 "e1-c0-00000000001.log",
                                 "e01-c0-0000000001.log",
                                 "e1-c0-0000000001.log2",
                                 "e1-c0-0000000001.logs",
                                 "e1-c0-0000000001.new",
                                 "e1-c0-0000000001.log.new.new",
                                 "E1-c0-0000000001.log",
                                 "e1-c-1-0000000001.log",
                                 "e4294967296-c0-0000000001.log",
                                 "e1-c0-18446744073709551616.log",
                                 "xe1-c0-0000000001.log",
                                 "e1-c0-0000000001.log~"}) {
    EXPECT_FALSE(parse_name(name)) << name;
  }
}

TEST(Layout, lists_its_files_and_no_others) {
  FaultyDirectory directory;
  for (const char* const name : {"LOCK", "e1-c0-0000000001.log", "e1-c0-0000000002.log.new", "x"}) {
    directory.put(name, "");
  }
  const auto files = files_of(directory);
  ASSERT_TRUE(files);
  ASSERT_EQ(files->size(), 2U);
  EXPECT_TRUE(files->at(1).unfinished);
}

TEST(Manifest, is_read_as_it_was_written_and_replaced_as_a_whole) {
  FaultyDirectory directory;
  EXPECT_FALSE(read_manifest(directory).value());
  testing::Dice dice(3);
  for (std::uint32_t epoch = 1; epoch < 50; ++epoch) {
    // Whatever is written last when the power goes, it is the old one or the new one.
    ASSERT_TRUE(write_manifest(directory, {.epoch = epoch, .cores = epoch + 3}));
    directory.fail(Call::kSyncNames, 1, EIO);
    ASSERT_FALSE(write_manifest(directory, {.epoch = epoch + 1, .cores = epoch + 4}));
    const auto after = directory.crash(dice);
    const auto manifest = read_manifest(*after).value();
    ASSERT_TRUE(manifest);
    EXPECT_TRUE(manifest->epoch == epoch || manifest->epoch == epoch + 1);
    EXPECT_EQ(manifest->cores, manifest->epoch + 3);
  }
}

TEST(Manifest, that_cannot_be_written_is_a_fault_and_leaves_the_old_one) {
  for (const Call call : {Call::kCreate, Call::kAppend, Call::kSync, Call::kRename}) {
    FaultyDirectory directory;
    ASSERT_TRUE(write_manifest(directory, {.epoch = 1, .cores = 2}));
    directory.fail(call, 1, ENOSPC);
    const auto written = write_manifest(directory, {.epoch = 2, .cores = 4});
    ASSERT_FALSE(written);
    EXPECT_NE(written.error().find("MANIFEST: No space left on device"), std::string::npos)
        << written.error();
    EXPECT_EQ(read_manifest(directory).value()->epoch, 1U);
    EXPECT_TRUE(write_manifest(directory, {.epoch = 2, .cores = 4}));
  }
}

// A directory of tokens of 64 bits can be given back to a program that does not know of others.
TEST(Manifest, tells_tokens_of_128_bits_and_is_as_it_was_before_with_others) {
  FaultyDirectory directory;
  ASSERT_TRUE(write_manifest(directory, {.epoch = 3, .cores = 4, .salt = 5}));
  EXPECT_EQ(directory.read_all("MANIFEST"), "seshdb-data 2\nepoch 3\ncores 4\nsalt 5\n");
  EXPECT_EQ(read_manifest(directory).value()->token_bits, store::TokenBits::k64);
  ASSERT_TRUE(write_manifest(
      directory, {.epoch = 3, .cores = 4, .salt = 5, .token_bits = store::TokenBits::k128}));
  EXPECT_EQ(directory.read_all("MANIFEST"),
            "seshdb-data 3\nepoch 3\ncores 4\nsalt 5\ntoken-bits 128\n");
  const Manifest read = read_manifest(directory).value().value();
  EXPECT_EQ(read.token_bits, store::TokenBits::k128);
  EXPECT_EQ(read.format, read.own_format());
  for (const char* const wrong : {"seshdb-data 2\nepoch 3\ncores 4\nsalt 5\ntoken-bits 128\n",
                                  "seshdb-data 3\nepoch 3\ncores 4\nsalt 5\n",
                                  "seshdb-data 3\nepoch 3\ncores 4\nsalt 5\ntoken-bits 64\n",
                                  "seshdb-data 3\nepoch 3\ncores 4\nsalt 5\ntoken-bits 128\n\n"}) {
    directory.put("MANIFEST", wrong);
    EXPECT_NE(fault_in(directory).find("damaged"), std::string::npos) << wrong;
  }
}

TEST(Manifest, of_another_format_or_damaged_says_what_to_do) {
  FaultyDirectory directory;
  directory.put("MANIFEST", "seshdb-data 7\nanything");
  EXPECT_NE(fault_in(directory).find("newer version"), std::string::npos) << fault_in(directory);
  directory.put("MANIFEST", "seshdb-data 0\nanything");
  EXPECT_NE(fault_in(directory).find("formats 1 to 3"), std::string::npos) << fault_in(directory);
  directory.put("MANIFEST", "seshdb-data 1\nepoch 3\ncores 4\nsalt 5\n");
  EXPECT_EQ(fault_in(directory), "");
  const std::string good = "seshdb-data 2\nepoch 3\ncores 4\nsalt 5\n";
  directory.put("MANIFEST", good);
  EXPECT_EQ(fault_in(directory), "");
  for (std::size_t bytes = 0; bytes < good.size(); ++bytes) {
    directory.put("MANIFEST", good.substr(0, bytes));
    EXPECT_NE(fault_in(directory).find("damaged"), std::string::npos) << bytes;
  }
  for (const char* const wrong :
       {"seshdb-data 1\nepoch 3\ncores 4\nsalt 5\n\n", "seshdb-data 1\nepoch 3\ncores 0\nsalt 5\n",
        "seshdb-data 1\nepoch -1\ncores 4\nsalt 5\n",
        "seshdb-data 1\nepoch 4294967295\ncores 4\nsalt 5\n",
        "seshdb-data 1\ncores 4\nepoch 3\nsalt 5\n"}) {
    directory.put("MANIFEST", wrong);
    EXPECT_NE(fault_in(directory).find("backup"), std::string::npos) << wrong;
  }
  directory.fail(Call::kRead, 1, EIO);
  EXPECT_NE(fault_in(directory).find("Input/output error"), std::string::npos);
}

}  // namespace seshdb::engine
