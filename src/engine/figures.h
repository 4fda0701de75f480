// The figures of an engine that writes records to a disk.
#pragma once

#include <array>
#include <cstddef>

#include "base/figures.h"

namespace seshdb::engine {

/// Indexes of kDiskFigures.
enum DiskFigure : std::size_t {
  kLastSync,
  kUnsyncedBytes,
  kLogBytes,
  kCheckpointBytes,
  kCheckpoints,
  kSyncs,
  kSyncTime,
};

inline constexpr std::array kDiskFigures{
    Figure{.metric = "seshdb_last_sync_timestamp_seconds",
           .member = "lastSync",
           .help = "When the last sync was finished, in Unix time; 0 where there was none.",
           .unit = Figure::Unit::kMoment},
    Figure{.metric = "seshdb_unsynced_bytes",
           .member = "unsyncedBytes",
           .help = "Of the log, written but not known to be on the disk."},
    Figure{.metric = "seshdb_log_bytes",
           .member = "logBytes",
           .help = "The log since the last checkpoint."},
    Figure{.metric = "seshdb_checkpoint_bytes",
           .member = "checkpointBytes",
           .help = "The last checkpoint."},
    Figure{.metric = "seshdb_checkpoints_total",
           .member = "checkpoints",
           .help = "Checkpoints written since the start.",
           .kind = Figure::Kind::kCounter},
    Figure{.metric = "seshdb_syncs_total",
           .member = "",
           .help = "Syncs of the log that were finished since the start.",
           .kind = Figure::Kind::kCounter},
    Figure{.metric = "seshdb_sync_seconds_total",
           .member = "",
           .help = "How long those syncs took together.",
           .kind = Figure::Kind::kCounter,
           .unit = Figure::Unit::kNanoseconds},
};
static_assert(kDiskFigures.size() == kSyncTime + 1);

}  // namespace seshdb::engine
