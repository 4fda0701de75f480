// Descriptors 0, 1 and 2 of the process.
#pragma once

namespace seshdb {

/// Opens those of the descriptors 0, 1 and 2 that are closed, so that no file or socket gets such a
/// number and then what is meant for the standard streams. What reads or writes them fails as
/// before. First thing in main().
void hold_standard_descriptors();

}  // namespace seshdb
