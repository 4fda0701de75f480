// What RE2 may use is bounded twice: by the size that its program will have, which is known before
// it is compiled, and by max_mem for program and automaton. Where that is too small for the
// automaton of a text, each byte costs time in proportion to the program.
#include "json/regexp.h"

#include <re2/re2.h>

#include <cstdint>
#include <utility>

#include "json/steps.h"

namespace seshdb::json {

namespace {

constexpr std::int64_t kMemoryMax = std::int64_t{1} << 20U;
// So many instructions more cost as much as the simplest expression.
constexpr std::size_t kSizePerStep = 64;

}  // namespace

Regexp::Regexp(std::string_view pattern, bool whole, std::size_t size_max)
    : fault_(RegexpFault::kTooLarge), whole_(whole) {
  if (pattern.size() > kBytesMax) return;
  const RegexpSyntax syntax = to_re2(pattern);
  fault_ = syntax.fault;
  if (fault_ != RegexpFault::kNone) return;
  size_ = syntax.size;
  fault_ = RegexpFault::kTooLarge;
  if (size_ > size_max) return;
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_never_capture(true);
  options.set_max_mem(kMemoryMax);
  auto program = std::make_unique<re2::RE2>(syntax.text, options);
  if (!program->ok()) return;  // the syntax is sound: it is a bound of RE2
  fault_ = RegexpFault::kNone;
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

std::size_t Regexp::steps(std::size_t bytes) const {
  return (1 + bytes / Steps::kBytes) * (1 + size_ / kSizePerStep);
}

}  // namespace seshdb::json
