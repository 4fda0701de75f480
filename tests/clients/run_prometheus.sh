#!/usr/bin/env bash
# The metrics of a server in memory and of one with a log, read by Debian's python3-prometheus-client.
# Exits non-zero with the reason on standard error. Usage: run_prometheus.sh BINARY
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")

# Debian's python3: another one earlier in the path does not find Debian's packages.
python=/usr/bin/python3
"$python" -c 'import prometheus_client, websockets' 2>/dev/null ||
  { echo 'FAIL: python3-prometheus-client or python3-websockets is not installed' >&2; exit 1; }

for options in '' '--data data --sync always'; do
  (
    # Unquoted, so that each option is a word.
    . "$here/server.sh" "$1" $options
    "$python" -B "$here/python/session.py" "$port"
    "$python" -B "$here/python/metrics.py" "$port"
  )
done
