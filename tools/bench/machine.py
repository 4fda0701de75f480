# What a result says about where it was measured: processor, kernel, versions, commit. Reads only.
from __future__ import annotations

import os
import pathlib
import platform
import re
import subprocess
from typing import Any

from servers import Programs

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


def processors() -> list[int]:
    return sorted(os.sched_getaffinity(0))


def load() -> float:
    """Runnable threads on the machine, over the last minute: was anything else going on?"""
    return round(os.getloadavg()[0], 2)


def describe() -> dict[str, Any]:
    return {
        'cpu': match(r'^model name\s*:\s*(.*)$', pathlib.Path('/proc/cpuinfo').read_text()),
        'cores': len(processors()),
        'memory_gib': memory_gib('MemTotal'),
        'kernel': platform.release(),
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
