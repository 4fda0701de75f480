#!/usr/bin/env bash
# Third-party clients, npm's ws and Node's fetch, against the program. Exits non-zero with the reason
# on standard error. Usage: run_npm.sh BINARY
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
program=$(readlink -f "${1:?the program to test is missing}")
cd "$here/npm"

# npm writes this file at the end of an installation. Where it is older than the lock file, install.
installed=node_modules/.package-lock.json
if [ ! -f "$installed" ] || [ package-lock.json -nt "$installed" ]; then
  npm ci --loglevel=error >&2 || { echo 'FAIL: npm ci did not install ws' >&2; exit 1; }
fi

. "$here/server.sh" "$program"
node session.mjs "$port"
