// Converts numbers to bytes and back, and computes the checksums over them.
#include "engine/frame_layout.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace seshdb::engine {

namespace {

static_assert(std::endian::native == std::endian::little, "the numbers of a file are copied");

constexpr std::string_view kMagic = "SESHDB\r\n";
constexpr std::size_t kFormatAt = 8;
constexpr std::size_t kKindAt = 12;
constexpr std::size_t kCoreAt = 16;
constexpr std::size_t kCoresAt = 20;
constexpr std::size_t kSequenceAt = 24;
constexpr std::size_t kHeaderChecksumAt = 32;
static_assert(kHeaderChecksumAt + sizeof(std::uint64_t) == kHeaderBytes);

constexpr std::size_t kBytesAt = 0;
constexpr std::size_t kSyncedAt = 4;
constexpr std::size_t kFrameChecksumAt = 8;
static_assert(kFrameChecksumAt + sizeof(std::uint64_t) == kFrameHeadBytes);

template <typename Number>
void put(char* to, Number number) {
  std::memcpy(to, &number, sizeof(number));
}

template <typename Number>
Number take(const char* from) {
  Number number{};
  std::memcpy(&number, from, sizeof(number));
  return number;
}

std::uint64_t header_checksum(const char* from) {
  return XXH3_64bits_withSeed(from, kHeaderChecksumAt, take<std::uint64_t>(from + kSequenceAt));
}

// Positions are small and close to each other; seeds must not be. These are SplitMix64's last
// steps.
std::uint64_t mix(std::uint64_t file_seed, std::uint64_t position) {
  std::uint64_t z = file_seed + position * 0x9E37'79B9'7F4A'7C15U;
  z = (z ^ (z >> 30U)) * 0xBF58'476D'1CE4'E5B9U;
  z = (z ^ (z >> 27U)) * 0x94D0'49BB'1331'11EBU;
  return z ^ (z >> 31U);
}

}  // namespace

HeaderBytes to_bytes(const FileHeader& header) {
  HeaderBytes bytes{};
  std::copy(kMagic.begin(), kMagic.end(), bytes.begin());
  put(bytes.data() + kFormatAt, FileHeader::kFormat);
  put(bytes.data() + kKindAt, header.kind);
  put(bytes.data() + kCoreAt, header.core);
  put(bytes.data() + kCoresAt, header.cores);
  put(bytes.data() + kSequenceAt, header.sequence);
  put(bytes.data() + kHeaderChecksumAt, header_checksum(bytes.data()));
  return bytes;
}

RawHeader read_header(const char* from) {
  return {.has_magic = std::string_view(from, kMagic.size()) == kMagic,
          .has_checksum = take<std::uint64_t>(from + kHeaderChecksumAt) == header_checksum(from),
          .format = take<std::uint32_t>(from + kFormatAt),
          .fields = {.kind = static_cast<FileKind>(take<std::uint32_t>(from + kKindAt)),
                     .core = take<std::uint32_t>(from + kCoreAt),
                     .cores = take<std::uint32_t>(from + kCoresAt),
                     .sequence = take<std::uint64_t>(from + kSequenceAt)}};
}

std::uint64_t seed_of(const FileHeader& header) {
  return mix(take<std::uint64_t>(to_bytes(header).data() + kHeaderChecksumAt), header.salt);
}

FrameHead read_head(const char* from) {
  return {.bytes_field = take<std::uint32_t>(from + kBytesAt),
          .synced_field = take<std::uint32_t>(from + kSyncedAt),
          .checksum = take<std::uint64_t>(from + kFrameChecksumAt)};
}

void append_head(const FrameHead& head, Buffer& out) {
  char* const to = out.reserve(kFrameHeadBytes);
  put(to + kBytesAt, head.bytes_field);
  put(to + kSyncedAt, head.synced_field);
  put(to + kFrameChecksumAt, head.checksum);
  out.commit(kFrameHeadBytes);
}

FrameChecksum::FrameChecksum(const FrameHead& head, std::uint64_t file_seed,
                             std::uint64_t position) {
  XXH3_INITSTATE(&state_);
  XXH3_64bits_reset_withSeed(&state_, mix(file_seed, position));
  std::array<char, kFrameChecksumAt> fields{};
  put(fields.data() + kBytesAt, head.bytes_field);
  put(fields.data() + kSyncedAt, head.synced_field);
  add({fields.data(), fields.size()});
}

bool is_filling(std::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](char byte) { return byte == 0; });
}

bool is_whole(std::string_view frame, const FrameHead& head, std::uint64_t file_seed,
              std::uint64_t position) {
  if (!is_filling(frame.substr(kFrameHeadBytes + head.payload_bytes()))) return false;
  FrameChecksum checksum(head, file_seed, position);
  checksum.add(frame.substr(kFrameHeadBytes, head.payload_bytes()));
  return checksum.value() == head.checksum;
}

}  // namespace seshdb::engine
