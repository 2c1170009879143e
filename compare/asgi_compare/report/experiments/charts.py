"""Charts as SVG, drawn without a library: they print, and need no script.

A chart is 380 units wide with letters of 11, so that it can be read on a telephone; a
page makes it at most half as large again. Colours come from classes of `charts.css`;
series differ by their marks as well, for print.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from html import escape
from pathlib import Path

from asgi_compare.measure.experiments.answer import Bars, Chart, Curves, Timeline
from asgi_compare.model.sanitize import clean
from asgi_compare.report.experiments.view import number, text

WIDTH = 380
LINE = 15
CHARACTER = 5.8
"""About the width of a letter."""
COLOURS = 8
STYLE = (Path(__file__).parent / "charts.css").read_text("utf-8")

Place = Callable[[float], float]
"""From a value to a coordinate."""


def draw(chart: Chart, *, standalone: bool = False) -> str:
    """Return the chart as SVG: for a page, or as a file of its own with its colours."""
    match chart:
        case Bars():
            body, height = _bars(chart)
        case Curves():
            body, height = _curves(chart)
        case Timeline():
            body, height = _timeline(chart)
    style = f"<style>{STYLE}</style>" if standalone else ""
    xmlns = ' xmlns="http://www.w3.org/2000/svg"' if standalone else ""
    return (
        f'<svg{xmlns} class="figure" viewBox="0 0 {WIDTH} {height:g}" role="img" '
        f'aria-label="{_safe(chart.title)}">{style}'
        f"{_text(0, 12, chart.title, 'title')}{body}</svg>"
    )


def _bars(chart: Bars) -> tuple[str, float]:
    most = max((row.high for _, row in chart.rows), default=0.0) or 1.0
    x = _linear(0, most, 0, WIDTH - 2)
    parts, y = [], 22.0
    for label, value in chart.rows:
        y += LINE
        shown = f"{text(value)} {chart.unit}".strip()
        parts += [
            _text(0, y - 4, _cut(label, WIDTH - (len(shown) + 2) * CHARACTER)),
            _text(WIDTH, y - 4, shown, "value"),
            f'<rect class="bar" x="0" y="{y:g}" width="{x(value.median):.1f}" '
            'height="9"/>',
        ]
        if value.low < value.high:
            middle = y + 4.5
            parts.append(
                f'<path class="spread" d="M{x(value.low):.1f} {middle}H'
                f"{x(value.high):.1f}M{x(value.low):.1f} {y + 1}v7"
                f'M{x(value.high):.1f} {y + 1}v7"/>'
            )
        y += 16
    return "".join(parts), y + 4


def _curves(chart: Curves) -> tuple[str, float]:
    points = [point for _, series in chart.series for point in series]
    left, right, top, bottom = 46.0, WIDTH - 20.0, 38.0, 240.0
    scale = _logarithmic if chart.logarithmic else _linear
    x = scale(*_range([p[0] for p in points], chart.logarithmic), left, right)
    y = scale(*_range([p[1] for p in points], chart.logarithmic), bottom, top)
    parts = [f'<path class="axis" d="M{left} {top}V{bottom}H{right}"/>']
    for value in _ticks([p[0] for p in points], chart.logarithmic):
        parts.append(_text(x(value), bottom + 14, f"{value:,g}", "tick middle"))
        parts.append(f'<path class="grid" d="M{x(value):.1f} {top}V{bottom}"/>')
    for value in _ticks([p[1] for p in points], chart.logarithmic):
        parts.append(_text(left - 4, y(value) + 4, f"{value:,g}", "tick value"))
        parts.append(f'<path class="grid" d="M{left} {y(value):.1f}H{right}"/>')
    parts.append(_text(left, top - 8, f"↑ {chart.y}", "tick"))
    parts.append(_text(right, bottom + 28, f"{chart.x} →", "tick value"))
    below = bottom + 34
    for index, (label, series) in enumerate(chart.series):
        colour, below = f"c{index % COLOURS}", below + LINE
        places = [(x(one), y(other)) for one, other in series]
        line = "L".join(f"{one:.1f} {other:.1f}" for one, other in places)
        if len(places) > 1:
            parts.append(f'<path class="line {colour}" d="M{line}"/>')
        parts += [_mark(*place, index, colour) for place in places]
        parts.append(_mark(6, below - 4, index, colour))
        parts.append(_text(16, below, label))
    return "".join(parts), below + 6


def _timeline(chart: Timeline) -> tuple[str, float]:
    times = [t for _, line in chart.lines for m in line for t in (m.at, m.until or 0)]
    end = max(times, default=0.0) or 1.0
    x = _linear(0, end, 4, WIDTH - 30)
    parts, y = [], 20.0
    for label, moments in chart.lines:
        y += LINE + 4
        parts.append(_text(0, y, label, "who"))
        y += 8
        parts.append(f'<path class="axis" d="M4 {y:g}H{WIDTH - 26}"/>')
        lanes: list[float] = []
        """Where the last text of each lane ends."""
        for moment in sorted(moments, key=lambda each: each.at):
            at = x(moment.at)
            if moment.until is not None:
                width = max(x(moment.until) - at, 1)
                parts.append(
                    f'<rect class="span" x="{at:.1f}" y="{y - 3:g}" '
                    f'width="{width:.1f}" height="6"/>'
                )
            shown = f"{number(round(moment.at, 3))} s {moment.label}"
            width = len(shown) * CHARACTER
            begin = min(at, max(WIDTH - width, 0))
            lane = next((i for i, e in enumerate(lanes) if e < begin), len(lanes))
            lanes[lane : lane + 1] = [begin + width + 4]
            below = y + 13 + lane * LINE
            parts.append(f'<path class="moment" d="M{at:.1f} {y - 4:g}v8"/>')
            parts.append(_text(begin, below, shown, "tick"))
        y += 6 + len(lanes) * LINE
    return "".join(parts), y + 6


def _mark(x: float, y: float, index: int, colour: str) -> str:
    """Draw one of four marks."""
    shapes = (
        f"M{x - 3.5:.1f} {y:.1f}a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0",
        f"M{x - 3:.1f} {y - 3:.1f}h6v6h-6z",
        f"M{x:.1f} {y - 4:.1f}l4 7h-8z",
        f"M{x:.1f} {y - 4.5:.1f}l4 4.5l-4 4.5l-4 -4.5z",
    )
    return f'<path class="mark {colour}" d="{shapes[index % len(shapes)]}"/>'


def _linear(low: float, high: float, begin: float, end: float) -> Place:
    size = (high - low) or 1.0
    return lambda value: begin + (value - low) / size * (end - begin)


def _logarithmic(low: float, high: float, begin: float, end: float) -> Place:
    inner = _linear(math.log(low), math.log(high), begin, end)
    return lambda value: inner(math.log(max(value, low)))


def _range(values: Sequence[float], logarithmic: bool) -> tuple[float, float]:
    """Return a range with some air around the values."""
    if not logarithmic:
        return min([0.0, *values]), max(values, default=1.0) * 1.05 or 1.0
    positive = [value for value in values if value > 0] or [1.0]
    return min(positive) / 1.3, max(positive) * 1.3


def _ticks(values: Sequence[float], logarithmic: bool) -> Iterator[float]:
    """Yield round numbers within the range, about four of them."""
    low, high = _range(values, logarithmic)
    if logarithmic:
        wide = high / low > 500
        for power in range(math.floor(math.log10(low)), math.ceil(math.log10(high))):
            for factor in (1,) if wide else (1, 2, 5):
                if low <= factor * 10.0**power <= high:
                    yield factor * 10.0**power
        return
    step = 10.0 ** math.floor(math.log10((high - low) or 1.0))
    step = step / 2 if (high - low) / step < 3 else step
    value = math.ceil(low / step) * step
    while value <= high:
        yield value
        value += step


def _text(x: float, y: float, content: str, kind: str = "") -> str:
    names = f' class="{kind}"' if kind else ""
    return f'<text{names} x="{x:.1f}" y="{y:.1f}">{_safe(content)}</text>'


def _cut(label: str, room: float) -> str:
    most = max(int(room / CHARACTER), 4)
    return label if len(label) <= most else f"{label[: most - 1]}…"


def _safe(content: str) -> str:
    return escape(clean(content))
