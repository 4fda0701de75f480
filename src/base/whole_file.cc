// Reads by blocks, so that a small file takes little memory.
#include "base/whole_file.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

namespace seshdb {

Result<std::string> read_whole_file(const std::string& path, std::size_t bytes_max) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(std::strerror(errno));
  std::string text;
  std::array<char, 4096> block;
  while (text.size() <= bytes_max && file.read(block.data(), block.size()).gcount() != 0) {
    text.append(block.data(), static_cast<std::size_t>(file.gcount()));
  }
  if (file.bad()) return fail(std::strerror(errno));  // a folder opens like a file
  if (text.size() > bytes_max) return fail("the file is too large");
  return text;
}

}  // namespace seshdb
