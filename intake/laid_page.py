"""A page laid over its blank, and what its place on the page means for each reading taken from it.

What: fill told from print once for the page; a `FieldReading` made with the problems of its place: lost rows, no landmark near,
cut off.
Why: every kind of field (writing, ticks, signatures, PDF values) must be withheld for the same reasons of place, in one way.
Refuses: to accept a reading that carries any problem but ink running over its zone's edge.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from intake.classification import PlacedPage
from intake.fax import PageScan
from intake.forms.definition import FieldDefinition, FieldKind
from intake.ocr import thresholds
from intake.ocr.certainty import Calibration, Evidence, Manner
from intake.ocr.ink import FilledPage, Mask, despeckled, extent, fill_of, ink_area_mm2
from intake.ocr.stripes import find_stripes, without_stripes
from intake.reading import FieldReading, Problem, ProblemKind, Route, Value

INK_ONLY = frozenset({FieldKind.MARK, FieldKind.CHOICE, FieldKind.SIGNATURE})


@dataclass(frozen=True)
class LaidPage:
    """A placed page, ready to be read field by field."""

    scan: PageScan
    placed: PlacedPage
    filled: FilledPage
    calibration: Calibration  # what turns evidence into certainty, and the bars
    striped: Mask | None = None  # in the blank's frame: where a stripe was taken away; None without one

    @staticmethod
    def of(scan: PageScan, placed: PlacedPage, calibration: Calibration) -> LaidPage:
        """Separate fill from print once for the whole page, without the stripes that dirt on the glass drew down it."""
        stripes = find_stripes(placed.upright)
        if not stripes:
            return LaidPage(scan, placed, fill_of(placed.laid, placed.blank.image, thresholds.DPI), calibration)
        where = np.full(placed.upright.shape, 255, np.uint8)
        for stripe in stripes:
            where[:, stripe.left - 1 : stripe.right + 1] = 0
        lay = placed.registration.into_blank_frame
        laid, striped = lay(without_stripes(placed.upright, stripes), placed.blank), lay(where, placed.blank)
        return LaidPage(scan, placed, fill_of(laid, placed.blank.image, thresholds.DPI), calibration, striped < 255)

    def stripe_through(self, definition: FieldDefinition, through_ink: bool = False) -> Problem | None:
        """A problem where a stripe runs through a field, or only where it runs `through_ink` that stands there: what stood under
        it may be gone."""
        if self.striped is None:
            return None
        x0, y0, x1, y1 = self.filled.box(definition.box)
        inked = extent(self.filled.fill[y0:y1, x0:x1]) if through_ink else None
        if inked is not None:
            x0, x1 = x0 + inked[0], x0 + inked[2]
        if not self.striped[y0:y1, x0:x1].any():
            return None
        return Problem(ProblemKind.STRIPE, "a stripe of the sender's machine runs through this field", definition.name)

    def only_stripe(self, definition: FieldDefinition) -> bool:
        """Whether all ink in a field lies where a stripe ran: what is left of the stripe itself."""
        if self.striped is None:
            return False
        x0, y0, x1, y1 = self.filled.box(definition.box)
        columns = self.striped[y0:y1, x0:x1].any(axis=0)
        if not columns.any():
            return False
        reach = 2 * thresholds.STRIPE_SLANT_PX + 1
        near = np.convolve(columns, np.ones(reach), "same") > 0
        fill = despeckled(self.filled.fill[y0:y1, x0:x1], thresholds.SPECK_PX)
        return ink_area_mm2(fill[:, ~near], self.filled.dpi) <= thresholds.CELL_DIRT_MM2


def page_place(page: LaidPage, definition: FieldDefinition, written: bool) -> Problem | None:
    """What is wrong with the place of a field on this page: squeezed or extrapolated rows, or beyond the page's end.
    A few lost rows harm only what is `written`."""
    scale = thresholds.DPI / 25.4
    y0, y1 = definition.box.y0 * scale, definition.box.y1 * scale
    registration = page.placed.registration
    for top, bottom, rows in registration.squeezed:
        if y0 < bottom and top < y1 and (written or rows > thresholds.SQUEEZE_HARMLESS_PX):
            return Problem(
                ProblemKind.DAMAGED_ROWS, "rows are missing or doubled here: the line damaged this part", definition.name
            )
    for top, bottom in registration.unsupported:
        if y0 < bottom and top < y1:
            return Problem(
                ProblemKind.UNREGISTERED, "nothing printed near this field was found again on the page", definition.name
            )
    if registration.is_off_page(definition.box.x0 * scale, y0, definition.box.x1 * scale, y1):
        return Problem(ProblemKind.CUT_OFF, "a corner of the page is missing here", definition.name)
    if registration.bottom_mm is not None and definition.box.y1 > registration.bottom_mm:
        return Problem(ProblemKind.CUT_OFF, "the page ends before this field", definition.name)
    return None


def field_reading(
    definition: FieldDefinition,
    page: LaidPage,
    value: Value,
    evidence: Evidence | float,
    route: Route,
    raw: Mapping[str, str],
    problems: Sequence[Problem] = (),
    guesses: Sequence[Value] = (),
) -> FieldReading:
    """One reading, with the problems of its place on the page; accepted if certain enough and nothing speaks against it.

    A bare probability instead of evidence is a doubt: never accepted.
    """
    written = definition.kind not in INK_ONLY and route is not Route.BLANK
    place = None if route is Route.TEXT else page_place(page, definition, written)
    certain = evidence if isinstance(evidence, float) else page.calibration.certainty(evidence)
    accepted = not isinstance(evidence, float) and page.calibration.accepted(evidence.manner, certain, definition.critical)
    stops = _stops(problems)
    if place is not None:
        problems = (*problems, place)
        if not (place.kind is ProblemKind.DAMAGED_ROWS and _reads_as_known(evidence)):
            stops = True
            certain = min(certain, 0.5 if place.kind is ProblemKind.CUT_OFF else 0.99)
    return FieldReading(
        field=definition.name,
        value=value,
        certainty=certain,
        accepted=accepted and not stops,
        route=route,
        raw=raw,
        fax_page=page.scan.number,
        box_mm=definition.box,
        problems=tuple(problems),
        guesses=tuple(guesses),
        manner="" if isinstance(evidence, float) else evidence.manner.value,
        speaks={} if isinstance(evidence, float) else evidence.speaks,
        calibration=page.calibration.version,
    )


def _reads_as_known(evidence: Evidence | float) -> bool:
    """Whether a reader that did not know the value read it letter for letter: lost rows take strokes out, they do not put exactly
    those there that are known beforehand."""
    known = (Manner.VERIFIED_COMB, Manner.VERIFIED_LINE)
    return not isinstance(evidence, float) and evidence.manner in known and evidence.speaks.get("same") == 1.0


def _stops(problems: Sequence[Problem]) -> bool:
    """Whether a person must look whatever the certainty; ink over the edge alone only lowers it."""
    return any(problem.kind is not ProblemKind.OUTSIDE_ZONE for problem in problems)
