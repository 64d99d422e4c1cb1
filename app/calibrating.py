"""Labelled fields for the calibration: from folders of labelled faxes, and from what people said at the desk.

What: reads the faxes of a folder as `remsfax read` does and compares each field with `NAME.expected.json`; takes the verdicts
of confirmed items at the desk, and what was keyed blind of forms nobody had touched, as labels of the fields they settled.
Why: certainty is only as true as the faxes it was fitted on, and nobody's faxes are like those of the place where it runs.
Refuses: a folder without labelled faxes (`NothingLabelled`); fields that nobody was to be certain of, and what a person called
illegible.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from intake.ocr.calibrating import Labelled
from intake.ocr.certainty import Calibration, Manner
from intake.read_fax import Reader
from intake.reading import FieldReading, FormReading, ProblemKind, Value
from intake.reading_json import form_reading_from_json
from review_queue.keying import same as same
from review_queue.review_item import VerdictKind

DAMAGED = frozenset({ProblemKind.DAMAGED_ROWS, ProblemKind.UNREGISTERED, ProblemKind.CUT_OFF})
EXPECTED = ".expected.json"
KNOWN = "known.jsonl"  # of a folder: the people and places its faxes are verified against


class NothingLabelled(Exception):
    """A folder without a fax that has its expected values beside it."""


def of_folder(folder: Path, received: date | None, processes: int) -> list[Labelled]:
    """Every calibrated field of a folder's labelled faxes."""
    files = [path for path in sorted(folder.iterdir()) if path.suffix in (".tif", ".tiff", ".pdf") and _expected(path).is_file()]
    if not files:
        raise NothingLabelled(f"{folder} holds no fax with its {EXPECTED} beside it")
    known = folder / KNOWN
    work = partial(_of_fax, known if known.is_file() else None, received)
    # started anew, not forked: a copy of a process with threads may hold a lock for ever that one of them held
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        return [one for found in pool.map(work, files, chunksize=4) for one in found]


def of_readings(folder: Path, readings: Path) -> list[Labelled]:
    """As `of_folder`, from the lines that `remsfax read --json` printed for its faxes; lines of other files are passed over."""
    found: list[Labelled] = []
    for text in readings.read_text(encoding="utf-8").splitlines():
        line = json.loads(text)
        expected = _expected(folder / Path(line["file"]).name)
        if expected.is_file():
            documents = [form_reading_from_json(one) for one in line["documents"]]
            truth = json.loads(expected.read_text(encoding="utf-8")).get("documents", ())
            found += labelled_of(expected.name, documents, truth, _critical())
    if not found:
        raise NothingLabelled(f"{readings} has no line for a fax of {folder} with its {EXPECTED}")
    return found


def of_desk(session: Session, critical: Mapping[str, frozenset[str]]) -> Iterator[Labelled]:
    """Every calibrated field that a person settled at the desk; `critical` names each form's critical fields."""
    from review_queue import storage

    for item in storage.confirmed_items(session):
        reading = item.reading
        if reading is None:
            continue
        for key, verdict in item.verdicts.items():
            read = reading.fields.get(key)
            if read is None or not _teaches(read) or verdict.kind is VerdictKind.ILLEGIBLE:
                continue
            stands = verdict.value if verdict.kind is not VerdictKind.BLANK else False if isinstance(read.value, bool) else None
            yield _labelled(item.item_id, reading, read, stands, critical.get(reading.form, frozenset()))


def of_blind_keyings(session: Session) -> Iterator[Labelled]:
    """Every accepted field that people keyed blind and two agree on: labels of what no doubt brought to the desk.

    A second keying needs no label of its own: what two agree on is the item's verdict, which `of_desk` takes.
    """
    from review_queue import quality_storage
    from review_queue.quality import Outcome

    for sample, task in quality_storage.labels(session):
        reading = form_reading_from_json(task.reading)
        read = reading.fields.get(sample.field)
        if read is not None and _teaches(read):
            yield Labelled(
                f"{task.document_id}", Manner(read.manner), read.speaks, sample.critical, sample.outcome == Outcome.RIGHT.value
            )


def _expected(path: Path) -> Path:
    return path.with_name(f"{path.stem}{EXPECTED}")


@cache
def _reader() -> Reader:
    from intake.forms.catalogue import load_catalogue

    return Reader(load_catalogue(), Calibration.load().collecting())


@cache
def _known(path: Path | None) -> Any:
    from app.known_parties import PartiesOfFile
    from intake.known import NobodyKnown

    return NobodyKnown() if path is None else PartiesOfFile.load(path)


def _of_fax(known: Path | None, received: date | None, path: Path) -> list[Labelled]:
    from app.commands.reading import day_of_receipt
    from intake.errors import UnreadableFax
    from intake.read_fax import read_fax

    try:
        reading = read_fax(path.absolute(), _reader(), _known(known), received or day_of_receipt(path)).reading
    except UnreadableFax:
        return []
    expected = json.loads(_expected(path).read_text(encoding="utf-8"))
    return list(labelled_of(path.name, reading.documents, expected.get("documents", ()), _critical()))


def labelled_of(
    fax: str, read: Sequence[FormReading], expected: Sequence[Mapping[str, Any]], critical: Mapping[str, frozenset[str]]
) -> Iterator[Labelled]:
    """Each calibrated field of the documents of one fax, matched by form and by the fax pages they stand on."""
    left = list(read)
    for document in expected:
        pages = {page["fax_page"] for page in document["pages"]}
        fitting = [one for one in left if one.form == document["form"] and pages & {page.fax_page for page in one.pages}]
        if not fitting:
            continue
        best = max(fitting, key=lambda one: len(pages & {page.fax_page for page in one.pages}))
        left.remove(best)
        for name, value in document["values"].items():
            one = best.fields.get(name)
            if one is not None and _teaches(one):
                yield _labelled(fax, best, one, value, critical.get(best.form, frozenset()))


def _teaches(read: FieldReading) -> bool:
    """Whether anybody was to be certain of a reading. What stands where the page itself is damaged waits for a person however
    certain it is, unless it is known; its errors must not cost the fields that can be read."""
    known = read.manner in (Manner.VERIFIED_COMB, Manner.VERIFIED_LINE)
    return bool(read.manner) and (known or not any(problem.kind in DAMAGED for problem in read.problems))


def _labelled(fax: str, document: FormReading, read: FieldReading, stands: Value, critical: frozenset[str]) -> Labelled:
    return Labelled(fax, Manner(read.manner), read.speaks, read.field in critical, same(read.value, stands))


@cache
def _critical() -> Mapping[str, frozenset[str]]:
    return critical_fields()


def critical_fields() -> Mapping[str, frozenset[str]]:
    """The critical fields of every form."""
    from intake.forms.catalogue import load_catalogue

    found: dict[str, frozenset[str]] = {}
    for form in load_catalogue().forms:
        names = frozenset(one.name for one in form.fields if one.critical)
        found[form.code] = found.get(form.code, frozenset()) | names
    return found
