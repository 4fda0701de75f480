// Looks for a frame at every multiple of 8. Most positions are ruled out by the frame's head. The
// bytes of checksums that do not match are counted; too many of them end the search.
#include "engine/frame_search.h"

#include <algorithm>

namespace seshdb::engine {

namespace {

constexpr std::size_t kStep = 8;
constexpr std::uint64_t kSectorBytes = 512;
// Frames up to this size are read whole. The checksum of a larger one is computed piece by piece.
constexpr std::uint64_t kHeldBytesMax = std::uint64_t{16} << 20;
constexpr std::uint64_t kPieceBytes = std::uint64_t{1} << 20;
// About a tenth of a second of work, and besides that the rest of the file sixteen times.
constexpr std::uint64_t kWorkBytes = std::uint64_t{1} << 30;
constexpr std::uint64_t kWorkPerByte = 16;

class Candidate {
 public:
  Candidate(const FrameHead& head, std::uint64_t file_seed, std::uint64_t position)
      : head_(head), file_seed_(file_seed), position_(position) {}

  [[nodiscard]] bool large() const { return head_.frame_bytes() > kHeldBytesMax; }
  /// How many bytes a check reads.
  [[nodiscard]] std::uint64_t work() const {
    return large() ? position_ + head_.frame_bytes() : head_.frame_bytes();
  }
  /// Sets `whole` to true if the frame is whole. `window` keeps its position. Returns 0 or an
  /// errno.
  [[nodiscard]] int check(FileWindow& window, bool& whole) const {
    if (const int error = window.fill(head_.frame_bytes()); error != 0) return error;
    const std::string_view view = window.view();
    whole = view.size() >= head_.frame_bytes() &&
            is_whole(view.substr(0, head_.frame_bytes()), head_, file_seed_, position_);
    return 0;
  }
  /// The same for a large frame, with a window of its own.
  [[nodiscard]] int check_in_pieces(Directory& directory, const std::string& name,
                                    bool& whole) const;

 private:
  FrameHead head_;
  std::uint64_t file_seed_;
  std::uint64_t position_;
};

int Candidate::check_in_pieces(Directory& directory, const std::string& name, bool& whole) const {
  whole = false;
  FileWindow window;
  if (const int error = window.open(directory, name); error != 0) return error;
  if (const int error = window.skip(position_ + kFrameHeadBytes); error != 0) return error;
  FrameChecksum checksum(head_, file_seed_, position_);
  std::uint64_t left = head_.payload_bytes();
  while (left != 0) {
    if (const int error = window.fill(std::min(left, kPieceBytes)); error != 0) return error;
    const std::string_view piece = window.view().substr(0, left);
    if (piece.empty()) return 0;
    checksum.add(piece);
    left -= piece.size();
    if (const int error = window.skip(piece.size()); error != 0) return error;
  }
  const std::size_t filling = head_.frame_bytes() - kFrameHeadBytes - head_.payload_bytes();
  if (const int error = window.fill(filling); error != 0) return error;
  whole = window.view().size() >= filling && is_filling(window.view().substr(0, filling)) &&
          checksum.value() == head_.checksum;
  return 0;
}

}  // namespace

FrameHit find_frame(Directory& directory, const std::string& name, std::uint64_t file_seed,
                    std::uint64_t synced_least, FileWindow& window) {
  using Outcome = FrameHit::Outcome;
  const auto failed = [](int error) {
    return FrameHit{.outcome = Outcome::kFailed, .error = error, .head = {}};
  };
  std::uint64_t work = kWorkBytes + window.rest() * kWorkPerByte;
  for (;;) {
    if (const int error = window.fill(kFrameHeadBytes); error != 0) return failed(error);
    if (window.rest() < kFrameHeadBytes) return {};
    const FrameHead head = read_head(window.view().data());
    // Holes may be long. No mark has a checksum of zero.
    const bool is_zeros = is_filling(window.view().substr(0, kFrameHeadBytes));
    if (!is_zeros && head.synced() >= synced_least &&
        head.may_be(window.position(), window.rest())) {
      const Candidate candidate(head, file_seed, window.position());
      if (candidate.work() > work) return {.outcome = Outcome::kGaveUp, .error = 0, .head = {}};
      work -= candidate.work();
      bool whole = false;
      const int error = candidate.large() ? candidate.check_in_pieces(directory, name, whole)
                                          : candidate.check(window, whole);
      if (error != 0) return failed(error);
      if (whole) return {.outcome = Outcome::kFound, .error = 0, .head = head};
    }
    if (const int error = window.skip(kStep); error != 0) return failed(error);
  }
}

int find_hole(Directory& directory, const std::string& name, std::uint64_t from, std::uint64_t to,
              bool& found) {
  found = false;
  FileWindow window;
  if (const int error = window.open(directory, name); error != 0) return error;
  if (const int error = window.skip(from); error != 0) return error;
  while (window.rest() != 0) {
    const std::uint64_t sector = kSectorBytes - window.position() % kSectorBytes;
    if (const int error = window.fill(sector); error != 0) return error;
    const std::string_view bytes = window.view().substr(0, sector);
    if (bytes.empty() || window.position() + bytes.size() > to) return 0;
    if (is_filling(bytes)) {
      found = true;
      return 0;
    }
    if (const int error = window.skip(bytes.size()); error != 0) return error;
  }
  return 0;
}

}  // namespace seshdb::engine
