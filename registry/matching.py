"""Who a form means: the same, nearly the same, several, or a stranger.

What: pure matching of a patient by REMS Patient ID or by name and date of birth, and of a person's name with a record.
Why: two records of one patient hide a low ANC; one record of two patients invents one. Neither may be guessed.
Refuses: to merge what is only near. Near is said, and a person decides.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from registry.patients import Patient

_NICKNAMES = (
    {"william", "bill", "billy", "will"}, {"robert", "bob", "rob", "bobby"}, {"richard", "rick", "dick"},
    {"james", "jim", "jimmy"}, {"john", "jack", "johnny"}, {"michael", "mike"}, {"joseph", "joe"}, {"thomas", "tom"},
    {"charles", "charlie", "chuck"}, {"edward", "ed", "eddie", "ted"}, {"anthony", "tony"}, {"daniel", "dan", "danny"},
    {"elizabeth", "liz", "beth", "betty", "eliza"}, {"katherine", "catherine", "kate", "kathy", "cathy"},
    {"margaret", "peggy", "maggie", "meg"}, {"patricia", "pat", "patty", "trish"}, {"susan", "sue"}, {"deborah", "deb", "debbie"},
    {"jennifer", "jen", "jenny"}, {"francisco", "frank", "paco"}, {"jose", "pepe"}, {"alexander", "alex"},
    {"samuel", "sam"}, {"benjamin", "ben"}, {"christopher", "chris"}, {"matthew", "matt"}, {"nicholas", "nick"},
)  # fmt: skip


class Match(StrEnum):
    """How sure it is whom a form means."""

    SAME = "same"  # exactly one patient, nothing contradicts
    NEAR = "near"  # nearly one known patient; a person must decide
    SEVERAL = "several"  # more than one patient of exactly this name and birth date
    CONTRADICTION = "contradiction"  # the ID is one patient's, name or birth date another's
    STRANGER = "stranger"  # nobody known
    INCOMPLETE = "incomplete"  # neither an ID nor name and birth date


@dataclass(frozen=True)
class Named:
    """What a form says of a patient."""

    patient_id: str | None  # normal form; None: blank, or its check letter does not fit
    first_name: str | None
    last_name: str | None
    date_of_birth: date | None
    zip: str | None = None
    sex: str | None = None


@dataclass(frozen=True)
class PatientMatch:
    """Whom a form means; `patient` is set for SAME only."""

    kind: Match
    patient: Patient | None = None


def plain_name(name: str) -> str:
    """A name for comparing: without accents, case, spaces, hyphens and points."""
    bare = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]", "", bare.casefold()) or re.sub(r"\s", "", name.casefold())


def same_name(one: str, other: str) -> bool:
    """Equal apart from accents, case, spaces and punctuation."""
    return plain_name(one) == plain_name(other)


def similar_name(one: str, other: str) -> bool:
    """Same, one letter off or exchanged, a nickname, an initial, or a part of a double name."""
    a, b = plain_name(one), plain_name(other)
    if a == b or _one_edit(a, b) or any(a in names and b in names for names in _NICKNAMES):
        return True
    if min(len(a), len(b)) == 1:
        return a[:1] == b[:1]
    parts_a, parts_b = ({plain_name(part) for part in re.split(r"[\s-]+", name) if part} for name in (one, other))
    return bool(parts_a & parts_b)


def near_day(one: date, other: date) -> bool:
    """One digit off, or day and month exchanged."""
    if one == other:
        return True
    if (one.year, one.month, one.day) == (other.year, other.day, other.month):
        return True
    return sum(a != b for a, b in zip(one.strftime("%m%d%Y"), other.strftime("%m%d%Y"), strict=True)) == 1


def names_differ(first: str | None, last: str | None, known_first: str | None, known_last: str | None) -> bool:
    """True where everything given contradicts the record: nothing similar, also not with first and last exchanged."""
    pairs = [(given, known) for given, known in ((first, known_first), (last, known_last)) if given and known]
    if not pairs or any(similar_name(given, known) for given, known in pairs):
        return False
    exchanged = [(given, known) for given, known in ((first, known_last), (last, known_first)) if given and known]
    return not any(same_name(given, known) for given, known in exchanged)


def match_patient(named: Named, candidates: Iterable[Patient]) -> PatientMatch:
    """Whom the form means among `candidates` (everyone who shares the ID, the birth date or the name).

    An ID is taken when birth date and first name do not contradict it; the last name may have changed. Without an ID, first name,
    last name and birth date must all be those of exactly one patient.
    """
    known = list(candidates)
    exact = [patient for patient in known if _is_exactly(named, patient)]
    holder = next((patient for patient in known if patient.patient_id == named.patient_id), None)
    if holder is not None:
        if any(_person(patient) != _person(holder) for patient in exact) and holder not in exact:
            return PatientMatch(Match.CONTRADICTION)
        return PatientMatch(Match.CONTRADICTION) if _contradicts(named, holder) else PatientMatch(Match.SAME, holder)
    if not (named.first_name and named.last_name and named.date_of_birth):
        return PatientMatch(Match.INCOMPLETE)
    if len({_person(patient) for patient in exact}) == 1:
        return PatientMatch(Match.SAME, exact[0])
    if exact:
        return PatientMatch(Match.SEVERAL)
    return PatientMatch(Match.NEAR if any(_is_near(named, patient) for patient in known) else Match.STRANGER)


def _person(patient: Patient) -> str:
    """The ID of the patient that stands for this one."""
    return patient.merged_into or patient.patient_id


def _is_exactly(named: Named, patient: Patient) -> bool:
    if not (named.first_name and named.last_name and named.date_of_birth == patient.date_of_birth):
        return False
    return same_name(named.first_name, patient.first_name) and same_name(named.last_name, patient.last_name)


def _contradicts(named: Named, holder: Patient) -> bool:
    """Whether name or birth date on the form speak against the holder of the ID on it."""
    if named.date_of_birth is not None and not near_day(named.date_of_birth, holder.date_of_birth):
        return True
    if named.first_name is not None and not similar_name(named.first_name, holder.first_name):
        exchanged = same_name(named.first_name, holder.last_name)
        return not (exchanged and named.last_name is not None and same_name(named.last_name, holder.first_name))
    if named.last_name is None or similar_name(named.last_name, holder.last_name):
        return False
    return named.first_name is None or named.date_of_birth != holder.date_of_birth


def _is_near(named: Named, patient: Patient) -> bool:
    """Similar names and the same birth date, the same names and a birth date nearly the same, or the names exchanged."""
    if named.first_name is None or named.last_name is None or named.date_of_birth is None:
        return False
    if named.sex and patient.sex and named.sex != patient.sex and named.zip and patient.zip and named.zip[:5] != patient.zip[:5]:
        return False
    if named.date_of_birth == patient.date_of_birth:
        if similar_name(named.first_name, patient.first_name) and similar_name(named.last_name, patient.last_name):
            return True
        return same_name(named.first_name, patient.last_name) and same_name(named.last_name, patient.first_name)
    names = same_name(named.first_name, patient.first_name) and same_name(named.last_name, patient.last_name)
    return names and near_day(named.date_of_birth, patient.date_of_birth)


def _one_edit(a: str, b: str) -> bool:
    """True where one letter is changed, added or lost, or two neighbours are exchanged."""
    if abs(len(a) - len(b)) > 1 or min(len(a), len(b)) < 3:
        return False
    start = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    rest_a, rest_b = a[start:], b[start:]
    if len(a) == len(b):
        return rest_a[1:] == rest_b[1:] or (rest_a[:2] == rest_b[1::-1] and rest_a[2:] == rest_b[2:])
    return rest_a[1:] == rest_b if len(a) > len(b) else rest_a == rest_b[1:]
