// The HTTP side of a connection: reads requests, decides what they ask for, and lays out their
// answers. Answers by itself what needs nobody else. Reads and sends nothing; one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/answered.h"
#include "base/buffer.h"
#include "base/clock.h"
#include "net/http.h"
#include "net/http_rules.h"
#include "net/origin.h"
#include "net/send_queue.h"

namespace seshdb::net {

class HttpResponder {
 public:
  /// Decides on requests that need an admission, once for each.
  using Admit = std::function<Admission(const HttpRequest&, HttpAction)>;

  /// Answers go into `out`. All but the numbers outlive it. The first request has begun.
  HttpResponder(const Clock& clock, const OriginPolicy& origins, Admit admit,
                std::size_t body_bytes_max, SendQueue& out, std::uint64_t now_ms);

  enum class Event : std::uint8_t {
    kNone,
    kCommand,   // command() is to be answered, then comes next()
    kMetrics,   // to be answered with answer_metrics(), then comes next()
    kUpgraded,  // the client was answered, and what follows is a WebSocket
    kTls,       // the client speaks TLS: nothing can be answered
  };
  struct Step {
    Event event = Event::kNone;
    std::size_t consumed = 0;
    bool needs_more = false;  // nothing can be done with the rest of `data` alone
  };
  /// Reads on in `data`, which continues what was not consumed before.
  [[nodiscard]] Step consume(std::string_view data, std::uint64_t now_ms);
  [[nodiscard]] std::string_view command() { return reader_.request().body.view(); }
  /// Gets ready for the next request; answers to the last one may still come, before that.
  void next(std::uint64_t now_ms);

  void answer_metrics(std::string_view metrics);
  void answer_command(std::string_view text, Answered answered);
  /// The same in two steps: where to write the answer, and that it is written.
  [[nodiscard]] Buffer& begin_answer() { return body_; }
  void end_answer(Answered answered);
  /// Refuses what is no whole request, with 400, 408, 413, 431 or 501.
  void refuse(unsigned status);
  /// Each further answer says that the connection closes.
  void stop() { is_stopping_ = true; }

  /// An answer has said that the connection closes: no request is read any more.
  [[nodiscard]] bool closes() const { return closes_; }
  /// Bytes came: a request begins where none was under way. Not to be called while bytes that came
  /// before are not consumed: these are of a request too.
  void note_bytes(std::uint64_t now_ms) {
    if (!is_in_request()) begun_ms_ = now_ms;
  }
  /// Is a request under way, as far as was consumed? Not between two of them.
  [[nodiscard]] bool is_in_request() const { return !is_served_ || !reader_.idle(); }
  /// When the request under way began.
  [[nodiscard]] std::uint64_t begun_ms() const { return begun_ms_; }

 private:
  [[nodiscard]] HttpDecision decide_now(const HttpRequest& request);
  [[nodiscard]] Event take(const HttpRequest& request, const HttpDecision& decision);
  void upgrade(const HttpRequest& request);
  void answer(unsigned status, std::string_view type, std::string_view body,
              std::string_view extra = {});

  const Clock& clock_;
  const OriginPolicy& origins_;
  const Admit admit_;
  SendQueue& out_;
  HttpReader reader_;
  Buffer body_;  // of an answer that is being written
  std::uint64_t begun_ms_;
  bool is_served_ = false;  // a request was complete
  bool is_stopping_ = false;
  bool closes_ = false;
  // Of the request to be answered.
  bool keep_alive_ = true;
  bool is_http_1_1_ = true;
  bool with_body_ = true;
  std::string cors_;                    // header lines of its answer
  std::optional<Admission> admission_;  // once it was asked for
};

}  // namespace seshdb::net
