// Reads the secret file, or makes it. A new file gets its name only when it is complete.
#include "engine/secret.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "base/descriptor.h"
#include "base/file_sync.h"

namespace seshdb::engine {

namespace {

constexpr std::size_t kDigits = 2 * sizeof(store::Secret);
constexpr std::string_view kHex = "0123456789abcdef";

tl::unexpected<std::string> fail_with(const std::string& path, const std::string& what) {
  return fail("secret-file '" + path + "': " + what);
}

// What to do if the secret is lost.
std::string instead(const std::string& path) {
  return "Restore it from a backup, or name the right one with --secret-file. Under another secret "
         "shared names get other tokens; to make one: (umask 077; openssl rand -hex 32 > '" +
         path + "')";
}

Result<store::Secret> parse(const std::string& path, std::string_view text) {
  if (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  store::Secret secret{};
  bool valid = text.size() == kDigits;
  for (std::size_t i = 0; valid && i < kDigits; ++i) {
    const std::size_t digit = kHex.find(text[i]);
    valid = digit != std::string_view::npos;
    secret.at(i / 2) =
        static_cast<unsigned char>(std::size_t{secret.at(i / 2)} << 4U | (digit & 0xFU));
  }
  if (!valid) {
    return fail_with(path, "it is damaged; it should hold 64 hexadecimal digits. " + instead(path));
  }
  return secret;
}

Result<store::Secret> make(const std::string& path) {
  const store::Secret secret = store::make_secret();
  std::string text;
  for (const unsigned char byte : secret) {
    text += kHex[byte >> 4U];
    text += kHex[byte & 0xFU];
  }
  text += '\n';
  const std::string part = path + ".new";
  // An interrupted start may have left such a file. Another user may have put one there, with other
  // rights or as a link to another file.
  (void)unlink(part.c_str());
  const Descriptor file(open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file.open() ||
      write(file.fd(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
      fsync(file.fd()) != 0 || rename(part.c_str(), path.c_str()) != 0) {
    return fail_with(path, std::string("cannot make it: ") + std::strerror(errno));
  }
  const std::string folder = std::filesystem::path(path).parent_path().string();
  if (const int error = sync_path(folder.empty() ? "." : folder); error != 0) {
    return fail_with(path, std::string("cannot sync its folder: ") + std::strerror(error));
  }
  return secret;
}

}  // namespace

Result<store::Secret> secret_of(const std::string& path, NoSecret no_secret) {
  if (path.empty()) {
    return store::make_secret();
  }
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.open()) {
    if (errno != ENOENT) {
      return fail_with(path, std::string("cannot read it: ") + std::strerror(errno));
    }
    if (no_secret == NoSecret::kIsMade) return make(path);
    return fail_with(path,
                     "it is missing, and shared sessions that are kept need it. " + instead(path));
  }
  struct stat status{};
  if (fstat(file.fd(), &status) == 0 && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return fail_with(path, "others may read it; take that right away with chmod 600");
  }
  std::array<char, kDigits + 2> text{};
  const ssize_t got = read(file.fd(), text.data(), text.size());
  if (got < 0) {
    return fail_with(path, std::string("cannot read it: ") + std::strerror(errno));
  }
  return parse(path, {text.data(), static_cast<std::size_t>(got)});
}

}  // namespace seshdb::engine
