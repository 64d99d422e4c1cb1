"""Which faxes that nobody touched get a blind second look, and at which of their fields.

What: a share of them, chosen by the document's id alone; a larger share where a form and a manner of writing are rare. Pure.
Why: the true error of what went through unseen is measured every day, not assumed; a choice by hash is fair, repeatable and
cannot be argued with after the fact.
Refuses: a share outside 0 to 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from hashlib import sha256

from intake.fax import DocumentId
from intake.forms.definition import FieldDefinition, FormDefinition
from intake.reading import FormReading, Route
from review_queue.needed_fields import is_blank

DEFAULT_SHARE = 0.02  # of untouched documents
FEWEST = 5  # samples that each form and manner of writing should bring in `LOOK_BACK`; where fewer pass, all are taken
LOOK_BACK = timedelta(days=30)  # how far back it is counted how many passed
BLANK_CRITICAL = 4  # critical fields read as blank that are keyed of one fax: a status form has up to 16, which would tire
ORDINARY = 3  # fields that are not critical, of one fax
_STEPS = 1 << 32
_TYPED = frozenset({"printed_comb", "printed_line"})
_BY_HAND = frozenset({"read_comb", "checked_comb", "read_line"})


class Hand(StrEnum):
    """How a form was filled in, as far as its readings tell."""

    TEXT = "text"  # typed into a PDF and sent as text: nothing was recognised
    TYPED = "typed"
    BY_HAND = "by_hand"
    KNOWN = "known"  # everything that says how was borne out by the registry


@dataclass(frozen=True)
class SamplingRules:
    """How much is keyed blind after the fact."""

    share: float = DEFAULT_SHARE  # 0–1 of what nobody touched; 0: nothing at all
    fewest: int = FEWEST  # samples per form and manner of writing in `LOOK_BACK`
    salt: str = ""  # another one chooses other documents


def wants_second_look(document_id: DocumentId, share: float = DEFAULT_SHARE, salt: str = "") -> bool:
    """True for about `share` (0–1) of all documents, always the same ones for one salt; ValueError for an impossible share."""
    if not 0 <= share <= 1:
        raise ValueError(f"a share lies between 0 and 1, not {share}")
    return _ticket(document_id, salt) < share * _STEPS


def share_of_stratum(passed: int, rules: SamplingRules) -> float:
    """The share of a stratum of which `passed` documents went through in `LOOK_BACK`: as set, and more where it is rare.

    Of a stratum that sends 100 a month 5 are keyed, of one that sends 4 all, of one that sends 5,000 the 2 % as set.
    """
    if rules.share <= 0:
        return 0.0
    return min(1.0, max(rules.share, rules.fewest / max(passed, 1)))


def hand_of(reading: FormReading) -> Hand:
    """How the form was filled in."""
    if any(one.route is Route.TEXT for one in reading.fields.values()):
        return Hand.TEXT
    manners = [one.manner for one in reading.fields.values()]
    by_hand, typed = sum(one in _BY_HAND for one in manners), sum(one in _TYPED for one in manners)
    if not by_hand and not typed:
        return Hand.KNOWN
    return Hand.BY_HAND if by_hand >= typed else Hand.TYPED


def fields_to_sample(form: FormDefinition, reading: FormReading, document_id: DocumentId, salt: str = "") -> tuple[str, ...]:
    """Every critical field with something in it, a few critical ones read as blank, a few others; in the form's order.

    Only accepted fields: the rest never went through on the reader's word.
    """
    accepted = [one for one in form.fields if one.name in reading.fields and reading.fields[one.name].accepted]
    values = {one.name: reading.fields[one.name].value for one in accepted}
    filled = {one.name for one in accepted if one.critical and not _nothing(values[one.name])}
    blank = [one for one in accepted if one.critical and one.name not in filled]
    ordinary = [one for one in accepted if not one.critical]
    chosen = filled | _some(blank, BLANK_CRITICAL, document_id, salt) | _some(ordinary, ORDINARY, document_id, salt)
    return tuple(one.name for one in form.fields if one.name in chosen)


def weights(passed: Mapping[str, int]) -> dict[str, float]:
    """Each stratum's share of all that passed; empty where nothing did."""
    total = sum(passed.values())
    return {stratum: count / total for stratum, count in passed.items()} if total else {}


def _nothing(value: object) -> bool:
    return is_blank(value) or value == "absent"  # type: ignore[arg-type]


def _some(fields: list[FieldDefinition], most: int, document_id: DocumentId, salt: str) -> set[str]:
    by_lot = sorted(fields, key=lambda one: _ticket(f"{document_id}\n{one.name}", salt))
    return {one.name for one in by_lot[:most]}


def _ticket(what: str, salt: str) -> int:
    return int.from_bytes(sha256(f"{salt}\n{what}".encode()).digest()[:4], "big")
