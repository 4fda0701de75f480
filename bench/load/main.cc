// seshdb-bench: one run of the load generator.
#include <cstdio>
#include <exception>

#include "base/standard_streams.h"
#include "load/handshakes.h"
#include "load/measure.h"
#include "load/report.h"

int main(int argument_count, char** arguments) {
  seshdb::prepare_standard_streams();
  using namespace seshdb::bench;
  constexpr const char* kProgram = "seshdb-bench";
  try {
    const auto read = read_options(argument_count, arguments);
    if (const int* const status = std::get_if<int>(&read)) {
      return seshdb::end_output(kProgram, *status);
    }
    const Options& options = std::get<Options>(read);
    if (options.handshakes != Handshakes::kNone) {
      std::fputs(measure_handshakes(options).c_str(), stdout);
      return seshdb::end_output(kProgram, 0);
    }
    const Result result = measure(options);
    const auto report = options.json ? report_json : report_text;
    std::fputs(report(options, result).c_str(), stdout);
    return seshdb::end_output(kProgram, error_count(result) == 0 ? 0 : 1);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: %s\n", kProgram, error.what());
    return 1;
  }
}
