// Standard input, output and error of a program: descriptors 0, 1 and 2.
#pragma once

namespace seshdb {

/// First thing in main(). Opens those of the descriptors 0, 1 and 2 that are closed, so that no
/// file or socket gets such a number and then what is meant for the standard streams; what reads or
/// writes them fails as before. Ignores SIGPIPE: writing to a pipe whose reader is gone fails, and
/// does nothing else.
void prepare_standard_streams();

/// Last thing in main(), of a program that printed something: writes out what is still buffered.
/// Gives `status`; or 1, with a message on standard error, where some of the output was lost: the
/// disk is full, its reader is gone, or it was closed at start. `program`: its name.
[[nodiscard]] int end_output(const char* program, int status);

}  // namespace seshdb
