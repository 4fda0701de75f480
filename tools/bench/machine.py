# What a result says about where it was measured: processor, kernel, versions, commit. Reads only.
from __future__ import annotations

import os
import pathlib
import platform
import re
import resource
import subprocess
import time
from typing import Any, Sequence

from servers import Programs

RUSAGE_ENDED = resource.RUSAGE_CHILDREN
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def output_of(*command: str) -> str:
    """What a program says of itself, on either stream; nothing where it cannot be run."""
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


class Others:
    """Tells how busy processes of others kept the machine since it was made."""

    def __init__(self) -> None:
        self.begin = self.now()

    @staticmethod
    def now() -> tuple[float, float, float]:
        """Seconds: of the clock, of all processors' work, and of this program and its ended children."""
        words = pathlib.Path('/proc/stat').read_text().split('\n', 1)[0].split()
        user, nice, system, _, _, irq, softirq = map(int, words[1:8])
        ticks = user + nice + system + irq + softirq
        mine, ended = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, RUSAGE_ENDED))
        own = mine.ru_utime + mine.ru_stime + ended.ru_utime + ended.ru_stime
        return time.monotonic(), ticks / os.sysconf('SC_CLK_TCK'), own

    def processors(self) -> float:
        """So many processors' worth, once all that was started meanwhile has ended."""
        clock, busy, own = (after - before for after, before in zip(self.now(), self.begin))
        return max(0.0, round((busy - own) / clock, 2)) if clock > 0 else 0.0


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
    """A command as it reads from the project's root: wherever that stands."""
    return ' '.join(command).replace(f'{ROOT}/', '')
