// The server's figures in Prometheus's text format, for GET /metrics.
#pragma once

#include "base/buffer.h"
#include "core/shared.h"

namespace seshdb::server {

/// Appends the figures that the cores have published. Any core's thread. Takes about a millisecond.
void append_metrics(const core::Shared& shared, Buffer& out);

}  // namespace seshdb::server
