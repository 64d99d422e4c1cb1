"""Plots as SVG, drawn with nothing but text: bars and points on two axes.

What: a reliability diagram and bar groups, for the report.
Why: two kinds of plot do not need a plotting library in the lock.
Refuses: nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 640, 380
LEFT, RIGHT, TOP, BOTTOM = 64, 20, 36, 60


@dataclass(frozen=True)
class Point:
    """One point with its whisker, all 0–1 in plot units."""

    x: float
    y: float
    low: float
    high: float
    label: str = ""


def reliability(points: Sequence[Point], ticks: Sequence[tuple[float, str]], title: str) -> str:
    """Points against the diagonal, both axes alike."""
    body = [_line(_x(0), _y(0), _x(1), _y(1), "#999", dashed=True)]
    for place, words in ticks:
        body.append(_text(_x(place), HEIGHT - BOTTOM + 18, words, "middle"))
        body.append(_text(LEFT - 8, _y(place) + 4, words, "end"))
        body.append(_line(_x(place), _y(0), _x(place), _y(1), "#eee"))
        body.append(_line(_x(0), _y(place), _x(1), _y(place), "#eee"))
    for one in points:
        body.append(_line(_x(one.x), _y(one.low), _x(one.x), _y(one.high), "#1f5f8b"))
        body.append(f'<circle cx="{_x(one.x):.1f}" cy="{_y(one.y):.1f}" r="4" fill="#1f5f8b"/>')
        body.append(_text(_x(one.x) + 7, _y(one.y) - 6, one.label, "start", small=True))
    return _svg(title, body, "certainty that was said", "share that was right")


def bars(groups: Sequence[tuple[str, Sequence[tuple[str, float]]]], title: str, what: str) -> str:
    """Groups of bars from 0 to 1, a shade for each name."""
    names = list(dict.fromkeys(name for _, parts in groups for name, _ in parts))
    shades = dict(zip(names, ("#1f5f8b", "#6aa5c9", "#b8d4e3", "#d9a441"), strict=False))
    body = []
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        body += [_line(_x(0), _y(tick), _x(1), _y(tick), "#ddd"), _text(LEFT - 8, _y(tick) + 4, f"{tick:.0%}", "end")]
    room = (WIDTH - LEFT - RIGHT) / max(1, len(groups))
    for place, (label, parts) in enumerate(groups):
        thick = room * 0.8 / max(1, len(parts))
        for number, (name, value) in enumerate(parts):
            x = LEFT + place * room + room * 0.1 + number * thick
            body.append(
                f'<rect x="{x:.1f}" y="{_y(value):.1f}" width="{thick * 0.92:.1f}" height="{_y(0) - _y(value):.1f}" '
                f'fill="{shades[name]}"><title>{escape(name)} {value:.1%}</title></rect>'
            )
        body.append(_text(LEFT + (place + 0.5) * room, HEIGHT - BOTTOM + 16, label, "middle", small=True))
    for number, name in enumerate(names):
        x = LEFT + number * 150
        body += [f'<rect x="{x}" y="{HEIGHT - 22}" width="12" height="12" fill="{shades[name]}"/>']
        body += [_text(x + 18, HEIGHT - 12, name, "start", small=True)]
    return _svg(title, body, "", what)


def _x(share: float) -> float:
    return LEFT + share * (WIDTH - LEFT - RIGHT)


def _y(share: float) -> float:
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)


def _line(x0: float, y0: float, x1: float, y1: float, colour: str, dashed: bool = False) -> str:
    dash = ' stroke-dasharray="5 4"' if dashed else ""
    return f'<line x1="{x0:.1f}" y1="{y0:.1f}" x2="{x1:.1f}" y2="{y1:.1f}" stroke="{colour}"{dash}/>'


def _text(x: float, y: float, words: str, anchor: str, small: bool = False) -> str:
    size = 11 if small else 12
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}">{escape(words)}</text>'


def _svg(title: str, body: Sequence[str], across: str, up: str) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" fill="#222">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>'
    )
    words = [_text(WIDTH / 2, 20, title, "middle")]
    words += [_text(WIDTH / 2, HEIGHT - 8, across, "middle")] if across else []
    middle = TOP + (HEIGHT - TOP - BOTTOM) / 2
    words += [f'<text transform="translate(14 {middle}) rotate(-90)" text-anchor="middle" font-size="12">{escape(up)}</text>']
    return head + "\n".join([*words, *body]) + "</svg>\n"
