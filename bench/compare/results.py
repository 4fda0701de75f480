# Result files: their folder, the newest one, and writing. A run never replaces the file of another
# run, and a file is never half written.
from __future__ import annotations

import json
import os
import pathlib
import re
from typing import Any

from machine import ROOT

FOLDER = ROOT / 'bench' / 'results'
QUICK = ROOT / 'build' / 'bench' / 'quick.json'  # proves that the comparison works; not kept

NAME = re.compile(r'(\d{4}-\d{2}-\d{2})(?:-(\d+))?\.json')


def age(name: str) -> tuple[str, int]:
    """Sorts names of results: by day, and then by the number of the run on that day."""
    found = NAME.fullmatch(name)
    return (found.group(1), int(found.group(2) or 1)) if found else ('', 0)


def new_path(date: str, folder: pathlib.Path = FOLDER) -> pathlib.Path:
    """DATE.json, or DATE-2.json if there is a result of that day already."""
    path, number = folder / f'{date}.json', 1
    while path.exists():
        number += 1
        path = folder / f'{date}-{number}.json'
    return path


def newest(folder: pathlib.Path = FOLDER) -> pathlib.Path | None:
    names = [path.name for path in folder.glob('*.json') if NAME.fullmatch(path.name)]
    return folder / max(names, key=age) if names else None


def write(path: pathlib.Path, result: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix('.json.part')
    half.write_text(json.dumps(result, indent=1, ensure_ascii=False) + '\n', encoding='utf-8')
    os.replace(half, path)


def read(path: pathlib.Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding='utf-8'))
