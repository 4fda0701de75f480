#!/usr/bin/env bash
# A client nobody here wrote: Debian's python3-websockets against the program. Exits non-zero with
# the reason on standard error. Usage: run_python.sh BINARY
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")

# Debian's own python3: another one in front of it in the path does not see Debian's packages.
python=/usr/bin/python3
"$python" -c 'import websockets' 2>/dev/null ||
  { echo 'FAIL: the package python3-websockets is not installed' >&2; exit 1; }

. "$here/server.sh" "$@"
"$python" -B "$here/python/session.py" "$port"
