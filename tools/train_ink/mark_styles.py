"""How people, typewriters and PDF viewers mark a box, by name: what a net learns of each and which verdict is right.

What: a table of styles.
Why: training, cards and the bench speak of the same styles.
Refuses: to call an odd one (a dot, a mark struck out, a tick beside the box) right either way: none but UNSURE is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from intake.ocr.ink_nets import MarkClass
from tools.make_samples.sheet import Sheet
from tools.train_ink import odd_marks, plain_marks
from tools.train_ink.strokes import Box, Chance, Ink


@dataclass(frozen=True)
class MarkStyle:
    """One way of marking."""

    draw: Callable[[Sheet, Box, Chance, Ink], None]
    label: MarkClass
    right: frozenset[bool]  # firm verdicts that are right; empty: only a person may say


NO: frozenset[bool] = frozenset({False})
YES: frozenset[bool] = frozenset({True})
NEITHER: frozenset[bool] = frozenset()

MARK_STYLES: Mapping[str, MarkStyle] = {
    "blank": MarkStyle(plain_marks.nothing, MarkClass.EMPTY, NO),
    "tick": MarkStyle(plain_marks.tick, MarkClass.MARKED, YES),
    "small tick": MarkStyle(plain_marks.small_tick, MarkClass.MARKED, YES),
    "tick from outside": MarkStyle(plain_marks.tick_from_outside, MarkClass.MARKED, YES),
    "stroke leaving the box": MarkStyle(plain_marks.long_tail, MarkClass.MARKED, YES),
    "cross": MarkStyle(plain_marks.cross, MarkClass.MARKED, YES),
    "small cross": MarkStyle(plain_marks.small_cross, MarkClass.MARKED, YES),
    "large cross": MarkStyle(plain_marks.large_cross, MarkClass.MARKED, YES),
    "slash": MarkStyle(plain_marks.slash, MarkClass.MARKED, YES),
    "real pen's X or V": MarkStyle(plain_marks.pen_letter, MarkClass.MARKED, YES),
    "typed sign": MarkStyle(plain_marks.typed, MarkClass.MARKED, YES),
    "PDF viewer's sign": MarkStyle(plain_marks.viewer, MarkClass.MARKED, YES),
    "zigzag fill": MarkStyle(plain_marks.zigzag, MarkClass.MARKED, YES),
    "filled": MarkStyle(plain_marks.neat_fill, MarkClass.FILLED, YES),
    "half filled": MarkStyle(plain_marks.half_fill, MarkClass.FILLED, YES),
    "dot": MarkStyle(odd_marks.dot, MarkClass.DOT, NEITHER),
    "beside the box": MarkStyle(odd_marks.beside, MarkClass.BESIDE, NEITHER),
    "circle around the box": MarkStyle(odd_marks.circled, MarkClass.BESIDE, NEITHER),
    "neighbour's stroke across": MarkStyle(odd_marks.tail_of_neighbour, MarkClass.BESIDE, NO),
    "struck out by lines": MarkStyle(odd_marks.struck_by_lines, MarkClass.STRUCK, NEITHER),
    "struck out by one line": MarkStyle(odd_marks.struck_by_one_line, MarkClass.STRUCK, NEITHER),
    "scribbled over": MarkStyle(odd_marks.scribbled_over, MarkClass.STRUCK, NEITHER),
    "struck out by loops": MarkStyle(odd_marks.struck_by_loops, MarkClass.STRUCK, NEITHER),
    "struck out by a cross": MarkStyle(odd_marks.struck_by_cross, MarkClass.STRUCK, NEITHER),
    "correction fluid": MarkStyle(odd_marks.covered, MarkClass.COVERED, NO),
    "struck out inside the box": MarkStyle(odd_marks.struck_inside, MarkClass.STRUCK, NEITHER),
}
"""Every style by its name in the report."""
