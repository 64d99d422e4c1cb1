"""The statements about who is meant: add an act, read an item's acts in order."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from review_queue.person_tables import PersonRow
from review_queue.persons import PersonAct, PersonStanding, PersonStep, standing_of


def add_step(session: Session, item_id: str, step: PersonStep) -> None:
    """Add what a reviewer said; earlier ones stay."""
    row = PersonRow(item_id=item_id, act=step.act.value, patient_id=step.patient_id, by=step.by, at=step.at, reason=step.reason)
    session.add(row)
    session.flush()


def standing(session: Session, item_id: str) -> PersonStanding:
    """What all acts on an item come to."""
    rows = session.scalars(select(PersonRow).where(PersonRow.item_id == item_id).order_by(PersonRow.number))
    return standing_of(PersonStep(PersonAct(row.act), row.patient_id, row.by, row.at, row.reason) for row in rows)
