# Sends single commands to a SeshDB server, and does so from a thread beside the load.
from __future__ import annotations

import http.client
import json
import threading
import time
from typing import Any

POLL_S = 0.05


def ask(port: int, command: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """The answer's members. Raises OSError, ValueError, KeyError or HTTPException."""
    peer = http.client.HTTPConnection('127.0.0.1', port, timeout=120)
    try:
        json_type = {'Content-Type': 'application/json'}
        peer.request('POST', '/', json.dumps({command: arguments}), json_type)
        answer: dict[str, Any] = json.load(peer.getresponse())[f'{command}_RSP']
        return answer
    finally:
        peer.close()


class Beside(threading.Thread):
    """Runs work() some time after the server has so many sessions: the client's setup is done."""

    def __init__(self, port: int, sessions: int, rest_s: float) -> None:
        super().__init__()
        self.port = port
        self.sessions = sessions
        self.rest_s = rest_s
        self.took_ms: list[float] = []  # each command
        self.fault = ''
        self.ending = threading.Event()

    def work(self) -> None:
        raise NotImplementedError

    def run(self) -> None:
        try:
            while not self.ending.wait(POLL_S):
                if ask(self.port, 'SV_INFO', {})['sessions'] >= self.sessions:
                    break
            self.ending.wait(self.rest_s)
            if not self.ending.is_set():
                self.work()
        except (OSError, ValueError, KeyError, http.client.HTTPException) as fault:
            self.fault = f'{type(fault).__name__}: {fault}'

    def timed(self, command: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """As ask(), and adds the time to took_ms."""
        begin = time.monotonic()
        answer = ask(self.port, command, arguments)
        self.took_ms.append((time.monotonic() - begin) * 1000)
        return answer

    def stop(self) -> str:
        """Waits for the command under way. Returns an error text, or an empty one."""
        self.ending.set()
        self.join()
        return self.fault or ('' if self.took_ms else 'no command came to its end')
