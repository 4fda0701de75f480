// The marks of files are taken before they are read: what changes meanwhile is read again.
#include "server/certificates.h"

#include <sys/stat.h>

#include <string>
#include <utility>

#include "base/logging.h"

namespace seshdb::server {

Result<std::unique_ptr<Certificates>> Certificates::load(const net::TlsSettings& settings) {
  std::unique_ptr<Certificates> made(new Certificates(settings));
  auto context = net::TlsContext::load(settings);
  if (!context) return fail(std::move(context.error()));
  made->context_ = *std::move(context);
  return made;
}

Certificates::Marks Certificates::marks_of(const net::TlsSettings& settings) {
  constexpr std::int64_t kNsPerSecond = 1'000'000'000;
  const std::array<const std::string*, 3> paths = {&settings.certificate_file, &settings.key_file,
                                                   &settings.client_ca_file};
  Marks marks;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    struct stat file{};
    if (paths.at(i)->empty() || stat(paths.at(i)->c_str(), &file) != 0) continue;
    marks.at(i) = {.device = file.st_dev,
                   .inode = file.st_ino,
                   .bytes = file.st_size,
                   .modified_ns = file.st_mtim.tv_sec * kNsPerSecond + file.st_mtim.tv_nsec,
                   .changed_ns = file.st_ctim.tv_sec * kNsPerSecond + file.st_ctim.tv_nsec};
  }
  return marks;
}

std::unique_ptr<net::Transport> Certificates::accept(Descriptor socket) const {
  std::shared_ptr<const net::TlsContext> context;
  {
    const std::lock_guard lock(mutex_);
    context = context_;
  }
  return context->accept(std::move(socket));
}

void Certificates::reload() {
  marks_ = marks_of(settings_);
  auto context = net::TlsContext::load(settings_);
  if (!context) {
    logging::error("cannot use the new TLS certificate; the old one stays",
                   {{"reason", context.error()}});
    return;
  }
  if ((*context)->is_same(*context_)) {  // only this thread replaces it
    logging::info("the TLS certificate has not changed", {});
    return;
  }
  logging::info("using the new TLS certificate", {{"file", settings_.certificate_file}});
  const std::lock_guard lock(mutex_);
  context_ = *std::move(context);
}

void Certificates::reload_if_changed() {
  if (marks_of(settings_) != marks_) reload();
}

}  // namespace seshdb::server
