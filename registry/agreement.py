"""What a form says of a patient, held beside a record: per item, whether it agrees, nearly agrees or differs, and the rule table.

What: `compared` gives the reasons, `verdict` reads one row of `NEAR_RULES` over them. Pure, and the same in both directions.
Why: a reviewer must see why two patients are taken for nearly one, and an auditor why two were not: a table can be read, a score
cannot.
Refuses: weights. Two small differences may be one person; a third one, or one that no slip of the pen makes, is another person.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from registry.names import how_similar, same_name, similar_name
from registry.patients import Patient


class Agreement(StrEnum):
    """How one item of a form stands to the record's."""

    AGREES = "agrees"
    NEARLY = "nearly"  # a slip that has a name: one letter or digit, a nickname, exchanged parts
    DIFFERS = "differs"
    UNKNOWN = "unknown"  # blank on the form or in the record: says nothing


@dataclass(frozen=True)
class Named:
    """What a form says of a patient."""

    patient_id: str | None  # normal form; None: blank, or its check letter does not fit
    first_name: str | None
    last_name: str | None
    date_of_birth: date | None
    zip: str | None = None  # normal form
    sex: str | None = None  # option code of the form


@dataclass(frozen=True)
class Reason:
    """One item, compared."""

    item: str  # field of `Named`: patient_id, first_name, last_name, date_of_birth, zip, sex
    agreement: Agreement
    how: str = ""  # which slip it is, in words for the desk; "" unless nearly


@dataclass(frozen=True)
class MatchReasons:
    """Every item compared, in the order a person reads them."""

    patient_id: Reason
    first_name: Reason
    last_name: Reason
    date_of_birth: Reason
    zip: Reason  # the first five digits
    sex: Reason
    exchanged: bool = False  # first and last name were compared crosswise, since straight they do not fit

    @property
    def items(self) -> tuple[Reason, ...]:
        """All reasons, in order."""
        return (self.patient_id, self.first_name, self.last_name, self.date_of_birth, self.zip, self.sex)

    def of(self, agreement: Agreement) -> tuple[Reason, ...]:
        """The reasons of one kind, in order: what agrees, what nearly agrees, what differs."""
        return tuple(one for one in self.items if one.agreement is agreement)

    @property
    def slips(self) -> int:
        """Small differences that would all have to be slips of the pen if both are one person; names exchanged are one."""
        nearly = (self.first_name, self.last_name, self.date_of_birth)
        return self.exchanged + sum(one.agreement is Agreement.NEARLY for one in nearly)


@dataclass(frozen=True)
class NearRule:
    """One row: who is nearly the same, though not the same."""

    when: str  # in words, for the desk and the documents
    names: str  # of first and last name: "alike" both agree or nearly agree, straight or crosswise; "new last": the last differs
    most_slips: int  # small differences of names and birth date together, at most
    must_agree: tuple[str, ...] = ()  # items that have to agree
    must_not_differ: tuple[str, ...] = ()  # items that may be unknown, but not different
    not_both_differ: tuple[str, ...] = ()  # items of which one may differ, not all


NEAR_RULES = (
    NearRule("the names are alike and the birth date agrees, with at most two slips", "alike", 2,
             must_agree=("date_of_birth",), not_both_differ=("zip", "sex")),
    NearRule("the names agree, or stand exchanged, and the birth date has one slip", "agree", 2,
             not_both_differ=("zip", "sex")),
    NearRule("one name and the birth date have a slip each, and neither ZIP nor sex speaks against it", "alike", 2,
             must_not_differ=("zip", "sex")),
    NearRule("another last name, but first name, birth date and ZIP agree", "new last", 0,
             must_agree=("first_name", "date_of_birth", "zip"), must_not_differ=("sex",)),
)  # fmt: skip
"""Read from the top; the first row that holds is the reason given. None holds: a stranger."""

_ALIKE = (Agreement.AGREES, Agreement.NEARLY)


def compared(named: Named, patient: Patient) -> MatchReasons:
    """Every item of the form beside the record's; the names crosswise where that fits and straight does not."""
    straight = _compared(named, patient)
    if named.first_name is None or named.last_name is None or _names_alike(straight):
        return straight
    turned = replace(named, first_name=named.last_name, last_name=named.first_name)
    crosswise = replace(_compared(turned, patient), exchanged=True)
    return crosswise if _names_alike(crosswise) else straight


def is_near(named: Named, patient: Patient) -> bool:
    """Whether some row of the table holds; most pairs of people are told apart by their names before any reasons are made."""
    first, last = named.first_name, named.last_name
    if not first or not last or named.date_of_birth is None:
        return False
    straight = same_name(first, patient.first_name) or (
        similar_name(first, patient.first_name) and similar_name(last, patient.last_name)
    )
    crosswise = similar_name(first, patient.last_name) and similar_name(last, patient.first_name)
    return (straight or crosswise) and rule_of(compared(named, patient)) is not None


def rule_of(reasons: MatchReasons) -> NearRule | None:
    """The first row of the table that these reasons meet; None: a stranger."""
    return next((rule for rule in NEAR_RULES if _holds(rule, reasons)), None)


def near_day(one: date, other: date) -> bool:
    """The same, one digit off, or day and month exchanged."""
    return one == other or how_near_day(one, other) is not None


def how_near_day(one: date, other: date) -> str | None:
    """Which slip makes one of two different days the other, in words; None: they are two days."""
    if one == other:
        return None
    if (one.year, one.month, one.day) == (other.year, other.day, other.month):
        return "day and month exchanged"
    digits = zip(one.strftime("%m%d%Y"), other.strftime("%m%d%Y"), strict=True)
    return "one digit off" if sum(a != b for a, b in digits) == 1 else None


def near_days(day: date) -> list[date]:
    """Every other day that one slip makes of this one, within the years that patients are born in; at most some forty."""
    written = day.strftime("%m%d%Y")
    changed = {written[:at] + digit + written[at + 1 :] for at in range(8) for digit in "0123456789"}
    changed.add(written[2:4] + written[:2] + written[4:])
    return sorted(one for text in changed if (one := _day(text)) is not None and one != day)


def _day(written: str) -> date | None:
    """MMDDYYYY as a day; None where there is none, or nobody alive was born on it."""
    try:
        day = date(int(written[4:]), int(written[:2]), int(written[2:4]))
    except ValueError:
        return None
    return day if 1900 <= day.year <= 2099 else None


def _compared(named: Named, patient: Patient) -> MatchReasons:
    return MatchReasons(
        _equal("patient_id", named.patient_id, patient.patient_id),
        _names("first_name", named.first_name, patient.first_name),
        _names("last_name", named.last_name, patient.last_name),
        _days("date_of_birth", named.date_of_birth, patient.date_of_birth),
        _equal("zip", named.zip and named.zip[:5], patient.zip and patient.zip[:5]),
        _equal("sex", named.sex, patient.sex),
    )


def _equal(item: str, given: str | None, known: str | None) -> Reason:
    if not given or not known:
        return Reason(item, Agreement.UNKNOWN)
    return Reason(item, Agreement.AGREES if given == known else Agreement.DIFFERS)


def _names(item: str, given: str | None, known: str | None) -> Reason:
    if not given or not known:
        return Reason(item, Agreement.UNKNOWN)
    if same_name(given, known):
        return Reason(item, Agreement.AGREES)
    how = how_similar(given, known)
    return Reason(item, Agreement.DIFFERS) if how is None else Reason(item, Agreement.NEARLY, how)


def _days(item: str, given: date | None, known: date) -> Reason:
    if given is None:
        return Reason(item, Agreement.UNKNOWN)
    if given == known:
        return Reason(item, Agreement.AGREES)
    how = how_near_day(given, known)
    return Reason(item, Agreement.DIFFERS) if how is None else Reason(item, Agreement.NEARLY, how)


def _names_alike(reasons: MatchReasons) -> bool:
    return reasons.first_name.agreement in _ALIKE and reasons.last_name.agreement in _ALIKE


def _holds(rule: NearRule, reasons: MatchReasons) -> bool:
    first, last, born = reasons.first_name, reasons.last_name, reasons.date_of_birth
    names = {
        "alike": _names_alike(reasons),
        "agree": first.agreement is last.agreement is Agreement.AGREES,
        "new last": last.agreement is Agreement.DIFFERS,
    }[rule.names]
    if not names or born.agreement not in _ALIKE or reasons.slips > rule.most_slips:
        return False
    by_item = {one.item: one.agreement for one in reasons.items}
    if any(by_item[item] is not Agreement.AGREES for item in rule.must_agree):
        return False
    if any(by_item[item] is Agreement.DIFFERS for item in rule.must_not_differ):
        return False
    return not rule.not_both_differ or any(by_item[item] is not Agreement.DIFFERS for item in rule.not_both_differ)
