# The bugs that planted_bugs.py plants. Each is a few edits: a file, a text that stands there once,
# and what stands there with the bug. Keep the texts short, so that they survive other changes.
import collections

Bug = collections.namedtuple('Bug', ('name', 'what', 'edits'))

BUGS = [
    # An answer leaves before its commit is kept.
    Bug('answer-before-sync', 'an answer leaves before the log is on the disk', [
        ('src/core/outbox.cc',
         'if (!gate(*slot, turn.ticket)) flush(*slot, now_ms);',
         'flush(*slot, now_ms);')]),
    Bug('remote-answer-before-sync', 'the same for an answer to another core', [
        ('src/core/exchange.cc',
         'to.gated.push_back({turn.ticket, std::move(parcel)});',
         'to.ready.push_back(std::move(parcel));')]),
    Bug('answer-before-outcome', 'an answer leaves before the outcome of its commit is known', [
        ('src/core/lanes.cc',
         '  if (committed.outcome == Outcome::kPending) {',
         '  if (lane.outcome == Outcome::kPending) lane.outcome = Outcome::kKept;\n'
         '  if (lane.outcome == Outcome::kPending) {')]),
    Bug('lost-is-kept', 'a lost commit is answered as if it were kept', [
        ('src/core/lanes.cc',
         '    case Outcome::kKept:\n',
         '    case Outcome::kLost:\n    case Outcome::kKept:\n'),
        ('src/core/lanes.cc',
         '    case Outcome::kLost:\n      end_first(token, lane, lane.running,\n'
         '                [this](Request& request) '
         '{ answers_.lose(request.asker, request.from); });\n      return;\n',
         '')]),

    Bug('rotation-not-recorded', 'a rotation is not in the log', [
        ('src/store/store.cc', 'if (batch_ != nullptr) batch_->rotate(from, token);', '')]),

    Bug('tags-outlive-session', 'a session that ends leaves its tags in the index', [
        ('src/store/store.cc',
         '  if (session.has_tags()) tags_.set(first_token_of(session), {});\n',
         '')]),

    # A lost wake-up.
    Bug('no-ring-for-calls', 'a core is not woken for the calls of another', [
        ('src/core/exchange.cc',
         'mailboxes_[core]->push(core_, calls)) mailboxes_[core]->ring();',
         'mailboxes_[core]->push(core_, calls)) continue;')]),
    Bug('no-ring-for-answers', 'a core is not woken for the answers of another', [
        ('src/core/exchange.cc', 'if (any) mailboxes_[core]->ring();', '(void)any;')]),
    Bug('no-news', 'a core waits although its engine has an outcome to tell', [
        ('src/core/core.cc', 'return committer_.engine().has_news() || ', 'return ')]),
    Bug('no-deadline', 'a core waits beyond the deadline of its engine', [
        ('src/core/core.cc',
         'std::max(committer_.engine().next_deadline_ms(), now_ms)',
         'std::max<std::uint64_t>(UINT64_MAX, now_ms)')]),
    Bug('outcome-not-told', 'one outcome in 16 is not told to the connections that wait', [
        ('src/core/core.cc',
         '  outbox_.settle(ticket, outcome, context_.turn.now_ms);',
         '  if (ticket % 16 != 5) outbox_.settle(ticket, outcome, context_.turn.now_ms);')]),
    Bug('lane-outcome-not-told', 'one outcome in 64 is not told to the lanes', [
        ('src/core/core.cc',
         '  requests_.lanes().on_outcome(ticket, outcome);',
         '  if (ticket % 64 != 0) requests_.lanes().on_outcome(ticket, outcome);')]),

    # A request runs twice.
    Bug('runs-twice-after-conflict', 'a request runs twice once its commit has met a conflict', [
        ('src/core/lanes.cc',
         '    request.any = executor_.execute(request.call->call, request.answer);',
         '    if (lane.conflicts != 0) '
         '(void)executor_.execute(request.call->call, request.answer);\n'
         '    request.answer.clear();\n'
         '    request.any = executor_.execute(request.call->call, request.answer);')]),
    Bug('call-runs-twice', 'one call in 64 of another core runs twice', [
        ('src/core/requests.cc',
         '  const bool any = to_.executor.execute(call, answer_);',
         '  static unsigned calls = 0;\n'
         '  if (++calls % 64 == 0) (void)to_.executor.execute(call, answer_);\n'
         '  answer_.clear();\n'
         '  const bool any = to_.executor.execute(call, answer_);')]),

    # The order of two answers, or of two requests of a session, is swapped.
    Bug('answers-swapped', 'two answers of one commit change places', [
        ('src/core/lanes.cc',
         '    case Outcome::kKept:\n',
         '    case Outcome::kKept:\n'
         '      if (lane.running > 1) {\n'
         '        std::swap(lane.requests[0].from, lane.requests[1].from);\n'
         '        std::swap(lane.requests[0].asker, lane.requests[1].asker);\n'
         '      }\n')]),
    Bug('requests-swapped', 'a request overtakes the one before it in its lane', [
        ('src/core/lanes.cc',
         '  if (is_new) fetch(call.token, lane);',
         '  if (lane.requests.size() > lane.running + 1) {\n'
         '    std::swap(lane.requests.back(), lane.requests[lane.requests.size() - 2]);\n'
         '  }\n'
         '  if (is_new) fetch(call.token, lane);')]),
    Bug('overtakes-conflict', 'what came later runs with what has met a conflict, and before it', [
        ('src/core/lanes.cc',
         '      if (++lane.conflicts <= limits::kConflictsMost) {',
         '      if (lane.requests.size() > lane.running) {\n'
         '        std::swap(lane.requests[lane.running - 1], lane.requests[lane.running]);\n'
         '      }\n'
         '      if (++lane.conflicts <= limits::kConflictsMost) {')]),
    Bug('window-reversed', 'the requests of one read run in reverse', [
        ('src/core/requests.cc',
         '  for (const Planned& planned : window) {\n    run(connection, planned.plan);',
         '  for (std::size_t i = window.size(); i-- != 0;) {\n    run(connection, window[i].plan);')]),

    # A change is dropped from a commit.
    Bug('session-commit-dropped', 'the changes of one session in four are not committed', [
        ('src/core/committer.cc',
         '  const engine::Committed committed = engine_->commit_session(',
         '  if (token % 4 == 0) session_changes_.reset();\n'
         '  const engine::Committed committed = engine_->commit_session(')]),
    Bug('turn-commit-dropped', 'the changes of a turn are not committed where they are many', [
        ('src/core/committer.cc',
         '  const engine::Committed now = engine_->commit(',
         '  if (changes_.size() > 500) changes_.reset();\n'
         '  const engine::Committed now = engine_->commit(')]),
    Bug('expiry-told-late', 'what has expired is committed after the session that it is about', [
        ('src/core/committer.cc', '  if (!changes_.empty()) commit();\n', '')]),

    # An expired session lives again.
    Bug('conflict-revives', 'a conflict gives a session that expires another minute', [
        ('src/core/lanes.cc',
         '  lane.state = State::kRunnable;',
         '  if (lane.conflicts != 0) {\n'
         '    const commands::Context& context = executor_.context();\n'
         '    store::Session* const session = context.core.store.peek(token);\n'
         '    if (session != nullptr && session->expires()) {\n'
         '      const std::uint64_t now_ms = context.turn.now_ms;\n'
         '      context.core.store.set_deadline(*session, now_ms + 60\'000, now_ms);\n'
         '    }\n'
         '  }\n'
         '  lane.state = State::kRunnable;')]),
    Bug('expired-is-found', 'a session is found until it is removed, and not until it expires', [
        ('src/commands/session_lookup.h',
         'store.find(call.token, context.turn.now_ms)',
         'store.peek(call.token)')]),

    # Revisions and patches.
    Bug('stale-is-current', 'a change is made although it asks for another revision', [
        ('src/commands/executor.cc',
         '!is_current(*session, call, *revision)',
         '!is_current(*session, call, *revision) && command.tells_revision')]),
    Bug('revision-stands', 'a patch or a merge leaves the revision as it was', [
        ('src/store/draft.cc',
         '  session_.revision_ = store_.revisions_.current();\n',
         '')]),
    Bug('patch-not-told', 'a patch of two operations is not recorded', [
        ('src/store/draft.cc',
         'store_.tell_patch(session_, effects);',
         'if (effects.size() != 2) store_.tell_patch(session_, effects);')]),

    # Full disks, and stops in the middle of work.
    Bug('no-room-is-ignored', 'the log writes on although the disk is full', [
        ('src/engine/log.cc',
         'return storage_ == Storage::kGood || segment_.fits(bytes);',
         'return bytes != UINT64_MAX;'),
        ('src/engine/log.cc',
         '  if (storage == storage_ || storage_ == Storage::kFailed) return;',
         '  if (storage != Storage::kFailed || storage == storage_) return;')]),
    Bug('stop-drops-requests', 'a stop does not read what has arrived', [
        ('src/net/connection.cc',
         'stop_bytes_ = transport_->readable_bytes();', 'stop_bytes_ = 0;')]),
]
