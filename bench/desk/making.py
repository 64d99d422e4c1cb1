"""Invented work for the desk: status forms with a few doubts each, as triage would have put them there.

What: readings of the real form, page images, items that wait, and items done long ago; and reviewers who can sign in.
Why: a desk is measured on what it will meet after years, not on an empty table.
Refuses: nothing.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import JSON, Table, text
from sqlalchemy.orm import Session

from app.case_flow import DocumentState
from app.database import Database
from app.storage import DocumentRow
from intake.fax import DocumentId, FaxId
from intake.forms.catalogue import load_catalogue
from intake.forms.definition import FieldKind, FormDefinition
from intake.page_store import PageStore
from intake.reading import FieldReading, FormPage, FormReading, Problem, ProblemKind, Route, Value
from review_queue import reviewing
from review_queue.review_item import FaxFacts, ReviewItemId
from review_queue.reviewers import create_reviewer
from review_queue.tables import EventRow, ItemRow, ReviewerRow, VerdictRow
from review_queue.triage import TriageContext, triage

PASSWORD = "only for a measurement"
DOUBTFUL = ("labs.0.draw_date", "labs.0.anc", "patient_zip")
FAXES = 10  # whose images the items share
DPI = 200


@cache
def status_form() -> FormDefinition:
    """The current Patient Status Form."""
    return load_catalogue().form("patient_status")


def reading(serial: int, doubts: int = 2) -> FormReading:
    """A status form on which so many fields are doubtful; its ANC is 1000 and the serial number, so that each is its own."""
    form = status_form()
    values: dict[str, Value] = {
        "patient_first_name": "William", "patient_last_name": f"Perez{serial}", "patient_date_of_birth": "1950-10-31",
        "patient_zip": "20001", "prescriber_npi": "1234567893", "labs.0.draw_date": "2026-11-20",
        "labs.0.anc": 1000 + serial % 90_000,
        "signature_prescriber": "present", "submitter": "prescriber", "signature_prescriber_date": "2026-11-20",
        "prescriber_first_name": "Miriam", "prescriber_last_name": "Okafor", "prescriber_phone": "2025550143",
        "prescriber_fax": "2025550144",
    }  # fmt: skip
    doubtful = [name for name in DOUBTFUL if name in {one.name for one in form.fields}][:doubts]
    fields = {}
    for one in form.fields:
        value = values.get(one.name, False if one.kind is FieldKind.MARK else None)
        unsure = one.name in doubtful
        fields[one.name] = FieldReading(
            one.name, value, 0.6 if unsure else 0.9999, not unsure, Route.READ if value else Route.BLANK,
            {"ppocr": str(value)}, one.page, (one.box.x0, one.box.y0, one.box.x1, one.box.y1),
            (Problem(ProblemKind.READERS_DISAGREE, "The readers disagree.", one.name),) if unsure else (),
        )  # fmt: skip
    scale = DPI / 25.4
    matrix = (scale, 0.0, 0.0, 0.0, scale, 0.0, 0.0, 0.0, 1.0)
    pages = tuple(FormPage(page, page, 0, 0, matrix) for page in range(1, form.pages + 1))
    return FormReading(form.code, form.revision, 0.9999, pages, (), (), fields)


def page_images(folder: Path) -> None:
    """A page with some ink for each of the faxes that the items share."""
    chance = np.random.default_rng(1)
    store = PageStore(folder)
    for number in range(FAXES):
        page = np.full((round(279.4 * DPI / 25.4), round(215.9 * DPI / 25.4)), 255, np.uint8)
        page[chance.random(page.shape) < 0.02] = 0
        store.store(FaxId(f"bench-{number}"), [page] * status_form().pages)


def enqueue(session: Session, first: int, count: int, now: datetime, doubts: int = 2) -> list[str]:
    """So many items that wait, numbered from `first`, each with its document at the desk; their ids."""
    made = []
    for serial in range(first, first + count):
        read = reading(serial, doubts)
        received = now - timedelta(minutes=5) + timedelta(milliseconds=serial)
        document = f"bench-{serial}"
        facts = FaxFacts(FaxId(f"bench-{serial % FAXES}"), f"R-BENCH-{serial}", received, f"202555{serial % 10_000:04d}")
        found = triage(read, status_form(), TriageContext(received), now)
        session.add(
            DocumentRow(
                document_id=document, fax_id=f"bench-fax-{serial}", number=1, form=read.form, fax_pages=[1],
                state=DocumentState.IN_REVIEW.value, created_at=received, changed_at=received,
            )
        )  # fmt: skip
        reviewing.enqueue_form(session, ReviewItemId(document), DocumentId(document), facts, read, found, now)
        made.append(document)
    return made


def done_long_ago(database: Database, count: int, now: datetime) -> None:
    """So many items that were confirmed, with what happened to each, over the last three years; on PostgreSQL."""
    small = {"form": "patient_status", "revision": status_form().revision}
    for table, rows in (
        (ItemRow.__table__, (_done_item(number, count, now, small) for number in range(count))),
        (DocumentRow.__table__, (_done_document(number, count, now) for number in range(count))),
        (EventRow.__table__, (one for number in range(count) for one in _done_events(number, count, now))),
        (VerdictRow.__table__, (_done_verdict(number, count, now) for number in range(count))),
    ):
        assert isinstance(table, Table)
        _load(database, table, rows)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE" if database.engine.dialect.name == "postgresql" else "ANALYZE"))


def _at(number: int, count: int, now: datetime) -> datetime:
    return now - timedelta(days=1) - timedelta(days=3 * 365) * (number / count)


def _done_item(number: int, count: int, now: datetime, read: dict[str, str]) -> dict[str, Any]:
    at = _at(number, count, now)
    return {
        "id": f"done-{number}", "document_id": f"done-{number}", "kind": "form", "form": "patient_status",
        "fax_id": f"done-fax-{number}", "reference": f"R-DONE-{number}", "received_at": at, "reading": read, "loose_pages": [],
        "doubts": [], "urgency": "ordinary", "urgency_rank": 2, "urgency_note": "", "enqueued_at": at, "state": "confirmed",
        "version": 2, "doubt_count": 2, "doubt_kinds": "readers_disagree",
        "closed_by": f"reviewer{number % 50}", "closed_at": at + timedelta(hours=1), "reason": "", "asked_for": [],
        "answer_sender": True, "taken_up_at": at + timedelta(hours=1),
    }  # fmt: skip


def _done_document(number: int, count: int, now: datetime) -> dict[str, Any]:
    at = _at(number, count, now)
    return {
        "document_id": f"done-{number}", "fax_id": f"done-fax-{number}", "number": 1, "form": "patient_status", "fax_pages": [1],
        "state": DocumentState.ANSWERED.value, "created_at": at, "changed_at": at,
    }  # fmt: skip


def _done_events(number: int, count: int, now: datetime) -> Iterator[dict[str, Any]]:
    at = _at(number, count, now)
    for event in ("enqueued", "taken", "submitted"):
        yield {"item_id": f"done-{number}", "event": event, "by": f"reviewer{number % 50}", "at": at, "detail": ""}


def _done_verdict(number: int, count: int, now: datetime) -> dict[str, Any]:
    at = _at(number, count, now)
    return {
        "item_id": f"done-{number}", "key": "labs.0.anc", "kind": "corrected", "read": 3773, "value": 3713,
        "by": f"reviewer{number % 50}", "at": at,
    }  # fmt: skip


def _load(database: Database, table: Table, rows: Iterator[dict[str, Any]]) -> None:
    """By COPY, with only the columns that the rows have."""
    first = next(rows)
    names = list(first)
    with database.engine.begin() as connection:
        cursor = connection.connection.cursor()
        with cursor.copy(f"COPY {table.name} ({', '.join(names)}) FROM STDIN") as copy:  # type: ignore[attr-defined]
            for row in chain([first], rows):
                copy.write_row([_plain(table, name, row[name]) for name in names])


def _plain(table: Table, name: str, value: Any) -> Any:
    """As the column keeps it: moments are naive UTC, JSON is text."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    return json.dumps(value) if isinstance(table.columns[name].type, JSON) else value


def reviewers(session: Session, count: int, now: datetime) -> list[str]:
    """So many people who can sign in with `PASSWORD`; their names. One hash serves all: it is slow on purpose."""
    create_reviewer(session, "reviewer0", PASSWORD, now)
    hashed = session.get_one(ReviewerRow, "reviewer0").password_hash
    names = [f"reviewer{number}" for number in range(count)]
    for name in names[1:]:
        session.add(ReviewerRow(name=name, password_hash=hashed, senior=False, supervisor=False, created_at=now, failures=0))
    return names


def shuffled(names: list[str], seed: int = 1) -> list[str]:
    """The same names in another order."""
    return random.Random(seed).sample(names, len(names))
