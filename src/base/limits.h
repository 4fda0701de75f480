// Every bound of the server in one place: queues, depths, sizes, counts. Those that a user may set
// are defaults here and options in server/config.h; tests stand at each bound and on both sides.
#pragma once

#include <cstddef>
#include <cstdint>

namespace seshdb::limits {

// Requests.
inline constexpr std::size_t kMessageBytesDefault = std::size_t{1} << 20;
inline constexpr std::size_t kMessageBytesLeast = 64;
inline constexpr std::size_t kMessageBytesMost = std::size_t{64} << 20;
inline constexpr std::uint32_t kDepthDefault = 1024;
// Deep enough for the envelope of any command; the walkers over stored values recurse once per
// level in the worst case, so the upper bound keeps them far from the end of a thread's stack.
inline constexpr std::uint32_t kDepthLeast = 8;
inline constexpr std::uint32_t kDepthMost = 4096;
inline constexpr std::size_t kCommandNameBytesMax = 64;
inline constexpr std::size_t kRidBytesMax = 64;

// Sessions and keys.
inline constexpr std::size_t kSessionNameBytesMax = 256;
inline constexpr std::size_t kKeyNameBytesMax = 1024;
inline constexpr std::size_t kSaveNameBytesMax = 64;
inline constexpr std::uint64_t kDurationSecondsMax = 3'155'760'000;  // 100 years of 365.25 days
static_assert(kDurationSecondsMax < UINT32_MAX, "a session keeps its duration in 32 bits");
// A value that grows by KV_APPEND stops here; sizes are kept in 32 bits.
inline constexpr std::size_t kValueBytesMax = std::size_t{512} << 20;

// Connections.
inline constexpr std::uint32_t kConnectionsDefault = 10'000;
inline constexpr std::uint32_t kConnectionsMost = 1'000'000;
inline constexpr std::size_t kUnsentBytesDefault = std::size_t{16} << 20;
inline constexpr std::size_t kUnsentBytesLeast = 4096;
inline constexpr std::size_t kUnsentBytesMost = std::size_t{1} << 30;
// Proxies cut a connection that is silent for 60 s (nginx, HAProxy, load balancers of clouds).
inline constexpr std::uint64_t kIdlePingMsDefault = 25'000;
inline constexpr std::uint64_t kIdleCloseMsDefault = 75'000;
inline constexpr std::uint64_t kHandshakeMsDefault = 10'000;
inline constexpr std::uint64_t kTimeoutMsMost = 86'400'000;
inline constexpr std::size_t kHttpHeaderBytesMax = std::size_t{16} << 10;
// Requests of one connection that other cores are working on; reading pauses beyond it. So many are
// allowed as their answers promise to fit into what may be unsent, within these two.
inline constexpr std::size_t kDeferredAnswersLeast = 16;
inline constexpr std::size_t kDeferredAnswersMax = 1024;
// One read takes at most this much, so that a busy connection leaves room for its neighbours.
inline constexpr std::size_t kReadBytes = std::size_t{64} << 10;

// Memory, in bytes.
inline constexpr std::uint64_t kMemoryLeast = std::uint64_t{1} << 20;
inline constexpr std::uint64_t kMemoryMost = std::uint64_t{1} << 50;

// The log of a data directory, in bytes.
inline constexpr std::uint64_t kCheckpointBytesLeast = std::uint64_t{1} << 10;
inline constexpr std::uint64_t kCheckpointBytesMost = std::uint64_t{1} << 34;

// Requests of a session that lives elsewhere: so many are committed as one, and they run again so
// often where the session was changed meanwhile.
inline constexpr std::size_t kTogetherMost = 64;
inline constexpr unsigned kConflictsMost = 16;

// Cores.
inline constexpr std::uint32_t kThreadsMost = 256;
// Sessions (or their keys) that one loop turn may expire or free: about 100 microseconds of work.
inline constexpr std::size_t kReclaimPerTurn = 512;
// Answers wait this long for those behind them that other cores work on, at most; usually some 50
// microseconds. A timer that is due before the kernel's own tick (1 to 10 ms) costs more than
// waiting saves.
inline constexpr std::uint64_t kCorkMs = 10;
// After a goodbye, a client has this long to hang up by itself.
inline constexpr std::uint64_t kLingerMs = 2'000;
// A clean stop gives clients this long to take their last answers; the promise is 5 s in all.
inline constexpr std::uint64_t kStopMs = 3'000;

}  // namespace seshdb::limits
