"""A page laid over its blank, and what its place on the page means for each reading taken from it.

What: fill told from print once for the page; a `FieldReading` made with the problems of its place: lost rows, no landmark near,
cut off.
Why: every kind of field (writing, ticks, signatures, PDF values) must be withheld for the same reasons of place, in one way.
Refuses: to accept a reading that carries any problem but ink running over its zone's edge.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from intake.classification import PlacedPage
from intake.fax import PageScan
from intake.forms.definition import FieldDefinition, FieldKind
from intake.ocr import certainty, thresholds
from intake.ocr.ink import FilledPage, fill_of
from intake.reading import FieldReading, Problem, ProblemKind, Route, Value

INK_ONLY = frozenset({FieldKind.MARK, FieldKind.CHOICE, FieldKind.SIGNATURE})


@dataclass(frozen=True)
class LaidPage:
    """A placed page, ready to be read field by field."""

    scan: PageScan
    placed: PlacedPage
    filled: FilledPage

    @staticmethod
    def of(scan: PageScan, placed: PlacedPage) -> LaidPage:
        """Separate fill from print once for the whole page."""
        return LaidPage(scan, placed, fill_of(placed.laid, placed.blank.image, thresholds.DPI))


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
    if registration.bottom_mm is not None and definition.box.y1 > registration.bottom_mm:
        return Problem(ProblemKind.CUT_OFF, "the page ends before this field", definition.name)
    return None


def field_reading(
    definition: FieldDefinition,
    page: LaidPage,
    value: Value,
    certain: float,
    route: Route,
    raw: Mapping[str, str],
    problems: Sequence[Problem] = (),
    guesses: Sequence[Value] = (),
) -> FieldReading:
    """One reading, with the problems of its place on the page; accepted if certain enough and nothing speaks against it."""
    written = definition.kind not in INK_ONLY and route is not Route.BLANK
    place = None if route is Route.TEXT else page_place(page, definition, written)
    if place is not None:
        problems = (*problems, place)
        certain = min(certain, 0.5 if place.kind is ProblemKind.CUT_OFF else 0.99)
    return FieldReading(
        field=definition.name,
        value=value,
        certainty=certain,
        accepted=certainty.accepted(certain, definition.critical) and not _stops(problems),
        route=route,
        raw=raw,
        fax_page=page.scan.number,
        box_mm=definition.box,
        problems=tuple(problems),
        guesses=tuple(guesses),
    )


def _stops(problems: Sequence[Problem]) -> bool:
    """Whether a person must look whatever the certainty; ink over the edge alone only lowers it."""
    return any(problem.kind is not ProblemKind.OUTSIDE_ZONE for problem in problems)
