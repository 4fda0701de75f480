// The search for whole frames behind a position where there is none. It tells damage from the work
// of a crash, and finds where to go on. Memory and work are bounded, whatever the bytes are.
#pragma once

#include <cstdint>
#include <string>

#include "engine/file.h"
#include "engine/file_window.h"
#include "engine/frame_layout.h"

namespace seshdb::engine {

struct FrameHit {
  enum class Outcome : std::uint8_t {
    kFound,   // a frame with `head` is at the window's position
    kNone,    // there is no whole frame up to the end of the file
    kGaveUp,  // too many bytes look like frames with wrong checksums
    kFailed,  // `error` is the errno
  };

  Outcome outcome = Outcome::kNone;
  int error = 0;
  FrameHead head;
};

/// Moves `window`, which is a window on that file, to the first whole frame from its position on
/// with synced() of at least `synced_least`. REQUIRES: the window's position is a multiple of 8.
[[nodiscard]] FrameHit find_frame(Directory& directory, const std::string& name,
                                  std::uint64_t file_seed, std::uint64_t synced_least,
                                  FileWindow& window);

/// Sets `found` to true if a sector of 512 bytes between `from` and `to` is all zeros: a power loss
/// leaves such a sector if it was not written yet. The first sector begins at `from`; the file may
/// end within the last. Returns 0 or an errno.
[[nodiscard]] int find_hole(Directory& directory, const std::string& name, std::uint64_t from,
                            std::uint64_t to, bool& found);

}  // namespace seshdb::engine
