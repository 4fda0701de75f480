# Turns a case into a comparison of two builds of SeshDB: each side is measured with both builds, in
# the same rounds. Data only.
from __future__ import annotations

from dataclasses import replace

from sides import CPU, Case, Check, Side

LIMIT = 1.02
TAIL = 'p999_us'


def before(name: str) -> str:
    return f'{name}, before'


def twin(side: Side) -> Side:
    """The side with the other build. A rate is still a share of this build's maximum."""
    return replace(side, name=before(side.name), server='before', tag={})


def against(case: Case) -> Case:
    """The case without other servers and without the echo. REQUIRES: a side with SeshDB."""
    ours = [
        side for side in case.sides if side.server == 'seshdb' and 'echo' not in side.server_options
    ]
    figure = CPU if CPU in case.figures else case.figures[0]
    checks = [
        Check(f'{side.name} / before', side.name, before(side.name), LIMIT, figure) for side in ours
    ]
    if TAIL in case.figures:
        checks += [
            Check(f'{side.name}: p99.9 / before', side.name, before(side.name), None, TAIL)
            for side in ours
            if side.share_of
        ]
    sides = [both for side in ours for both in (side, twin(side))]
    return replace(case, title=f'{case.title}; against another build', sides=sides, checks=checks)
