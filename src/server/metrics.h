// The server's figures in Prometheus's text format, for GET /metrics.
#pragma once

#include "base/buffer.h"
#include "core/shared.h"

namespace seshdb::server {

/// From what the cores have published; any core's thread. Takes a millisecond or so.
void append_metrics(const core::Shared& shared, Buffer& out);

}  // namespace seshdb::server
