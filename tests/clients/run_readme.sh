#!/usr/bin/env bash
# Runs the README's session word for word. Usage: run_readme.sh BINARY
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")

command -v curl >/dev/null || { echo 'FAIL: the package curl is not installed' >&2; exit 1; }

. "$here/server.sh" "$@"
/usr/bin/python3 -B "$here/readme_session.py" "$here/../../README.md" "$port"
