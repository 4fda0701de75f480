# Formats a result file as tables, for a terminal and as Markdown. Pure: it must not measure. The
# tables in docs/performance.md come from it and are never typed by hand.
from __future__ import annotations

from typing import Any

import figures

Row = list[str]


def number(value: float, digits: int) -> str:
    return f'{value:,.{digits}f}'


def with_spread(found: figures.Spread | None, digits: int, unit: str = '') -> str:
    """`median unit (least..most)`; the spread only if there was more than one round."""
    if found is None:
        return '-'
    text = number(found.median, digits) + (f' {unit}' if unit else '')
    if found.count < 2:
        return text
    return f'{text} ({number(found.least, digits)}..{number(found.most, digits)})'


def marked(cell: str, is_stolen: bool) -> str:
    """A cell, with a mark if the hypervisor disturbed its figure."""
    return f'{cell} {figures.STOLEN_MARK}' if is_stolen and cell != '-' else cell


def side_rows(case: dict[str, Any]) -> list[Row]:
    """The heading and one row for each side."""
    shown = [(key, figures.FIGURES[key]) for key in case['figures']]
    rows = [
        ['']
        + [f'{figure.label}, {figure.unit}' if figure.unit else figure.label for _, figure in shown]
    ]
    for side in case['sides']:
        row = [side['name']]
        for key, figure in shown:
            values = list(figures.of_rounds(side, key).values())
            cell = with_spread(figures.spread(values), figure.digits)
            row.append(marked(cell, figures.is_stolen(side)))
        rows.append(row)
    return rows


def check_unit(check: dict[str, Any]) -> tuple[str, int]:
    if check['kind'] == 'ratio':
        return '×', 2
    figure = figures.FIGURES[check['figure']]
    return figure.unit, figure.digits


def check_rows(case: dict[str, Any], judged: bool) -> list[Row]:
    """The heading and one row for each ratio, difference or bound; empty if the case has none."""
    if not case['checks']:
        return []
    sides = {side['name']: side for side in case['sides']}
    rows = [['', 'measured', 'target', '']]
    for check in case['checks']:
        found = figures.check_spread(check, sides)
        unit, digits = check_unit(check)
        limit = check['limit']
        target = '' if limit is None else f'≤ {limit:,g} {unit}'
        rows.append(
            [
                check['name'],
                marked(with_spread(found, digits, unit), figures.check_is_stolen(check, sides)),
                target,
                figures.verdict(found, limit) if judged else '',
            ]
        )
    return rows


def plain(rows: list[Row]) -> str:
    """Aligned columns: names to the left, the others to the right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths))
        ]
        lines.append('  ' + '   '.join(cells).rstrip())
    return '\n'.join(lines) + '\n'


def markdown(rows: list[Row]) -> str:
    lines = ['| ' + ' | '.join(cell.replace('|', '\\|') for cell in row) + ' |' for row in rows]
    lines.insert(1, '|---|' + '---:|' * (len(rows[0]) - 1))
    return '\n'.join(lines) + '\n'


def case_as_text(case: dict[str, Any], quick: bool) -> str:
    parts = [f'{case["name"]}: {case["title"]}\n', plain(side_rows(case))]
    checks = check_rows(case, not quick)
    if checks:
        parts.append(plain(checks))
    parts += [f'  {text}\n' for text in case['notes']]
    parts += [f'  failed: {text}\n' for text in case['failures']]
    return '\n'.join(parts)


def head(result: dict[str, Any]) -> list[Row]:
    machine = result['machine']
    return [
        ['date', result['date']],
        ['command', f'`{result["command"]}`'],
        ['commit', result['commit']],
        ['machine', f'{machine["cpu"]}, {machine["cores"]} cores, {machine["memory_gib"]} GiB'],
        ['system', f'{machine["distribution"]}, Linux {machine["kernel"]}'],
        ['versions', ', '.join(f'{name} {text}' for name, text in result['versions'].items())],
        ['rounds', f'{result["rounds"]}, of {result["seconds"]:g} s each'],
        ['placed', result['placement']],
    ]


def peer_wins_as_markdown(result: dict[str, Any]) -> str:
    wins = []
    for case in result['cases']:
        sides = {side['name']: side for side in case['sides']}
        checks = {check['name']: check for check in case['checks']}
        for name, ratio in figures.peer_wins(case):
            cell = with_spread(ratio, 2, '×')
            is_stolen = figures.check_is_stolen(checks[name], sides)
            wins.append(f'- {case["name"]}: {name}: {marked(cell, is_stolen)}')
    return '\n'.join(wins or ['- nowhere among the ratios above']) + '\n'


def head_as_text(result: dict[str, Any]) -> str:
    return ''.join(f'  {name:10}{value}\n' for name, value in head(result))


def result_as_markdown(result: dict[str, Any]) -> str:
    parts = [markdown([['', ''], *head(result)])]
    if result['quick']:
        parts.append(
            'A quick run: it proves that the comparison works, and its figures say nothing.\n'
        )
    for case in result['cases']:
        parts += [f'### {case["name"]}: {case["title"]}\n', markdown(side_rows(case))]
        checks = check_rows(case, not result['quick'])
        if checks:
            parts.append(markdown(checks))
        parts += [f'{text}\n' for text in case['notes']]
        parts += [f'Failed: {text}\n' for text in case['failures']]
    parts += ['### Where another program costs less\n', peer_wins_as_markdown(result)]
    return '\n'.join(parts)
