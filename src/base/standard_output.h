// How a program ends that told something on standard output: what was not written was not told.
#pragma once

namespace seshdb {

/// Writes out what is still buffered. Gives `status`; or 1, with a message on standard error, where
/// some of the output was lost: the disk is full, or its reader is gone. `program`: its name.
[[nodiscard]] int end_output(const char* program, int status);

}  // namespace seshdb
