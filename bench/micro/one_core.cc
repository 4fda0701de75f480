// Sets up the core and fills its store.
#include "micro/one_core.h"

#include <memory>
#include <utility>

namespace seshdb::micro {

OneCore::OneCore(std::uint32_t sessions, std::string_view document)
    : shared_{.clock = clock_, .secret = {}, .connections = {.clock = clock_}} {
  shared_.add_cores(1);
  core_ =
      std::make_unique<core::Core>(shared_, 0,
                                   core::Core::Parts{.poller = std::make_unique<net::EpollPoller>(),
                                                     .random = std::make_unique<SameNumbers>()});
  store::Store& store = core_->store();
  for (std::uint32_t i = 0; i < sessions; ++i) {
    store::Session& session = store.create(token_of(i), false, {}, {}, clock_.now_ms());
    (void)store.set(session, kKey, document);
  }
}

void OneCore::add_client(Descriptor socket) {
  shared_.connection_count.fetch_add(1);
  core_->add_connection(std::make_unique<net::SocketTransport>(std::move(socket)));
}

}  // namespace seshdb::micro
