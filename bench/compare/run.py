#!/usr/bin/env python3
# The comparison, `./x bench`: runs the cases of cases.py, prints their tables and writes the result
# file. With --table or --plot it only shows an existing result. Exits with 1 if an answer was wrong
# or a side failed, never because of a time.
from __future__ import annotations

import argparse
import datetime
import pathlib
import resource
import shlex
import signal
import sys
import tempfile
from typing import Any

import cases
import figures
import machine
import results
import sides
import table
from against import against
from rounds import Plan, Runner
from servers import Programs, Servers

ROUNDS = 5
SECONDS = 5.0
WARM_UP_S = 1.0
ATTEMPTS = 3
QUICK_SECONDS = 0.2
QUICK_WARM_UP_S = 0.05


def read_arguments(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog='./x bench', description='Compares SeshDB with other servers.'
    )
    parser.add_argument('cases', nargs='*', metavar='CASE', help='only these; --list names them')
    parser.add_argument('--list', action='store_true', help='name the cases')
    parser.add_argument(
        '--quick',
        action='store_true',
        help='one short round of small sizes: proves that the comparison works',
    )
    parser.add_argument(
        '--rounds', type=int, metavar='N', help=f'times each side is measured ({ROUNDS})'
    )
    parser.add_argument(
        '--seconds', type=float, metavar='S', help=f'length of one measurement ({SECONDS:g})'
    )
    parser.add_argument(
        '--valkey', default='', metavar='PATH', help='a Valkey server to compare with'
    )
    parser.add_argument('--valkey-json', default='', metavar='PATH', help='its JSON module')
    parser.add_argument(
        '--programs',
        default='build/release',
        metavar='FOLDER',
        help='where seshdb and seshdb-bench are (build/release)',
    )
    parser.add_argument(
        '--against',
        default='',
        metavar='PROGRAM',
        help='another build of seshdb: compare with it, and with no other server',
    )
    parser.add_argument(
        '--output',
        metavar='FILE',
        help='write the result there '
        '(bench/results/DATE.json; with --quick build/bench/quick.json)',
    )
    parser.add_argument(
        '--table',
        nargs='?',
        const='',
        metavar='RESULT',
        help='print a result as Markdown ' '(the newest)',
    )
    parser.add_argument(
        '--plot',
        nargs='?',
        const='',
        metavar='RESULT',
        help='draw the charts of a result ' '(the newest) into docs/charts',
    )
    options = parser.parse_args(arguments)
    unknown = [name for name in options.cases if name not in cases.CASES]
    if unknown:
        parser.error(f'there is no case {unknown[0]}; there are: {" ".join(cases.CASES)}')
    if bool(options.valkey) != bool(options.valkey_json):
        parser.error('--valkey and --valkey-json go together')
    numbers = [number for number in (options.rounds, options.seconds) if number is not None]
    if any(number <= 0 for number in numbers):
        parser.error('--rounds and --seconds take positive numbers')
    return options


def find_programs(options: argparse.Namespace) -> Programs:
    """The paths of all programs. Exits if one is missing."""
    built = (machine.ROOT / options.programs).resolve()
    unpacked = machine.ROOT / 'build' / 'peers' / 'usr' / 'sbin' / 'nginx'
    installed = pathlib.Path('/usr/sbin/nginx')
    found = {
        'seshdb': built / 'seshdb',
        'client': built / 'seshdb-bench',
        'redis': pathlib.Path('/usr/bin/redis-check-rdb'),
        'nginx': installed if installed.exists() else unpacked,
    }
    if options.against:
        found['before'] = pathlib.Path(options.against).resolve()
    if options.valkey:
        found['valkey'] = pathlib.Path(options.valkey).resolve()
        found['valkey_json'] = pathlib.Path(options.valkey_json).resolve()
    for name, path in found.items():
        is_needed = name != 'nginx' or not options.cases or 'http' in options.cases
        if is_needed and not path.exists():
            sys.exit(f'x: {path} is missing')
    return Programs(**{name: str(path) for name, path in found.items()})


def make_plan(options: argparse.Namespace) -> Plan:
    cpus = machine.processors()
    pinned = len(cpus) >= 2
    return Plan(
        rounds=options.rounds or (1 if options.quick else ROUNDS),
        seconds=options.seconds or (QUICK_SECONDS if options.quick else SECONDS),
        warm_up=QUICK_WARM_UP_S if options.quick else WARM_UP_S,
        attempts=1 if options.quick else ATTEMPTS,
        server_cpu=cpus[0] if pinned else None,
        client_cpu=cpus[1] if pinned else None,
    )


def new_result(options: argparse.Namespace, plan: Plan, programs: Programs) -> dict[str, Any]:
    placement = (
        'server and client share one processor'
        if plan.server_cpu is None
        else (f'server on processor {plan.server_cpu}, client on {plan.client_cpu}, over loopback')
    )
    return {
        'date': datetime.date.today().isoformat(),
        'command': shlex.join(['./x', 'bench', *sys.argv[1:]]),
        'commit': machine.commit(),
        'machine': machine.describe(),
        'versions': machine.versions(programs),
        'quick': options.quick,
        'rounds': plan.rounds,
        'seconds': plan.seconds,
        'warm_up': plan.warm_up,
        'placement': placement,
        'cases': [],
    }


def say(text: str) -> None:
    """Prints the progress in one line that is overwritten, on a terminal only."""
    if sys.stderr.isatty():
        sys.stderr.write(f'\r\033[K{text}' if text else '\r\033[K')
        sys.stderr.flush()


def allow_many_connections() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def end_as_if_interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def output_path(options: argparse.Namespace, date: str) -> pathlib.Path:
    if options.output:
        return pathlib.Path(options.output)
    return results.QUICK if options.quick else results.new_path(date)


def compare(options: argparse.Namespace) -> int:
    programs = find_programs(options)
    plan = make_plan(options)
    result = new_result(options, plan, programs)
    path = output_path(options, result['date'])
    sizes = sides.QUICK if options.quick else sides.Sizes()
    allow_many_connections()
    signal.signal(signal.SIGTERM, end_as_if_interrupted)
    signal.signal(signal.SIGHUP, end_as_if_interrupted)
    print(table.head_as_text(result))
    with tempfile.TemporaryDirectory(prefix='seshdb-bench-') as folder, Servers(
        programs, pathlib.Path(folder)
    ) as servers:
        runner = Runner(servers, plan, say)
        for name in options.cases or cases.CASES:
            case = cases.CASES[name](sizes, bool(options.valkey))
            result['cases'].append(runner.run(against(case) if options.against else case))
            say('')
            print(table.case_as_text(result['cases'][-1], options.quick), flush=True)
            results.write(path, result)
    print(f'written to {path}')
    wrong = figures.errors_of(result)
    for line in wrong:
        print(f'x: {line}', file=sys.stderr)
    return 1 if wrong else 0


def result_at(name: str) -> dict[str, Any]:
    path = pathlib.Path(name) if name else results.newest()
    if path is None or not path.exists():
        sys.exit(f'x: there is no result {name or "in bench/results"}')
    return results.read(path)


def main(arguments: list[str]) -> int:
    options = read_arguments(arguments)
    if options.list:
        for name, make in cases.CASES.items():
            print(f'{name:12} {make(sides.Sizes(), False).title}')
        return 0
    if options.table is not None:
        print(table.result_as_markdown(result_at(options.table)), end='')
        return 0
    if options.plot is not None:
        import plot  # needs matplotlib, which nothing else here does

        for path in plot.draw_all(result_at(options.plot), machine.ROOT / 'docs' / 'charts'):
            print(path.relative_to(machine.ROOT))
        return 0
    try:
        return compare(options)
    except KeyboardInterrupt:
        say('')
        print('x: interrupted; everything that was started has ended', file=sys.stderr)
        return 130


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
