# Computes figures from samples: medians with their spread, ratios round by round, verdicts. Pure:
# it must not start, read or print anything. cases.py says which figures a case shows.
from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import Any, Callable

Sample = dict[str, Any]  # what one run of one side gave: figures by their keys


@dataclass(frozen=True)
class Figure:
    """How a figure of a sample is shown."""

    label: str
    unit: str
    digits: int


FIGURES = {
    'server_cpu_us_per_operation': Figure('CPU per operation', 'µs', 2),
    'asked_per_s': Figure('asked/s', '', 0),
    'operations_per_s': Figure('operations/s', '', 0),
    'p50_us': Figure('p50', 'µs', 0),
    'p99_us': Figure('p99', 'µs', 0),
    'p999_us': Figure('p99.9', 'µs', 0),
    'max_us': Figure('longest', 'µs', 0),
    'bytes_per_session': Figure('memory per session', 'B', 0),
    'memory_to_text': Figure('memory / text', '×', 2),
    'memory_after_to_text': Figure('after the load', '×', 2),
    'keys_per_s': Figure('keys/s read', '', 0),
    'disk_bytes_per_key': Figure('on disk per key', 'B', 0),
    'memory_to_before': Figure('memory / before', '×', 2),
    'saves': Figure('saves', '', 0),
    'save_ms': Figure('longest save', 'ms', 0),
    'end_tag_ms': Figure('SH_END_TAG', 'ms', 0),
    'start_ms': Figure('first answer after', 'ms', 1),
}

OTHERS_PROCESSORS_MOST = 0.1  # that may be busy with something else
STOLEN_SHARE_MOST = 0.02  # of the processors' time that the hypervisor may take
STOLEN_MARK = '†'  # of a figure with a sample of which it took more
KEPT_SHARE_LEAST = 0.95  # of the requests that were due, in an open loop


@dataclass(frozen=True)
class Spread:
    median: float
    least: float
    most: float
    count: int


def spread(values: list[float]) -> Spread | None:
    """None if there are no figures."""
    if not values:
        return None
    return Spread(statistics.median(values), min(values), max(values), len(values))


def of_rounds(side: dict[str, Any], key: str) -> dict[int, float]:
    """A side's figure by round, for the rounds that have one."""
    return {sample['round']: float(sample[key]) for sample in side['samples'] if key in sample}


def paired(
    over: dict[int, float], under: dict[int, float], what: Callable[[float, float], float]
) -> list[float]:
    """Compares only what was measured in the same round."""
    return [what(over[number], under[number]) for number in sorted(over.keys() & under.keys())]


def check_spread(check: dict[str, Any], sides: dict[str, dict[str, Any]]) -> Spread | None:
    """A check's figure: a ratio or a difference of two sides, or the figure of one."""
    if check['over'] not in sides:
        return None
    over = of_rounds(sides[check['over']], check['figure'])
    if check['kind'] == 'value':
        return spread(list(over.values()))
    if check['under'] not in sides:
        return None
    under = of_rounds(sides[check['under']], check['figure'])
    if check['kind'] == 'difference':
        return spread(paired(over, under, lambda a, b: a - b))
    under = {number: value for number, value in under.items() if value != 0}
    return spread(paired(over, under, lambda a, b: a / b))


def peer_wins(case: dict[str, Any]) -> list[tuple[str, Spread]]:
    """The ratios of a case in which another program costs less than SeshDB."""
    sides = {side['name']: side for side in case['sides']}
    found = []
    for check in case['checks']:
        over, under = sides.get(check['over']), sides.get(check['under'])
        if check['kind'] != 'ratio' or over is None or under is None:
            continue
        ratio = check_spread(check, sides)
        if over['server'] == 'seshdb' != under['server'] and ratio and ratio.median > 1:
            found.append((check['name'], ratio))
    return found


def verdict(found: Spread | None, limit: float | None) -> str:
    """Whether the median reaches the target."""
    if limit is None:
        return ''
    if found is None:
        return 'not measured'
    return 'met' if found.median <= limit else 'missed'


def add_memory(sample: Sample, sessions: int, text_bytes: int) -> None:
    """Memory per session, and relative to the text: what was added since the setup began."""
    if 'setup_server_resident_kib' not in sample or sessions == 0:
        return
    before = sample['server_resident_kib_before']
    stored = (sample['setup_server_resident_kib'] - before) * 1024
    sample['bytes_per_session'] = stored / sessions
    if text_bytes != 0:
        after = (sample['server_resident_kib'] - before) * 1024
        sample['memory_to_text'] = stored / (sessions * text_bytes)
        sample['memory_after_to_text'] = after / (sessions * text_bytes)


def not_kept(side: dict[str, Any]) -> str:
    """Warns if an open loop fell behind: its latencies are then those of a growing queue."""
    shares = paired(
        of_rounds(side, 'operations_per_s'), of_rounds(side, 'asked_per_s'), lambda a, b: a / b
    )
    found = spread(shares)
    if found is None or found.median >= KEPT_SHARE_LEAST:
        return ''
    return (
        f'{side["name"]}: only {found.median:.0%} of the requests due were answered in time, '
        'so its latencies say nothing'
    )


def too_much_stolen(sample: Sample) -> bool:
    return float(sample.get('stolen_share', 0.0)) > STOLEN_SHARE_MOST


def is_stolen(side: dict[str, Any]) -> bool:
    """Whether the hypervisor disturbed a sample of this side, and measuring it again did not help."""
    return any(map(too_much_stolen, side['samples']))


def check_is_stolen(check: dict[str, Any], sides: dict[str, dict[str, Any]]) -> bool:
    return any(is_stolen(sides[name]) for name in (check['over'], check['under']) if name in sides)


def of_all(sides: list[dict[str, Any]], key: str) -> Spread | None:
    return spread([value for side in sides for value in of_rounds(side, key).values()])


def disturbed(sides: list[dict[str, Any]]) -> list[str]:
    """Reports the CPU time that other programs took, if it is much, and that of the hypervisor."""
    notes = []
    busy = of_all(sides, 'others_processors')
    if busy is not None and busy.most > OTHERS_PROCESSORS_MOST:
        notes.append(
            f'other programs used {busy.median:.2f} ({busy.least:.2f}..{busy.most:.2f}) '
            'processors meanwhile'
        )
    return notes + stolen(sides)


def stolen(sides: list[dict[str, Any]]) -> list[str]:
    """The hypervisor's CPU time, the repeated measurements, and those that stayed disturbed."""
    share = of_all(sides, 'stolen_share')
    if share is None:
        return []
    most = f'{STOLEN_SHARE_MOST * 100:g} %'
    text = (
        f'the hypervisor took {share.median * 100:.1f} % '
        f"({share.least * 100:.1f}..{share.most * 100:.1f}) of the processors' time"
    )
    samples = [sample for side in sides for sample in side['samples']]
    dropped = sum(len(sample.get('stolen_shares_dropped', [])) for sample in samples)
    if dropped:
        text += f'; for more than {most} of it, {counted(dropped, "measurement")} dropped and repeated'
    notes = [text]
    in_vain = [f'{side["name"]} ({rounds_stolen(side)})' for side in sides if is_stolen(side)]
    if in_vain:
        notes.append(
            f'{STOLEN_MARK}: it took more than {most} each time that this was measured: '
            + ', '.join(in_vain)
        )
    return notes


def counted(number: int, noun: str) -> str:
    return f'1 {noun} was' if number == 1 else f'{number} {noun}s were'


def rounds_stolen(side: dict[str, Any]) -> str:
    numbers = [str(sample['round'] + 1) for sample in side['samples'] if too_much_stolen(sample)]
    return ('round ' if len(numbers) == 1 else 'rounds ') + ', '.join(numbers)


def errors_of(result: dict[str, Any]) -> list[str]:
    """The errors in a result, one line each."""
    lines = []
    for case in result['cases']:
        lines += [f'{case["name"]}: {text}' for text in case['failures']]
        for side in case['sides']:
            for sample in side['samples']:
                if sample.get('errors', 0) != 0:
                    lines.append(
                        f'{case["name"]}: {side["name"]}: {sample["errors"]} wrong answers, '
                        f'the first: {sample.get("first_error", "")}'
                    )
    return lines
