// The envelope of a request: one JSON object with one member; its name is the command, its value
// holds the parameters. Finds both, or the fault of an invalid request. Independent of commands.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/status.h"
#include "json/outline.h"

namespace seshdb::protocol {

/// A request's outline, or the fault of an invalid one. Holds views of the text and the reader.
struct Envelope {
  std::string_view text;
  std::span<const json::Node> nodes;  // nodes[0] the request, nodes[1] the command's value
  Status status = Status::kOk;        // kOk, or the `st` of the `ERR` answer
  std::string fault;                  // the `m` of the `ERR` answer

  /// The command's name, raw.
  [[nodiscard]] std::string_view name() const { return nodes[1].name(text); }
};

class EnvelopeReader {
 public:
  explicit EnvelopeReader(std::uint32_t depth_max) : depth_max_(depth_max) {}

  /// Reads one request. The result holds until the next call. REQUIRES: `text` is UTF-8.
  [[nodiscard]] Envelope read(std::string_view text);

 private:
  json::Outline outline_;
  std::uint32_t depth_max_;
};

}  // namespace seshdb::protocol
