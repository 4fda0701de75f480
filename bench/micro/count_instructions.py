#!/usr/bin/env python3
"""Counts the instructions per request of seshdb-count and compares them with the record.

Usage: count_instructions.py [--record] [--top N] [PROGRAM]

Each command runs twice under callgrind, with different numbers of requests. The difference of the
counts, divided by the difference of the numbers, is the cost of one request without one-time costs.
Only instructions inside seshdb_count_serve count: from the arrival of the frames to the sending of
the answers, without the kernel. A change beyond 5 % is marked; it is not a failure, because it may
be intended. --record writes the counts to bench/instructions.json. --top N also lists the functions
with the highest counts.

The counts are stable: two runs of one program give exactly the same number. The same sources built
in another folder differ by a few instructions, because libc compares texts at the end of a page
differently. Tokens, masks and documents are the same in every run, and the environment is empty.
Random seeds have no effect: json::string_hash does not use its seed if a session has one key, and a
seed changes a key's place in a table, not the cost of hashing. libc and simdjson choose their code
by CPUID at the start, but valgrind emulates the same processor (a Core i7-4910MQ with AVX2 and
without AVX-512) on every machine with AVX2. A machine without AVX2 gets an older one; without AVX2
in simdjson or in libc the counts changed by less than 1 %. Another compiler, libc or allocator
gives other counts: the record names the compiler, and the program reports a different one.
"""
import argparse
import collections
import json
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
RECORD = ROOT / 'bench' / 'instructions.json'
COMMANDS = ('KV_GET', 'KV_SET', 'KV_UPDATE', 'KV_READ', 'KV_PATCH')
FEW, MANY = 1_600, 9_600  # multiples of seshdb-count's window
COUNTED = 'seshdb_count_serve'
POINTED_OUT = 0.05
ENVIRONMENT = {'PATH': '/usr/local/bin:/usr/bin:/bin', 'LC_ALL': 'C'}

NAME = re.compile(r'^c?fn=\((\d+)\)(?: (.*))?$')
COST = re.compile(r'^(?:\+\d+|-\d+|\*|\d+) (\d+)')


class Failed(Exception):
    """The program or valgrind failed."""


def run(*command):
    try:
        done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    except OSError as error:
        raise Failed(f'{command[0]}: {error.strerror}') from error
    if done.returncode != 0:
        raise Failed(f'{" ".join(command)} failed:\n{done.stdout}{done.stderr}')
    return done.stdout


def functions_of(profile):
    """The instructions of each function itself, by name, from the text of a callgrind file."""
    names = {}
    costs = collections.Counter()
    function = None
    of_a_call = False
    for line in profile.splitlines():
        named = NAME.match(line)
        if named:
            number, name = named.groups()
            names.setdefault(number, name)
            if line.startswith('fn='):
                function = names[number]
        elif line.startswith('calls='):
            of_a_call = True  # the next line is what the called function took, with all below it
        elif function is not None and (cost := COST.match(line)):
            if not of_a_call:
                costs[function] += int(cost.group(1))
            of_a_call = False
    return costs


def count(program, command, requests):
    with tempfile.TemporaryDirectory() as folder:
        profile = pathlib.Path(folder) / 'profile'
        run('valgrind', '--tool=callgrind', f'--toggle-collect={COUNTED}',
            f'--callgrind-out-file={profile}', str(program), command, str(requests))
        return functions_of(profile.read_text(encoding='utf-8'))


def per_request(few, many):
    return {name: (many.get(name, 0) - few.get(name, 0)) / (MANY - FEW) for name in {*few, *many}}


def compared(command, now, before):
    """The line that reports how a command's count has changed."""
    if before is None:
        return f'{command}: {now} instructions, with nothing recorded'
    if now == before:
        return f'{command}: {now} instructions, as recorded'
    change = now / before - 1
    mark = f'   <== beyond {POINTED_OUT * 100:.0f} %' if abs(change) > POINTED_OUT else ''
    return f'{command}: {before} → {now} instructions, {change * 100:+.1f} %{mark}'


def plain(function):
    """A function's name without its parameters."""
    name = function.replace('(anonymous namespace)::', '').replace('seshdb::', '')
    return name.split('(')[0][:70]


def top(costs, lines):
    for name, cost in sorted(costs.items(), key=lambda item: -item[1])[:lines]:
        yield f'{cost:10.1f} {cost / sum(costs.values()):6.1%}  {plain(name)}'


def recorded():
    if not RECORD.is_file():
        return {}
    return json.loads(RECORD.read_text(encoding='utf-8'))


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.split('\n', maxsplit=1)[0])
    parser.add_argument('--record', action='store_true', help='write the counts to ' + RECORD.name)
    parser.add_argument('--top', type=int, default=0, metavar='N',
                        help='also list the N functions that take most')
    parser.add_argument('program', nargs='?', default=ROOT / 'build' / 'micro' / 'seshdb-count')
    options = parser.parse_args(arguments)
    program = pathlib.Path(options.program).resolve()
    before = recorded()
    compiler = run(str(program), '--compiler').strip()
    if before and not options.record and before['compiler'] != compiler:
        print(f'recorded with {before["compiler"]}, this is {compiler}: expect other counts')
    counts = {}
    for command in COMMANDS:
        costs = per_request(count(program, command, FEW), count(program, command, MANY))
        counts[command] = round(sum(costs.values()))
        print(compared(command, counts[command], before.get('instructions', {}).get(command)))
        for line in top(costs, options.top):
            print(line)
    if options.record:
        text = json.dumps({'compiler': compiler, 'instructions': counts}, indent=2)
        RECORD.write_text(text + '\n', encoding='utf-8')
        print(f'recorded in {RECORD.relative_to(ROOT)}')
    return 0


if __name__ == '__main__':
    try:
        sys.exit(main(sys.argv[1:]))
    except Failed as failed:
        print(f'count_instructions: {failed}', file=sys.stderr)
        sys.exit(1)
