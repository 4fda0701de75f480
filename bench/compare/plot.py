# Draws the charts of docs/performance.md from a result, with matplotlib. The same result gives the
# same bytes. If the result lacks the case of a chart, the chart stays unchanged.
from __future__ import annotations

import pathlib
from typing import Any

import matplotlib

matplotlib.use('Agg')
import matplotlib.pyplot as pyplot  # noqa: E402
from matplotlib.axes import Axes  # noqa: E402
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter  # noqa: E402

import figures  # noqa: E402

COLOURS = {
    'seshdb': '#1f6feb',
    'redis': '#c2410c',
    'valkey': '#8b5cf6',
    'echo': '#9aa4b2',
    'nginx': '#2f9e44',
}
INK, PALE = '#24292f', '#d8dee4'
STYLE = {
    'font.family': 'DejaVu Sans',
    'font.size': 10,
    'axes.edgecolor': PALE,
    'axes.labelcolor': INK,
    'axes.titlesize': 12,
    'axes.titleweight': 'bold',
    'axes.titlelocation': 'left',
    'axes.titlepad': 14,
    'axes.spines.top': False,
    'axes.spines.right': False,
    'axes.grid': True,
    'axes.axisbelow': True,
    'grid.color': '#eaeef2',
    'text.color': INK,
    'xtick.color': INK,
    'ytick.color': INK,
    'xtick.minor.bottom': False,
    'ytick.minor.left': False,
    'legend.frameon': False,
    'figure.facecolor': 'white',
    'savefig.facecolor': 'white',
    'svg.hashsalt': 'seshdb',
}
Result = dict[str, Any]


def case_of(result: Result, name: str) -> dict[str, Any] | None:
    return next((case for case in result['cases'] if case['name'] == name), None)


def figure_of(side: dict[str, Any], key: str) -> figures.Spread | None:
    return figures.spread(list(figures.of_rounds(side, key).values()))


def colour_of(side: dict[str, Any]) -> str:
    return COLOURS['echo' if side['name'].startswith('echo') else side['server']]


def short(value: float, _: object = None) -> str:
    """1500000 as 1.5 M."""
    for unit, letter in ((1e6, ' M'), (1e3, ' k')):
        if value >= unit:
            return f'{value / unit:g}{letter}'
    return f'{value:g}'


def foot(chart: pyplot.Figure, result: Result) -> None:
    text = (
        f'{result["date"]}, {result["machine"]["cpu"]}, {result["placement"]}; '
        f'medians of {result["rounds"]} rounds'
    )
    if result['quick']:
        text = 'A quick run: these figures say nothing'
    chart.text(0.01, 0.01, text, fontsize=8, color='#6e7781', ha='left', va='bottom')


def bars(axes: Axes, rows: list[tuple[float, str, dict[str, Any]]], key: str, digits: int) -> None:
    """Horizontal bars of medians at the given heights, with whiskers for least and most."""
    drawn = []
    for at, name, side in rows:
        if found := figure_of(side, key):
            drawn.append((at, name, side, found))
    if not drawn:
        return
    most = max(found.most for *_, found in drawn)
    for at, _, side, found in drawn:
        axes.barh(at, found.median, height=0.72, color=colour_of(side))
        if found.count > 1:
            axes.plot([found.least, found.most], [at, at], color=INK, linewidth=1)
        axes.text(found.most + most * 0.012, at, f'{found.median:,.{digits}f}', va='center')
    axes.set_yticks([at for at, *_ in drawn], [name for _, name, *_ in drawn])
    axes.set_xlim(0, most * 1.1)
    axes.invert_yaxis()
    axes.grid(axis='y', visible=False)
    axes.tick_params(axis='y', length=0)


def cpu_per_operation(result: Result) -> pyplot.Figure | None:
    case = case_of(result, 'hot')
    if case is None:
        return None
    rows, at = [], 0.0
    for command in ('get', 'set', 'update'):
        group = [
            (side['name'], side) for side in case['sides'] if side['tag']['command'] == command
        ]
        if command == 'update':  # what Redis has to do instead
            group[1:1] = [
                ('Redis SET of the whole', side)
                for side in case['sides']
                if side['name'] == 'Redis SET'
            ]
        # SeshDB first, the echo last.
        group.sort(
            key=lambda pair: (pair[1]['name'].startswith('echo'), pair[1]['server'] != 'seshdb')
        )
        for name, side in group:
            rows.append((at, name, side))
            at += 1
        at += 0.7
    chart, axes = pyplot.subplots(figsize=(8, 0.36 * at + 1.4))
    bars(axes, rows, 'server_cpu_us_per_operation', 2)
    axes.set_title("Server's CPU time per operation")
    axes.set_xlabel('µs; shorter is better')
    return chart


def memory_per_session(result: Result) -> pyplot.Figure | None:
    case = case_of(result, 'memory')
    if case is None:
        return None
    sides = sorted(case['sides'], key=lambda side: 'empty' in side['name'])
    chart, axes = pyplot.subplots(figsize=(8, 0.4 * len(sides) + 1.5))
    bars(
        axes,
        [(float(at), side['name'], side) for at, side in enumerate(sides)],
        'bytes_per_session',
        0,
    )
    axes.set_title('Resident memory per session')
    axes.set_xlabel('bytes; shorter is better')
    return chart


def log_axis(axis: Any) -> None:
    axis.set_major_formatter(FuncFormatter(short))
    axis.set_minor_formatter(NullFormatter())
    axis.set_major_locator(LogLocator(base=10, numticks=12))


def curve(axes: Axes, sides: list[dict[str, Any]], x_of: Any, key: str, **style: Any) -> None:
    points = [(x_of(side), figure_of(side, key)) for side in sides]
    kept = sorted((x, found) for x, found in points if x is not None and found is not None)
    if not kept:
        return
    xs = [x for x, _ in kept]
    axes.plot(xs, [found.median for _, found in kept], markersize=4, **style)
    if any(found.count > 1 for _, found in kept):
        axes.fill_between(
            xs,
            [found.least for _, found in kept],
            [found.most for _, found in kept],
            color=style['color'],
            alpha=0.10,
            linewidth=0,
        )


def growth(result: Result) -> pyplot.Figure | None:
    case = case_of(result, 'growth')
    if case is None:
        return None
    chart, axes = pyplot.subplots(figsize=(8, 4.4))
    for name, line in (('SeshDB KV_GET', '-'), ('SeshDB KV_UPDATE', '--'), ('Redis GET', '-')):
        sides = [side for side in case['sides'] if side['tag'].get('server') == name]
        if sides:
            curve(
                axes,
                sides,
                lambda side: side['tag']['keys'],
                'server_cpu_us_per_operation',
                marker='o',
                linestyle=line,
                color=colour_of(sides[0]),
                label=name,
            )
    axes.set_xscale('log')
    log_axis(axes.xaxis)
    axes.set_ylim(bottom=0)
    axes.set_title("Server's CPU time per operation as the store grows")
    axes.set_xlabel('keys in the store')
    axes.set_ylabel('µs')
    axes.legend(loc='lower right')
    return chart


def latency_against_load(result: Result) -> pyplot.Figure | None:
    case = case_of(result, 'load')
    if case is None:
        return None
    chart, axes = pyplot.subplots(figsize=(8, 5.2))
    for name in ('SeshDB KV_GET', 'Redis GET'):
        sides = [
            side
            for side in case['sides']
            if side['tag'].get('server') == name
            and 'percent' in side['tag']
            and not figures.not_kept(side)
        ]
        for key, line, text in (
            ('p50_us', '-', 'p50'),
            ('p99_us', '--', 'p99'),
            ('p999_us', ':', 'p99.9'),
        ):
            if sides:
                curve(
                    axes,
                    sides,
                    rate_of,
                    key,
                    marker='o',
                    linestyle=line,
                    color=colour_of(sides[0]),
                    label=f'{name} {text}',
                )
    axes.set_yscale('log')
    log_axis(axes.yaxis)
    axes.xaxis.set_major_formatter(FuncFormatter(short))
    axes.set_xlim(left=0)
    axes.set_title('Latency against load', pad=64)
    axes.set_xlabel('operations per second, sent when they were due (50 connections)')
    axes.set_ylabel('latency, µs')
    if axes.lines:
        axes.legend(loc='lower left', bbox_to_anchor=(0, 1), ncol=2)
    return chart


def rate_of(side: dict[str, Any]) -> float | None:
    found = figure_of(side, 'operations_per_s')
    return found.median if found else None


CHARTS = {
    'latency-against-load': latency_against_load,
    'cpu-per-operation': cpu_per_operation,
    'memory-per-session': memory_per_session,
    'growth': growth,
}


def draw_all(result: Result, folder: pathlib.Path, kind: str = 'svg') -> list[pathlib.Path]:
    """Draws the charts for which the result has figures, and prints the files."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    with pyplot.rc_context(STYLE):
        for name, draw in CHARTS.items():
            chart = draw(result)
            if chart is None:
                continue
            foot(chart, result)
            chart.tight_layout(rect=(0, 0.035, 1, 1))
            path = folder / f'{name}.{kind}'
            chart.savefig(path, metadata={'Date': None} if kind == 'svg' else None, dpi=110)
            pyplot.close(chart)
            paths.append(path)
    return paths
