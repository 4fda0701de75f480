# For the client runs: starts the program on a free port, and ends it by its pid when the shell that
# sourced this file exits. Never ends another process.
# Usage: . server.sh BINARY [OPTION...]; then $port is the server's port. The server runs in a folder
# of its own, which is removed in the end.

[ $# -ge 1 ] || { echo 'the program to test is missing' >&2; exit 2; }
[ -x "$1" ] || { echo "$1 is no program" >&2; exit 2; }

server_dir=$(mktemp -d)
server_pid=
stop_server() {
  local status=$?
  if [ -n "$server_pid" ]; then
    kill -TERM "$server_pid" 2>/dev/null || true
    # A server that does not end after a clean stop is a failure.
    local stopped=0
    wait "$server_pid" 2>/dev/null || stopped=$?
    if [ "$stopped" -ne 0 ]; then
      echo "FAIL: the server ended with status $stopped" >&2
      [ "$status" -ne 0 ] || status=1
    fi
    [ "$status" -eq 0 ] || { echo '--- the server said:' >&2; cat "$server_dir/log" >&2; }
  fi
  rm -rf "$server_dir"
  exit "$status"
}
trap stop_server EXIT
trap 'exit 130' INT TERM

# The ready line comes through a pipe, so that waiting for it needs no polling.
mkfifo "$server_dir/out"
server_binary=$(readlink -f "$1")
(cd "$server_dir" && exec "$server_binary" --port 0 --threads 2 "${@:2}") \
  >"$server_dir/out" 2>>"$server_dir/log" &
server_pid=$!
exec {server_out}<"$server_dir/out"
port=
while IFS= read -r -t 30 line <&"$server_out"; do
  printf '%s\n' "$line" >>"$server_dir/log"
  if [[ $line =~ listening\ on\ 127\.0\.0\.1:([0-9]+) ]]; then
    port=${BASH_REMATCH[1]}
    break
  fi
done
[ -n "$port" ] || { echo 'FAIL: the server did not say where it listens' >&2; exit 1; }
# The rest of its output goes into its log, so that it never writes to a full or broken pipe.
cat <&"$server_out" >>"$server_dir/log" &
