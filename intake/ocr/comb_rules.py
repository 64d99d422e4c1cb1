"""The rules of a comb as they came over the line: how far they really reach, what swelled, and the strokes right beside them.

What: the fill of a row without swollen rules and stripes; where each rule's own ink lies; and the strokes' ink in the band beside
it that the form's print, grown by the registration's tolerance, had covered.
Why: a comb's rule and its tolerance take a millimetre of 5.5; what a wide digit loses there makes a 0 a C and a 4 an L.
Refuses: to see strokes on a rule's own ink.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from intake.ocr import thresholds
from intake.ocr.ink import FilledPage, Mask, PixelBox

SWOLLEN_COVERS = 0.6  # share of the free pixels along a rule that its swelling inks; no stroke hugs a whole edge
RULE_COVERS = 0.85  # share of a row's height (or width) that a rule prints
CORE_DARK = 0.3  # share of a rule's length that is dark in a column of its own ink; a stroke crosses it in fewer places


@dataclass(frozen=True)
class Rule:
    """One side of a cell, or an upright rule of the whole row, in pixels of the zone."""

    upright: bool
    across: tuple[int, int]  # first and last + 1 of the pixels its own ink covers: columns if upright, else rows
    along: tuple[int, int]  # first and last + 1 of the pixels along it


def rules_of(printed: Mask, dark: Mask, edges: Sequence[int], rows: tuple[int, int]) -> list[Rule]:
    """The rules of a row: the upright ones as one each, the others cell by cell, since a row is long enough to lie askew."""
    found = [
        Rule(True, _core(dark[rows[0] : rows[1], a:b], a), rows)
        for a, b in bands(printed[rows[0] : rows[1]].mean(axis=0) > RULE_COVERS)
    ]
    level = bands(printed[:, edges[0] : edges[-1]].mean(axis=1) > RULE_COVERS)
    for left, right in pairwise(edges):
        found += [Rule(False, _core(dark[a:b, left:right].T, a), (left, right)) for a, b in level]
    return found


def core_of(rules: Sequence[Rule], shape: tuple[int, int]) -> Mask:
    """Where the rules' own ink lies."""
    core = np.zeros(shape, bool)
    for rule in rules:
        if rule.upright:
            core[rule.along[0] : rule.along[1], rule.across[0] : rule.across[1]] = True
        else:
            core[rule.across[0] : rule.across[1], rule.along[0] : rule.along[1]] = True
    return core


def with_ink_beside_rules(fill: Mask, printed: Mask, dark: Mask, core: Mask, rows: tuple[int, int]) -> Mask:
    """The fill and what hangs together with it in the bands beside the rules."""
    beside = dark & printed & ~core
    beside[: max(0, rows[0] - 3 * thresholds.PRINT_REACH_PX)] = False
    beside[rows[1] + 3 * thresholds.PRINT_REACH_PX :] = False
    count, labels = cv2.connectedComponents((fill | beside).astype(np.uint8), connectivity=8)
    kept = np.zeros(count, bool)
    kept[np.unique(labels[fill])] = True
    kept[0] = False
    return np.asarray(kept[labels], bool)


def _core(strip: Mask, first: int) -> tuple[int, int]:
    """The columns of a band that are dark along much of a rule, counted from `first`; the band's middle where none is."""
    own = np.flatnonzero(strip.mean(axis=0) > CORE_DARK)
    if own.size == 0:
        middle = first + strip.shape[1] // 2
        return middle, middle
    return first + int(own[0]), first + int(own[-1]) + 1


def bands(covered: Mask) -> list[tuple[int, int]]:
    """First and last + 1 of each run of columns that a rule covers."""
    turns = np.flatnonzero(np.diff(np.concatenate(([0], covered.astype(np.int8), [0]))))
    return [(int(a), int(b)) for a, b in zip(turns[::2], turns[1::2], strict=True)]


def without_swollen_rules(page: FilledPage, box: PixelBox) -> Mask:
    """The fill of a row without its rules' swelling and without a stripe of dirt down the page.

    A damaged line repeats rows: a rule then grows by several. Swelling begins right beside the rule and covers most of its
    length; a stripe goes on above and below the comb. A straight 1 does neither, however tall it is.
    """
    x0, y0, x1, y1 = box
    fill, printed = page.fill[y0:y1, x0:x1].copy(), page.printed[y0:y1, x0:x1]
    for lines, free in ((fill, ~printed), (fill.T, ~printed.T)):  # views: clearing a column of the transpose clears it here
        open_pixels, inked = free.sum(axis=1), lines.sum(axis=1)
        for order in (range(len(lines)), range(len(lines) - 1, -1, -1)):
            for index in order:
                if open_pixels[index] == 0:
                    continue
                if inked[index] < SWOLLEN_COVERS * open_pixels[index]:
                    break
                lines[index] = False
    reach = round(thresholds.BEYOND_MM * 2 * page.dpi / 25.4)
    striped = np.ones(x1 - x0, bool)
    for top, bottom in ((y0, y1), (max(0, y0 - reach), y0), (y1, min(len(page.fill), y1 + reach))):
        free = ~page.printed[top:bottom, x0:x1]
        inked = page.fill[top:bottom, x0:x1].sum(axis=0)
        striped &= (inked >= SWOLLEN_COVERS * free.sum(axis=0)) & (inked > 0)
    fill[:, striped] = False
    return np.asarray(fill, bool)
