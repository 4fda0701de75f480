// `seshdb check` and `seshdb repair`: whether a data directory is whole, and keeping what is whole
// of a damaged one. Each tells on standard output what it found, and gives the exit status.
#pragma once

#include <string>

namespace seshdb::admin {

/// Reads everything and changes nothing. 0: whole; 1: damaged, or not to be read. Needs as much
/// memory as a server of that data.
[[nodiscard]] int check_data(const std::string& path);

/// Keeps what is whole and lists what is lost; the files as they were go to a folder beside. 0
/// where the directory is whole now.
[[nodiscard]] int repair_data(const std::string& path);

}  // namespace seshdb::admin
