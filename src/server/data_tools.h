// What is done with a data directory besides serving from it: looking whether it is whole, keeping
// what is whole of a damaged one, and copying one that is in use. For the command line: each tells
// on standard output what it found, and gives the exit status.
#pragma once

#include <string>

namespace seshdb::server {

/// Reads everything and changes nothing. 0: whole; 1: damaged, or not to be read. Needs as much
/// memory as a server of that data.
[[nodiscard]] int check_data(const std::string& path);

/// Keeps what is whole and lists what is lost; the files as they were go to a folder beside. 0
/// where the directory is whole now.
[[nodiscard]] int repair_data(const std::string& path);

/// Copies the directory to `to`, which is made, while a server may be using it. The copy is as the
/// directory stood at a moment meanwhile, for each core.
[[nodiscard]] int back_up_data(const std::string& path, const std::string& to);

}  // namespace seshdb::server
