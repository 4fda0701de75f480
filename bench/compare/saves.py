# Makes a SeshDB server save its sessions repeatedly while it is under load.
from __future__ import annotations

from commands import Beside

SAVED = 121
NAME = 'bench'


class Saves(Beside):
    """Runs one save after the other until stop()."""

    def work(self) -> None:
        while not self.ending.is_set():
            status = self.timed('SH_SAVE', {'name': NAME})['st']
            if status != SAVED:
                raise ValueError(f'SH_SAVE was answered with status {status}')
