// Running all conformance cases on one target.
#pragma once

#include <gtest/gtest.h>

#include "support/conformance.h"

namespace seshdb::testing {

inline constexpr const char* kCasesFolder = SESHDB_SOURCE_DIR "/tests/conformance/data";

inline void run_all_cases(Target& target) {
  const std::vector<Case> cases = load_cases(kCasesFolder);
  ASSERT_GT(cases.size(), 100U);
  for (const Case& one : cases) {
    const std::string fault = run_case(one, target);
    EXPECT_TRUE(fault.empty()) << fault;
  }
}

}  // namespace seshdb::testing
