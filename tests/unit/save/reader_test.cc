// Parts as files: written, read back, and refused after a change of any byte.
#include "save/reader.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "save/writer.h"
#include "support/save_support.h"
#include "support/temporary_file.h"

namespace seshdb::save {

namespace {

using Form = Writer::Form;

// A part with these sessions, as a file's content.
std::string part_of(Form form, std::uint64_t first, std::uint64_t count) {
  const testing::TemporaryFile file("");
  const Descriptor fd(open(file.path().c_str(), O_WRONLY | O_CLOEXEC));
  Writer writer(fd.fd(), form);
  Buffer lines;
  append_header({.name = "a", .unix_ms = 5, .part = 0, .parts = 1}, lines);
  store::Store store;
  for (std::uint64_t token = first; token < first + count; ++token) {
    (void)store.set(store.create(token, false, "", {}, 0), "key", "[1,2,3]");
    (void)append_session(store, *store.peek(token), lines, [] {});
    EXPECT_TRUE(writer.append(lines.view()));
    lines.clear();
  }
  EXPECT_TRUE(writer.append(lines.view()));
  EXPECT_TRUE(writer.end({.sessions = count, .keys = count}));
  return testing::content_of(file.path());
}

// The result of reading a file of this content: "1 2 3 end 4 end nothing", or "fault: ...".
std::string read(const std::string& content, std::function<bool(std::uint64_t)> wanted = {}) {
  const Descriptor fd(memfd_create("part", MFD_CLOEXEC));
  EXPECT_EQ(write(fd.fd(), content.data(), content.size()), static_cast<ssize_t>(content.size()));
  EXPECT_EQ(lseek(fd.fd(), 0, SEEK_SET), 0);
  PartReader reader(fd.fd(), {.depth_max = 100});
  if (wanted) reader.want(std::move(wanted));
  std::string said;
  for (;;) {
    const Result<PartReader::Item> item = reader.next();
    if (!item) return "fault: " + item.error();
    switch (*item) {
      case PartReader::Item::kSession:
        said += std::to_string(reader.session().token.lower) + ' ';
        break;
      case PartReader::Item::kEndOfPart:
        said += "end ";
        break;
      case PartReader::Item::kEndOfFile:
        return said + "nothing";
    }
  }
}

bool is_fault(const std::string& said) { return said.rfind("fault: line ", 0) == 0; }

}  // namespace

class SavedPart : public ::testing::TestWithParam<Form> {};
INSTANTIATE_TEST_SUITE_P(ByForm, SavedPart, ::testing::Values(Form::kPlain, Form::kZstd),
                         [](const auto& form) {
                           return form.param == Form::kPlain ? "plain" : "zstd";
                         });

TEST_P(SavedPart, reads_back_as_it_was_written) {
  EXPECT_EQ(read(part_of(GetParam(), 1, 3)), "1 2 3 end nothing");
  EXPECT_EQ(read(part_of(GetParam(), 1, 0)), "end nothing");
  EXPECT_EQ(read(""), "nothing");
  EXPECT_EQ(read(part_of(GetParam(), 1, 2) + part_of(GetParam(), 8, 1)), "1 2 end 8 end nothing");
  EXPECT_EQ(read(part_of(GetParam(), 1, 5), [](std::uint64_t token) { return token == 4; }),
            "4 end nothing");
}

TEST_P(SavedPart, is_refused_where_a_byte_is_another_that_says_something_else) {
  const std::string whole = part_of(GetParam(), 1, 4);
  const std::string said = read(whole);
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const int bit : {0x01, 0x20, 0x80}) {
      std::string damaged = whole;
      damaged[at] = static_cast<char>(damaged[at] ^ bit);
      // A hexadecimal digit may have either case, and zstd has bits without meaning.
      const std::string now = read(damaged);
      EXPECT_TRUE(is_fault(now) || now == said) << "byte " << at << " bit " << bit << ": " << now;
    }
  }
}

TEST_P(SavedPart, is_refused_where_it_ends_early) {
  const std::string whole = part_of(GetParam(), 1, 4);
  for (std::size_t at = 1; at < whole.size(); ++at) {
    EXPECT_TRUE(is_fault(read(whole.substr(0, at)))) << "cut at " << at;
  }
}

TEST(SavedParts, of_a_wrong_order_are_refused) {
  const std::string whole = part_of(Form::kPlain, 1, 2);
  const std::string header = whole.substr(0, whole.find('\n') + 1);
  EXPECT_TRUE(is_fault(read(whole.substr(header.size()))));
  EXPECT_TRUE(is_fault(read(header + whole)));
  EXPECT_TRUE(is_fault(read(whole + whole.substr(header.size()))));
  EXPECT_TRUE(is_fault(read(whole + '\n')));
  EXPECT_TRUE(is_fault(read("no JSON\n")));
}

TEST(SavedParts, that_expand_without_end_take_no_more_memory_than_a_line_may) {
  // A frame that says 100 MiB of spaces and no line's end, in a few KiB.
  const testing::TemporaryFile file("");
  {
    const Descriptor fd(open(file.path().c_str(), O_WRONLY | O_CLOEXEC));
    Writer writer(fd.fd(), Form::kZstd);
    const std::string spaces(std::size_t{1} << 20, ' ');
    for (int i = 0; i < 100; ++i) ASSERT_TRUE(writer.append(spaces));
    ASSERT_TRUE(writer.end({}));
  }
  const std::string content = testing::content_of(file.path());
  EXPECT_LT(content.size(), 100'000U);
  EXPECT_TRUE(is_fault(read(content)));
}

TEST(SaveWriter, says_why_it_could_not_write) {
  const Descriptor full(open("/dev/full", O_WRONLY | O_CLOEXEC));
  ASSERT_TRUE(full.open());
  for (const Form form : {Form::kPlain, Form::kZstd}) {
    Writer writer(full.fd(), form);
    Result<void> written = writer.append("{}\n");
    if (written) written = writer.end({});
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error(), "cannot write: No space left on device");
  }
}

}  // namespace seshdb::save
