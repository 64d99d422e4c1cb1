"""Laying a page on the blank that a person named, whether or not it would have been recognised.

What: `place_as`: the page as recognised where that agrees; else its blank laid over it by landmarks, on the page as it is, turned
by quarters, or straightened first as a photograph is; and where nothing holds, the page unlaid.
Why: the pages that get here are the ones that were not recognised: photographed, skewed, cut, or with a sister that looks alike.
Refuses: to read where it could not lay: an unlaid page has a form, and no field of it can be found by itself.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from intake.arrangement import QUARTERS
from intake.classification import Blanks, PlacedPage, at_common_resolution, laid_as, place
from intake.fax import GrayImage, PageScan
from intake.forms.definition import FormDefinition
from intake.laid_page import LaidPage
from intake.ocr.alignment import Registration
from intake.ocr.squaring import straightened
from intake.reading import Classification, Evidence, FieldReading, Problem, ProblemKind, Route

PERSON, PERSON_AND_LANDMARKS = "person", "person+landmarks"


def place_as(scan: PageScan, form: FormDefinition, form_page: int, rotated: int, blanks: Blanks) -> PlacedPage:
    """The page as that page of that form; `rotated` is how far a person turned it, and the first turn that is tried."""
    found = place(scan, blanks)
    if found is not None:
        seen = found.classification
        if (seen.form, seen.revision, seen.form_page) == (form.code, form.revision, form_page):
            return found
    image = at_common_resolution(scan)
    for turn in (rotated, *(one for one in QUARTERS if one != rotated)):
        placed = laid_as(turned(image, turn), form, form_page, turn, PERSON_AND_LANDMARKS, blanks)
        if placed is not None:
            return placed
    flat = straightened(image, blanks.page(form, form_page).image)
    if flat is not None:
        placed = laid_as(flat, form, form_page, rotated, PERSON_AND_LANDMARKS, blanks)
        if placed is not None:
            return placed
    return _unlaid(turned(image, rotated), form, form_page, rotated, blanks)


def turned(image: GrayImage, degrees: int) -> GrayImage:
    """The image turned clockwise by quarters."""
    return np.ascontiguousarray(np.rot90(image, -degrees // 90))


def is_unlaid(placed: PlacedPage) -> bool:
    """Whether a person said what it is and no landmark bore it out."""
    return placed.classification.evidence.by == PERSON


def said_by_person(fax_page: int, placed: PlacedPage) -> Problem | None:
    """What a reviewer is told of a page that was not recognised as what it was said to be."""
    if placed.classification.evidence.by not in (PERSON, PERSON_AND_LANDMARKS):
        return None
    page = placed.classification.form_page
    if is_unlaid(placed):
        detail = f"page {fax_page} of the fax was said to be page {page} of this form; it cannot be laid over the blank form"
        return Problem(ProblemKind.UNREGISTERED, detail)
    detail = f"page {fax_page} of the fax was said to be page {page} of this form, and was laid over it; see that it fits"
    return Problem(ProblemKind.SAID_BY_PERSON, detail)


def unread_fields(page: LaidPage) -> dict[str, FieldReading]:
    """Every field of an unlaid page: nothing read, nothing guessed, a person types what stands there."""
    form, placed = page.placed.form, page.placed
    problem = Problem(ProblemKind.UNREGISTERED, "where this field stands on the page cannot be told: look at the whole page")
    return {
        one.name: FieldReading(
            field=one.name,
            value=None,
            certainty=0.0,
            accepted=False,
            route=Route.READ,
            raw={},
            fax_page=page.scan.number,
            box_mm=one.box,
            problems=(replace(problem, field=one.name),),
        )
        for one in form.on_page(placed.classification.form_page)
    }


def _unlaid(upright: GrayImage, form: FormDefinition, form_page: int, rotated: int, blanks: Blanks) -> PlacedPage:
    blank = blanks.page(form, form_page)
    height = float(blank.image.shape[0])
    no_map = np.zeros((1, 1), np.float32)
    nowhere = Registration(np.eye(3), 0.0, 0.0, (), ((0.0, height),), None, no_map, no_map, plain=True)
    classification = Classification(form.code, form.revision, form_page, rotated, Evidence(PERSON, 0.0, None, 0.0))
    return PlacedPage(form, classification, nowhere, upright, blank.image, blank)
