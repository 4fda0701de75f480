// The TLS context that new connections get, and when its files are read again. Connections keep
// the context that they began with.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>

#include "base/descriptor.h"
#include "base/result.h"
#include "net/tls_context.h"
#include "net/transport.h"

namespace seshdb::server {

class Certificates {
 public:
  /// Reads the files. The error says which one is wrong, and why. REQUIRES: settings.is_on().
  [[nodiscard]] static Result<std::unique_ptr<Certificates>> load(const net::TlsSettings& settings);

  /// TLS over a client's socket. Any thread.
  [[nodiscard]] std::unique_ptr<net::Transport> accept(Descriptor socket) const;

  /// Reads the files again. If one is wrong, logs why and keeps the old ones; if nothing in them
  /// has changed, keeps the tickets too. This and the next one: one thread.
  void reload();
  /// The same, if a file is not the one that was read last, by its identity, size and times.
  void reload_if_changed();

 private:
  struct FileMark {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::int64_t bytes = -1;  // none: there is no such file
    std::int64_t modified_ns = 0;
    std::int64_t changed_ns = 0;
    [[nodiscard]] bool operator==(const FileMark&) const = default;
  };
  using Marks = std::array<FileMark, 3>;

  explicit Certificates(net::TlsSettings settings)
      : settings_(std::move(settings)), marks_(marks_of(settings_)) {}
  [[nodiscard]] static Marks marks_of(const net::TlsSettings& settings);

  const net::TlsSettings settings_;
  Marks marks_;  // of the files, before they were read last
  mutable std::mutex mutex_;
  std::shared_ptr<const net::TlsContext> context_;
};

}  // namespace seshdb::server
