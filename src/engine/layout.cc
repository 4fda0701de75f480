// A name or a manifest that this version would not write is not accepted.
#include "engine/layout.h"

#include <array>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <memory>

#include "base/crash_point.h"

namespace seshdb::engine {

namespace {

constexpr std::string_view kManifest = "MANIFEST";
constexpr std::string_view kLogSuffix = ".log";
constexpr std::string_view kCheckpointSuffix = ".checkpoint";
constexpr std::size_t kSequenceDigits = 10;
constexpr std::string_view kTokenBits128 = "token-bits 128\n";

bool take(std::string_view& text, std::string_view expected) {
  if (text.substr(0, expected.size()) != expected) return false;
  text.remove_prefix(expected.size());
  return true;
}

template <typename Number>
bool take_number(std::string_view& text, Number& number) {
  const auto [behind, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(behind - text.data()));
  return true;
}

// Those of format 3 say it.
bool take_token_bits(std::string_view& text, Manifest& manifest) {
  constexpr std::uint32_t kFormat128 = 3;
  if (manifest.format != kFormat128) return true;
  manifest.token_bits = store::TokenBits::k128;
  return take(text, kTokenBits128);
}

}  // namespace

std::string file_name(std::uint32_t epoch, const FileHeader& header) {
  std::string sequence = std::to_string(header.sequence);
  if (sequence.size() < kSequenceDigits) {
    sequence.insert(0, kSequenceDigits - sequence.size(), '0');
  }
  std::string name = "e" + std::to_string(epoch) + "-c" + std::to_string(header.core) + "-";
  name += sequence;
  return name.append(header.kind == FileKind::kLog ? kLogSuffix : kCheckpointSuffix);
}

std::optional<NamedFile> parse_name(const std::string& name) {
  NamedFile file;
  file.name = name;
  std::string_view text = name;
  if (text.size() > kUnfinished.size() &&
      text.substr(text.size() - kUnfinished.size()) == kUnfinished) {
    text.remove_suffix(kUnfinished.size());
    file.unfinished = true;
  }
  const std::string_view whole = text;
  if (!take(text, "e") || !take_number(text, file.epoch) || !take(text, "-c") ||
      !take_number(text, file.header.core) || !take(text, "-") ||
      !take_number(text, file.header.sequence)) {
    return std::nullopt;
  }
  file.header.kind = text == kLogSuffix ? FileKind::kLog : FileKind::kCheckpoint;
  if (file_name(file.epoch, file.header) != whole) return std::nullopt;
  return file;
}

Result<std::vector<NamedFile>> files_of(Directory& directory) {
  std::vector<std::string> names;
  if (const int error = directory.list(names); error != 0) {
    return fail(io_fault(directory, "cannot list", "", error));
  }
  std::vector<NamedFile> files;
  for (const std::string& name : names) {
    if (std::optional<NamedFile> file = parse_name(name)) files.push_back(*std::move(file));
  }
  return files;
}

Result<std::optional<Manifest>> read_manifest(Directory& directory) {
  const std::string name(kManifest);
  std::unique_ptr<ReadFile> file;
  if (const int error = directory.open(name, file); error != 0) {
    if (error == ENOENT) return std::nullopt;
    return fail(io_fault(directory, "cannot read", name, error));
  }
  std::array<char, 256> bytes{};
  std::size_t got = 0;
  for (std::size_t more = 1; more != 0 && got < bytes.size(); got += more) {
    if (const int error = file->read(bytes.data() + got, bytes.size() - got, more); error != 0) {
      return fail(io_fault(directory, "cannot read", name, error));
    }
  }
  std::string_view text(bytes.data(), got);
  Manifest manifest;
  std::uint32_t& format = manifest.format;
  if (!take(text, "seshdb-data ") || !take_number(text, format)) {
    return fail(directory.path() + "/" + name +
                " is damaged: it should begin with 'seshdb-data'. Restore it from a backup");
  }
  if (format == 0 || format > Manifest::kFormatMost) {
    return fail(directory.path() + " holds data of format " + std::to_string(format) +
                ", and this version of seshdb reads formats 1 to " +
                std::to_string(Manifest::kFormatMost) + ". Start it with a newer version");
  }
  if (!take(text, "\nepoch ") || !take_number(text, manifest.epoch) || !take(text, "\ncores ") ||
      !take_number(text, manifest.cores) || !take(text, "\nsalt ") ||
      !take_number(text, manifest.salt) || !take(text, "\n") || !take_token_bits(text, manifest) ||
      !text.empty() || manifest.cores == 0 ||
      manifest.epoch == UINT32_MAX) {  // no epoch could follow it
    return fail(directory.path() + "/" + name + " is damaged. Restore it from a backup");
  }
  return manifest;
}

Result<void> write_manifest(Directory& directory, const Manifest& manifest) {
  const std::string name(kManifest);
  const std::string unfinished = name + std::string(kUnfinished);
  std::string text = "seshdb-data " + std::to_string(manifest.own_format()) + "\nepoch " +
                     std::to_string(manifest.epoch) + "\ncores " + std::to_string(manifest.cores) +
                     "\nsalt " + std::to_string(manifest.salt) + "\n";
  if (manifest.token_bits == store::TokenBits::k128) text += kTokenBits128;
  stop_point("stop-manifest");
  (void)directory.remove(unfinished);
  std::unique_ptr<AppendFile> file;
  int error = directory.create(unfinished, file);
  if (error == 0) error = file->append(text);
  if (error == 0) error = file->sync();
  crash_point("manifest-rename");
  if (error == 0) error = directory.rename(unfinished, name);
  crash_point("manifest-renamed");
  if (error == 0) error = directory.sync();
  if (error != 0) return fail(io_fault(directory, "cannot write", name, error));
  return {};
}

int sync_file(Directory& directory, const std::string& name) {
  std::uint64_t bytes = 0;
  std::unique_ptr<AppendFile> file;
  int error = directory.size(name, bytes);
  if (error == 0) error = directory.reopen(name, bytes, file);
  return error != 0 ? error : file->sync();
}

std::string io_fault(const Directory& directory, std::string_view what, const std::string& name,
                     int error) {
  std::string text(what);
  text += " " + directory.path();
  if (!name.empty()) text += "/" + name;
  return text + ": " + std::strerror(error);
}

}  // namespace seshdb::engine
