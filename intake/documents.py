"""Which pages of a fax belong together as one form.

What: pages of the same form and revision, in any order, doubled or missing, gathered into documents.
Why: one transmission brings several forms or several patients' forms; page 2 of one patient under page 1 of another would be a
disaster, so where two ways of gathering fit, it says so.
Refuses: to drop a page silently: a doubled page is named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from intake.classification import PlacedPage
from intake.fax import PageScan
from intake.forms.definition import FormDefinition
from intake.forms.page_codes import TurnaroundCode
from intake.ocr import thresholds
from intake.ocr.ink import Mask, despeckled, fill_of, ink_area_mm2
from intake.reading import Problem, ProblemKind
from intake.said_pages import is_unlaid, said_by_person

Page = tuple[PageScan, PlacedPage]

SAME_SHEET_MM2 = 4.0  # ink that two scans of one sheet may not share; another name on the same form leaves tens


@dataclass(frozen=True)
class Gathered:
    """The pages of one document, in the form's order."""

    form: FormDefinition
    pages: tuple[Page, ...]
    missing: tuple[int, ...]  # pages of the form that did not arrive
    problems: tuple[Problem, ...]
    certainty: float  # that form, revision and belonging together are right


@dataclass
class _Open:
    form: FormDefinition
    pages: dict[int, Page] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def whose(self) -> TurnaroundCode | None:
        """What its pre-printed pages say of whose it is."""
        return next((page.turnaround for _, page in self.pages.values() if page.turnaround is not None), None)


def gather(pages: Sequence[Page]) -> list[Gathered]:
    """Documents in the order in which their first pages arrived."""
    documents: list[_Open] = []
    for page in pages:
        _assign(page, documents)
    return [_closed(one) for one in documents]


def gather_as_said(form: FormDefinition, pages: Sequence[Page]) -> Gathered:
    """One document of exactly these pages, as a person put them together; what was not recognised so is a problem of its own."""
    document = _Open(form, {placed.classification.form_page: (scan, placed) for scan, placed in pages})
    for scan, placed in pages:
        problem = said_by_person(scan.number, placed)
        if problem is not None:
            document.problems.append(problem)
    return _closed(document)


def _assign(page: Page, documents: list[_Open]) -> None:
    scan, placed = page
    number = placed.classification.form_page
    same = [one for one in documents if (one.form.code, one.form.revision) == (placed.form.code, placed.form.revision)]
    for one in same:
        if number in one.pages and _same_fill(one.pages[number][1], placed):
            one.problems.append(
                Problem(ProblemKind.DOUBLED_PAGE, f"page {scan.number} of the fax is page {number} of the form again")
            )
            return
    lacking = [one for one in same if number not in one.pages]
    if placed.turnaround is not None:
        # a pre-printed page says whose it is: it goes with its like, and never under somebody else's
        lacking = [one for one in lacking if one.whose in (None, placed.turnaround)]
        lacking = [one for one in lacking if one.whose == placed.turnaround] or lacking
    if not lacking:
        documents.append(_Open(placed.form, {number: page}))
        return
    if len(lacking) > 1:
        for one in lacking:
            one.problems.append(
                Problem(
                    ProblemKind.UNSURE_FORM, f"page {scan.number} of the fax may belong to this form or to another in this fax"
                )
            )
    lacking[-1].pages[number] = page


def _same_fill(one: PlacedPage, other: PlacedPage) -> bool:
    """Whether two pages are the same sheet: hardly any ink of either lies away from the other's."""
    a = fill_of(one.laid, one.blank.image, thresholds.DPI).fill
    b = fill_of(other.laid, other.blank.image, thresholds.DPI).fill
    return max(_away(a, b), _away(b, a)) <= SAME_SHEET_MM2


def _away(ink: Mask, other: Mask) -> float:
    """Square millimetres of `ink` further than half a millimetre from any of `other`."""
    near = cv2.dilate(other.astype(np.uint8), np.ones((7, 7), np.uint8)).astype(bool)
    return ink_area_mm2(despeckled(ink & ~near, thresholds.SPECK_PX), thresholds.DPI)


def _closed(one: _Open) -> Gathered:
    missing = tuple(number for number in range(1, one.form.pages + 1) if number not in one.pages)
    problems = list(one.problems)
    problems += [Problem(ProblemKind.MISSING_PAGE, f"page {number} of {one.form.pages} did not arrive") for number in missing]
    if one.form.outdated:
        problems.append(
            Problem(ProblemKind.OUTDATED_REVISION, f"this is revision {one.form.revision}, which is no longer current")
        )
    pages = tuple(one.pages[number] for number in sorted(one.pages))
    for scan, placed in pages:
        evidence = placed.classification.evidence
        if evidence.score < 0.6 and not is_unlaid(placed):  # of an unlaid page no field is read anyway
            problems.append(
                Problem(
                    ProblemKind.UNSURE_FORM,
                    f"page {scan.number} was taken for this form by {evidence.score:.0%} of its landmarks only",
                )
            )
    sure = min((_page_certainty(placed) for _, placed in pages), default=0.0)
    doubted = any(problem.kind is ProblemKind.UNSURE_FORM for problem in problems)
    return Gathered(one.form, pages, missing, tuple(problems), min(sure, 0.9) if doubted else sure)


def _page_certainty(placed: PlacedPage) -> float:
    evidence = placed.classification.evidence
    if evidence.by.startswith("data_matrix"):
        return 0.9999
    return 0.9995 if evidence.score - evidence.runner_up_score > 0.4 else 0.99
