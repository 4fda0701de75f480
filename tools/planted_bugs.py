#!/usr/bin/env python3
# Shows that the simulation catches bugs: plants each bug of planted_bug_list.py, alone, in a copy of
# the tree under build/planted, builds the simulation there and runs seeds from 1 on until one fails.
# Prints one line a bug and exits with 1 where one is not caught, 2 where one cannot be planted.
# Never changes the tree itself. Usage: planted_bugs.py [--seconds N] [--list] [NAME...]
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

from planted_bug_list import BUGS

ROOT = pathlib.Path(__file__).resolve().parent.parent
COPY = ROOT / 'build/planted/tree'
BUILD = ROOT / 'build/planted/build'
TEST = 'Simulation.of_any_seed_gives_the_answers_of_the_model_in_order'


def sources():
    listed = subprocess.run(['git', 'ls-files', '-co', '--exclude-standard'], cwd=ROOT, check=True,
                            capture_output=True, text=True).stdout
    return [name for name in listed.splitlines() if (ROOT / name).is_file()]


def copy_tree():
    """Brings the copy up to date. What is the same keeps its time, so that it is not built again."""
    names = sources()
    for name in names:
        source, target = ROOT / name, COPY / name
        if target.is_file() and target.read_bytes() == source.read_bytes():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)
    kept = set(names)
    for path in COPY.rglob('*'):
        if path.is_file() and str(path.relative_to(COPY)) not in kept:
            path.unlink()


def build():
    BUILD.mkdir(parents=True, exist_ok=True)
    if not (BUILD / 'CMakeCache.txt').exists():
        subprocess.run(['cmake', '-S', COPY, '-B', BUILD, '-G', 'Ninja', '-DSESHDB_TESTS=ON',
                        '-DCMAKE_BUILD_TYPE=Release'], check=True, stdout=subprocess.DEVNULL)
    done = subprocess.run(['cmake', '--build', BUILD, '--target', 'simulation_tests'],
                          capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f'planted_bugs.py: the copy does not build:\n{done.stdout[-3000:]}')


def plant(edits):
    """Each edit is (file, text, other text). The text has to be there once."""
    for name, text, other in edits:
        path = COPY / name
        content = path.read_text()
        if content.count(text) != 1:
            return f'{name} has this text {content.count(text)} times, not once:\n{text}'
        path.write_text(content.replace(text, other))
    return ''


def simulate(seconds):
    """The first failing seed, and what it said; None where none fails."""
    environment = dict(os.environ, SESHDB_SIMULATE_SEED='1', SESHDB_SIMULATE_SECONDS=str(seconds))
    done = subprocess.run([BUILD / 'simulation_tests', f'--gtest_filter={TEST}'],
                          env=environment, capture_output=True, text=True, timeout=seconds + 300)
    if done.returncode == 0:
        return None, ''
    seed = re.search(r'^seed (\d+) ', done.stderr, re.MULTILINE)
    said = re.search(r'^Failed\n(.*)$', done.stdout, re.MULTILINE)
    what = said.group(1) if said else done.stderr.strip().splitlines()[-1]
    return (int(seed.group(1)) if seed else -1), what


def main():
    parser = argparse.ArgumentParser(description='Shows that the simulation catches planted bugs.')
    parser.add_argument('names', nargs='*', help='bugs to plant; all where none is named')
    parser.add_argument('--seconds', type=int, default=60, help='to look for a failing seed')
    parser.add_argument('--list', action='store_true', help='says which bugs there are')
    options = parser.parse_args()
    unknown = set(options.names) - {bug.name for bug in BUGS}
    if unknown:
        parser.error(f'there is no bug {", ".join(sorted(unknown))}')
    chosen = [bug for bug in BUGS if not options.names or bug.name in options.names]
    if options.list:
        for bug in chosen:
            print(f'{bug.name:28} {bug.what}')
        return 0
    copy_tree()
    build()
    seed, what = simulate(0)
    if seed is not None:
        sys.exit(f'planted_bugs.py: the tree fails without a planted bug: seed {seed}: {what}')
    status = 0
    for bug in chosen:
        copy_tree()  # without the last bug
        fault = plant(bug.edits)
        if fault:
            print(f'{bug.name:28} CANNOT BE PLANTED: {fault}', flush=True)
            status = 2
            continue
        build()
        begin = time.monotonic()
        seed, what = simulate(options.seconds)
        took = time.monotonic() - begin
        if seed is None:
            print(f'{bug.name:28} NOT CAUGHT in {took:.0f} s', flush=True)
            status = status or 1
        else:
            print(f'{bug.name:28} seed {seed:<6} {took:5.1f} s  {what[:140]}', flush=True)
    copy_tree()
    return status


if __name__ == '__main__':
    sys.exit(main())
