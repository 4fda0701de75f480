// The zstd stream has a checksum of its own, which detects damage before the lines are parsed.
#include "save/writer.h"

#include <unistd.h>
#include <zstd.h>

#include <cerrno>
#include <cstring>
#include <new>

namespace seshdb::save {

void Writer::FreeContext::operator()(ZSTD_CCtx_s* context) const { (void)ZSTD_freeCCtx(context); }

Writer::Writer(int fd, Form form) : fd_(fd) {
  if (form == Form::kPlain) return;
  context_.reset(ZSTD_createCCtx());
  if (context_ == nullptr) throw std::bad_alloc();
  (void)ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_checksumFlag, 1);
}

Writer::~Writer() = default;

Result<void> Writer::write_out(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t wrote = write(fd_, bytes.data(), bytes.size());
    if (wrote > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(wrote));
    } else if (wrote == 0 || errno != EINTR) {
      return fail(std::string("cannot write: ") + std::strerror(wrote == 0 ? EIO : errno));
    }
  }
  return {};
}

Result<void> Writer::compress(std::string_view bytes, bool last) {
  if (context_ == nullptr) return write_out(bytes);
  ZSTD_inBuffer in{.src = bytes.data(), .size = bytes.size(), .pos = 0};
  bool more = true;
  while (more) {
    const std::size_t room = ZSTD_CStreamOutSize();
    ZSTD_outBuffer out{.dst = out_.reserve(room), .size = room, .pos = 0};
    const std::size_t left =
        ZSTD_compressStream2(context_.get(), &out, &in, last ? ZSTD_e_end : ZSTD_e_continue);
    if (ZSTD_isError(left) != 0) {
      return fail(std::string("cannot compress: ") + ZSTD_getErrorName(left));
    }
    if (Result<void> written = write_out({out_.data(), out.pos}); !written) return written;
    more = last ? left != 0 : in.pos != in.size;
  }
  return {};
}

Result<void> Writer::append(std::string_view bytes) {
  if (bytes.empty()) return {};
  checksum_.add(bytes);
  return compress(bytes, false);
}

Result<void> Writer::end(const store::Counts& counts) {
  Buffer line;
  append_end({.counts = counts, .checksum = checksum_.value()}, line);
  return compress(line.view(), true);
}

}  // namespace seshdb::save
