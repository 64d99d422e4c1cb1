"""The live error rate at the desk: figures, alarms, and what seniors must put right.

What: `/desk/quality`, what the queue says of it, a supervisor's lowering of an alarm, a senior's answer to a finding.
Why: an error that people found in an admitted form must reach somebody who can put it right while it is new.
Refuses: to lower an alarm or to answer a finding without a reason, or by who may not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from review_queue import keying_storage, quality_storage, quality_watch, storage
from review_queue.keying import Word
from review_queue.keying_tables import KeyingRow, SampleRow
from review_queue.quality import Outcome, in_thousands
from review_queue.quality_storage import Alarm
from review_queue.quality_watch import QualityFigures, figures
from review_queue.review_item import VerdictKind
from review_queue.reviewing import NotYours
from review_queue.web.guards import Permission, change
from review_queue.web.keying_views import who, word_shown
from review_queue.web.rendering import show
from review_queue.web.security import reviewer_of
from review_queue.web.services import DeskServices
from review_queue.wording import field_label, span

Text = Annotated[str, Form()]
MOST = 20  # findings and waiting forms listed at once
ANSWERS = {"right": Outcome.RIGHT, "wrong": Outcome.WRONG}


@dataclass(frozen=True)
class FindingShown:
    """A sampled field that was wrong or unclear, for a senior."""

    task_id: str
    field: str
    label: str
    form: str  # its title
    reference: str
    admitted: str  # what stands in the registry, in words
    keyed: tuple[tuple[str, str], ...]  # who keyed what
    unclear: bool  # no two agree
    people: str  # where the person it is about is looked up


@dataclass(frozen=True)
class WaitingShown:
    """A form that waits for a second keying."""

    item_id: str
    reference: str
    age: str  # since it was asked
    overdue: bool  # a senior may let it go on without


@dataclass(frozen=True)
class QueueQuality:
    """What the queue page says of quality."""

    alarms: tuple[Alarm, ...]
    findings: tuple[FindingShown, ...]  # empty for who is not senior
    waiting: tuple[WaitingShown, ...]  # likewise


@dataclass(frozen=True)
class RateLine:
    """One line of the table of rates, in words."""

    what: str
    critical: bool
    wrong: int
    fields: int
    rate: str  # per 1,000
    lower: str
    upper: str
    passed: int
    sampled: int


def for_queue(session: Session, services: DeskServices, now: datetime, *, senior: bool) -> QueueQuality:
    """Alarms for everybody; for seniors what was found wrong, and which forms wait for a second keying."""
    alarms = tuple(quality_storage.alarms(session))
    if not senior:
        return QueueQuality(alarms, (), ())
    found = tuple(_finding(session, services, sample, task) for sample, task in quality_storage.findings(session, MOST))
    waiting = tuple(
        WaitingShown(
            item_id=task.item_id or "",
            reference=task.fax.reference,
            age=span(now - task.asked_at),
            overdue=now >= task.release_at or not keying_storage.anybody_left(session, task.task_id),
        )
        for task in keying_storage.open_tasks(session, MOST)
    )
    return QueueQuality(alarms, found, waiting)


def add_quality_page(router: APIRouter, services: DeskServices) -> None:
    """The figures."""

    @router.get("/quality")
    def quality(request: Request) -> Response:
        with services.sessions() as session:
            values = quality_values(session, services.clock())
        return show(request, "quality.html", **values)


def quality_values(session: Session, now: datetime) -> dict[str, Any]:
    """What `_figures_quality.html` needs, for whichever page includes it."""
    found = figures(session, now)
    return {"quality_figures": found, "quality_lines": tuple(map(_rate_line, (*found.whole, *found.strata))),
            "quality_weighted": _weighted(found), "quality_bars": _bars(found)}  # fmt: skip


def _rate_line(one: quality_watch.RateShown) -> RateLine:
    rate = one.rate
    none = not rate.fields
    return RateLine(
        one.what,
        one.critical,
        rate.wrong,
        rate.fields,
        "–" if none else in_thousands(rate.rate),
        "–" if none else in_thousands(rate.lower),
        "–" if none else in_thousands(rate.upper),
        one.passed,
        one.sampled,
    )


def _weighted(found: QualityFigures) -> dict[bool, str]:
    return {critical: in_thousands(rate) for critical, rate in found.weighted.items()}


def _bars(found: QualityFigures) -> dict[bool, tuple[str, str, str]]:
    return {
        critical: (in_thousands(bar.rate), in_thousands(bar.bound), f"{found.enough[critical]:,}")
        for critical, bar in found.bars.items()
    }


def add_quality_changes(router: APIRouter, services: DeskServices) -> None:
    """Lowering an alarm, answering a finding."""

    @change(router, "/alarms/{number}/lower", "lower an alarm", by=Permission.SUPERVISE, words_in=("reason",))
    def lower(request: Request, number: int, reason: Text = "") -> Response:
        with services.sessions() as session, session.begin():
            words = " ".join(reason.split())
            quality_watch.lower(session, number, reviewer_of(request).name, words, services.clock())
        return RedirectResponse("/desk/quality", status_code=303)

    @change(router, "/samples/{task_id}/{key}", "answer a finding", by=Permission.SENIOR, words_in=("words",))
    def answer(request: Request, task_id: str, key: str, words: Text = "", outcome: Text = "wrong") -> Response:
        name, now = reviewer_of(request).name, services.clock()
        with services.sessions() as session, session.begin():
            said = " ".join(words.split())
            if not quality_storage.answer(session, task_id, key, ANSWERS.get(outcome, Outcome.WRONG), name, said):
                raise NotYours(task_id)
            storage.add_event(session, task_id[:40], "finding answered", name, now, f"{key}: {outcome}. {said}")
            quality_watch.watch(session, now)
        return RedirectResponse("/desk", status_code=303)


def _finding(session: Session, services: DeskServices, sample: SampleRow, task: KeyingRow) -> FindingShown:
    form = services.forms.form(task.reading["form"], task.reading["revision"])
    field = form.field(sample.field)
    by, kind, value = task.first[sample.field]
    words = keying_storage.counted(session, task.document_id).get(sample.field, [])
    return FindingShown(
        task_id=sample.task_id,
        field=sample.field,
        label=field_label(field),
        form=form.title,
        reference=task.reference,
        admitted=word_shown(field, Word(by, VerdictKind(kind), value)),
        keyed=tuple((one.by, word_shown(field, one)) for one in words),
        unclear=sample.outcome == Outcome.UNCLEAR.value,
        people=who({name: one["value"] for name, one in task.reading["fields"].items()}),
    )
