"""Saying who is meant: this known patient, a new one, not this one; and taking it back.

What: one act in one transaction, begun with proof that the reviewer holds the item; the candidates are asked for again in it.
Why: the choice goes with the form to the registry and makes it count for a patient, so it is as strict as a verdict.
Refuses: who does not hold the item (`NotYours`); a candidate that is not offered, or a choice that what stands on the form
contradicts (`CannotBeMeant`); a choice against what differs without words (`ReasonMissing`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from registry.submission import PersonChoice, PersonSaid
from review_queue import person_storage, reviewing, storage
from review_queue.persons import Candidate, PersonAct, Persons, PersonStanding, PersonStep
from review_queue.review_item import ReviewItem
from review_queue.reviewing import LEASE, ReasonMissing

MOST_OFFERED = 5  # candidates beside a form; one key each, and a reviewer compares no more at once


class CannotBeMeant(Exception):
    """The candidate is not offered, or what stands on the form contradicts the choice; the words say what to do."""


def offered(session: Session, item: ReviewItem, persons: Persons, standing: PersonStanding) -> list[Candidate]:
    """The candidates that this item's reviewer chooses among, the likeliest first; those ruled out are not there."""
    found = [one for one in persons.candidates(session, item.values()) if one.patient_id not in standing.ruled_out]
    return found[:MOST_OFFERED]


def say_who(
    session: Session,
    item_id: str,
    version: int,
    act: PersonAct,
    patient_id: str,
    reason: str,
    reviewer: str,
    now: datetime,
    persons: Persons,
    lease: timedelta = LEASE,
) -> ReviewItem:
    """Keep the act; the item as it stands then."""
    reviewing.renew(session, item_id, version, reviewer, now, lease)
    item = reviewing.look_at(session, item_id)
    standing = person_storage.standing(session, item_id)
    candidates = offered(session, item, persons, standing)
    words = " ".join(reason.split())
    if act is PersonAct.UNDO:
        if standing.last is None:
            raise CannotBeMeant("There is nothing to take back.")
    elif act is PersonAct.NEW:
        _check_new(session, item, candidates, words, reviewer, now, persons)
    else:
        _check_candidate(session, item, candidates, act, patient_id, words, reviewer, now, persons)
    named = patient_id if act in (PersonAct.SAME, PersonAct.NOT_THIS) else None
    person_storage.add_step(session, item_id, PersonStep(act, named, reviewer, now, words))
    detail = " ".join(part for part in (act.value, named or "", words) if part)
    storage.add_event(session, item_id, "person_said", reviewer, now, detail)
    return reviewing.look_at(session, item_id)


def _check_new(
    session: Session,
    item: ReviewItem,
    candidates: Sequence[Candidate],
    words: str,
    reviewer: str,
    now: datetime,
    persons: Persons,
) -> None:
    against = persons.against(session, item.values(), PersonChoice(PersonSaid.NEW, None, reviewer, now, words))
    if against:
        raise CannotBeMeant(against)
    if candidates and not words:
        raise ReasonMissing("Say why it is none of those who are near, or rule each out.")


def _check_candidate(
    session: Session,
    item: ReviewItem,
    candidates: Sequence[Candidate],
    act: PersonAct,
    patient_id: str,
    words: str,
    reviewer: str,
    now: datetime,
    persons: Persons,
) -> None:
    candidate = next((one for one in candidates if one.patient_id == patient_id), None)
    if candidate is None:
        raise CannotBeMeant("This patient is not offered here any more. Look again.")
    if act is PersonAct.NOT_THIS:
        return
    against = persons.against(session, item.values(), PersonChoice(PersonSaid.SAME, patient_id, reviewer, now, words))
    if against:
        raise CannotBeMeant(against)
    if candidate.differs and not words:
        raise ReasonMissing("Something differs: say why it is the same person all the same.")
