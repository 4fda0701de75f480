# Describes the machine for a result: processor, kernel, versions, commit. Reads only.
from __future__ import annotations

import os
import pathlib
import platform
import re
import resource
import subprocess
import time
from dataclasses import dataclass
from typing import Any, Callable, Sequence

from servers import Programs

RUSAGE_ENDED = resource.RUSAGE_CHILDREN
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def output_of(*command: str) -> str:
    """A program's version text, from either stream; empty if it cannot be run."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    except OSError:
        return ''
    return (done.stdout + done.stderr).strip()


def match(pattern: str, text: str) -> str:
    found = re.search(pattern, text, re.MULTILINE)
    return found.group(1).strip() if found else 'unknown'


def memory_gib(field: str) -> float:
    kib = match(rf'^{field}:\s+(\d+) kB', pathlib.Path('/proc/meminfo').read_text())
    return round(int(kib) / 1024 / 1024, 1)


def resident_kib(pid: int) -> int:
    status = pathlib.Path(f'/proc/{pid}/status').read_text()
    return int(match(r'^VmRSS:\s+(\d+) kB', status))


def processors() -> list[int]:
    return sorted(os.sched_getaffinity(0))


def read_stat() -> str:
    return pathlib.Path('/proc/stat').read_text()


@dataclass(frozen=True)
class Moment:
    """Seconds and ticks since an arbitrary start: only differences have a meaning."""

    clock_s: float
    own_s: float  # of this program and its ended children
    busy_ticks: int  # of all processors, as the following
    stolen_ticks: int
    all_ticks: int


class Others:
    """Measures the CPU time that other programs and the hypervisor take from its creation on."""

    def __init__(self, read: Callable[[], str] = read_stat) -> None:
        self.read = read
        self.begin = self.now()

    def now(self) -> Moment:
        # user, nice, system, idle, iowait, irq, softirq, steal; the rest is contained in user.
        ticks = [int(word) for word in self.read().split('\n', 1)[0].split()[1:9]]
        idle, stolen = sum(ticks[3:5]), sum(ticks[7:8])
        mine, ended = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, RUSAGE_ENDED))
        return Moment(
            clock_s=time.monotonic(),
            own_s=mine.ru_utime + mine.ru_stime + ended.ru_utime + ended.ru_stime,
            busy_ticks=sum(ticks) - idle - stolen,
            stolen_ticks=stolen,
            all_ticks=sum(ticks),
        )

    def used(self) -> dict[str, float]:
        """The figures for a sample. Call it when all programs started meanwhile have ended."""
        begin, end = self.begin, self.now()
        clock_s = end.clock_s - begin.clock_s
        busy_s = (end.busy_ticks - begin.busy_ticks) / os.sysconf('SC_CLK_TCK')
        others_s = max(0.0, busy_s - (end.own_s - begin.own_s))
        ticks = end.all_ticks - begin.all_ticks
        stolen_ticks = end.stolen_ticks - begin.stolen_ticks
        return {
            'others_processors': round(others_s / clock_s, 2) if clock_s > 0 else 0.0,
            'stolen_share': round(stolen_ticks / ticks, 4) if ticks > 0 else 0.0,
        }


def describe() -> dict[str, Any]:
    return {
        'cpu': match(r'^model name\s*:\s*(.*)$', pathlib.Path('/proc/cpuinfo').read_text()),
        'cores': len(processors()),
        'memory_gib': memory_gib('MemTotal'),
        'kernel': platform.release().split('-')[0],
        'distribution': match(
            r'^PRETTY_NAME="?([^"\n]*)', pathlib.Path('/etc/os-release').read_text()
        ),
    }


def versions(programs: Programs) -> dict[str, str]:
    said = {
        'SeshDB': match(r'seshdb (\S+)', output_of(programs.seshdb, '--version')),
        'Redis': match(r'(?:redis-cli|v=|rdb) ?(\d[\w.]*)', output_of('redis-cli', '--version')),
        'nginx': match(r'nginx/(\S+)', output_of(programs.nginx, '-v')),
        'Python': platform.python_version(),
    }
    if programs.valkey:
        said['Valkey'] = match(r'v=(\S+)', output_of(programs.valkey, '--version'))
    return said


def commit() -> str:
    """The commit, and whether the tree differs from it."""
    said = output_of('git', '-C', str(ROOT), 'rev-parse', '--short=12', 'HEAD')
    name = match(r'^([0-9a-f]{12,})$', said)
    if name == 'unknown':
        return name
    changed = output_of('git', '-C', str(ROOT), 'status', '--porcelain', '--untracked-files=no')
    return name + (' with changes' if changed else '')


def from_root(command: Sequence[str]) -> str:
    """A command with paths relative to the project's root."""
    return ' '.join(command).replace(f'{ROOT}/', '')
