// One check for each rule. The first rule that is broken gives the error.
#include "load/options_together.h"

#include <string_view>
#include <vector>

#include "load/documents.h"

namespace seshdb::bench {

namespace {

std::string said(const Given& given, const std::string& name) {
  const auto found = given.find(name);
  if (found == given.end()) return "--" + name;
  return found->second.empty() ? "--" + name : "--" + name + ": '" + found->second + "'";
}

std::string listed(const std::vector<Work>& works) {
  std::string text;
  for (std::size_t i = 0; i < works.size(); ++i) {
    text += i == 0 ? "" : i + 1 == works.size() ? " and " : ", ";
    text += kWorkNames.at(static_cast<std::size_t>(works[i]));
  }
  return text;
}

// With `reason` only the works in `allowed` may be used.
Result<void> check_works(const Options& options, const Given& given, const std::string& reason,
                         const std::vector<Work>& allowed) {
  for (std::size_t i = 0; i < kWorkNames.size(); ++i) {
    const auto work = static_cast<Work>(i);
    bool may = false;
    for (const Work other : allowed) may = may || other == work;
    if (may || !options.mix.has(work)) continue;
    const bool named = given.contains("work") || given.contains("mix");
    const std::string what = !named                   ? "--work: 'get'"
                             : given.contains("work") ? said(given, "work")
                                                      : said(given, "mix");
    return fail(what + " is not allowed with " + reason + "; it takes " + listed(allowed));
  }
  return {};
}

Result<void> check_protocol(const Options& options, const Given& given) {
  const auto reason = [&given] { return "--protocol " + given.at("protocol"); };
  switch (options.protocol) {
    case Protocol::kRedis:
      return check_works(options, given, reason(), {Work::kGet, Work::kSet});
    case Protocol::kValkeyJson:
      return check_works(options, given, reason(),
                         {Work::kGet, Work::kSet, Work::kUpdate, Work::kRead, Work::kPatch,
                          Work::kIncrement, Work::kMerge, Work::kFind});
    case Protocol::kHttpStatic:
      return check_works(options, given, reason(), {Work::kGet});
    case Protocol::kWebSocket:
    case Protocol::kHttp:
      break;
  }
  return {};
}

// Options that have no effect without another one.
Result<void> check_needed(const Options& options, const Given& given) {
  if (given.contains("work") && given.contains("mix")) {
    return fail(said(given, "mix") + " is not allowed with --work; one of the two says it all");
  }
  if (given.contains("path") && options.protocol != Protocol::kHttpStatic) {
    return fail(said(given, "path") + " is not allowed without --protocol http-static");
  }
  for (const char* const name : {"tls-ca", "handshakes"}) {
    if (given.contains(name) && !options.tls) {
      return fail(said(given, name) + " is not allowed without --tls");
    }
  }
  if (given.contains("zipf-exponent") && options.distribution != Distribution::kZipf) {
    return fail(said(given, "zipf-exponent") + " is not allowed without --distribution zipf");
  }
  if (given.contains("expiry-seconds") && !options.mix.has(Work::kExpiring)) {
    return fail(said(given, "expiry-seconds") + " is not allowed without the work expiring");
  }
  if (given.contains("immortal-sessions") && options.expire_at_once_s == 0) {
    return fail(said(given, "immortal-sessions") + " is not allowed without --expire-at-once");
  }
  return {};
}

// A document of one value in an array has nothing to merge into, and only a session's has a
// counter.
Result<void> check_documents(const Options& options, const Given& given) {
  const Shape shape = options.document_shape;
  const bool merges = options.mix.has(Work::kMerge) && !Documents::can_merge(shape);
  const bool counts = options.mix.has(Work::kIncrement) && !Documents::has_counter(shape);
  if (!merges && !counts) return {};
  return fail(said(given, given.contains("work") ? "work" : "mix") +
              " is not allowed with documents of this shape; " +
              (merges ? "merge takes objects" : "increment takes documents of the shape session"));
}

Result<void> check_sesh_only(const Options& options, const Given& given) {
  if (options.sesh() && !options.echo) return {};
  for (const char* const name : {"expire-at-once", "empty-sessions", "tag"}) {
    if (given.contains(name)) {
      return fail(said(given, name) +
                  " is not allowed here; it takes --protocol ws or http, and no --echo");
    }
  }
  const bool makes_sessions = options.protocol != Protocol::kHttpStatic && !options.echo;
  if (options.setup_only && !makes_sessions) {
    return fail("--setup-only is not allowed here; with --echo or http-static there is no setup");
  }
  if (options.echo && !options.sesh()) {
    return fail("--echo is not allowed here; it takes --protocol ws or http");
  }
  if (!options.echo) return {};
  return check_works(options, given, "--echo",
                     {Work::kGet, Work::kSet, Work::kUpdate, Work::kAppend});
}

Result<void> check_sessions(const Options& options, const Given& given) {
  if (options.expire_at_once_s != 0) {
    if (options.immortal_sessions == 0 && !options.setup_only) {
      return fail(
          said(given, "expire-at-once") +
          " is not allowed alone; it takes --immortal-sessions for the work, or --setup-only");
    }
    if (options.immortal_sessions > options.sessions) {
      return fail(said(given, "immortal-sessions") +
                  " is not allowed; it takes a whole number from 1 to " +
                  std::to_string(options.sessions) + ", the number of sessions");
    }
  }
  if (options.setup_only || !options.mix.has(Work::kEnd)) return {};
  // A session is ended only while no request for it is under way. So at least half of the sessions
  // must be free.
  const std::uint64_t least = std::uint64_t{2} * options.connections * options.in_flight;
  if (options.rate != 0 || options.work_sessions() >= least) return {};
  const char* const name = options.expire_at_once_s == 0 ? "--sessions" : "--immortal-sessions";
  return fail(std::string(name) + ": '" + std::to_string(options.work_sessions()) +
              "' is not allowed with the work end; it takes at least " + std::to_string(least) +
              ", twice --connections times --in-flight");
}

Result<void> check_empty(const Options& options, const Given& given) {
  if (!options.empty_sessions || options.setup_only) return {};
  return check_works(options, given, "--empty-sessions", {Work::kNew, Work::kEnd, Work::kExpiring});
}

}  // namespace

Result<void> check_together(const Options& options, const Given& given) {
  for (const auto check : {check_needed, check_protocol, check_documents, check_sesh_only,
                           check_sessions, check_empty}) {
    if (Result<void> checked = check(options, given); !checked) return checked;
  }
  return {};
}

}  // namespace seshdb::bench
