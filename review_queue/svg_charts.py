"""Small charts as SVG: numbers in, a picture and its scale out.

What: columns over time (one or two series), bars with a name each; their scale. Pure, and drawn on the server.
Why: the desk's pages load nothing from elsewhere and allow no inline style, so colours come from classes of the style sheet,
which knows light and dark. Each chart is `aria-hidden`; the table beside it says the same in words and numbers.
Refuses: negative numbers (ValueError).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

WIDTH, HEIGHT = 640, 190  # of a chart of columns, in its own units
LEFT, RIGHT, TOP, BOTTOM = 46, 8, 10, 26  # around the plot: room for the numbers and the names
LINES = 4  # of the scale, at most
BAR, BAR_GAP, NAME_WIDTH, NUMBER_WIDTH = 20, 8, 190, 110  # of a chart of bars


@dataclass(frozen=True)
class Column:
    """One place on the axis, with a number for each series, drawn one on the other."""

    name: str  # under the axis
    parts: tuple[float, ...]  # from the axis upwards
    says: str  # what a pointer over it is told

    @property
    def whole(self) -> float:
        """The column's height in numbers."""
        return sum(self.parts)


def scale(largest: float) -> list[float]:
    """Whole round numbers from 0 to the first that is not below `largest`: at least two, at most six, evenly spaced."""
    if largest < 0:
        raise ValueError(f"a chart of counts begins at 0: {largest}")
    if largest <= 1:
        return [0.0, 1.0]
    rough = largest / LINES
    magnitude = 10.0 ** floor(log10(rough))
    step = next(magnitude * one for one in (1, 2, 2.5, 5, 10) if magnitude * one >= rough * (1 - 1e-9))
    step = float(ceil(step))  # a count has no halves
    return [step * number for number in range(ceil(largest / step - 1e-9) + 1)]


def columns(columns: Sequence[Column], names_every: int = 1) -> str:
    """Columns from left to right; every n-th is named. An empty chart has its axis."""
    lines = scale(max((one.whole for one in columns), default=0))
    high = HEIGHT - TOP - BOTTOM
    wide = (WIDTH - LEFT - RIGHT) / max(1, len(columns))
    drawn = [_open(WIDTH, HEIGHT), *_rules(lines, high)]
    for at, one in enumerate(columns):
        left, base = LEFT + at * wide, float(HEIGHT - BOTTOM)
        drawn.append(f"<g><title>{escape(one.says)}</title>")
        for series, number in enumerate(one.parts):
            if number < 0:
                raise ValueError(f"a chart of counts has no {number}")
            tall = high * number / lines[-1]
            base -= tall
            if number:
                drawn.append(_rect(left + wide * 0.12, base, wide * 0.76, tall, f"s{series}"))
        drawn.append("</g>")
        if at % names_every == 0:
            drawn.append(_text(left + wide / 2, HEIGHT - 8, one.name, "middle"))
    return "".join([*drawn, "</svg>"])


def bars(named: Sequence[tuple[str, float, str]]) -> str:
    """One bar a line: its name, its number, and the number in words, which stands at its end."""
    longest = scale(max((number for _, number, _ in named), default=0))[-1]
    high = max(1, len(named)) * (BAR + BAR_GAP)
    room = WIDTH - NAME_WIDTH - NUMBER_WIDTH
    drawn = [_open(WIDTH, high)]
    for at, (name, number, words) in enumerate(named):
        if number < 0:
            raise ValueError(f"a chart of counts has no {number}")
        top = at * (BAR + BAR_GAP) + BAR_GAP / 2
        drawn.append(_text(NAME_WIDTH - 8, top + BAR - 5, name, "end"))
        if number:
            drawn.append(_rect(NAME_WIDTH, top, room * number / longest, BAR, "s0"))
        drawn.append(_text(NAME_WIDTH + room * number / longest + 6, top + BAR - 5, words, "start"))
    return "".join([*drawn, "</svg>"])


def _open(width: float, height: float) -> str:
    return f'<svg class="chart" viewBox="0 0 {width} {height}" aria-hidden="true" focusable="false">'


def _rules(lines: Sequence[float], high: float) -> list[str]:
    drawn = []
    for number in lines:
        y = HEIGHT - BOTTOM - high * number / lines[-1]
        drawn.append(f'<line class="rule" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        drawn.append(_text(LEFT - 6, y + 4, f"{number:g}", "end"))
    return drawn


def _rect(x: float, y: float, width: float, height: float, kind: str) -> str:
    return f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"/>'


def _text(x: float, y: float, words: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'
