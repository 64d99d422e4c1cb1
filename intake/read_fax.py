"""Reading a fax, as a recipe: open its pages, place each on its blank, gather forms, read their fields, check them.

What: one function from a file to a `FaxReading`, as recognised or as a person arranged its pages, and the `Reader` that keeps
models and blanks between faxes.
Why: the order of work must be readable in one place.
Refuses: files without pages (`intake.errors.UnreadableFax`); to decide what a value means for anybody.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np

from intake.arrangement import Arrangement
from intake.classification import Blanks, PlacedPage, at_common_resolution, place
from intake.documents import Gathered, gather, gather_as_said
from intake.fax import GrayImage, PageScan
from intake.field_extraction import extract, read_written
from intake.forms.catalogue import Catalogue
from intake.forms.cross_checks import cross_check
from intake.known import KnownParties
from intake.laid_page import LaidPage
from intake.margins import writing_outside
from intake.ocr import coarse, thresholds
from intake.ocr.certainty import Calibration
from intake.ocr.handprint import HandprintReader
from intake.ocr.ppocr import PpOcr
from intake.ocr.tesseract import Tesseract
from intake.other_pages import kind_of
from intake.page_scans import open_fax
from intake.reading import (
    FaxReading,
    FieldReading,
    FormPage,
    FormReading,
    OtherKind,
    OtherPage,
    Problem,
    ProblemKind,
    Value,
)
from intake.said_pages import is_unlaid, place_as, turned, unread_fields
from intake.verification import verify


class Reader:
    """What reading needs and keeps from fax to fax: forms, models, programs. Not for use by two threads at once."""

    def __init__(self, catalogue: Catalogue, calibration: Calibration | None = None) -> None:
        self.blanks = Blanks(catalogue)
        self.recogniser = PpOcr()
        self.handprint = HandprintReader()
        self.voter = Tesseract()
        self.calibration = calibration or Calibration.load()

    @property
    def engines(self) -> dict[str, str]:
        """Names and versions of everything whose change may change a reading."""
        return {
            self.recogniser.name: self.recogniser.version,
            self.voter.name: self.voter.version,
            self.handprint.name: self.handprint.version,
            "calibration": self.calibration.version,
        }


@dataclass(frozen=True)
class ReadFax:
    """A reading, and the pages as the desk will show them."""

    reading: FaxReading
    upright: tuple[GrayImage, ...]  # every page of the fax in order, turned upright, 200 dpi


@dataclass(frozen=True)
class _Sorted:
    """The pages of a fax, each with its place."""

    documents: Sequence[Gathered]
    others: tuple[OtherPage, ...]
    upright: tuple[GrayImage, ...]


def read_fax(path: Path, reader: Reader, known: KnownParties, today: date, arrangement: Arrangement | None = None) -> ReadFax:
    """Read one file. `today` bounds dates (a draw lies not in the future). Raises UnreadableFax.

    Under an arrangement only the pages it names are read, as it says; the images of all others are as they arrived.
    """
    own, tesseract = time.process_time(), reader.voter.cpu_seconds
    opened = open_fax(path)
    scans = opened.pages
    found = _recognised(scans, reader) if arrangement is None else _as_said(scans, reader, arrangement)
    documents = tuple(_read_document(one, reader, known, today) for one in found.documents)
    return ReadFax(
        reading=FaxReading(
            pages=len(scans),
            documents=documents,
            other_pages=found.others,
            cpu_seconds=time.process_time() - own + reader.voter.cpu_seconds - tesseract + opened.child_cpu_seconds,
            engines=reader.engines,
        ),
        upright=found.upright,
    )


def _recognised(scans: Sequence[PageScan], reader: Reader) -> _Sorted:
    placed = [place(scan, reader.blanks) for scan in scans]
    return _Sorted(
        gather([(scan, one) for scan, one in zip(scans, placed, strict=True) if one is not None]),
        tuple(_other_page(scan, reader) for scan, one in zip(scans, placed, strict=True) if one is None),
        tuple(at_common_resolution(s) if one is None else one.upright for s, one in zip(scans, placed, strict=True)),
    )


def _as_said(scans: Sequence[PageScan], reader: Reader, arrangement: Arrangement) -> _Sorted:
    by_number = {scan.number: scan for scan in scans}
    upright = {scan.number: at_common_resolution(scan) for scan in scans}
    documents = []
    for group in arrangement.groups:
        form = reader.blanks.form(group.form, group.revision)
        pages = []
        for said in group.pages:
            placed = place_as(by_number[said.fax_page], form, said.form_page, said.rotated, reader.blanks)
            pages.append((by_number[said.fax_page], placed))
            upright[said.fax_page] = placed.upright
        documents.append(gather_as_said(form, pages))
    others = tuple(OtherPage(one.fax_page, one.kind, one.rotated) for one in arrangement.asides if one.kind is not None)
    upright |= {one.fax_page: turned(upright[one.fax_page], one.rotated) for one in arrangement.asides}
    return _Sorted(documents, others, tuple(upright[scan.number] for scan in scans))


def _read_document(document: Gathered, reader: Reader, known: KnownParties, today: date) -> FormReading:
    form = document.form
    every = [LaidPage.of(scan, placed, reader.calibration) for scan, placed in document.pages]
    pages = [page for page in every if not is_unlaid(page.placed)]
    extracted = extract(pages, reader.recogniser, reader.handprint, today)
    codes = {page.placed.turnaround for page in pages if page.placed.turnaround is not None}
    code = codes.pop() if len(codes) == 1 else None  # pages that say different things say nothing
    verified = verify(form, extracted.done, extracted.written, known, code)
    settled = {**extracted.done, **verified.fields}
    read, failed = read_written(extracted.written, settled, reader.voter, today)
    unread = {name: one for page in every if is_unlaid(page.placed) for name, one in unread_fields(page).items()}
    found = {**settled, **read, **unread}
    fields = {one.name: found[one.name] for one in form.fields if one.name in found}
    for name, (problem, value) in verified.against.items():
        fields[name] = _spoken_against(fields[name], problem, value)
    if any(problem.kind is ProblemKind.UNSURE_FORM for problem in document.problems):
        # whose pages these are must be settled first: a value read right from another patient's page would be wrong here
        fields = {
            name: replace(one, accepted=False, certainty=min(one.certainty, document.certainty)) for name, one in fields.items()
        }
    crossed = cross_check(form, fields)
    for problem in crossed:
        if problem.kind is ProblemKind.CONTRADICTION and problem.field in fields:
            fields[problem.field] = replace(fields[problem.field], accepted=False)
    outside = (writing_outside(p.filled, form.on_page(p.placed.classification.form_page), p.scan.number) for p in pages)
    notes = [problem for problem in outside if problem is not None]
    return FormReading(
        form=form.code,
        revision=form.revision,
        certainty=document.certainty,
        pages=tuple(_form_page(scan, placed) for scan, placed in document.pages),
        missing_pages=document.missing,
        problems=(*document.problems, *(Problem(ProblemKind.ENGINE_FAILED, detail) for detail in failed), *notes, *crossed),
        fields=fields,
    )


def _spoken_against(read: FieldReading, problem: Problem, known: Value) -> FieldReading:
    """A field that says something else than is known: a person decides, with both at hand."""
    guesses = tuple(dict.fromkeys((*((read.value,) if read.value is not None else ()), *read.guesses, known)))
    return replace(read, accepted=False, problems=(*read.problems, problem), guesses=guesses)


def _form_page(scan: PageScan, placed: PlacedPage) -> FormPage:
    to_pixels = placed.registration.homography @ np.diag([thresholds.DPI / 25.4, thresholds.DPI / 25.4, 1.0])
    return FormPage(
        fax_page=scan.number,
        form_page=placed.classification.form_page,
        rotated=placed.classification.rotated,
        damaged_rows=scan.damaged_rows,
        mm_to_pixels=None if is_unlaid(placed) else tuple(float(x) for x in (to_pixels / to_pixels[2, 2]).ravel()),
    )


def _other_page(scan: PageScan, reader: Reader) -> OtherPage:
    image = at_common_resolution(scan)
    if coarse.ink_points(image, thresholds.DPI).ink < thresholds.BLANK_PAGE_INK:
        return OtherPage(scan.number, OtherKind.BLANK)
    text = " ".join(word.text for word in scan.text) or _words(image, reader)
    return OtherPage(scan.number, kind_of(text))


def _words(image: GrayImage, reader: Reader) -> str:
    """All words of a page; read again upside down if there are hardly any."""
    text = reader.voter.page_text(image)
    if len(text.split()) >= 12:
        return text
    turned = reader.voter.page_text(np.ascontiguousarray(image[::-1, ::-1]))
    return max(text, turned, key=lambda one: sum(word.isalpha() and len(word) > 2 for word in one.split()))
