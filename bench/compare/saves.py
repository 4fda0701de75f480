# Makes a SeshDB server save its sessions repeatedly while it is under load.
from __future__ import annotations

import http.client
import json
import threading
import time
from typing import Any

POLL_S = 0.05
SAVED = 121
NAME = 'bench'


class Saves(threading.Thread):
    """Runs one save after the other, from when the client has made its sessions until stop()."""

    def __init__(self, port: int, sessions: int, rest_s: float) -> None:
        super().__init__()
        self.port = port
        self.sessions = sessions
        self.rest_s = rest_s  # before the first: the client's warm-up
        self.took_ms: list[float] = []
        self.fault = ''
        self.ending = threading.Event()

    def run(self) -> None:
        try:
            while not self.ending.wait(POLL_S) and self.ask('SV_INFO', {})['sessions'] < self.sessions:
                pass
            self.ending.wait(self.rest_s)
            while not self.ending.is_set():
                begin = time.monotonic()
                status = self.ask('SH_SAVE', {'name': NAME})['st']
                if status != SAVED:
                    raise ValueError(f'SH_SAVE was answered with status {status}')
                self.took_ms.append((time.monotonic() - begin) * 1000)
        except (OSError, ValueError, KeyError, http.client.HTTPException) as fault:
            self.fault = f'{type(fault).__name__}: {fault}'

    def ask(self, command: str, arguments: dict[str, Any]) -> dict[str, Any]:
        peer = http.client.HTTPConnection('127.0.0.1', self.port, timeout=120)
        try:
            json_type = {'Content-Type': 'application/json'}
            peer.request('POST', '/', json.dumps({command: arguments}), json_type)
            return json.load(peer.getresponse())[f'{command}_RSP']
        finally:
            peer.close()

    def stop(self) -> str:
        """Waits for the save under way. Returns an error text, or None."""
        self.ending.set()
        self.join()
        return self.fault or ('' if self.took_ms else 'no save came to its end')
