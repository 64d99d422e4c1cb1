"""Small real fakes for the service tests: a reader that reads what the test wrote, and parts that kill their own process.

A fax of these tests is a file whose content is JSON: `{"forms": ["anc_lab_reporting"], "doubt": true, …}`. Its reader is
`read_what_is_written`; archive, rows, broker, desk and letters are the real ones.
"""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from intake.arrangement import Arrangement
from intake.forms.catalogue import Catalogue, load_catalogue
from intake.forms.definition import FieldDefinition, FieldKind, FormDefinition, Meaning
from intake.page_scans import open_pages
from intake.read_fax import ReadFax
from intake.reading import (
    FaxReading,
    FieldReading,
    FormPage,
    FormReading,
    OtherKind,
    OtherPage,
    Problem,
    ProblemKind,
    Route,
    Value,
)
from outbound.gateway import FaxJob, JobMark, Outcome
from outbound.spool_folder import SpoolFolder


def fax(*forms: str, **how: Any) -> bytes:
    """The content of a fax for `read_what_is_written`."""
    return json.dumps({"forms": forms, **how}).encode()


def read_what_is_written(path: Path, today: date, arrangement: Arrangement | None = None) -> ReadFax:
    """Read such a file; keys: forms, others (page kinds), doubt, values, missing (pages of the forms), seconds, kills, raises,
    raises_again, sure_again.

    Under an arrangement its groups are the forms, filled as the file says.

    A file without them is opened as a real one, and all its pages are taken for cover sheets.
    """
    content = path.read_bytes()
    if not content.startswith(b'{"forms"'):
        pages = open_pages(path)
        covers = tuple(OtherPage(one.number, OtherKind.COVER_SHEET) for one in pages)
        return ReadFax(FaxReading(len(pages), (), covers, 0.01), tuple(one.image for one in pages))
    said = json.loads(content)
    if said.get("kills"):
        os.kill(os.getpid(), signal.SIGKILL)
    if said.get("raises"):
        raise ValueError(said["raises"])
    if said.get("seconds"):
        threading.Event().wait(said["seconds"])  # an engine at work
    catalogue = load_catalogue()
    if arrangement is not None:
        return read_as_said(said, arrangement, catalogue)
    documents, page = [], 0
    for code in said["forms"]:
        form = catalogue.form(code)
        whole = written(form, page, said.get("values", {}), said.get("doubt", False))
        documents.append(without_pages(whole, form, page, said.get("missing", ())))
        page += len(documents[-1].pages)
    others = tuple(OtherPage(page + number, OtherKind(kind)) for number, kind in enumerate(said.get("others", ()), start=1))
    reading = FaxReading(page + len(others), tuple(documents), others, 0.01, {"fake": "1"})
    return ReadFax(reading, tuple(np.full((220, 170), 255, np.uint8) for _ in range(reading.pages)))


def read_as_said(said: dict[str, Any], arrangement: Arrangement, catalogue: Catalogue) -> ReadFax:
    """The pages of the arrangement only; turned ones are stored wider than high."""
    if said.get("raises_again"):
        raise ValueError(said["raises_again"])
    documents, doubt = [], bool(said.get("doubt")) and not said.get("sure_again")
    for group in arrangement.groups:
        whole = written(catalogue.form(group.form, group.revision), 0, said.get("values", {}), doubt)
        fax_page = {one.form_page: one.fax_page for one in group.pages}
        pages = tuple(replace(whole.pages[one.form_page - 1], fax_page=one.fax_page, rotated=one.rotated) for one in group.pages)
        fields = {
            name: replace(one, fax_page=fax_page[one.fax_page]) for name, one in whole.fields.items() if one.fax_page in fax_page
        }
        missing = tuple(page.form_page for page in whole.pages if page.form_page not in fax_page)
        documents.append(replace(whole, pages=pages, fields=fields, missing_pages=missing))
    others = tuple(OtherPage(one.fax_page, one.kind, one.rotated) for one in arrangement.asides if one.kind is not None)
    count = sum(catalogue.form(code).pages for code in said["forms"]) + len(said.get("others", ()))
    reading = FaxReading(count, tuple(documents), others, 0.01, {"fake": "2"})
    sizes = {page: (170, 220) if turn % 180 else (220, 170) for page, turn in arrangement.rotations.items()}
    return ReadFax(reading, tuple(np.full(sizes.get(page, (220, 170)), 255, np.uint8) for page in range(1, count + 1)))


def written(form: FormDefinition, before: int, values: dict[str, Value], doubt: bool) -> FormReading:
    """Every field of a form filled and certain; with `doubt` the first one is not."""
    fields = {one.name: filled(one, values.get(one.name, plausible(one))) for one in form.fields}
    if doubt:
        first = form.fields[0]
        problem = Problem(ProblemKind.UNREADABLE, "A smudge lies on it.", first.name)
        fields[first.name] = FieldReading(first.name, None, 0.2, False, Route.READ, {}, before + 1, tuple(first.box), (problem,))
    to_pixels = (170 / form.width_mm, 0.0, 0.0, 0.0, 220 / form.height_mm, 0.0, 0.0, 0.0, 1.0)
    pages = tuple(FormPage(before + number, number, 0, 0, to_pixels) for number in range(1, form.pages + 1))
    return FormReading(form.code, form.revision, 0.9999, pages, (), (), fields)


def without_pages(whole: FormReading, form: FormDefinition, before: int, missing: Sequence[int]) -> FormReading:
    """The form of which some pages did not arrive; those that did follow each other."""
    if not missing:
        return whole
    left = [one for one in whole.pages if one.form_page not in missing]
    pages = tuple(replace(one, fax_page=before + place) for place, one in enumerate(left, start=1))
    fields = {one.name: whole.fields[one.name] for one in form.fields if one.page not in missing}
    problems = tuple(Problem(ProblemKind.MISSING_PAGE, f"page {one} of {form.pages} did not arrive") for one in missing)
    return replace(whole, pages=pages, missing_pages=tuple(missing), fields=fields, problems=problems)


def filled(one: FieldDefinition, value: Value) -> FieldReading:
    """A certain reading."""
    return FieldReading(one.name, value, 0.9999, True, Route.READ, {}, one.page, tuple(one.box))


def plausible(one: FieldDefinition) -> Value:
    """Something that may stand in a field of its kind."""
    if one.meaning is Meaning.PHONE:
        return "3125550123"
    match one.kind:
        case FieldKind.MARK:
            return True
        case FieldKind.CHOICE:
            return next(iter(one.options))
        case FieldKind.SIGNATURE:
            return "present"
        case FieldKind.DATE:
            return "2023-11-02"
        case FieldKind.NUMBER:
            return 1850
        case FieldKind.DIGITS:
            return "1234567893"[: one.max_length or 10]
        case _:
            return "SAMPLE"


class DiesOnce:
    """Kills its process the first time each of the points that are wanted by then is passed; a mark on disk remembers."""

    def __init__(self, marks: Path) -> None:
        self._marks = marks

    def passing(self, point: str) -> None:
        """Die here if this point is to be died at and has not been yet."""
        try:
            if point not in (self._marks / "wanted").read_text().splitlines():
                return
            (self._marks / point).touch(exist_ok=False)
        except (FileNotFoundError, FileExistsError):
            return
        os.kill(os.getpid(), signal.SIGKILL)

    def before(self, point: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, dying once when it is called."""

        def dying(*given: Any) -> Any:
            self.passing(point)
            return function(*given)

        return dying

    def after(self, point: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, dying once when it is done, before anybody hears of it."""

        def dying(*given: Any) -> Any:
            found = function(*given)
            self.passing(point)
            return found

        return dying


class DyingGateway:
    """The spool folder, in a process that dies once before and once after it has the letter."""

    def __init__(self, folder: Path, death: DiesOnce) -> None:
        self._spool, self._death = SpoolFolder(folder), death

    def submit(self, job: FaxJob) -> Outcome:
        """Put the letter there."""
        self._death.passing("send.before")
        outcome = self._spool.submit(job)
        self._death.passing("send.after")
        return outcome

    def find(self, mark: JobMark) -> Outcome:
        """What became of it."""
        return self._spool.find(mark)
