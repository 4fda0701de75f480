// Records read back as a batch wrote them. A record that is cut short or violates the grammar is
// refused where it begins, and is not visited.
#include "store/records.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <array>
#include <string>
#include <vector>

#include "base/limits.h"
#include "store/batch.h"
#include "support/record_text.h"

namespace seshdb::store {

namespace {

using testing::RecordText;

constexpr std::uint64_t kToken = 0x0807'0605'0403'0201;
const std::string kTokenBytes = "\x01\x02\x03\x04\x05\x06\x07\x08";
const std::string kTokenText = std::to_string(kToken);
// An unsigned number of ten bytes, all of which say that another follows.
const std::string kEndless(10, '\xFF');

std::string operator""_b(const char* text, std::size_t bytes) { return {text, bytes}; }

std::string number(std::uint64_t number) {
  std::string bytes;
  for (; number >= 0x80U; number >>= 7U) bytes += static_cast<char>(number | 0x80U);
  return bytes + static_cast<char>(number);
}

struct Read {
  explicit Read(std::string_view batch) : read(read_records(batch, text)) {}
  RecordText text;
  RecordsRead read;
};

struct Written {
  std::string record;
  std::string text;  // in the form of RecordText
};

// Each kind of record, as Batch writes it; those with settings or a time more than once.
std::vector<Written> each_record() {
  std::vector<Written> all;
  Batch batch;
  const auto wrote = [&](const std::string& text) {
    const Buffer bytes = batch.take();
    all.push_back({std::string(bytes.view()), text + '\n'});
  };
  const auto name = [](const std::string& text) { return kTokenText + " '" + text + "'"; };
  batch.create(kToken, true, {.duration_s = 300, .delete_session = false, .sliding = true}, 50'000,
               "ab");
  wrote("create " + kTokenText + " shared sliding 300 until 50000 'ab'");
  batch.create(kToken, false, {}, 0, "");
  wrote("create " + kTokenText + " deleteSession 0 ''");
  batch.end(kToken);
  wrote("end " + kTokenText);
  batch.end_all();
  wrote("end_all");
  batch.expiry(kToken, true, {.duration_s = 1, .delete_session = true, .sliding = false},
               UINT64_MAX);
  wrote("expiry " + kTokenText + " shared deleteSession 1 until -1");
  batch.deadline(kToken, 7);
  wrote("deadline " + kTokenText + " 7");
  batch.set(kToken, "k", "17");
  wrote("set " + name("k") + " 17");
  batch.set(kToken, std::string(limits::kKeyNameBytesMax, 'k'), "[1,2]");
  wrote("set " + name(std::string(limits::kKeyNameBytesMax, 'k')) + " [1,2]");
  batch.remove(kToken, "");
  wrote("remove " + name(""));
  batch.clear(kToken);
  wrote("clear " + kTokenText);
  const std::array<json::Edit, 2> edits = {json::Edit{*json::Pointer::parse("/a"), "1", 0},
                                           json::Edit{*json::Pointer::parse(""), "[]", 0}};
  batch.update(kToken, "k", edits);
  wrote("update " + name("k") + " '/a'=1;''=[];");
  batch.append(kToken, "k", "[1]");
  wrote("append " + name("k") + " [1]");
  using Kind = PatchOperation::Kind;
  const std::array<PatchOperation, 4> operations = {
      PatchOperation{.kind = Kind::kSet, .path = "/k/a", .value = "[1]"},
      PatchOperation{.kind = Kind::kRemove, .path = "/k"},
      PatchOperation{.kind = Kind::kMove, .path = "/m", .from = "/k/~01"},
      PatchOperation{.kind = Kind::kMerge, .path = "", .value = "{}"}};
  batch.patch(kToken, operations);
  wrote("patch " + kTokenText + " 7'/k/a'''=[1];2'/k'''=;4'/m''/k/~01'=;9''''={};");
  batch.patch(kToken, {operations.data(), 1});
  wrote("patch " + kTokenText + " 7'/k/a'''=[1];");
  const std::array<std::string_view, 2> tags = {"a", "user:1"};
  batch.tags(kToken, tags);
  wrote("tags " + kTokenText + " 'a''user:1'");
  batch.tags(kToken, {});
  wrote("tags " + kTokenText + " ");
  batch.rotate(kToken, 7);
  wrote("rotate " + kTokenText + " 7");
  batch.create({kToken, UpperHalf(1)}, false, {}, 0, "");
  wrote("create 19025181769461858817 deleteSession 0 ''");
  batch.rotate(kToken, {7, UpperHalf(1)});
  wrote("rotate " + kTokenText + " 18446744073709551623");
  const std::array<std::uint64_t, 2> former = {5, UINT64_MAX};
  batch.former(kToken, former);
  wrote("former " + kTokenText + " 5;18446744073709551615;");
  batch.clock(63, 1'000);
  wrote("clock 63 1063");
  batch.clock(-2, 1);
  wrote("clock -65 -1");
  return all;
}

class Views final : public RecordVisitor {
 public:
  std::string_view name;
  std::string_view value;

 private:
  void create(const Token&, const Settings&, std::string_view) override {}
  void end(std::uint64_t) override {}
  void end_all() override {}
  void expiry(std::uint64_t, const Settings&) override {}
  void deadline(std::uint64_t, std::int64_t) override {}
  void set(std::uint64_t, std::string_view key, std::string_view text) override {
    name = key;
    value = text;
  }
  void remove(std::uint64_t, std::string_view) override {}
  void clear(std::uint64_t) override {}
  void update(std::uint64_t, std::string_view, std::span<const json::Edit>) override {}
  void append(std::uint64_t, std::string_view, std::string_view) override {}
  void patch(std::uint64_t, std::span<const PatchOperation>) override {}
  void tags(std::uint64_t, const std::vector<std::string_view>&) override {}
  void rotate(std::uint64_t, const Token&) override {}
  void former(std::uint64_t, const std::vector<std::uint64_t>&) override {}
  void clock(std::int64_t, std::int64_t) override {}
};

void expect_refused(const std::string& record) {
  // Between two other records; the first is visited, the second is not.
  const std::string front = "\x08" + kTokenBytes;
  const Read read(front + record + "\x03");
  EXPECT_EQ(read.read.fault_at, front.size()) << ::testing::PrintToString(record);
  EXPECT_EQ(read.read.records, 1U);
  EXPECT_EQ(read.text.text(), "clear " + kTokenText + "\n");
}

}  // namespace

TEST(Records, reads_each_record_as_it_was_written) {
  std::string all;
  std::string text;
  std::uint64_t count = 0;
  for (const Written& written : each_record()) {
    const Read read(written.record);
    EXPECT_EQ(read.text.text(), written.text);
    EXPECT_EQ(read.read.records, 1U);
    EXPECT_FALSE(read.read.fault_at);
    all += written.record;
    text += written.text;
    ++count;
  }
  const Read read(all);
  EXPECT_EQ(read.text.text(), text);
  EXPECT_EQ(read.read.records, count);
  EXPECT_FALSE(read.read.fault_at);
}

TEST(Records, finds_none_in_an_empty_batch) {
  const Read read("");
  EXPECT_EQ(read.read.records, 0U);
  EXPECT_FALSE(read.read.fault_at);
}

TEST(Records, refuses_each_record_cut_at_any_byte_and_visits_those_before_it) {
  std::string front;
  std::string visited;
  std::uint64_t count = 0;
  for (const Written& written : each_record()) {
    for (std::size_t bytes = 1; bytes < written.record.size(); ++bytes) {
      const Read read(front + written.record.substr(0, bytes));
      ASSERT_EQ(read.read.fault_at, front.size()) << written.text << bytes;
      ASSERT_EQ(read.read.records, count);
      ASSERT_EQ(read.text.text(), visited);
    }
    front += written.record;
    visited += written.text;
    ++count;
  }
}

TEST(Records, refuses_every_op_that_there_is_not) {
  for (int op = 0; op < 256; ++op) {
    if (op >= static_cast<int>(Op::kCreate) && op <= static_cast<int>(Op::kRotate128)) continue;
    expect_refused(static_cast<char>(op) + kTokenBytes + std::string(20, '\x01'));
  }
}

TEST(Records, refuses_an_upper_half_that_is_0) {
  const std::string none(8, '\0');
  expect_refused("\x10" + kTokenBytes + none + "\x02\0\0\0"_b);
  expect_refused("\x11" + kTokenBytes + "\x07\0\0\0\0\0\0\0"_b + none);
}

TEST(Records, refuses_every_flag_that_there_is_not) {
  const auto settings = [](int flags) {
    return kTokenBytes + static_cast<char>(flags) + "\x01\x01";
  };
  for (int flags = 0; flags < 256; ++flags) {
    const std::string create = "\x01" + settings(flags) + "\x01n";
    const std::string expiry = "\x04" + settings(flags);
    if (flags < 8) {
      EXPECT_FALSE(Read(create + expiry).read.fault_at) << flags;
    } else {
      expect_refused(create);
      expect_refused(expiry);
    }
  }
}

TEST(Records, refuses_the_token_0_in_each_record_of_a_session) {
  for (Written written : each_record()) {
    const auto op = static_cast<Op>(written.record[0]);
    if (op == Op::kEndAll || op == Op::kClock) continue;
    expect_refused(written.record.replace(1, kTokenBytes.size(), std::string(8, '\0')));
  }
}

TEST(Records, refuses_numbers_of_more_than_ten_bytes_or_out_of_bounds) {
  const std::string too_many_seconds = number(limits::kDurationSecondsMax + 1);
  EXPECT_FALSE(Read("\x04" + kTokenBytes + "\x01" + number(limits::kDurationSecondsMax) + "\x01")
                   .read.fault_at);
  for (const std::string& record : {
           "\x01" + kTokenBytes + "\x01" + kEndless + "\x01\x01",
           "\x01" + kTokenBytes + "\x01\x01" + kEndless + "\x01",
           "\x01" + kTokenBytes + "\x01\x01\x01" + kEndless,
           "\x01" + kTokenBytes + "\x01" + too_many_seconds + "\x01\x01n",
           "\x04" + kTokenBytes + "\x01" + kEndless + "\x01",
           "\x04" + kTokenBytes + "\x01\x01" + kEndless,
           "\x04" + kTokenBytes + "\x01" + too_many_seconds + "\x01",
           "\x05" + kTokenBytes + kEndless,
           "\x06" + kTokenBytes + kEndless,
           "\x06" + kTokenBytes + "\x01k" + kEndless,
           "\x07" + kTokenBytes + kEndless,
           "\x09" + kTokenBytes + kEndless,
           "\x09" + kTokenBytes + "\x01k" + kEndless,
           "\x09" + kTokenBytes + "\x01k\x01" + kEndless,
           "\x09" + kTokenBytes + "\x01k\x01\x02/a" + kEndless,
           "\x0A" + kTokenBytes + kEndless,
           "\x0A" + kTokenBytes + "\x01k" + kEndless,
           "\x0C" + kTokenBytes + kEndless,
           "\x0C" + kTokenBytes + "\x01\x07" + kEndless,
           "\x0C" + kTokenBytes + "\x01\x07\x02/k" + kEndless,
           "\x0D" + kTokenBytes + kEndless,
           "\x0D" + kTokenBytes + "\x01" + kEndless,
           "\x0F" + kTokenBytes + kEndless,
           "\x0B" + kEndless + "\x02",
           "\x0B\x02" + kEndless,
       }) {
    expect_refused(record);
  }
}

TEST(Records, refuses_tags_that_are_empty_long_too_many_or_not_in_order) {
  const auto record = [](const std::vector<std::string>& tags) {
    std::string bytes = "\x0D" + kTokenBytes + number(tags.size());
    for (const std::string& tag : tags) bytes += number(tag.size()) + tag;
    return bytes;
  };
  const std::string longest(limits::kTagBytesMax, 'a');
  EXPECT_FALSE(Read(record({longest})).read.fault_at);
  EXPECT_FALSE(Read(record({"1", "2", "3", "4", "5", "6", "7", "8"})).read.fault_at);
  expect_refused(record({""}));
  expect_refused(record({longest + 'a'}));
  expect_refused(record({"1", "2", "3", "4", "5", "6", "7", "8", "9"}));
  expect_refused(record({"a", "a"}));
  expect_refused(record({"b", "a"}));
}

TEST(Records, refuses_a_rotation_to_no_token_or_to_the_same_and_the_former_token_0) {
  expect_refused("\x0E" + kTokenBytes + std::string(8, '\0'));
  expect_refused("\x0E" + kTokenBytes + kTokenBytes);
  expect_refused("\x0F" + kTokenBytes + "\x01" + std::string(8, '\0'));
}

TEST(Records, refuses_lengths_beyond_the_end_names_that_are_too_long_and_empty_values) {
  const std::string long_name =
      number(limits::kKeyNameBytesMax + 1) + std::string(limits::kKeyNameBytesMax + 1, 'k');
  const std::string huge = number(UINT64_MAX);
  for (const std::string& record : {
           "\x01" + kTokenBytes + "\x01\x01\x01\x7Fn",
           "\x01" + kTokenBytes + "\x01\x01\x01" + huge + "n",
           "\x06" + kTokenBytes + huge + "k",
           "\x06" + kTokenBytes + "\x01k" + huge + "1",
           "\x06" + kTokenBytes + long_name + "\x01" + "1",
           "\x06" + kTokenBytes + "\x01k\0"_b,
           "\x07" + kTokenBytes + "\x7Fk",
           "\x07" + kTokenBytes + long_name,
           "\x09" + kTokenBytes + long_name + "\x01\x01/\x01" + "1",
           "\x09" + kTokenBytes + "\x01k\x01\x01/\0"_b,  // no value
           "\x09" + kTokenBytes + "\x01k\0"_b,           // no edit
           "\x09" + kTokenBytes +
               "\x01k\x01\x01x\x01"
               "1",  // no pointer
           "\x09" + kTokenBytes +
               "\x01k\x02\x01/\x01"
               "1\x02/~\x01"
               "1",
           "\x09" + kTokenBytes + "\x01k" + huge +
               "\x01/\x01"
               "1",
           "\x0A" + kTokenBytes + long_name + "\x01" + "1",
           "\x0A" + kTokenBytes + "\x01k\0"_b,
       }) {
    expect_refused(record);
  }
}

// Kinds are 1 to 9, but 6, a test, is never recorded. 2 has nothing behind its pointer; 4 and 5
// have a pointer.
TEST(Records, refuses_patches_without_operations_or_with_some_that_there_are_not) {
  const auto patch = [](int kind, const std::string& rest) {
    return "\x0C" + kTokenBytes + "\x01" + static_cast<char>(kind) + rest;
  };
  const std::string path = "\x02/k";
  const std::string one = number(1) + "1";
  const std::string none = number(0);
  for (const int kind : {1, 3, 7, 8, 9}) {
    EXPECT_FALSE(Read(patch(kind, path + one)).read.fault_at) << kind;
    expect_refused(patch(kind, path + none));
    expect_refused(patch(kind, number(1) + "k" + one));
  }
  EXPECT_FALSE(Read(patch(2, path + none)).read.fault_at);
  expect_refused(patch(2, path + one));
  for (const int kind : {4, 5}) {
    EXPECT_FALSE(Read(patch(kind, path + number(2) + "/a")).read.fault_at) << kind;
    expect_refused(patch(kind, path + one));
    expect_refused(patch(kind, path + number(2) + "/~"));
  }
  for (const int kind : {0, 6, 10, 11, 127, 255}) expect_refused(patch(kind, path + one));
  expect_refused("\x0C" + kTokenBytes + none);
  const std::string with_a_test = std::string("\x07") + path + one + "\x06" + path + one;
  expect_refused("\x0C" + kTokenBytes + number(2) + with_a_test);
}

// The value is never read, so that its pages take no memory.
TEST(Records, refuses_a_value_above_the_bound) {
  constexpr std::size_t kBytes = limits::kValueBytesMax + 4'096;
  void* const pages = mmap(nullptr, kBytes, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  ASSERT_NE(pages, MAP_FAILED);
  char* const bytes = static_cast<char*>(pages);
  const auto fault_at = [bytes](std::size_t value_bytes) {
    const std::string head = "\x06" + kTokenBytes + "\x01k" + number(value_bytes);
    head.copy(bytes, head.size());
    Views views;
    return read_records({bytes, head.size() + value_bytes}, views).fault_at;
  };
  EXPECT_FALSE(fault_at(limits::kValueBytesMax));
  EXPECT_EQ(fault_at(limits::kValueBytesMax + 1), 0U);
  munmap(pages, kBytes);
}

TEST(Records, shows_texts_that_stand_in_the_batch) {
  Views views;
  const std::string batch = "\x06" + kTokenBytes + "\x01k\x02" + "17";
  EXPECT_EQ(read_records(batch, views).records, 1U);
  EXPECT_EQ(views.name.data(), batch.data() + 10);
  EXPECT_EQ(views.value.data(), batch.data() + 12);
}

}  // namespace seshdb::store
