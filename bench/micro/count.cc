// seshdb-count WORK COUNT: a core serves COUNT requests of one kind over a WebSocket, the same in
// every run, and this program checks the answers. It measures no time:
// bench/micro/count_instructions.py runs it under callgrind, which counts the instructions in
// seshdb_count_serve.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>

#include "micro/client.h"
#include "micro/one_core.h"

namespace {

using seshdb::micro::Client;
using seshdb::micro::Numbers;
using seshdb::micro::OneCore;

constexpr std::uint32_t kSessions = 1'000;

// The requests of one kind, and what each of their answers has.
struct Work {
  std::string_view command;
  std::string (*request)(std::uint64_t token, std::uint64_t number);
  std::string answer_part;
};

std::string document() { return seshdb::micro::visitor_document(seshdb::micro::kDocumentBytes); }

std::string get(std::uint64_t token, std::uint64_t /*number*/) {
  return seshdb::micro::get_request(token);
}

std::string set(std::uint64_t token, std::uint64_t /*number*/) {
  static const std::string text = document();
  return seshdb::micro::set_request(token, text);
}

std::string update(std::uint64_t token, std::uint64_t number) {
  return seshdb::micro::update_request(token, seshdb::micro::avatar(number));
}

std::string read(std::uint64_t token, std::uint64_t /*number*/) {
  return seshdb::micro::read_request(token);
}

std::string patch(std::uint64_t token, std::uint64_t number) {
  return seshdb::micro::patch_request(token, seshdb::micro::avatar(number));
}

bool find_work(std::string_view command, Work& found) {
  const std::string key(seshdb::micro::kKey);
  for (const Work& work : {Work{"KV_GET", get, "\"" + key + "\":" + document() + "}}}"},
                           Work{"KV_SET", set, "\"" + key + "\":21}}}"},
                           Work{"KV_UPDATE", update, "\"" + key + "\":1}}}"},
                           Work{"KV_READ", read, "\"values\":{\"/" + key + "/avatar\":\"img"},
                           Work{"KV_PATCH", patch, "\"out\":{}"}}) {
    if (work.command == command) {
      found = work;
      return true;
    }
  }
  return false;
}

std::size_t count_of(std::string_view wanted, std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = text.find(wanted); at != std::string_view::npos;
       at = text.find(wanted, at + wanted.size())) {
    ++count;
  }
  return count;
}

const char* compiler() {
#ifdef __clang__
  return "clang " __clang_version__;
#else
  return "g++ " __VERSION__;
#endif
}

}  // namespace

// The counted function, with a name that the compiler keeps: a turn of a core's loop, from the
// arrival of some requests to the sending of their answers.
extern "C" [[gnu::noinline]] void seshdb_count_serve(OneCore& core) { core.turn(); }

namespace {

void run(const Work& work, std::uint64_t count) {
  OneCore core(kSessions, document());
  Client client(core);
  Numbers numbers(23);
  for (std::uint64_t done = 0; done < count; done += Client::kWindow) {
    for (std::uint64_t i = 0; i < Client::kWindow; ++i) {
      client.write(work.request(seshdb::micro::token_of(numbers.below(kSessions)), done + i));
    }
    client.send();
    seshdb_count_serve(core);
    const std::string_view answers = client.receive();
    if (count_of(work.answer_part, answers) != Client::kWindow) {
      throw std::runtime_error("an answer is wrong in: " + std::string(answers));
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == "--compiler") {
    std::puts(compiler());
    return EXIT_SUCCESS;
  }
  Work work{};
  const std::uint64_t count = argc == 3 ? std::strtoull(argv[2], nullptr, 10) : 0;
  if (count == 0 || count % Client::kWindow != 0 || !find_work(argv[1], work)) {
    std::fprintf(stderr,
                 "usage: seshdb-count KV_GET|KV_SET|KV_UPDATE|KV_READ|KV_PATCH COUNT\n"
                 "       seshdb-count --compiler\n"
                 "COUNT: a multiple of %zu\n",
                 Client::kWindow);
    return 2;
  }
  try {
    run(work, count);
  } catch (const std::exception& failed) {
    std::fprintf(stderr, "seshdb-count: %s\n", failed.what());
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}
