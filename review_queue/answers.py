"""From what a reviewer typed or picked to a verdict: or to what is wrong with it, told at once.

What: one field's answer, judged by the same parser that judged the reading. Pure.
Why: a typo in an NPI must be seen while the strip is still on the screen; a misprint that really stands on the paper must be
enterable all the same, on purpose.
Refuses: an empty answer (a person says blank or illegible in so many words), and what cannot be a value of this field at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from intake.forms.definition import FieldDefinition, FieldKind
from intake.forms.field_values import parse
from intake.reading import FieldReading, Value
from registry.vocabulary import SignatureVerdict
from review_queue.review_item import VerdictKind
from review_queue.wording import as_typed

TICKED, NOT_TICKED = "ticked", "not_ticked"


class Said(StrEnum):
    """What kind of answer the reviewer gave."""

    VALUE = "value"
    BLANK = "blank"
    ILLEGIBLE = "illegible"


@dataclass(frozen=True)
class Settled:
    """A verdict on the field."""

    kind: VerdictKind
    value: Value  # None for blank and illegible


@dataclass(frozen=True)
class Unsettled:
    """Not a verdict yet, and why."""

    why: str  # a sentence for the reviewer
    may_insist: bool  # the same answer given again is kept as it stands on the paper


def settle(
    field: FieldDefinition, read: FieldReading | None, said: Said, raw: str, today: date, *, insist: bool = False
) -> Settled | Unsettled:
    """The verdict `raw` amounts to. `today` is the fax's received date; `insist` keeps a value the checks complain about."""
    if said is Said.ILLEGIBLE:
        return Settled(VerdictKind.ILLEGIBLE, None)
    if said is Said.BLANK:
        return Settled(VerdictKind.BLANK, None)
    if not raw.strip():
        return Unsettled(
            "Look at the strip: type what stands there, or say blank (Alt B) or illegible (Alt I).", may_insist=False
        )
    if field.kind is FieldKind.MARK:
        return _picked(read, {TICKED: True, NOT_TICKED: False}.get(raw))
    if field.kind is FieldKind.SIGNATURE:
        known = raw in (SignatureVerdict.PRESENT, SignatureVerdict.ABSENT)
        return _picked(read, raw if known else None)
    if field.kind is FieldKind.CHOICE:
        return _picked(read, raw if raw in field.options else None)
    parsed = parse(field, raw, today)
    if parsed.value is None:
        why = parsed.problems[0].detail if parsed.problems else "This cannot stand in this field."
        if parsed.guesses:
            why += " Perhaps " + " or ".join(as_typed(field, guess) for guess in parsed.guesses) + "?"
        return Unsettled(why, may_insist=False)
    if parsed.problems and not insist:
        return Unsettled(parsed.problems[0].detail, may_insist=True)
    return _picked(read, parsed.value)


def _picked(read: FieldReading | None, value: Value) -> Settled | Unsettled:
    if value is None:
        return Unsettled("Pick one of the answers offered.", may_insist=False)
    same = read is not None and read.value == value and type(read.value) is type(value)
    return Settled(VerdictKind.CONFIRMED if same else VerdictKind.CORRECTED, value)
