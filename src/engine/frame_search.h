// The search for whole frames behind a place where there is none: it tells damage from what a crash
// leaves, and finds where to go on. Bounded in memory and in work, whatever the bytes are.
#pragma once

#include <cstdint>
#include <string>

#include "engine/file.h"
#include "engine/file_window.h"
#include "engine/frame_layout.h"

namespace seshdb::engine {

struct FrameHit {
  enum class Outcome : std::uint8_t {
    kFound,   // `head` is that of the frame at the window's position
    kNone,    // there is none up to the end of the file
    kGaveUp,  // too much looks like a frame until its checksum is computed
    kFailed,  // `error` is the errno
  };

  Outcome outcome = Outcome::kNone;
  int error = 0;
  FrameHead head;
};

/// Moves `window`, which is a window on that file, to the first whole frame from its position on
/// that has synced() of at least `synced_least`. REQUIRES: a position
/// divisible by 8.
[[nodiscard]] FrameHit find_frame(Directory& directory, const std::string& name,
                                  std::uint64_t file_seed, std::uint64_t synced_least,
                                  FileWindow& window);

/// Whether a sector of 512 bytes, or what is left of one behind `from`, is all zeros between `from`
/// and `to`, where it ends at the latest; the file may end within it. So a power loss leaves a
/// sector that was not written yet. Gives 0 or an errno.
[[nodiscard]] int find_hole(Directory& directory, const std::string& name, std::uint64_t from,
                            std::uint64_t to, bool& found);

}  // namespace seshdb::engine
