#!/usr/bin/env bash
# Runs a command on a bare Debian of a release: in a tree that debootstrap makes, with a clone of the
# last commit. What it mounts and starts is in namespaces of its own, so none of it outlives the command.
# Must run as root. Usage: try_debian.sh SUITE TREE COMMAND...; SUITE is bookworm or trixie, TREE stays.
set -euo pipefail
repository=$(readlink -f "$(dirname "$(readlink -f "$0")")/..")

[ $# -ge 3 ] || { sed -n 's/.*\(Usage: .*\)/\1/p' "$0" | head -1 >&2; exit 2; }
suite=$1 tree=$(readlink -m "$2")
shift 2
[ "$(id -u)" -eq 0 ] || { echo 'try_debian: debootstrap and chroot need root' >&2; exit 1; }

if [ ! -f "$tree/root/is-complete" ]; then
  debootstrap --variant=minbase --include=ca-certificates,git "$suite" "$tree"
  touch "$tree/root/is-complete"
fi

# The repository may belong to another user than root.
export GIT_CONFIG_GLOBAL=$tree/root/.gitconfig
git config --global safe.directory '*'
clone=$tree/root/seshdb
[ -d "$clone" ] || git clone -q "$repository" "$clone"
git -C "$clone" fetch -q "$repository" HEAD
git -C "$clone" checkout -q --force --detach FETCH_HEAD

exec unshare --mount --pid --fork --kill-child bash -c '
  set -e
  tree=$1
  shift
  mount --rbind /dev "$tree/dev"
  mount -t proc proc "$tree/proc"
  chroot "$tree" env -i HOME=/root TERM=dumb LANG=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin \
    bash -c "cd /root/seshdb && exec \"\$@\"" try "$@"
' try "$tree" "$@"
