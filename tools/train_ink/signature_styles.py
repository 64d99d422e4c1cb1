"""What may stand in a signature's zone, by name: what a net learns of each and which verdict is right.

What: a table of styles.
Why: training, cards and the bench speak of the same styles.
Refuses: to call a name printed by hand right either way: some sign like that, some only print it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from intake.ocr.ink_nets import ZoneClass
from tools.make_samples.sheet import Sheet
from tools.train_ink import not_signatures, signatures
from tools.train_ink.strokes import Box, Chance, Ink


@dataclass(frozen=True)
class ZoneStyle:
    """One thing that may stand in a zone."""

    draw: Callable[[Sheet, Box, Chance, Ink], None]
    label: ZoneClass
    right: frozenset[str]  # firm verdicts that are right; empty: only a person may say


YES = frozenset({"present"})
NO = frozenset({"absent"})
NEITHER: frozenset[str] = frozenset()

ZONE_STYLES: Mapping[str, ZoneStyle] = {
    "script name": ZoneStyle(signatures.script_name, ZoneClass.SIGNED, YES),
    "real pen's letters, joined": ZoneStyle(signatures.pen_name, ZoneClass.SIGNED, YES),
    "loops": ZoneStyle(signatures.loops, ZoneClass.SIGNED, YES),
    "wave": ZoneStyle(signatures.wave, ZoneClass.SIGNED, YES),
    "initials with a tail": ZoneStyle(signatures.initials, ZoneClass.SIGNED, YES),
    "angular": ZoneStyle(signatures.wander, ZoneClass.SIGNED, YES),
    "tall and narrow": ZoneStyle(signatures.tall_narrow, ZoneClass.SIGNED, YES),
    "over the edge": ZoneStyle(signatures.over_the_edge, ZoneClass.SIGNED, YES),
    "empty": ZoneStyle(not_signatures.nothing, ZoneClass.NOTHING, NO),
    "dirt": ZoneStyle(not_signatures.dirt, ZoneClass.NOTHING, NO),
    "torn rows": ZoneStyle(not_signatures.torn_rows, ZoneClass.LINE, NO),
    "typed name": ZoneStyle(not_signatures.typed_name, ZoneClass.TYPED, NO),
    "typed words": ZoneStyle(not_signatures.typed_phrase, ZoneClass.TYPED, NO),
    "typed date": ZoneStyle(not_signatures.typed_date, ZoneClass.TYPED, NO),
    "header line": ZoneStyle(not_signatures.header_line, ZoneClass.TYPED, NO),
    "words by hand": ZoneStyle(not_signatures.written_phrase, ZoneClass.WRITTEN, NO),
    "date by hand": ZoneStyle(not_signatures.written_date, ZoneClass.WRITTEN, NO),
    "name printed by hand": ZoneStyle(not_signatures.printed_by_hand, ZoneClass.NAME, NEITHER),
    "smudge": ZoneStyle(not_signatures.smudge, ZoneClass.SMUDGE, NO),
    "stripe": ZoneStyle(not_signatures.stripe, ZoneClass.LINE, NO),
    "straight line": ZoneStyle(not_signatures.straight_line, ZoneClass.LINE, NO),
    "line by hand": ZoneStyle(not_signatures.line_by_hand, ZoneClass.LINE, NO),
    "an X alone": ZoneStyle(not_signatures.x_alone, ZoneClass.CROSS, NO),
}
"""Every style by its name in the report."""
