// A part counts for nothing before its last line was read; that is the caller's care.
#include "save/reader.h"

#include <unistd.h>
#include <zstd.h>

#include <cerrno>
#include <cstring>
#include <new>

namespace seshdb::save {

namespace {
constexpr std::size_t kBlockBytes = std::size_t{128} << 10;
constexpr std::string_view kZstdMagic = "\x28\xB5\x2F\xFD";
}  // namespace

void LineReader::FreeContext::operator()(ZSTD_DCtx_s* context) const {
  (void)ZSTD_freeDCtx(context);
}

LineReader::LineReader(int fd) : fd_(fd) {}
LineReader::~LineReader() = default;

LineReader::Result LineReader::next(std::string_view& line) {
  lines_.consume(line_bytes_);
  line_bytes_ = 0;
  for (;;) {
    const std::size_t at = lines_.view().find('\n', searched_);
    if (at != std::string_view::npos) {
      searched_ = 0;
      line_bytes_ = at + 1;
      line = lines_.view().substr(0, line_bytes_);
      return Result::kLine;
    }
    searched_ = lines_.size();
    if (searched_ > kLineBytesMax) {
      fault_ = "a line is longer than " + std::to_string(kLineBytesMax) + " bytes";
      return Result::kFault;
    }
    if (fill()) continue;
    if (!fault_.empty()) return Result::kFault;
    if (lines_.empty()) return Result::kNothing;
    fault_ = "it ends in the middle of a line";
    return Result::kFault;
  }
}

bool LineReader::read_block() {
  for (;;) {
    const ssize_t got = read(fd_, block_.reserve(kBlockBytes), kBlockBytes);
    if (got > 0) {
      block_.commit(static_cast<std::size_t>(got));
      bytes_read_ += static_cast<std::uint64_t>(got);
      return true;
    }
    if (got == 0) return false;
    if (errno == EINTR) continue;
    fault_ = std::string("cannot read: ") + std::strerror(errno);
    return false;
  }
}

bool LineReader::fill() {
  if (!begun_) {
    begun_ = true;
    while (block_.size() < kZstdMagic.size() && read_block()) {
    }
    compressed_ = block_.view().substr(0, kZstdMagic.size()) == kZstdMagic;
    if (compressed_) {
      context_.reset(ZSTD_createDCtx());
      if (context_ == nullptr) throw std::bad_alloc();
    }
  }
  if (compressed_) return decompress();
  if (block_.empty() && !read_block()) return false;
  lines_.append(block_.view());
  block_.clear();
  return true;
}

bool LineReader::decompress() {
  for (;;) {
    // The decompressor may hold more than there was room for, without any new block.
    if (block_.empty() && !inside_frame_ && !read_block()) return false;
    const std::size_t room = ZSTD_DStreamOutSize();
    ZSTD_inBuffer in{.src = block_.data(), .size = block_.size(), .pos = 0};
    ZSTD_outBuffer out{.dst = lines_.reserve(room), .size = room, .pos = 0};
    const std::size_t left = ZSTD_decompressStream(context_.get(), &out, &in);
    if (ZSTD_isError(left) != 0) {
      fault_ = std::string("it is not whole: ") + ZSTD_getErrorName(left);
      return false;
    }
    block_.consume(in.pos);
    lines_.commit(out.pos);
    inside_frame_ = left != 0;
    if (out.pos != 0) return true;
    if (block_.empty() && inside_frame_ && !read_block()) {
      if (fault_.empty()) fault_ = "it is not whole: the compressed data ends too early";
      return false;
    }
  }
}

PartReader::Result PartReader::fail(const std::string& what) {
  fault_ = "line " + std::to_string(line_number_) + ": " + what;
  return Result::kFault;
}

PartReader::Result PartReader::next() {
  for (;;) {
    std::string_view line;
    ++line_number_;
    const LineReader::Result got = lines_.next(line);
    if (got == LineReader::Result::kFault) return fail(lines_.fault());
    if (got == LineReader::Result::kNothing) {
      return in_part_ ? fail("the last line is missing") : Result::kNothing;
    }
    const std::string_view text = line.substr(0, line.size() - 1);
    const std::uint64_t token = in_part_ && wanted_ ? token_at_begin(text) : 0;
    if (token != 0 && !wanted_(token)) {
      checksum_.add(line);
      ++counts_.sessions;
      all_wanted_ = false;
      continue;
    }
    const Parser::Kind kind = parser_.parse(text);
    if (kind == Parser::Kind::kFault) return fail(parser_.fault());
    if (kind == Parser::Kind::kEnd && in_part_) return end_part();
    if ((kind == Parser::Kind::kHeader) == in_part_ || kind == Parser::Kind::kEnd) {
      return fail(in_part_ ? "a part begins inside another" : "it does not begin like a save");
    }
    if (kind == Parser::Kind::kHeader) {
      in_part_ = true;
      all_wanted_ = true;
      counts_ = {};
      checksum_.reset();
    }
    checksum_.add(line);
    if (kind == Parser::Kind::kHeader) continue;
    ++counts_.sessions;
    counts_.keys += parser_.session().key_count;
    return Result::kSession;
  }
}

PartReader::Result PartReader::end_part() {
  const End& end = parser_.end();
  if (end.checksum != checksum_.value()) return fail("the checksum is not that of the lines");
  if (end.counts.sessions != counts_.sessions || (all_wanted_ && end.counts.keys != counts_.keys)) {
    return fail("the counts are not those of the lines");
  }
  in_part_ = false;
  return Result::kEnd;
}

}  // namespace seshdb::save
