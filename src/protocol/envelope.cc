// The faults of a request that do not depend on its command.
#include "protocol/envelope.h"

namespace seshdb::protocol {

namespace {

Envelope refused(Status status, std::string fault) {
  Envelope envelope;
  envelope.status = status;
  envelope.fault = std::move(fault);
  return envelope;
}

}  // namespace

Envelope EnvelopeReader::read(std::string_view text) {
  switch (outline_.read(text, depth_max_)) {
    case json::Verdict::kInvalid:
      return refused(Status::kJsonInvalid,
                     "no valid JSON at byte " + std::to_string(outline_.stopped_at()));
    case json::Verdict::kTooDeep:
      return refused(Status::kJsonInvalid, "nested deeper than " + std::to_string(depth_max_) +
                                               " levels at byte " +
                                               std::to_string(outline_.stopped_at()));
    case json::Verdict::kValid:
      break;
  }
  const std::span<const json::Node> nodes = outline_.nodes();
  if (nodes[0].kind != json::Kind::kObject) {
    return refused(Status::kCommandSyntax, "a request is an object with one member");
  }
  if (nodes.size() == 1) {
    return refused(Status::kCommandSyntax, "an empty object names no command");
  }
  if (nodes[1].next != nodes.size()) {
    return refused(Status::kCommandMultiple, "one request holds one command");
  }
  return {.text = text, .nodes = nodes, .status = Status::kOk, .fault = {}};
}

}  // namespace seshdb::protocol
