// The worker's thread writes chunks in order; the queue is full above its bound.
#include "base/chunk_queue.h"

#include <gtest/gtest.h>

#include <future>
#include <string>

namespace seshdb {

namespace {

Buffer chunk_of(std::size_t bytes, char byte) {
  Buffer chunk;
  chunk.append(std::string(bytes, byte));
  return chunk;
}

}  // namespace

TEST(ChunkQueue, hands_chunks_over_in_order) {
  Worker worker([] {});
  ChunkQueue queue(worker);
  std::string written;
  const auto write = [&written](const Buffer& chunk) { written += chunk.view(); };
  queue.post(chunk_of(2, 'a'), write);
  queue.post(chunk_of(0, 'b'), write);
  queue.post(chunk_of(1, 'c'), write);
  worker.drain();
  EXPECT_EQ(written, "aac");
}

TEST(ChunkQueue, is_full_while_more_waits_than_the_bound) {
  Worker worker([] {});
  ChunkQueue queue(worker);
  std::promise<void> go;
  worker.post([waits = go.get_future().share()] { waits.wait(); }, [] {});
  queue.post(chunk_of(ChunkQueue::kWaitingBytesMax, 'x'), [](const Buffer&) {});
  EXPECT_FALSE(queue.is_full());
  queue.post(chunk_of(1, 'x'), [](const Buffer&) {});
  EXPECT_TRUE(queue.is_full());
  go.set_value();
  worker.drain();
  EXPECT_FALSE(queue.is_full());
}

TEST(ChunkQueue, may_go_before_its_chunks) {
  Worker worker([] {});
  std::promise<void> go;
  std::string written;
  {
    ChunkQueue queue(worker);
    worker.post([waits = go.get_future().share()] { waits.wait(); }, [] {});
    queue.post(chunk_of(3, 'x'), [&written](const Buffer& chunk) { written += chunk.view(); });
  }
  go.set_value();
  worker.drain();
  EXPECT_EQ(written, "xxx");
}

}  // namespace seshdb
