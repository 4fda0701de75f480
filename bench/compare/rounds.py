# Runs cases: in each round every side once, one after the other, each with a new server that is
# stopped afterwards. Keeps every sample, except those that it repeats because the hypervisor took
# too much CPU time; judges nothing else.
from __future__ import annotations

import json
import subprocess
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, Callable

import figures
import machine
from commands import Beside
from saves import Saves
from sides import Case, Options, Side
from servers import Server, ServerError, Servers
from tags import TAG, EndTag

CLIENT_TIMEOUT_S = 900.0
MEMORY_SHARE_MOST = 0.8  # of what is available


class SideFailed(Exception):
    """A side gave no sample in this round; says why."""


@dataclass(frozen=True)
class Plan:
    rounds: int
    seconds: float
    warm_up: float
    attempts: int  # at a sample, while the hypervisor takes too much
    server_cpu: int | None  # None: not pinned
    client_cpu: int | None


def client_command(program: str, options: Options) -> list[str]:
    command = [program]
    for name, value in options.items():
        if value is True:
            command.append(f'--{name}')
        elif value is not False:
            command += [f'--{name}', str(value)]
    return command


def in_turn(sides: list[Side], number: int) -> list[Side]:
    """The sides in another order in each round. Sides that give others their rate come first."""
    shift = number % len(sides)
    return sorted(sides[shift:] + sides[:shift], key=lambda side: side.share_of != '')


def least_stolen(measure: Callable[[], figures.Sample], attempts: int) -> figures.Sample:
    """The first sample that the hypervisor did not disturb; after too many attempts the best one.

    A sample with wrong answers is never dropped: their cause is not the hypervisor."""
    samples: list[figures.Sample] = []
    while len(samples) < attempts:
        samples.append(measure())
        if samples[-1].get('errors') or not figures.too_much_stolen(samples[-1]):
            kept = samples[-1]
            break
    else:
        kept = min(samples, key=lambda sample: float(sample['stolen_share']))
    kept['stolen_shares_dropped'] = [
        sample['stolen_share'] for sample in samples if sample is not kept
    ]
    return kept


class Runner:
    def __init__(self, servers: Servers, plan: Plan, say: Callable[[str], None]) -> None:
        self.servers = servers
        self.plan = plan
        self.say = say

    def run(self, case: Case) -> dict[str, Any]:
        """The case with all its samples, in the form of a result file."""
        sides: dict[str, dict[str, Any]] = {
            side.name: {
                'name': side.name,
                'server': side.server,
                'tag': side.tag,
                'command': '',
                'samples': [],
            }
            for side in case.sides
        }
        done: dict[str, Any] = {
            'name': case.name,
            'title': case.title,
            'figures': case.figures,
            'checks': [asdict(check) for check in case.checks],
            'sides': list(sides.values()),
            'notes': [],
            'failures': [],
        }
        here = self.with_room(case, done['notes'])
        for number in range(self.plan.rounds):
            for side in in_turn(here, number):
                self.say(f'{case.name}: round {number + 1} of {self.plan.rounds}: {side.name}')
                try:
                    sample = least_stolen(
                        partial(self.watched_sample, side, number, sides), self.plan.attempts
                    )
                    sides[side.name]['samples'].append(sample)
                except (SideFailed, ServerError) as failed:
                    done['failures'].append(f'{side.name}, round {number + 1}: {failed}')
        done['notes'] += [text for text in map(figures.not_kept, sides.values()) if text]
        done['notes'] += figures.disturbed(done['sides'])
        return done

    @staticmethod
    def with_room(case: Case, notes: list[str]) -> list[Side]:
        room = machine.memory_gib('MemAvailable') * MEMORY_SHARE_MOST
        here = [side for side in case.sides if side.needs_gib <= room]
        notes += [
            f'{side.name} is left out: it needs {side.needs_gib:.1f} GiB of memory'
            for side in case.sides
            if side not in here
        ]
        return here

    def watched_sample(
        self, side: Side, number: int, sides: dict[str, dict[str, Any]]
    ) -> figures.Sample:
        """A sample, with the CPU time that others took meanwhile."""
        others = machine.Others()
        sample = self.sample(side, number, sides)
        return {**sample, 'round': number, **others.used()}

    def sample(self, side: Side, number: int, sides: dict[str, dict[str, Any]]) -> figures.Sample:
        cpu = self.plan.server_cpu if side.pinned else None
        options = self.options(side, number, sides)
        self.servers.clear_data()
        if side.action == 'restart':
            return self.restart(side, options, sides[side.name], cpu)
        server = self.servers.start(side.server, side.server_options, cpu)
        try:
            if side.action == 'start':
                sides[side.name]['command'] = machine.from_root(server.command)
                return {'start_ms': server.start_ms}
            if side.action == 'saves':
                sample = self.drive_and_save(side, server, options, sides[side.name])
            elif side.action == 'end-tag':
                sample = self.drive_and_end_tag(side, server, options, sides[side.name])
            else:
                sample = self.drive(side, server, options, sides[side.name])
        finally:
            self.servers.stop(server)
        if 'rate' in options:
            sample['asked_per_s'] = options['rate']
        figures.add_memory(sample, int(options.get('sessions', 0)), side.text_bytes)
        if options.get('work') != 'update':  # answers under way, not documents
            sample.pop('memory_after_to_text', None)
        return sample

    def restart(
        self, side: Side, options: Options, record: dict[str, Any], cpu: int | None
    ) -> figures.Sample:
        """Fills a server with durable data, stops it, and starts it again with these data."""
        server = self.servers.start(side.server, side.server_options, cpu)
        try:
            filled = self.drive(side, server, options, record)
        finally:
            self.servers.stop(server)
        disk_bytes = sum(
            path.stat().st_size for path in self.servers.data_folder().rglob('*') if path.is_file()
        )
        server = self.servers.start(side.server, side.server_options, cpu)
        try:
            resident_kib = machine.resident_kib(server.worker_pid)
        finally:
            self.servers.stop(server)
            self.servers.clear_data()
        keys = int(options['sessions']) * int(options.get('keys-per-session', 1))
        return {
            'start_ms': server.start_ms,
            'keys_per_s': keys / server.start_ms * 1000,
            'disk_bytes_per_key': disk_bytes / keys,
            'memory_to_before': resident_kib / filled['setup_server_resident_kib'],
        }

    def drive_and_save(
        self, side: Side, server: Server, options: Options, record: dict[str, Any]
    ) -> figures.Sample:
        saves = Saves(server.port, int(options['sessions']), self.plan.warm_up)
        sample = self.drive_beside(saves, side, server, options, record)
        return {**sample, 'saves': len(saves.took_ms), 'save_ms': max(saves.took_ms)}

    def drive_and_end_tag(
        self, side: Side, server: Server, options: Options, record: dict[str, Any]
    ) -> figures.Sample:
        """Makes as many tagged sessions as the load has; ends them in the middle of the load."""
        tagged: Options = {**options, 'tag': TAG, 'setup-only': True}
        tagged.pop('rate')
        tagged.pop('burst')
        self.drive(side, server, tagged, {'command': 'the setup'})
        number = int(options['sessions'])
        rest_s = self.plan.warm_up + float(options['duration']) / 2
        ending = EndTag(server.port, 2 * number, rest_s, number)
        sample = self.drive_beside(ending, side, server, options, record)
        return {**sample, 'end_tag_ms': max(ending.took_ms)}

    def drive_beside(
        self, beside: Beside, side: Side, server: Server, options: Options, record: dict[str, Any]
    ) -> figures.Sample:
        beside.start()
        try:
            sample = self.drive(side, server, options, record)
        finally:
            fault = beside.stop()
        if fault:
            raise SideFailed(fault)
        return sample

    def options(self, side: Side, number: int, sides: dict[str, dict[str, Any]]) -> Options:
        """The client's options in this round. A share of a maximum becomes a rate."""
        seconds = self.plan.seconds if side.seconds is None else side.seconds
        options: Options = {
            **side.client,
            'warm-up': self.plan.warm_up,
            'duration': seconds,
            'seed': number + 1,
        }
        if side.share_of:
            most = figures.of_rounds(sides[side.share_of], 'operations_per_s').get(number)
            if not most:
                raise SideFailed(f'there is no maximum, {side.share_of} having failed')
            options['rate'] = int(most * side.share)
        return options

    def drive(
        self, side: Side, server: Server, options: Options, record: dict[str, Any]
    ) -> figures.Sample:
        program = self.servers.programs.client
        command = client_command(
            program, {**options, 'port': server.port, 'server-pid': server.worker_pid, 'json': True}
        )
        if not record['command']:
            record['command'] = (
                machine.from_root(server.command) + ' & ' + machine.from_root(command)
            )
        cpu = self.plan.client_cpu if side.pinned else None
        status, output, said = self.servers.run_client(command, cpu, CLIENT_TIMEOUT_S)
        try:
            sample: figures.Sample = json.loads(output)
        except ValueError:
            raise SideFailed(f'the client ended with {status}: {said or output}') from None
        if status != 0 and not sample.get('errors'):
            raise SideFailed(f'the client ended with {status}: {said}')
        return sample
