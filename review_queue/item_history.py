"""What happened to an item, step by step, as lines for its page.

What: events and verdicts in the order of time: who did what when, what was taken back, too.
Why: nothing on the desk is done unseen; whoever takes over, or looks back, reads what was said and by whom.
Refuses: to list every look: of looks in a row by one person the last is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from intake.forms.definition import FormDefinition
from review_queue.review_item import Doubt, Verdict, VerdictKind
from review_queue.tables import EventRow
from review_queue.wording import field_label, shown

OPENED = "opened"


@dataclass(frozen=True)
class HistoryLine:
    """One thing that happened."""

    at: str  # "11/23/2026 16:30 UTC"
    by: str
    words: str  # "taken", "ANC: 3713, corrected"


def history_lines(
    events: Iterable[EventRow], verdicts: Iterable[Verdict], doubts: Sequence[Doubt], form: FormDefinition | None
) -> tuple[HistoryLine, ...]:
    """What happened, the latest first."""
    labels = {doubt.key: doubt.label for doubt in doubts}
    happened = [(row.at, row.by, _event(row)) for row in events]
    happened += [(one.at, one.by, _verdict(one, labels, form)) for one in verdicts]
    happened.sort(key=lambda one: one[0])  # stable: events of one moment stay before what was said then
    told: list[tuple[datetime, str, str]] = []
    for one in happened:
        if told and one[2] == OPENED and told[-1][1:] == one[1:]:
            told.pop()
        told.append(one)
    return tuple(HistoryLine(f"{at:%m/%d/%Y %H:%M} UTC", by, words) for at, by, words in reversed(told))


def _event(row: EventRow) -> str:
    return row.event.replace("_", " ") + (f": {row.detail}" if row.detail else "")


def _verdict(one: Verdict, labels: dict[str, str], form: FormDefinition | None) -> str:
    known = form is not None and any(field.name == one.key for field in form.fields)
    field = form.field(one.key) if form is not None and known else None
    label = labels.get(one.key) or ("" if field is None else field_label(field)) or one.key
    value = "looked at" if field is None else shown(field, one.value) or "blank"
    if one.kind is VerdictKind.RETRACTED:
        return f"{label}: taken back ({value})"
    if one.kind in (VerdictKind.BLANK, VerdictKind.ILLEGIBLE):
        return f"{label}: {one.kind.value}"
    return f"{label}: {value}" + ("" if field is None else f", {one.kind.value}")
