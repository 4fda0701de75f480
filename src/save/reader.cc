// The reader returns sessions before it has seen the part's last line. The caller must not rely on
// them until kEndOfPart.
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

Result<std::optional<std::string_view>> LineReader::next() {
  lines_.consume(line_bytes_);
  line_bytes_ = 0;
  for (;;) {
    const std::size_t at = lines_.view().find('\n', searched_);
    if (at != std::string_view::npos) {
      searched_ = 0;
      line_bytes_ = at + 1;
      return lines_.view().substr(0, line_bytes_);
    }
    searched_ = lines_.size();
    if (searched_ > kLineBytesMax) {
      return fail("a line is longer than " + std::to_string(kLineBytesMax) + " bytes");
    }
    Result<bool> more = fill();
    if (!more) return fail(std::move(more.error()));
    if (*more) continue;
    if (lines_.empty()) return std::nullopt;
    return fail("it ends in the middle of a line");
  }
}

Result<bool> LineReader::read_block() {
  for (;;) {
    const ssize_t got = read(fd_, block_.reserve(kBlockBytes), kBlockBytes);
    if (got > 0) {
      block_.commit(static_cast<std::size_t>(got));
      return true;
    }
    if (got == 0) return false;
    if (errno == EINTR) continue;
    return fail(std::string("cannot read: ") + std::strerror(errno));
  }
}

Result<bool> LineReader::fill() {
  if (!begun_) {
    begun_ = true;
    while (block_.size() < kZstdMagic.size()) {
      Result<bool> more = read_block();
      if (!more) return more;
      if (!*more) break;
    }
    compressed_ = block_.view().substr(0, kZstdMagic.size()) == kZstdMagic;
    if (compressed_) {
      context_.reset(ZSTD_createDCtx());
      if (context_ == nullptr) throw std::bad_alloc();
    }
  }
  if (compressed_) return decompress();
  if (block_.empty()) {
    if (Result<bool> more = read_block(); !more || !*more) return more;
  }
  lines_.append(block_.view());
  block_.clear();
  return true;
}

Result<bool> LineReader::decompress() {
  for (;;) {
    // zstd may have output left from earlier blocks; then it needs no new block.
    if (block_.empty() && !inside_frame_) {
      if (Result<bool> more = read_block(); !more || !*more) return more;
    }
    const std::size_t room = ZSTD_DStreamOutSize();
    ZSTD_inBuffer in{.src = block_.data(), .size = block_.size(), .pos = 0};
    ZSTD_outBuffer out{.dst = lines_.reserve(room), .size = room, .pos = 0};
    const std::size_t left = ZSTD_decompressStream(context_.get(), &out, &in);
    if (ZSTD_isError(left) != 0) {
      return fail(std::string("it is damaged: ") + ZSTD_getErrorName(left));
    }
    block_.consume(in.pos);
    lines_.commit(out.pos);
    inside_frame_ = left != 0;
    if (out.pos != 0) return true;
    if (block_.empty() && inside_frame_) {
      Result<bool> more = read_block();
      if (!more) return more;
      if (!*more) return fail("it is damaged: the compressed data ends too early");
    }
  }
}

tl::unexpected<std::string> PartReader::fail_at_line(const std::string& what) const {
  return fail("line " + std::to_string(line_number_) + ": " + what);
}

Result<PartReader::Item> PartReader::next() {
  for (;;) {
    ++line_number_;
    const Result<std::optional<std::string_view>> got = lines_.next();
    if (!got) return fail_at_line(got.error());
    if (!*got) {
      if (in_part_) return fail_at_line("the last line is missing");
      return Item::kEndOfFile;
    }
    const std::string_view line = **got;
    const std::string_view text = line.substr(0, line.size() - 1);
    const std::uint64_t token = in_part_ && wanted_ ? token_at_begin(text) : 0;
    if (token != 0 && !wanted_(token)) {
      checksum_.add(line);
      ++counts_.sessions;
      all_wanted_ = false;
      continue;
    }
    const Result<Parser::Kind> kind = parser_.parse(text);
    if (!kind) return fail_at_line(kind.error());
    const bool is_header = *kind == Parser::Kind::kHeader;
    if (*kind == Parser::Kind::kEnd && in_part_) return end_part();
    if (is_header == in_part_ || *kind == Parser::Kind::kEnd) {
      return fail_at_line(in_part_ ? "a part begins inside another"
                                   : "it does not begin like a save");
    }
    if (is_header) {
      in_part_ = true;
      all_wanted_ = true;
      counts_ = {};
      checksum_.reset();
    }
    checksum_.add(line);
    if (is_header) continue;
    ++counts_.sessions;
    counts_.keys += parser_.session().key_count;
    return Item::kSession;
  }
}

Result<PartReader::Item> PartReader::end_part() {
  const End& end = parser_.end();
  if (end.checksum != checksum_.value()) {
    return fail_at_line("the checksum is not that of the lines");
  }
  if (end.counts.sessions != counts_.sessions || (all_wanted_ && end.counts.keys != counts_.keys)) {
    return fail_at_line("the counts are not those of the lines");
  }
  in_part_ = false;
  return Item::kEndOfPart;
}

}  // namespace seshdb::save
