// Runs a fuzz target without libFuzzer, so that the test run covers it with any compiler: the files
// of a corpus folder, then inputs made from them with a fixed seed. Given files, runs only those,
// to replay a failure. Usage: fuzz_NAME FOLDER | fuzz_NAME FILE...
#include <algorithm>
#include <array>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include <unistd.h>

#include "support/random.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t bytes);

namespace seshdb::testing {

namespace {

constexpr std::uint64_t kSeed = 20'240'607;
constexpr int kInputs = 20'000 / SESHDB_TEST_SHARE;
constexpr std::size_t kInputBytesMax = 16 * 1024;

constexpr std::array<std::string_view, 30> kTokens = {
    "{",     "}",  "[",    "]",        ",",          ":",
    "\"",    "\\", "\\u",  "\\u00",    "/",          "~0",
    "~1",    "-",  "0",    "1e400",    "null",       "true",
    "\"a\"", "{}", "[]",   "{\"a\":1", ",\"a\":2",   "\"\\ud83d\\ude00\"",
    " ",     "\n", "\xFF", "\xC3",     "\"rid\":1,", "123456789012345678901234567890"};

// The current input, for the handler that saves it where the target aborts.
const std::string* running = nullptr;  // NOLINT: a signal handler sees globals only

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    std::cerr << "cannot read " << path << '\n';
    std::exit(2);
  }
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// Writes the input that failed as hexadecimal digits, as it may be any bytes.
extern "C" void show_input(int signal) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  const auto print = [](std::string_view text) {
    if (write(STDERR_FILENO, text.data(), text.size()) < 0) std::_Exit(3);
  };
  if (running != nullptr) {
    print("the input, for xxd -r -p: ");
    for (const char c : *running) {
      const auto byte = static_cast<unsigned char>(c);
      print(kDigits.substr(byte >> 4U, 1));
      print(kDigits.substr(byte & 15U, 1));
    }
    print("\n");
  }
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

void run(const std::string& input) {
  running = &input;
  // A copy of exactly this size, so that a sanitizer detects a read beyond it.
  const std::vector<std::uint8_t> bytes(input.begin(), input.end());
  (void)LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
  running = nullptr;
}

void flip_bits(Dice& dice, std::string& input) {
  for (std::size_t n = 1 + dice.roll(4); n > 0; --n) {
    char& byte = input[dice.roll(input.size())];
    byte = static_cast<char>(byte ^ static_cast<char>(1U << dice.roll(8)));
  }
}

void repeat_chunk(Dice& dice, std::string& input) {
  const std::size_t at = dice.roll(input.size());
  const std::string chunk = input.substr(at, 1 + dice.roll(32));
  for (std::size_t n = 1 + dice.roll(dice.one_in(20) ? 400 : 4); n > 0; --n) {
    input.insert(at, chunk);
  }
}

// One input from the corpus with a few changes, or random bytes.
std::string make_input(Dice& dice, const std::vector<std::string>& corpus) {
  std::string input;
  if (corpus.empty() || dice.one_in(20)) {
    for (std::size_t n = 1 + dice.roll(64); n > 0; --n) {
      input += static_cast<char>(dice.next());
    }
    return input;
  }
  input = dice.pick(corpus);
  // Mostly few changes: an input with much damage is refused at once.
  for (std::size_t n = dice.one_in(3) ? 1 + dice.roll(6) : 1; n > 0; --n) {
    if (input.empty()) input = "0";
    const std::size_t at = dice.roll(input.size());
    switch (dice.roll(9)) {
      case 0:
        flip_bits(dice, input);
        break;
      case 1: {
        const std::string& other = dice.pick(corpus);
        input = input.substr(0, at) + other.substr(dice.roll(other.size() + 1));
        break;
      }
      case 2:
        repeat_chunk(dice, input);
        break;
      case 3:
        input.erase(at, 1 + dice.roll(16));
        break;
      default:
        input.insert(at, dice.pick(kTokens));
    }
  }
  input.resize(std::min(input.size(), kInputBytesMax));
  return input;
}

std::vector<std::string> read_folder(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.is_regular_file()) paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());  // the same order, and so the same inputs, everywhere
  std::vector<std::string> corpus;
  for (const auto& path : paths) {
    corpus.push_back(read_file(path));
  }
  return corpus;
}

int run_all(const std::vector<std::filesystem::path>& arguments) {
  if (arguments.size() != 1 || !std::filesystem::is_directory(arguments.front())) {
    for (const auto& path : arguments) {
      std::cout << "replaying " << path.string() << std::endl;
      run(read_file(path));
    }
    return arguments.empty() ? 2 : 0;
  }
  const std::vector<std::string> corpus = read_folder(arguments.front());
  std::cout << "seed " << kSeed << ", " << corpus.size() << " files, " << kInputs << " inputs"
            << std::endl;
  for (const std::string& input : corpus) {
    run(input);
  }
  Dice dice(kSeed);
  for (int i = 0; i < kInputs; ++i) {
    run(make_input(dice, corpus));
  }
  return corpus.empty() ? 2 : 0;  // a missing corpus is a failure
}

}  // namespace

}  // namespace seshdb::testing

int main(int argc, char** argv) {
  std::signal(SIGABRT, seshdb::testing::show_input);
  std::signal(SIGSEGV, seshdb::testing::show_input);
  try {
    return seshdb::testing::run_all({argv + 1, argv + argc});
  } catch (const std::exception& fault) {
    std::cerr << "an exception left the target: " << fault.what() << '\n';
    std::abort();
  }
}
