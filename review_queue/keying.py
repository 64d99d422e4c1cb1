"""A field keyed once more by somebody who does not see what was said before: what is asked, and what comes of the answers.

What: which verdicts of an item ask for a second keying, when two words on one field agree, and which value stands after two or
three people have had their say. Pure.
Why: one person who types a wrong ANC is caught only by another who types it afresh; who sees the first value agrees with it.
Refuses: to settle what no two people agree on: it stays open, and a senior reviewer sees all of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from intake.fax import DocumentId
from intake.forms.definition import FieldDefinition, FieldKind, FormDefinition
from intake.reading import FormReading, Value
from registry.moments import day_ends, program_day
from registry.vocabulary import SignatureVerdict
from review_queue.answers import Said, Settled, Unsettled, settle
from review_queue.review_item import FaxFacts, Lane, ReviewItem, ReviewItemId, Verdict, VerdictKind
from review_queue.triage import LOW_ANC_BELOW

KeyingId = NewType("KeyingId", str)

SECOND, THIRD = 2, 3  # whose turn it is; the first word was a reviewer's verdict, or the reading
SATURDAY = 5
SAMPLES_WAIT = timedelta(days=1)
"""By how much a sample stands behind a fax that arrives as it is asked for: people wait for faxes, nobody for a sample; but a
desk that is never done must come to its samples, too."""


class Purpose(StrEnum):
    """Why somebody keys."""

    SECOND = "second"  # a critical field was corrected by hand; its form waits
    BLIND = "blind"  # a sample of what went through unseen; its form was admitted and waits for nothing


class KeyingState(StrEnum):
    """Where a keying stands."""

    WAITING = "waiting"
    IN_HAND = "in_hand"
    ALIKE = "alike"  # every field has a value that two agree on
    UNLIKE = "unlike"  # a field has none
    WITHDRAWN = "withdrawn"  # the first took the submission back
    WAIVED = "waived"  # a senior reviewer let the form go on without


@dataclass(frozen=True)
class Word:
    """What one person, or the reading, said of one field."""

    by: str  # sign-in name; "remsfax" for the reading
    kind: VerdictKind
    value: Value  # None for blank and illegible


@dataclass(frozen=True)
class KeyingTask:
    """Fields of one document that somebody keys without seeing what was said before."""

    task_id: KeyingId
    purpose: Purpose
    item_id: ReviewItemId | None  # the item that waits for it; None for samples
    document_id: DocumentId
    fax: FaxFacts
    reading: FormReading  # where the fields stand, and what calibration learns from; never shown
    first: Mapping[str, Word]  # the first word on each field of the task; never shown
    fields: tuple[str, ...]  # what is to be keyed now, in the form's order
    number: int  # `SECOND` or `THIRD`
    urgency_rank: int  # of the lane it waits in
    state: KeyingState
    version: int  # counts changes of hands
    holder: str | None
    lease_until: datetime | None
    asked_at: datetime  # aware UTC
    release_at: datetime  # from then on a senior reviewer may let the form go on without

    @property
    def place_at(self) -> datetime:
        """As if received then: where it stands among the items of its lane."""
        return self.fax.received_at if self.purpose is Purpose.SECOND else self.asked_at + SAMPLES_WAIT


@dataclass(frozen=True)
class KeyingRules:
    """When a second keying is asked, and how long a form may wait for one."""

    alone_waits: bool = False  # at a desk of one person: True: the form waits for a senior's release; False: it goes on
    release_after: timedelta | None = None  # None: at the end of the next business day
    release_today_after: timedelta = timedelta(hours=4)  # in the lane of those who may stand at a pharmacy's counter
    release_safety_after: timedelta = timedelta(hours=1)  # in the safety lane, where waiting may itself do harm

    def release_at(self, rank: int, now: datetime) -> datetime:
        """From when a senior reviewer may let a form of this lane go on without."""
        if rank == Lane.SAFETY.rank:
            return now + self.release_safety_after
        if rank == Lane.TODAY.rank:
            return now + self.release_today_after
        return end_of_next_business_day(now) if self.release_after is None else now + self.release_after


def end_of_next_business_day(now: datetime) -> datetime:
    """The first moment after the next day, Monday to Friday, that follows the program day of `now`."""
    day = program_day(now) + timedelta(days=1)
    while day.weekday() >= SATURDAY:
        day += timedelta(days=1)
    return day_ends(day)


def same(read: Value, stands: Value) -> bool:
    """Equal as whole values: text with folded spaces letter for letter, marks as booleans, numbers as numbers. Which letters are
    capitals decides nothing anywhere in the registry, and in many hands cannot be told."""
    if isinstance(read, bool) or isinstance(stands, bool):
        return read is stands
    if isinstance(read, str) and isinstance(stands, str):
        return " ".join(read.split()).casefold() == " ".join(stands.split()).casefold()
    return read == stands


def by_hand(verdict: Verdict) -> bool:
    """Whether the person overruled the reading: another value, typed or picked, or nothing where something had been read.

    A guess that was picked counts as well: it was shown, and what is shown is easily agreed with.
    """
    if verdict.kind is VerdictKind.CORRECTED:
        return not same(verdict.read, verdict.value)
    return verdict.kind is VerdictKind.BLANK and verdict.read not in (None, False, SignatureVerdict.ABSENT.value)


def to_key(item: ReviewItem, form: FormDefinition) -> tuple[str, ...]:
    """The critical fields of an item that were corrected by hand, in the form's order."""
    return tuple(
        one.name for one in form.fields if one.critical and one.name in item.verdicts and by_hand(item.verdicts[one.name])
    )


def rank_of(item: ReviewItem) -> int:
    """The lane a keying of the item waits in: the item's own, and the safety lane where a corrected ANC is low."""
    values = (verdict.value for key, verdict in item.verdicts.items() if key.endswith(".anc"))
    low = any(isinstance(one, int | float) and not isinstance(one, bool) and one < LOW_ANC_BELOW for one in values)
    return Lane.SAFETY.rank if low else item.urgency.lane.rank


def word_of(verdict: Verdict) -> Word:
    """A reviewer's verdict as the first word."""
    return Word(verdict.by, verdict.kind, verdict.value)


def meant(field: FieldDefinition, word: Word) -> Value:
    """The value a word amounts to: blank is "not ticked" for a mark, "absent" for a signature."""
    if word.kind is VerdictKind.BLANK or word.value is None:
        if field.kind is FieldKind.MARK:
            return False
        return SignatureVerdict.ABSENT.value if field.kind is FieldKind.SIGNATURE else None
    return word.value


def alike(field: FieldDefinition, one: Word, other: Word) -> bool:
    """Whether two words say the same of a field; illegible is the same as illegible only."""
    if VerdictKind.ILLEGIBLE in (one.kind, other.kind):
        return one.kind is other.kind
    return same(meant(field, one), meant(field, other))


def stands(field: FieldDefinition, first: Word, keyed: Sequence[Word]) -> Word | None:
    """The word that counts: the first if anybody else keyed it too, else one that two others keyed; None: none does.

    `keyed`: one word of each other person, in the order they were given. Of two that agree the later is returned.
    """
    if any(alike(field, first, one) for one in keyed):
        return first
    for at, one in enumerate(keyed):
        if any(alike(field, one, earlier) for earlier in keyed[:at]):
            return one
    return None


def verdict_of(field: FieldDefinition, word: Word, read: Value, at: datetime) -> Verdict:
    """The word as a verdict on what had been read."""
    if word.kind in (VerdictKind.BLANK, VerdictKind.ILLEGIBLE):
        return Verdict(field.name, word.kind, read, None, word.by, at)
    equal = read == word.value and type(read) is type(word.value)
    return Verdict(field.name, VerdictKind.CONFIRMED if equal else VerdictKind.CORRECTED, read, word.value, word.by, at)


def judged(field: FieldDefinition, said: Said, raw: str, received_at: datetime, *, insist: bool) -> Settled | Unsettled:
    """What was keyed, parsed as a reviewer's answer is, with nothing read beside it. An empty answer given twice is blank."""
    picked = field.kind in (FieldKind.MARK, FieldKind.CHOICE, FieldKind.SIGNATURE)
    if said is Said.VALUE and not raw.strip():
        if insist and not picked:
            return Settled(VerdictKind.BLANK, None)
        why = "Pick what stands there." if picked else "Nothing is typed. Is nothing written there?"
        return Unsettled(why, may_insist=not picked)
    return settle(field, None, said, raw, received_at.date(), insist=insist)
