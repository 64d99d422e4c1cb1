"""What `bench.marks` found, counted, and the page it writes for `docs/figures`.

What: counts by kind, the figures that the bars speak of, tables; whether a bar is missed.
Why: what was looked at and how it is told are two things.
Refuses: to count what only a person may say among what should have been accepted; it stands beside, with what became of it.
"""

from __future__ import annotations

import platform
from collections import Counter, defaultdict
from dataclasses import dataclass, field

import numpy as np

from bench.ink_counts import HEAD, Count, bound, percent, row, total
from tools.handwriting.splits import Part
from tools.train_ink.mark_styles import MARK_STYLES
from tools.train_ink.signature_styles import ZONE_STYLES

MARK_BARS = (0.5, 99.0)  # wrong per 1,000 accepted, accepted %
SIGNATURE_BARS = (1.0, 97.0)  # false "present" per 1,000 not-signatures, accepted %
SIGNED, NOT_SIGNED = frozenset({"present"}), frozenset({"absent"})


def _counts() -> defaultdict[str, Count]:
    return defaultdict(Count)


@dataclass
class Found:
    """All counts of one run."""

    boxes: dict[str, Count] = field(default_factory=_counts)  # mixture, by resolution
    fields: dict[str, Count] = field(default_factory=_counts)
    styles: dict[str, Count] = field(default_factory=_counts)  # odd pages, by style
    zone_kinds: dict[tuple[str, bool], Count] = field(default_factory=lambda: defaultdict(Count))  # by style, standard resolution
    unsigned: dict[str, Count] = field(default_factory=_counts)  # sheets of nothing but what is no signature, by style
    zones_alone: dict[bool, Count] = field(default_factory=lambda: defaultdict(Count))  # without a reader: signed or not
    form_zones: dict[bool, Count] = field(default_factory=lambda: defaultdict(Count))  # on forms: signed or not
    cpu: list[float] = field(default_factory=list)  # seconds for all boxes of a page
    unplaced: int = 0
    odd_boxes: int = 0  # of the mixture: only a person can tell
    flagged: Counter[str] = field(default_factory=Counter)  # boxes withheld for their place
    taken_wrongly: list[str] = field(default_factory=list)  # zones


def report(found: Found, part: Part, seed: int) -> tuple[str, bool]:
    """The page for `docs/figures`, and whether a bar was missed."""
    boxes = total(found.boxes.values())
    told = total(one for (style, _), one in found.zone_kinds.items() if ZONE_STYLES[style].right)
    left = total(one for (style, _), one in found.zone_kinds.items() if not ZONE_STYLES[style].right)
    unsigned = total(
        [one for (style, _), one in found.zone_kinds.items() if ZONE_STYLES[style].right == NOT_SIGNED]
        + list(found.unsigned.values())
    )
    wrong, accepted = 1000 * boxes.wrong / max(1, boxes.accepted), 100 * boxes.accepted / max(1, boxes.n)
    false, sure = 1000 * unsigned.present / max(1, unsigned.n), 100 * told.accepted / max(1, told.n)
    missed = wrong > MARK_BARS[0] or accepted < MARK_BARS[1] or false > SIGNATURE_BARS[0] or sure < SIGNATURE_BARS[1]
    whose = "TEST part: writers, fonts, names and typed signs that no training saw"
    lines = [
        "# Marks and signatures",
        "",
        f"Made by `python -m bench.marks`, seed {seed}; {platform.machine()}, Python {platform.python_version()}.",
        f"{whose if part is Part.TEST else 'TUNE part'}.",
        f"{found.unplaced} pages could not be laid and went to a person.",
        "",
        f"**Boxes of the mixture: {wrong:.2f} wrong per 1,000 accepted ({bound(boxes.wrong, boxes.accepted)}),",
        f"{accepted:.2f} % of {boxes.n} accepted.** Bars: {MARK_BARS[0]} and {MARK_BARS[1]:.0f} %. "
        f"{found.odd_boxes} of them only a person can tell.",
        "",
        f"**Signature zones: {unsigned.present} of {unsigned.n} not-signatures taken for present "
        f"({bound(unsigned.present, unsigned.n)}),",
        f"{sure:.1f} % of {told.n} zones accepted.** Bars: {SIGNATURE_BARS[0]:.0f} per 1,000 and {SIGNATURE_BARS[1]:.0f} %.",
        "Every kind is as frequent here as any other; on real faxes most zones are empty or clearly signed. Not among them:",
        f"{left.n} names printed by hand, which some sign with and some only print: {left.unsure} went to a person,",
        f"{left.accepted} did not and count as wrong.",
        "",
        f"CPU for all boxes of a page: median {1000 * np.median(found.cpu or [0]):.1f} ms, "
        f"worst {1000 * max(found.cpu or [0]):.1f} ms.",
        "",
        *_marks_tables(found),
        *_zones_tables(found),
    ]
    return "\n".join(lines) + "\n", missed


def _marks_tables(found: Found) -> list[str]:
    lines = [
        "## The mixture of marks",
        "",
        "| | n | accepted % | wrong | wrong per 1,000 accepted |",
        "|---|--:|--:|--:|--:|",
    ]
    for what, counts in (("boxes", found.boxes), ("fields", found.fields)):
        for name, one in sorted(counts.items()):
            share, rate = percent(one.accepted, one.n, 2), 1000 * one.wrong / max(1, one.accepted)
            lines.append(f"| {what}, {name} | {one.n} | {share} | {one.wrong} | {rate:.2f} |")
    lines += ["", *(f"- {words}" for one in found.boxes.values() for words in one.seen[:20])]
    lines += [
        f"- {count} boxes, {name}, withheld for their place (rows lost or doubled there)" for name, count in found.flagged.items()
    ]
    lines += ["", "## Marks by style, odd ones often", "", HEAD]
    return lines + [row(name, found.styles[name]) for name in MARK_STYLES if found.styles[name].n]


def _zones_tables(found: Found) -> list[str]:
    lines = ["", "## Signature zones by kind, with a reader of words", "", HEAD]
    kinds = [(style, standard) for style in ZONE_STYLES for standard in (False, True)]
    lines += [
        row(f"{one[0]}, {'standard' if one[1] else 'fine'}", found.zone_kinds[one]) for one in kinds if found.zone_kinds[one].n
    ]
    lines += ["", "Sheets of nothing but what is no signature:", "", HEAD]
    lines += [row(name, found.unsigned[name]) for name in ZONE_STYLES if found.unsigned[name].n]
    lines += ["", "In all:", "", HEAD]
    for where, counts in (("no reader", found.zones_alone), ("on the forms, with a reader", found.form_zones)):
        lines += [
            row(f"{'signed' if signed else 'not signed, or not to tell'}, {where}", counts[signed]) for signed in (True, False)
        ]
    return [*lines, "", *(f"- {words}" for words in found.taken_wrongly)]
