// A transport, and what it waits for: which direction is blocked, which event of the poller
// unblocks it, and whether it holds bytes of which the poller tells nothing. Not thread-safe.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>

#include "net/gates.h"
#include "net/send_queue.h"
#include "net/transport.h"

namespace seshdb::net {

class Channel {
 public:
  using State = Transport::State;

  explicit Channel(std::unique_ptr<Transport> transport)
      : transport_(std::move(transport)), is_secure_(transport_->in_handshake()) {}

  [[nodiscard]] const Transport& transport() const { return *transport_; }
  /// The transport has a handshake before the first byte, and a goodbye after the last one.
  [[nodiscard]] bool is_secure() const { return is_secure_; }

  /// See Transport::read.
  [[nodiscard]] Transport::Io read(char* to, std::size_t bytes) {
    return note_read(transport_->read(to, bytes));
  }
  /// See Transport::handshake.
  [[nodiscard]] Transport::Io handshake() { return note_read(transport_->handshake()); }

  /// Sends what the gates let leave of the queue, as far as the transport takes it. False if the
  /// transport is broken.
  [[nodiscard]] bool send(SendQueue& out, Gates& gates) {
    while (gates.free_bytes() != 0) {
      const std::string_view front = out.front();
      const Transport::Io io = transport_->write(front.substr(0, gates.free_bytes()));
      out.consume(io.bytes);
      gates.consume(io.bytes);
      if (io.state != State::kDone) return note_write(io.state);
    }
    blocked_ = false;
    out.give_back();
    return true;
  }
  /// See Transport::end_output.
  [[nodiscard]] State end_output() {
    const State state = transport_->end_output();
    blocked_ = state == State::kBlocked;
    return state;
  }

  /// The transport takes no more bytes for now.
  [[nodiscard]] bool is_blocked() const { return blocked_; }
  /// Bytes may be there that the poller does not report.
  [[nodiscard]] bool has_buffered() const { return read_again_; }

  /// The poller has reported the transport as readable, or as writable.
  void on_readable() {
    if (write_crossed_) [[unlikely]] {
      write_crossed_ = blocked_ = false;
    }
  }
  void on_writable() {
    blocked_ = write_crossed_ = false;
    if (read_crossed_) [[unlikely]] {
      read_crossed_ = false;
      read_again_ = true;
    }
  }
  /// What to wait for, where the owner reads (`reads`) or not.
  [[nodiscard]] bool wants_readable(bool reads) const {
    return (reads && !read_crossed_) || write_crossed_;
  }
  [[nodiscard]] bool wants_writable(bool reads) const {
    return (blocked_ && !write_crossed_) || (reads && read_crossed_);
  }

 private:
  Transport::Io note_read(Transport::Io io) {
    read_again_ = io.is_buffered;
    read_crossed_ = io.state == State::kCrossed;
    return io;
  }
  bool note_write(State state) {
    write_crossed_ = state == State::kCrossed;
    blocked_ = write_crossed_ || state == State::kBlocked;
    return state != State::kFailed;
  }

  std::unique_ptr<Transport> transport_;
  bool is_secure_;
  bool blocked_ = false;
  bool write_crossed_ = false;  // blocked until the transport is readable
  bool read_crossed_ = false;   // no byte can be read until the transport is writable
  bool read_again_ = false;
};

}  // namespace seshdb::net
