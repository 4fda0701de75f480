// Parts of saves. Reading a file of any bytes ends at its end or at a fault, and each session that
// is read is one that a store may hold. Written again, plain and compressed, and read back, the
// sessions are the same. Input: 'f' and a file; or lines of sessions, to which a correct first and
// last line are added.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/descriptor.h"
#include "base/limits.h"
#include "fuzz/expect.h"
#include "json/string.h"
#include "json/text.h"
#include "save/reader.h"
#include "save/writer.h"
#include "support/json_tree.h"
#include "support/store_changes.h"

namespace seshdb::testing {

namespace {

using save::PartReader;
using save::Writer;

constexpr std::uint32_t kDepthMax = 24;

// A file in memory, at its beginning.
Descriptor file_of(std::string_view content) {
  Descriptor file(memfd_create("part", MFD_CLOEXEC));
  const ssize_t wrote = write(file.fd(), content.data(), content.size());
  expect(wrote == static_cast<ssize_t>(content.size()), "there is memory for the file");
  expect(lseek(file.fd(), 0, SEEK_SET) == 0, "it is rewound");
  return file;
}

void expect_sound(const save::SavedSession& saved) {
  expect(saved.token.lower != 0, "a session has a token");
  expect(saved.shared != saved.name.empty(), "a shared session has a name, and no other");
  expect(saved.name.size() <= limits::kSessionNameBytesMax, "the name is no longer than may be");
  expect(saved.expiry.duration_s <= limits::kDurationSecondsMax, "so is the duration");
  const auto tree = parse_json(saved.keys);
  expect(tree && tree->is_object(), "the keys are a JSON object", saved.keys);
  expect(to_text(*tree) == saved.keys, "in compact form", saved.keys);
  expect(tree->members.size() == saved.key_count, "the keys are counted", saved.keys);
}

// The sessions after loading, by token; the first of each token counts.
struct Loaded {
  store::Store store;
  std::map<std::uint64_t, std::string> sessions;
  Result<PartReader::Item> last = PartReader::Item::kEndOfFile;
  std::uint64_t parts = 0;

  explicit Loaded(int fd) {
    PartReader reader(fd, {.depth_max = kDepthMax});
    for (;;) {
      last = reader.next();
      if (last == PartReader::Item::kSession) {
        add(reader.session());
      } else if (last == PartReader::Item::kEndOfPart) {
        ++parts;
      } else {
        break;
      }
    }
    expect(last || !last.error().empty(), "an error has a message");
  }

 private:
  void add(const save::SavedSession& saved) {
    expect_sound(saved);
    if (store.peek(saved.token.lower) != nullptr) return;
    store::Session& session = store.create(saved.token, saved.shared, saved.name, saved.expiry, 0);
    std::string name;
    for (json::Members m(saved.keys); m.more(); m.skip()) {
      expect(store.set(session, json::decoded(m.name(), name), m.value()), "no name comes twice");
    }
    expect(session.keys().size() == saved.key_count, "all keys are there");
    sessions[saved.token.lower] = dump(store, session);
  }
};

void write_again(const Loaded& loaded, Writer::Form form) {
  const Descriptor file = file_of("");
  Writer writer(file.fd(), form);
  Buffer lines;
  save::append_header({.name = "a", .unix_ms = 5, .part = 0, .parts = 1}, lines);
  for (const auto& [token, text] : loaded.sessions) {
    const store::Session& session = *loaded.store.peek(token);
    (void)save::append_session(loaded.store, session, lines, [] {});
  }
  expect(writer.append(lines.view()) && writer.end(loaded.store.counts()), "it is written");
  expect(lseek(file.fd(), 0, SEEK_SET) == 0, "it is rewound");
  const Loaded again(file.fd());
  expect(again.parts == 1 && again.last == PartReader::Item::kEndOfFile, "it is read again");
  expect(again.sessions == loaded.sessions, "it is the same");
}

void read_file(std::string_view content) {
  const Loaded loaded(file_of(content).fd());
  for (const Writer::Form form : {Writer::Form::kPlain, Writer::Form::kZstd}) {
    write_again(loaded, form);
  }
}

// Adds valid first and last lines, with counts as if all lines were valid.
void read_lines(std::string_view text) {
  Buffer part;
  save::append_header({.name = "a", .unix_ms = 5, .part = 0, .parts = 1}, part);
  store::Counts counts;
  bool sound = true;
  save::Parser parser({.depth_max = kDepthMax});
  for (Steering lines(text); !lines.done();) {
    const std::string_view line = lines.until('\n');
    part.append(line);
    part.append('\n');
    sound = sound && parser.parse(line) == save::Parser::Kind::kSession;
    ++counts.sessions;
    counts.keys += sound ? parser.session().key_count : 0;
  }
  save::Checksum checksum;
  checksum.add(part.view());
  save::append_end({.counts = counts, .checksum = checksum.value()}, part);
  if (sound) {
    const Loaded loaded(file_of(part.view()).fd());
    expect(loaded.parts == 1, "a part of sound lines is sound", part.view());
  }
  read_file(part.view());
}

}  // namespace

}  // namespace seshdb::testing

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t bytes) {
  using namespace seshdb::testing;
  const std::string input(data, data + bytes);
  if (input.starts_with('f')) {
    read_file(std::string_view(input).substr(1));
  } else {
    read_lines(input);
  }
  return 0;
}
