// The server's figures in Prometheus's text format, for GET /metrics.
#pragma once

#include "base/buffer.h"

namespace seshdb::server {

struct Shared;

/// From what the cores have published; any core's thread. Takes a millisecond or so.
void append_metrics(const Shared& shared, Buffer& out);

}  // namespace seshdb::server
