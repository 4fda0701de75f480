// What RE2 may use is bounded twice: by max_mem for program and automaton, and by the size of the
// program, since where the automaton's memory is too small for a text, each byte costs time in
// proportion to the program.
#include "json/regexp.h"

#include <re2/re2.h>

#include <cstdint>
#include <utility>

#include "json/steps.h"

namespace seshdb::json {

namespace {

constexpr std::int64_t kMemoryMax = std::int64_t{1} << 20U;
// Instructions. An alternative of two letters takes about 8, \p{L} about 350.
constexpr int kProgramMax = 4'000;
// So many instructions cost as much as the simplest expression.
constexpr std::size_t kProgramPerWeight = 64;

}  // namespace

Regexp::Regexp(std::string_view pattern, bool whole) : fault_(RegexpFault::kNone), whole_(whole) {
  if (pattern.size() > kBytesMax) {
    fault_ = RegexpFault::kTooLarge;
    return;
  }
  const RegexpSyntax syntax = to_re2(pattern);
  fault_ = syntax.fault;
  if (fault_ != RegexpFault::kNone) return;
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_never_capture(true);
  options.set_max_mem(kMemoryMax);
  auto program = std::make_unique<re2::RE2>(syntax.text, options);
  // The syntax is sound, so that only a bound can have been met.
  if (!program->ok() || program->ProgramSize() > kProgramMax) {
    fault_ = RegexpFault::kTooLarge;
    return;
  }
  weight_ = 1 + static_cast<std::size_t>(program->ProgramSize()) / kProgramPerWeight;
  program_ = std::move(program);
}

Regexp::Regexp(Regexp&&) noexcept = default;
Regexp& Regexp::operator=(Regexp&&) noexcept = default;
Regexp::~Regexp() = default;

bool Regexp::matches(std::string_view text) const {
  if (program_ == nullptr) return false;
  return program_->Match(text, 0, text.size(),
                         whole_ ? re2::RE2::ANCHOR_BOTH : re2::RE2::UNANCHORED, nullptr, 0);
}

std::size_t Regexp::steps(std::size_t bytes) const { return (1 + bytes / Steps::kBytes) * weight_; }

}  // namespace seshdb::json
