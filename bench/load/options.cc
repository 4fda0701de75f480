// CLI11 reads the options from one table. This file checks the values, so that every error has the
// same form: the option, its value, and what is allowed.
#include "load/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <optional>
#include <string_view>
#include <utility>

#include "base/limits.h"
#include "base/result.h"
#include "load/options_together.h"

namespace seshdb::bench {

namespace {

// Sets an option to a value. The error is the text of what is allowed.
using Setter = Result<void> (*)(Options&, const std::string&);

struct Option {
  const char* name;
  const char* value;  // the name of the value in --help; nullptr: a flag
  Setter set;
  const char* help;
};

template <typename Number>
std::optional<Number> read_number(const std::string& text) {
  Number number = 0;
  const char* const end = text.data() + text.size();
  const auto [behind, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && behind == end ? std::optional(number) : std::nullopt;
}

template <typename Number>
Result<void> set_whole(Number& to, const std::string& text, std::uint64_t least,
                       std::uint64_t most) {
  const auto number = read_number<std::uint64_t>(text);
  if (!number || *number < least || *number > most) {
    return fail("a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  }
  to = static_cast<Number>(*number);
  return {};
}

// Takes a number from `least` to `most`. `bounds` is the same in words.
Result<void> set_real(double& to, const std::string& text, double least, double most,
                      const char* bounds) {
  const auto number = read_number<double>(text);
  const bool inside = number && *number >= least && *number <= most;
  if (!inside) return fail(std::string("a number ") + bounds);  // also for NaN
  to = *number;
  return {};
}

template <typename Value, std::size_t count>
Result<void> set_named(Value& to, const std::string& text,
                       const std::array<std::pair<const char*, Value>, count>& names) {
  std::string allowed;
  for (std::size_t i = 0; i < count; ++i) {
    if (text == names.at(i).first) {
      to = names.at(i).second;
      return {};
    }
    allowed += i == 0 ? "" : i + 1 == count ? " or " : ", ";
    allowed += names.at(i).first;
  }
  return fail(std::move(allowed));
}

Result<void> set_protocol(Options& o, const std::string& v) {
  constexpr std::array<std::pair<const char*, Protocol>, 5> kNames = {
      {{"ws", Protocol::kWebSocket},
       {"http", Protocol::kHttp},
       {"redis", Protocol::kRedis},
       {"valkey-json", Protocol::kValkeyJson},
       {"http-static", Protocol::kHttpStatic}}};
  return set_named(o.protocol, v, kNames);
}

Result<void> set_text(std::string& to, const std::string& v, const char* allowed) {
  if (v.empty()) return fail(allowed);
  to = v;
  return {};
}

Result<void> set_key(Options& o, const std::string& v) {
  return set_text(o.key, v, "a key, as seshdb keygen makes it");
}

Result<void> set_tls_ca(Options& o, const std::string& v) {
  return set_text(o.tls_ca, v, "a file");
}

Result<void> set_handshakes(Options& o, const std::string& v) {
  constexpr std::array<std::pair<const char*, Handshakes>, 2> kNames = {
      {{"full", Handshakes::kFull}, {"resumed", Handshakes::kResumed}}};
  return set_named(o.handshakes, v, kNames);
}

Result<void> set_path(Options& o, const std::string& v) {
  const bool whole = !v.empty() && v.front() == '/' &&
                     std::all_of(v.begin(), v.end(), [](char c) { return c > ' ' && c != 0x7F; });
  if (!whole) return fail("a path such as /index.json, without white space");
  o.path = v;
  return {};
}

Result<void> set_work(Options& o, const std::string& v) {
  const std::optional<Work> work = work_named(v);
  if (!work) return fail("one of " + std::string(kAllWorks));
  o.mix = Mix(*work);
  return {};
}

Result<void> set_mix(Options& o, const std::string& v) {
  const std::optional<Mix> mix = Mix::parse(v);
  if (!mix) {
    return fail("weights such as get=80,set=20: each of " + std::string(kAllWorks) +
                " at most once, with a whole number from 0 to 1000000, not all of them 0");
  }
  o.mix = *mix;
  return {};
}

Result<void> set_distribution(Options& o, const std::string& v) {
  constexpr std::array<std::pair<const char*, Distribution>, 2> kNames = {
      {{"uniform", Distribution::kUniform}, {"zipf", Distribution::kZipf}}};
  return set_named(o.distribution, v, kNames);
}

Result<void> set_shape(Options& o, const std::string& v) {
  constexpr std::array<std::pair<const char*, Shape>, 4> kNames = {{{"session", Shape::kSession},
                                                                    {"object", Shape::kObject},
                                                                    {"array", Shape::kArray},
                                                                    {"nested", Shape::kNested}}};
  return set_named(o.document_shape, v, kNames);
}

Result<void> set_tag(Options& o, const std::string& v) {
  const bool plain = std::all_of(
      v.begin(), v.end(), [](char c) { return c > ' ' && c < 0x7F && c != '"' && c != '\\'; });
  if (v.empty() || v.size() > limits::kTagBytesMax || !plain) {
    return fail("1 to 128 printable ASCII characters without spaces, quotes and backslashes");
  }
  o.tag = v;
  return {};
}

Result<void> set_host(Options& o, const std::string& v) {
  return set_text(o.host, v, "an IPv4 address");
}

template <bool Options::* flag>
Result<void> set_flag(Options& o, const std::string& /*none*/) {
  o.*flag = true;
  return {};
}

// A whole number with its bounds.
template <auto member, std::uint64_t least, std::uint64_t most>
Result<void> set_count(Options& o, const std::string& v) {
  return set_whole(o.*member, v, least, most);
}

constexpr double kSecondsMax = 1e6;

Result<void> set_rate(Options& o, const std::string& v) {
  return set_real(o.rate, v, 1e-3, 1e9, "from 0.001 to 1000000000");
}
Result<void> set_settle(Options& o, const std::string& v) {
  return set_real(o.settle_s, v, 0, 60, "of seconds from 0 to 60");
}
Result<void> set_warm_up(Options& o, const std::string& v) {
  return set_real(o.warm_up_s, v, 0, kSecondsMax, "of seconds from 0 to 1000000");
}
Result<void> set_duration(Options& o, const std::string& v) {
  return set_real(o.duration_s, v, 1e-3, kSecondsMax, "of seconds from 0.001 to 1000000");
}
Result<void> set_exponent(Options& o, const std::string& v) {
  return set_real(o.zipf_exponent, v, 0.01, 10, "from 0.01 to 10");
}

constexpr std::uint64_t kExpirySecondsMax = 3'155'760'000;  // the protocol's: 100 years
// The server takes 1 MiB per request unless --message-bytes-max says otherwise, up to 64 MiB.
constexpr std::uint64_t kDocumentBytesMax = 67'000'000;

constexpr std::array kOptions{
    Option{"host", "ADDRESS", set_host, "IPv4 address of the server (127.0.0.1)"},
    Option{"port", "PORT", set_count<&Options::port, 1, 65'535>, "port of the server (1987)"},
    Option{"protocol", "NAME", set_protocol,
           "ws, http, redis (GET and SET), valkey-json (JSON.GET, JSON.SET, JSON.NUMINCRBY, "
           "JSON.MERGE) or http-static (GET "
           "of one path) (ws)"},
    Option{"key", "KEY", set_key, "the key that clients show, for ws and http (none)"},
    Option{"tls", nullptr, set_flag<&Options::tls>,
           "connect with TLS; the certificate is not checked without --tls-ca, and no session is "
           "resumed"},
    Option{"tls-ca", "FILE", set_tls_ca, "with --tls: check the certificate with these (PEM)"},
    Option{"handshakes", "KIND", set_handshakes,
           "with --tls: measure clients that connect, ask for /healthz and leave, with full or "
           "resumed handshakes; --connections of them at a time"},
    Option{"path", "PATH", set_path, "what http-static asks for (/)"},
    Option{"work", "NAME", set_work,
           "get, set, update (one place in a document), read, patch, increment (a counter in a "
           "patch), merge, find (one place each, in the session as one document), append, new "
           "(session), end (of one, which is then made again) or expiring (a new session with an "
           "expiry) (get)"},
    Option{"mix", "WEIGHTS", set_mix, "several works and how often each: get=80,set=15,end=5"},
    Option{"echo", nullptr, set_flag<&Options::echo>,
           "the server gives back what it gets (seshdb --echo true): measures the transport"},
    Option{"connections", "N", set_count<&Options::connections, 1, 50'000>, "clients (50)"},
    Option{"in-flight", "N", set_count<&Options::in_flight, 1, 10'000>,
           "requests per client that wait for an answer (16)"},
    Option{"sessions", "N", set_count<&Options::sessions, 1, 100'000'000>,
           "sessions that the setup makes (100000)"},
    Option{"keys-per-session", "N", set_count<&Options::keys_per_session, 1, 1'000>,
           "documents in each, under the keys user, user1, user2 ... (1)"},
    Option{"distribution", "NAME", set_distribution,
           "which sessions are asked for: uniform or zipf (uniform)"},
    Option{"zipf-exponent", "X", set_exponent, "of zipf; more is more uneven (0.99)"},
    Option{"document-shape", "NAME", set_shape,
           "session (a visitor of a web shop), object (many members), array (many items) or nested "
           "(8 levels, the members in the innermost) (session)"},
    Option{"document-bytes", "BYTES", set_count<&Options::document_bytes, 150, kDocumentBytesMax>,
           "size of a document; above 1 MB the server needs a higher --message-bytes-max (300)"},
    Option{"empty-sessions", nullptr, set_flag<&Options::empty_sessions>,
           "store no documents, neither in the setup nor in sessions that the work makes"},
    Option{"tag", "TAG", set_tag, "a tag for each session that is made (SH_NEW's tags)"},
    Option{"setup-only", nullptr, set_flag<&Options::setup_only>,
           "make the sessions, report what that took, and end"},
    Option{"expire-at-once", "SECONDS", set_count<&Options::expire_at_once_s, 1, kExpirySecondsMax>,
           "let the sessions of the setup expire within one second, so long after the last of them "
           "is made"},
    Option{"immortal-sessions", "N", set_count<&Options::immortal_sessions, 1, 100'000'000>,
           "with --expire-at-once: sessions that stay; the work is about these alone"},
    Option{"expiry-seconds", "SECONDS", set_count<&Options::expiry_s, 1, kExpirySecondsMax>,
           "how long the sessions of the work `expiring` live (60)"},
    Option{"rate", "X", set_rate,
           "requests per second in all, sent when they are due whether or not answers have come; "
           "latency counts from then (as fast as answers come)"},
    Option{"burst", "N", set_count<&Options::burst, 1, 10'000>,
           "with --rate: so many requests are due together, on one connection, as a client sends "
           "them that pipelines (1)"},
    Option{"warm-up", "SECONDS", set_warm_up, "time that does not count (2)"},
    Option{"duration", "SECONDS", set_duration, "time that counts (10)"},
    Option{"seed", "N", set_count<&Options::seed, 0, UINT64_MAX>, "of all random choices (1)"},
    Option{"server-pid", "PID", set_count<&Options::server_pid, 1, INT32_MAX>,
           "process whose CPU time and memory are reported; for nginx, the worker"},
    Option{"settle", "SECONDS", set_settle,
           "wait before the server's memory is read, after the setup and at the end (0)"},
    Option{"json", nullptr, set_flag<&Options::json>, "print the result as JSON"},
};

int usage_error(const std::string& text) {
  std::fprintf(stderr, "seshdb-bench: %s\n", text.c_str());
  return 2;
}

}  // namespace

std::variant<Options, int> read_options(int argument_count, const char* const* arguments) {
  CLI::App app("Drives a server with many clients and reports what it took.", "seshdb-bench");
  std::array<std::string, kOptions.size()> values;
  std::array<CLI::Option*, kOptions.size()> added{};
  for (std::size_t i = 0; i < kOptions.size(); ++i) {
    const Option& option = kOptions.at(i);
    const std::string name = "--" + std::string(option.name);
    added.at(i) = option.value == nullptr ? app.add_flag(name, option.help)
                                          : app.add_option(name, values.at(i), option.help)
                                                ->type_name(option.value)
                                                ->type_size(1)
                                                ->expected(1);
  }
  try {
    app.parse(argument_count, arguments);
  } catch (const CLI::CallForHelp&) {
    std::fputs(app.help().c_str(), stdout);
    return 0;
  } catch (const CLI::ParseError& error) {
    return usage_error(std::string(error.what()) + "\nsee seshdb-bench --help");
  }
  Options options;
  Given given;
  for (std::size_t i = 0; i < kOptions.size(); ++i) {
    if (added.at(i)->count() == 0) continue;
    given.insert({kOptions.at(i).name, values.at(i)});
    if (const Result<void> set = kOptions.at(i).set(options, values.at(i)); !set) {
      return usage_error("--" + std::string(kOptions.at(i).name) + ": '" + values.at(i) +
                         "' is not allowed; it takes " + set.error());
    }
  }
  if (const auto checked = check_together(options, given); !checked) {
    return usage_error(checked.error());
  }
  return options;
}

}  // namespace seshdb::bench
