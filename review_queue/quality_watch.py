"""Watching the live error rate: choosing samples, raising and lowering alarms, and the figures people see.

What: `note_untouched` when a form was admitted unseen, `watch` whenever a sample was settled, `figures` for pages and commands.
Why: all three in the transaction of what caused them, so that no clock must run for an alarm to be raised.
Refuses: to raise a second alarm of a class while one is on. Never commits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from intake.fax import DocumentId
from intake.forms.definition import FormDefinition
from intake.reading import FormReading, Value
from registry.moments import program_day
from review_queue import keying_storage, storage
from review_queue import quality_storage as stored
from review_queue.keying import SECOND, KeyingId, KeyingState, KeyingTask, Purpose, Word
from review_queue.quality import (
    CRITICAL_BAR,
    ORDINARY_BAR,
    WINDOW,
    Bar,
    Counted,
    Rate,
    enough_for,
    rate_of,
    recovered,
    too_high,
)
from review_queue.quality_storage import Alarm
from review_queue.review_item import FaxFacts, Lane, VerdictKind
from review_queue.reviewing import SYSTEM
from review_queue.sampling import (
    LOOK_BACK,
    SamplingRules,
    fields_to_sample,
    hand_of,
    share_of_stratum,
    wants_second_look,
    weights,
)

ALARMS = "alarms"  # the subject under which alarms stand among the desk's events
RECOVERED = "What was keyed of forms admitted since the alarm is within the bound again."
_BARS: Mapping[bool, Bar] = {True: CRITICAL_BAR, False: ORDINARY_BAR}


def note_untouched(
    session: Session,
    document_id: DocumentId,
    fax: FaxFacts,
    reading: FormReading,
    form: FormDefinition,
    admitted: Mapping[str, Value],
    rules: SamplingRules,
    now: datetime,
) -> bool:
    """Count a form that was admitted unseen, and ask for a blind keying if it is a sample; True if it is.

    `admitted`: the values as the registry got them, signatures by their field's name. Call once, in the admission's transaction.
    """
    hand, day = hand_of(reading), program_day(now)
    share = share_of_stratum(stored.passed(session, form.code, hand.value, day - LOOK_BACK), rules)
    fields = fields_to_sample(form, reading, document_id, rules.salt) if share else ()
    chosen = bool(fields) and wants_second_look(document_id, share, rules.salt)
    stored.tally(session, day, form.code, hand.value, sampled=chosen)
    if not chosen:
        return False
    task = KeyingTask(
        task_id=KeyingId(f"blind-{document_id}"),
        purpose=Purpose.BLIND,
        item_id=None,
        document_id=document_id,
        fax=fax,
        reading=reading,
        first={name: _admitted(admitted.get(name)) for name in fields},
        fields=fields,
        number=SECOND,
        urgency_rank=Lane.ORDINARY.rank,
        state=KeyingState.WAITING,
        version=0,
        holder=None,
        lease_until=None,
        asked_at=now,
        release_at=now,
    )
    if keying_storage.add_task(session, task):
        critical = {name: form.field(name).critical for name in fields}
        stored.add_samples(session, task.task_id, form.code, hand.value, critical, now)
    return True


def _admitted(value: Value) -> Word:
    return Word(SYSTEM, VerdictKind.BLANK if value is None else VerdictKind.CONFIRMED, value)


def watch(session: Session, now: datetime) -> None:
    """Raise an alarm where a rate is too high, lower one where it has recovered."""
    on = {one.critical: one for one in stored.alarms(session)}
    for critical, bar in _BARS.items():
        if critical in on:
            alarm = on[critical]
            since = rate_of(stored.counted(session, alarm.raised_at, admitted_since=alarm.raised_at), critical=critical)
            if recovered(since, bar):
                stored.lower_alarm(session, alarm.number, SYSTEM, RECOVERED, now)
                storage.add_event(session, ALARMS, "alarm lowered", SYSTEM, now, RECOVERED)
            continue
        begin = max(now - WINDOW, stored.last_lowered(session, critical=critical) or now - WINDOW)
        rate = rate_of(stored.counted(session, begin), critical=critical)
        why = too_high(rate, bar)
        if why and stored.add_alarm(session, why, rate, now, critical=critical):
            storage.add_event(session, ALARMS, "alarm raised", SYSTEM, now, why)


def lower(session: Session, number: int, supervisor: str, reason: str, now: datetime) -> bool:
    """A supervisor lowers an alarm, with a reason; False if it is not on."""
    if not stored.lower_alarm(session, number, supervisor, reason, now):
        return False
    storage.add_event(session, ALARMS, "alarm lowered", supervisor, now, reason)
    return True


@dataclass(frozen=True)
class RateShown:
    """One line of the figures."""

    what: str  # "all forms", or a form and how it was filled in
    critical: bool
    rate: Rate
    passed: int = 0  # forms that went through unseen in the window
    sampled: int = 0  # of these


@dataclass(frozen=True)
class QualityFigures:
    """The live error rate of untouched fields."""

    since: datetime  # the window's begin, aware UTC
    whole: tuple[RateShown, ...]  # critical, then the others
    strata: tuple[RateShown, ...]
    weighted: Mapping[bool, float]  # by class (critical or not): the rate with each stratum weighted by what passed
    alarms: tuple[Alarm, ...]
    waiting: int  # sampled fields that wait for keyers
    bars: Mapping[bool, Bar]
    enough: Mapping[bool, int]  # keyed fields before an upper bound can say anything


def figures(session: Session, now: datetime, window: timedelta = WINDOW) -> QualityFigures:
    """The figures of a rolling window; for `/desk/figures` and `remsfax quality`."""
    found = stored.counted(session, now - window)
    passed = stored.all_passed(session, program_day(now - window))
    names = sorted({(one.form, one.hand) for one in found} | set(passed))
    strata = [
        RateShown(
            _stratum(form, hand), critical, rate_of(_of(found, form, hand), critical=critical), *passed.get((form, hand), (0, 0))
        )
        for form, hand in names
        for critical in (True, False)
    ]
    documents = sum(one[0] for one in passed.values())
    sampled = sum(one[1] for one in passed.values())
    return QualityFigures(
        since=now - window,
        whole=tuple(
            RateShown("all forms", critical, rate_of(found, critical=critical), documents, sampled) for critical in (True, False)
        ),
        strata=tuple(one for one in strata if one.rate.fields or one.passed),
        weighted={critical: _weighted(strata, critical) for critical in (True, False)},
        alarms=tuple(stored.alarms(session)),
        waiting=stored.waiting(session),
        bars=_BARS,
        enough={critical: enough_for(bar) for critical, bar in _BARS.items()},
    )


def _of(found: Sequence[Counted], form: str, hand: str) -> list[Counted]:
    return [one for one in found if (one.form, one.hand) == (form, hand)]


def _stratum(form: str, hand: str) -> str:
    return f"{form.replace('_', ' ')}, {hand.replace('_', ' ')}"


def _weighted(strata: Sequence[RateShown], critical: bool) -> float:
    """Rare strata are sampled more densely; weighted by what passed they count as often as they come."""
    these = [one for one in strata if one.critical is critical and one.rate.fields]
    share = weights({one.what: one.passed for one in these})
    return sum(share.get(one.what, 0.0) * one.rate.rate for one in these)
