// Checking input: the envelope of requests, and the outline of a large text.
#include <benchmark/benchmark.h>

#include <string>

#include "base/limits.h"
#include "json/outline.h"
#include "micro/documents.h"
#include "protocol/envelope.h"

namespace seshdb::micro {

namespace {

void read_envelope(benchmark::State& state, const std::string& request) {
  protocol::EnvelopeReader reader(limits::kDepthDefault);
  if (reader.read(request).status != Status::kOk) {
    state.SkipWithError("the request is refused");
  }
  for (auto _ : state) {
    benchmark::DoNotOptimize(reader.read(request));
  }
  const auto bytes = static_cast<std::int64_t>(request.size());
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(state.iterations() * bytes);
}

void envelope_kv_get_60_bytes(benchmark::State& state) {
  read_envelope(state, get_request(token_of(0)));
}

void envelope_kv_set_329_bytes(benchmark::State& state) {
  read_envelope(state, set_request(token_of(0), visitor_document(kDocumentBytes)));
}

void envelope_kv_set_1_mb(benchmark::State& state) {
  read_envelope(state, set_request(token_of(0), list_document(1'000'000)));
}

void outline_1_mb(benchmark::State& state) {
  const std::string text = list_document(1'000'000);
  json::Outline outline;
  if (outline.read(text, limits::kDepthDefault) != json::Verdict::kValid) {
    state.SkipWithError("the document is refused");
  }
  for (auto _ : state) {
    benchmark::DoNotOptimize(outline.read(text, limits::kDepthDefault));
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}

BENCHMARK(envelope_kv_get_60_bytes);
BENCHMARK(envelope_kv_set_329_bytes);
BENCHMARK(envelope_kv_set_1_mb);
BENCHMARK(outline_1_mb);

}  // namespace

}  // namespace seshdb::micro
