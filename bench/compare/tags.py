# Ends all sessions of a tag while a SeshDB server is under load.
from __future__ import annotations

from commands import Beside

TAG = 'bench'


class EndTag(Beside):
    """Ends the sessions of the tag once. `tagged`: how many there are."""

    def __init__(self, port: int, sessions: int, rest_s: float, tagged: int) -> None:
        super().__init__(port, sessions, rest_s)
        self.tagged = tagged

    def work(self) -> None:
        answer = self.timed('SH_END_TAG', {'tag': TAG})
        if answer.get('cnt') != self.tagged:
            raise ValueError(f'SH_END_TAG of {self.tagged} sessions was answered with {answer}')
