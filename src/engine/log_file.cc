// Writes and reads frames. If a frame is not whole, the frames behind it tell damage from the work
// of a crash: a crash loses only what was not synced.
#include "engine/log_file.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/check.h"
#include "engine/frame_layout.h"
#include "engine/frame_search.h"

namespace seshdb::engine {

namespace {

std::string text_of(FileKind kind) {
  switch (kind) {
    case FileKind::kLog:
      return "a log";
    case FileKind::kCheckpoint:
      return "a checkpoint";
  }
  return "of kind " + std::to_string(static_cast<std::uint32_t>(kind));
}

// The reason why the header is not the expected one, or an empty text.
std::string header_fault(const RawHeader& header, const FileHeader& expected) {
  const auto other = [](const char* what, std::uint64_t has, std::uint64_t wanted) {
    return std::string("its ") + what + " is " + std::to_string(has) + ", where " +
           std::to_string(wanted) + " was expected";
  };
  if (!header.has_magic) return "it does not begin as SeshDB's files do";
  const FileHeader& has = header.fields;
  if (header.format != FileHeader::kFormat) {
    // Another format may have another header. Or this is our format, and the header is damaged.
    return "it has format " + std::to_string(header.format) + ", and this version knows " +
           std::to_string(FileHeader::kFormat) +
           (header.has_checksum ? "" : " (or its header is damaged: the checksum does not match)");
  }
  if (!header.has_checksum) return "the checksum of its header does not match";
  if (has.kind != expected.kind) {
    return "it is " + text_of(has.kind) + ", where " + text_of(expected.kind) + " was expected";
  }
  if (has.core != expected.core) return other("core", has.core, expected.core);
  if (has.cores != expected.cores) return other("number of cores", has.cores, expected.cores);
  if (has.sequence != expected.sequence) return other("sequence", has.sequence, expected.sequence);
  return {};
}

}  // namespace

FrameWriter::FrameWriter(const FileHeader& header) : header_(header), seed_(seed_of(header)) {}

FrameWriter FrameWriter::at(const FileHeader& header, std::uint64_t position) {
  SESHDB_CHECK(position >= kHeaderBytes && position % 8 == 0);  // readers search there only
  FrameWriter writer(header);
  writer.position_ = position;
  return writer;
}

void FrameWriter::begin(Buffer& out) {
  SESHDB_CHECK(position_ == 0);
  const HeaderBytes bytes = to_bytes(header_);
  out.append({bytes.data(), bytes.size()});
  position_ = bytes.size();
}

void FrameWriter::frame(std::string_view payload, std::uint64_t synced, Buffer& out) {
  SESHDB_CHECK(!payload.empty() && payload.size() <= kPayloadBytesMax);
  append(static_cast<std::uint32_t>(payload.size()), payload, synced, out);
}

void FrameWriter::mark(std::uint64_t synced, Buffer& out) { append(kMarkBytes, {}, synced, out); }

void FrameWriter::end(std::uint64_t synced, Buffer& out) { append(kEndBytes, {}, synced, out); }

void FrameWriter::append(std::uint32_t bytes_field, std::string_view payload, std::uint64_t synced,
                         Buffer& out) {
  SESHDB_CHECK(position_ >= kHeaderBytes && synced <= position_);
  synced_ = std::max(synced_, synced);
  const std::uint64_t eighths = std::min<std::uint64_t>(synced_ / 8, UINT32_MAX);
  FrameHead head{.bytes_field = bytes_field,
                 .synced_field = static_cast<std::uint32_t>(eighths),
                 .checksum = 0};
  FrameChecksum checksum(head, seed_, position_);
  checksum.add(payload);
  head.checksum = checksum.value();
  append_head(head, out);
  out.append(payload);
  constexpr std::string_view kZeros{"\0\0\0\0\0\0\0", 7};
  out.append(kZeros.substr(0, head.frame_bytes() - kFrameHeadBytes - payload.size()));
  position_ += head.frame_bytes();
}

FrameReader::Result FrameReader::open(Directory& directory, const std::string& name,
                                      const FileHeader& expected) {
  *this = FrameReader();
  directory_ = &directory;
  name_ = name;
  seed_ = seed_of(expected);
  if (const int error = window_.open(directory, name); error != 0) return failed(error);
  if (const int error = window_.fill(kHeaderBytes); error != 0) return failed(error);
  if (window_.rest() < kHeaderBytes) return tail(true);
  const std::string wrong = header_fault(read_header(window_.view().data()), expected);
  if (!wrong.empty()) return damaged(wrong);
  step_ = kHeaderBytes;
  return result_ = Result::kFrame;
}

FrameReader::Result FrameReader::next() {
  while (result_ == Result::kFrame) {
    if (const int error = window_.skip(std::exchange(step_, 0)); error != 0) return failed(error);
    position_ = window_.position();
    payload_bytes_ = 0;
    result_ = read_frame();
    if (payload_bytes_ != 0) break;
  }
  return result_;
}

// kFrame for marks too: they are frames without payload.
FrameReader::Result FrameReader::read_frame() {
  if (const int error = window_.fill(kFrameHeadBytes); error != 0) return failed(error);
  if (window_.rest() == 0) return tail(true);
  if (window_.rest() < kFrameHeadBytes) return judge("the head of the frame is cut short", true);
  const FrameHead head = read_head(window_.view().data());
  if (!head.may_be(position_, window_.rest())) {
    return judge("a frame of " + std::to_string(head.payload_bytes()) +
                     " bytes cannot stand there (" + std::to_string(window_.rest()) +
                     " bytes of the file are left)",
                 head.may_be(position_, UINT64_MAX));
  }
  if (const int error = window_.fill(head.frame_bytes()); error != 0) return failed(error);
  if (window_.rest() < head.frame_bytes()) return judge("the frame is cut short", true);
  if (!is_whole(window_.view().substr(0, head.frame_bytes()), head, seed_, position_)) {
    return judge("the checksum of the frame does not match", false);
  }
  synced_ = head.synced();
  step_ = head.frame_bytes();
  if (!head.is_end()) {
    payload_bytes_ = head.payload_bytes();
    return Result::kFrame;
  }
  if (window_.rest() == head.frame_bytes()) return Result::kClosed;
  if (const int error = window_.skip(std::exchange(step_, 0)); error != 0) return failed(error);
  position_ = window_.position();
  return damaged(std::to_string(window_.rest()) + " bytes stand behind the closing frame");
}

// A whole frame behind it proves damage: frames are written in order. If there is a hole, a power
// loss may have kept later sectors and lost earlier ones. Then the frame proves damage only if it
// says that the earlier ones were on the disk.
FrameReader::Result FrameReader::judge(const std::string& wrong, bool is_cut) {
  using Outcome = FrameHit::Outcome;
  if (position_ < known_bytes_) return damaged(wrong + ", and " + known_by_);
  std::uint64_t at = 0;
  FrameHit hit = look_behind(0, at);
  if (hit.outcome == Outcome::kFailed) return failed(hit.error);
  if (hit.outcome == Outcome::kFound && hit.head.synced() <= position_) {
    bool has_hole = false;
    const int error = find_hole(*directory_, name_, position_, at, has_hole);
    if (error != 0) return failed(error);
    if (!has_hole) {
      return damaged(wrong + ", and the frame at byte " + std::to_string(at) +
                     " behind it is whole");
    }
  }
  const bool knows = hit.outcome == Outcome::kFound && hit.head.synced() > position_;
  if (!knows && hit.outcome != Outcome::kNone) hit = look_behind(position_ + 1, at);
  switch (hit.outcome) {
    case Outcome::kNone:
      return is_cut ? tail(true) : tail_with_hole();
    case Outcome::kFailed:
      return failed(hit.error);
    case Outcome::kGaveUp:  // perhaps damage: the user has to decide
      return damaged(wrong + ", and too much behind it looks like a frame to be searched");
    case Outcome::kFound:
      break;
  }
  known_bytes_ = hit.head.synced();
  known_by_ = "the frame at byte " + std::to_string(at) + " says that " +
              std::to_string(known_bytes_) + " bytes were on the disk";
  return damaged(wrong + ", and " + known_by_);
}

FrameReader::Result FrameReader::tail_with_hole() {
  bool has_hole = false;
  const std::uint64_t end = position_ + window_.rest();
  const int error = find_hole(*directory_, name_, position_, end, has_hole);
  return error != 0 ? failed(error) : tail(has_hole);
}

FrameHit FrameReader::look_behind(std::uint64_t synced_least, std::uint64_t& at) {
  FileWindow ahead;
  int error = ahead.open(*directory_, name_);
  if (error == 0) error = ahead.skip(position_);
  if (error != 0) return {.outcome = FrameHit::Outcome::kFailed, .error = error, .head = {}};
  const FrameHit hit = find_frame(*directory_, name_, seed_, synced_least, ahead);
  at = ahead.position();
  return hit;
}

FrameReader::Result FrameReader::skip_damage() {
  if (result_ != Result::kDamaged) return result_;
  const std::uint64_t rest = window_.rest();
  const FrameHit hit = find_frame(*directory_, name_, seed_, synced_, window_);
  if (hit.outcome == FrameHit::Outcome::kFailed) return failed(hit.error);
  if (hit.outcome != FrameHit::Outcome::kFound) {
    tail_bytes_ = rest;
    return result_ = Result::kTail;
  }
  result_ = Result::kFrame;
  return next();
}

std::string_view FrameReader::payload() const {
  if (result_ != Result::kFrame || payload_bytes_ == 0) return {};
  return window_.view().substr(kFrameHeadBytes, payload_bytes_);
}

FrameReader::Result FrameReader::tail(bool is_torn) {
  tail_bytes_ = window_.rest();
  is_torn_ = is_torn;
  return result_ = Result::kTail;
}

FrameReader::Result FrameReader::damaged(const std::string& wrong) {
  fault_ = directory_->path() + '/' + name_ + ", byte " + std::to_string(position_) + ": " + wrong;
  return result_ = Result::kDamaged;
}

FrameReader::Result FrameReader::failed(int error) {
  fault_ = directory_->path() + '/' + name_ + ": cannot be read: " + std::strerror(error);
  return result_ = Result::kFailed;
}

}  // namespace seshdb::engine
