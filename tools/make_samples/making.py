"""From a sample's description to the bytes that drop, and to what a reader must find in them.

What: fills the forms, scans the sheets, calls over the line where one is given, wraps the pages into a file.
Why: one recipe for all samples.
Refuses: a sample that names a field its form does not have (ValueError).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from intake.forms.catalogue import Catalogue
from intake.forms.definition import FieldKind, FormDefinition
from tools.make_samples import fax_files, phone_line
from tools.make_samples.filling import as_written, fill
from tools.make_samples.loose_pages import draw
from tools.make_samples.machine import FINE, Bilevel, scan
from tools.make_samples.pdf_form import filled_pdf
from tools.make_samples.sample import Container, FilledForm, LoosePage, Sample
from tools.make_samples.sheet import SHEET_DPI, Sheet


class NeedsLine(Exception):
    """The sample goes through faxline, which is not at hand."""


@dataclass(frozen=True)
class FedPage:
    """One sheet in the feeder: where it comes from and how it lies."""

    sheet: Sheet
    part: int  # index into the sample's parts
    form_page: int | None  # 1-based, None for a loose page
    upside_down: bool


def fed_pages(sample: Sample, catalogue: Catalogue) -> list[FedPage]:
    """The sheets of a sample in the order they are fed."""
    fed: list[FedPage] = []
    for index, part in enumerate(sample.parts):
        if isinstance(part, LoosePage):
            fed.append(FedPage(draw(part), index, None, False))
            continue
        form = catalogue.form(part.form, part.revision)
        sheets = fill(form, catalogue.blank_pages(part.form, part.revision, SHEET_DPI), part.values, part.hand, part.seed)
        fed += [FedPage(sheets[page - 1], index, page, False) for page in part.pages or range(1, form.pages + 1)]
    if sample.order:
        fed = [fed[place - 1] for place in sample.order]
    return [replace(one, upside_down=place in sample.turned_pages) for place, one in enumerate(fed, 1)]


def make(sample: Sample, catalogue: Catalogue, faxline: Path | None) -> bytes:
    """The file of a sample. Raises NeedsLine where it goes through a line that is not there, CallFailed where the call fails."""
    if sample.container is Container.FILLED_PDF:
        (part,) = sample.parts
        assert isinstance(part, FilledForm)
        return filled_pdf(catalogue.form(part.form, part.revision), part.values)
    if sample.line is not None and faxline is None:
        raise NeedsLine(sample.name)
    seed = sum(ord(sign) * place for place, sign in enumerate(sample.name, 1))
    fed = fed_pages(sample, catalogue)
    scanned: list[Bilevel] = []
    for place, one in enumerate(fed, 1):
        machine = replace(sample.machine, upside_down=sample.machine.upside_down != one.upside_down)
        scanned.append(scan(one.sheet, machine, place, len(fed), seed))
    if sample.line is not None:
        assert faxline is not None
        arrived, _ = phone_line.call(faxline, fax_files.tiff(scanned, sample.machine.lines_per_inch), sample.line, sample.cid)
        if sample.container is Container.TIFF:
            return arrived
        scanned = fax_files.pages_of(arrived)
    wrap = fax_files.scanned_pdf if sample.container is Container.SCANNED_PDF else fax_files.tiff
    return wrap(scanned, sample.machine.lines_per_inch)


def expected(sample: Sample, catalogue: Catalogue) -> dict[str, Any]:
    """What reading this fax must find and where it must end: the content of NAME.expected.json."""
    documents: list[dict[str, Any]] = []
    other_pages: list[dict[str, Any]] = []
    feed = feed_order(sample, catalogue)
    for index, part in enumerate(sample.parts):
        mine = [(place, form_page, turned) for place, (of, form_page, turned) in enumerate(feed, 1) if of == index]
        if isinstance(part, LoosePage):
            other_pages += [{"fax_page": place, "kind": part.kind} for place, _, _ in mine]
            continue
        form = catalogue.form(part.form, part.revision)
        sent = {form_page for _, form_page, _ in mine}
        documents.append(
            {
                "form": form.code,
                "revision": form.revision,
                "style": "pdf" if sample.container is Container.FILLED_PDF else "typed" if part.hand.typed else "handwriting",
                "pages": [
                    {"fax_page": place, "form_page": form_page, "rotated": 180 if turned else 0}
                    for place, form_page, turned in mine
                ],
                "missing_pages": sorted(set(range(1, form.pages + 1)) - {page for page in sent if page}),
                "values": expected_values(
                    form, part, {page for page in sent if page}, sample.container is not Container.FILLED_PDF
                ),
            }
        )
    return {
        "end": sample.end.value,
        "may_be_asked": sample.may_be_asked,
        "undecidable": sample.undecidable,
        "doubts": [{"kind": doubt.kind, "field": doubt.field} for doubt in sample.doubts],
        "refused": None,
        "same_as": sample.same_as,
        "chapter": sample.chapter,
        "resolution": "none"
        if sample.container is Container.FILLED_PDF
        else "fine"
        if sample.machine.lines_per_inch == FINE
        else "standard",
        "line": sample.line is not None,
        "documents": sorted(documents, key=lambda one: one["pages"][0]["fax_page"]),
        "other_pages": other_pages,
    }


def feed_order(sample: Sample, catalogue: Catalogue) -> list[tuple[int, int | None, bool]]:
    """For each fax page its part, its form page and whether it arrives upside down, without drawing anything."""
    fed: list[tuple[int, int | None]] = []
    for index, part in enumerate(sample.parts):
        if isinstance(part, LoosePage):
            fed.append((index, None))
        else:
            fed += [(index, page) for page in part.pages or range(1, catalogue.form(part.form, part.revision).pages + 1)]
    if sample.order:
        fed = [fed[place - 1] for place in sample.order]
    return [(of, page, sample.machine.upside_down != (place in sample.turned_pages)) for place, (of, page) in enumerate(fed, 1)]


def expected_values(form: FormDefinition, part: FilledForm, sent: set[int], pen: bool) -> dict[str, Any]:
    """Every field of the pages that were sent: None where blank, False for a mark not made, "absent" for no signature, which is
    all a file filled in a viewer (no `pen`) can carry."""
    values: dict[str, Any] = {}
    for one in form.fields:
        if one.page in sent:
            blank = {FieldKind.MARK: False, FieldKind.SIGNATURE: "absent"}.get(one.kind)
            value = part.values.get(one.name) if pen or one.kind is not FieldKind.SIGNATURE else None
            values[one.name] = blank if value is None else as_written(one, value, part.hand)
    return values
