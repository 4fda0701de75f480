#!/usr/bin/env bash
# A third-party client, Debian's python3-websockets, against the program. Exits non-zero with the
# reason on standard error. Usage: run_python.sh BINARY
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")

# Debian's python3: another one earlier in the path does not find Debian's packages.
python=/usr/bin/python3
"$python" -c 'import websockets' 2>/dev/null ||
  { echo 'FAIL: the package python3-websockets is not installed' >&2; exit 1; }

. "$here/server.sh" "$@"
"$python" -B "$here/python/session.py" "$port"
