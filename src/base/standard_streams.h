// Standard input, output and error of a program: descriptors 0, 1 and 2.
#pragma once

namespace seshdb {

/// Call it first in main(). Opens the descriptors 0, 1 and 2 if they are closed, so that no file or
/// socket gets such a number and receives the program's output. Reads and writes of these still
/// fail. Ignores SIGPIPE: a write to a pipe without a reader fails and does nothing else.
void prepare_standard_streams();

/// Call it last in main(). Flushes standard output. Returns `status`, or 1 with a message on
/// standard error if some of the output was lost: the disk is full, the reader is gone, or the
/// stream was closed at start. `program` is the name for the message.
[[nodiscard]] int end_output(const char* program, int status);

}  // namespace seshdb
