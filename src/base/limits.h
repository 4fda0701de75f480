// All bounds of the server: queues, depths, sizes, counts. What a user can set has its default here
// and its option in server/config.h. Tests check each bound and both sides of it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace seshdb::limits {

// Requests.
inline constexpr std::size_t kMessageBytesDefault = std::size_t{1} << 20;
inline constexpr std::size_t kMessageBytesLeast = 64;
inline constexpr std::size_t kMessageBytesMost = std::size_t{64} << 20;
// From a WebSocket whose client has shown no key yet where it needs one.
inline constexpr std::size_t kMessageBytesWithoutRole = 4096;
inline constexpr std::uint32_t kDepthDefault = 1024;
// The lower bound is enough for the envelope of any command. Some code recurses once per level of a
// stored value; the upper bound keeps it far from the end of a thread's stack.
inline constexpr std::uint32_t kDepthLeast = 8;
inline constexpr std::uint32_t kDepthMost = 4096;
inline constexpr std::size_t kCommandNameBytesMax = 64;
inline constexpr std::size_t kRidBytesMax = 64;

// Sessions and keys.
inline constexpr std::size_t kSessionNameBytesMax = 256;
inline constexpr std::size_t kKeyNameBytesMax = 1024;
inline constexpr std::size_t kSaveNameBytesMax = 64;
inline constexpr std::size_t kTagsMost = 8;  // of one session
inline constexpr std::size_t kTagBytesMax = 128;
inline constexpr std::uint64_t kDurationSecondsMax = 3'155'760'000;  // 100 years of 365.25 days
static_assert(kDurationSecondsMax < UINT32_MAX, "a session keeps its duration in 32 bits");
// The largest size to which KV_APPEND can grow a value; sizes are stored in 32 bits.
inline constexpr std::size_t kValueBytesMax = std::size_t{512} << 20;

// Documents: what one KV_READ, KV_PATCH or KV_FIND may ask for, and what its answer may hold.
inline constexpr std::size_t kPathsMax = 1'024;
inline constexpr std::size_t kOperationsMax = 256;
inline constexpr std::size_t kAnswerBytesDefault = std::size_t{16} << 20;
inline constexpr std::size_t kAnswerBytesLeast = 4096;
inline constexpr std::size_t kAnswerBytesMost = std::size_t{1} << 30;
// A step takes about 100 ns, so that a search ends within 5 ms.
inline constexpr std::uint64_t kFindStepsDefault = 40'000;
inline constexpr std::uint64_t kFindStepsMost = std::uint64_t{1} << 32;
inline constexpr std::uint64_t kFindResultsDefault = 10'000;
inline constexpr std::uint64_t kFindResultsMost = std::uint64_t{1} << 32;

// SH_FIND and SH_END_TAG.
inline constexpr std::size_t kFoundSessionsDefault = 100;
inline constexpr std::size_t kFoundSessionsMax = 1'000;
// How many sessions one turn ends: about 300 microseconds of work.
inline constexpr std::size_t kEndedPerTurn = 256;

// Connections.
inline constexpr std::uint32_t kConnectionsDefault = 10'000;
inline constexpr std::uint32_t kConnectionsMost = 1'000'000;
inline constexpr std::size_t kUnsentBytesDefault = std::size_t{16} << 20;
inline constexpr std::size_t kUnsentBytesLeast = 4096;
inline constexpr std::size_t kUnsentBytesMost = std::size_t{1} << 30;
// Proxies close a connection that is idle for 60 s (nginx, HAProxy, cloud load balancers).
inline constexpr std::uint64_t kIdlePingMsDefault = 25'000;
inline constexpr std::uint64_t kIdleCloseMsDefault = 75'000;
inline constexpr std::uint64_t kHandshakeMsDefault = 10'000;
inline constexpr std::uint64_t kTimeoutMsMost = 86'400'000;
inline constexpr std::size_t kHttpHeaderBytesMax = std::size_t{16} << 10;
// Requests of one connection that wait for other cores. Reading pauses when their expected answers
// would exceed the unsent bytes that are allowed; the number is kept between these two bounds.
inline constexpr std::size_t kDeferredAnswersLeast = 16;
inline constexpr std::size_t kDeferredAnswersMax = 1024;
// TLS handshakes that a core goes on with in a turn, and the time after which it stops: more wait
// for the next turn, so that a storm of clients delays no other client for long. A full handshake
// takes about 200 microseconds with an EC key.
inline constexpr std::size_t kHandshakesPerTurn = 16;
inline constexpr std::uint64_t kHandshakeNsPerTurn = 2'000'000;
// The most bytes of one read, so that a busy connection does not delay the others.
inline constexpr std::size_t kReadBytes = std::size_t{64} << 10;

// Keys. A connection ends with so many wrong ones.
inline constexpr unsigned kWrongKeysMax = 3;
inline constexpr std::uint32_t kGuessesPerMinuteDefault = 60;
inline constexpr std::uint32_t kGuessesPerMinuteMost = 10'000;

// Memory, in bytes.
inline constexpr std::uint64_t kMemoryLeast = std::uint64_t{1} << 20;
inline constexpr std::uint64_t kMemoryMost = std::uint64_t{1} << 50;

// The log of a data directory, in bytes.
inline constexpr std::uint64_t kCheckpointBytesLeast = std::uint64_t{1} << 10;
inline constexpr std::uint64_t kCheckpointBytesMost = std::uint64_t{1} << 34;

// Requests of a session that an engine keeps elsewhere: how many are committed together, and how
// often they are retried after a conflict.
inline constexpr std::size_t kTogetherMost = 64;
inline constexpr unsigned kConflictsMost = 16;

// Cores.
inline constexpr std::uint32_t kThreadsMost = 256;
// Sessions (or their keys) that one turn may expire or free: about 100 microseconds of work.
inline constexpr std::size_t kReclaimPerTurn = 512;
// The longest time that an answer waits for later answers from other cores, to be sent with them;
// usually it waits about 50 microseconds. A timer shorter than the kernel's tick (1 to 10 ms) would
// cost more than it saves.
inline constexpr std::uint64_t kCorkMs = 10;
// How long a client may take to close its connection after the server's close frame.
inline constexpr std::uint64_t kLingerMs = 2'000;
// How long a clean stop waits for clients to read their last answers; the whole stop takes at most
// 5 s.
inline constexpr std::uint64_t kStopMs = 3'000;

}  // namespace seshdb::limits
