// One check at a time.
#include "engine/directory_watch.h"

#include <cerrno>
#include <memory>
#include <utility>

namespace seshdb::engine {

namespace {
constexpr std::uint64_t kEveryMs = 1'000;
}  // namespace

DirectoryWatch::DirectoryWatch(const Directory& directory, Worker& worker,
                               std::function<void()> on_replaced)
    : directory_(directory), worker_(worker), on_replaced_(std::move(on_replaced)) {}

void DirectoryWatch::work(std::uint64_t now_ms) {
  if (is_checking_ || now_ms < due_ms_) return;
  is_checking_ = true;
  due_ms_ = now_ms + kEveryMs;
  auto error = std::make_shared<int>(0);
  worker_.post([&directory = directory_, error] { *error = directory.verify(); },
               [this, error] {
                 is_checking_ = false;
                 if (*error == ESTALE) on_replaced_();
               });
}

}  // namespace seshdb::engine
