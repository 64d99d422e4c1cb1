"""Who a form means: the same, nearly the same, several, or a stranger.

What: pure matching of a patient by REMS Patient ID or by name and date of birth, and of a person's name with a record.
Why: two records of one patient hide a low ANC; one record of two patients invents one. Neither may be guessed.
Refuses: to merge what is only near. Near is said, with its reasons (`registry.agreement`), and a person decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from registry.agreement import Agreement, MatchReasons, Named, compared, is_near, near_day, rule_of
from registry.names import plain_name, same_name, similar_name
from registry.patients import Patient

__all__ = [
    "Match",
    "Named",
    "PatientCandidate",
    "PatientMatch",
    "candidates_of",
    "chosen_match",
    "match_patient",
    "names_differ",
    "near_day",
    "plain_name",
    "same_name",
    "similar_name",
]


class Match(StrEnum):
    """How sure it is whom a form means."""

    SAME = "same"  # exactly one patient, nothing contradicts
    NEAR = "near"  # nearly one known patient; a person must decide
    SEVERAL = "several"  # more than one patient of exactly this name and birth date
    CONTRADICTION = "contradiction"  # the ID is one patient's, name or birth date another's
    STRANGER = "stranger"  # nobody known
    INCOMPLETE = "incomplete"  # neither an ID nor name and birth date
    AGAINST_CHOICE = "against_choice"  # a reviewer said who is meant, and what stands on the form says somebody else


@dataclass(frozen=True)
class PatientMatch:
    """Whom a form means; `patient` is set for SAME only."""

    kind: Match
    patient: Patient | None = None
    told: str = ""  # where a reviewer chose: who, and what differed all the same, for the audit


@dataclass(frozen=True)
class PatientCandidate:
    """A known patient whom a form may mean, for the desk."""

    patient: Patient
    kind: Match  # SAME: the ID, or name and birth date, are this patient's; NEAR: a person decides; CONTRADICTION: ID of another
    reasons: MatchReasons
    why: str  # the row of the rule table that holds, in words


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
    return PatientMatch(Match.NEAR if any(is_near(named, patient) for patient in known) else Match.STRANGER)


def chosen_match(named: Named, found: PatientMatch, candidates: Iterable[Patient], picked: Patient | None) -> PatientMatch:
    """Whom the form means once a reviewer said so: the patient `picked`, or somebody new where that is None.

    A choice settles what is near, several, or an ID whose holder's name differs. It never stands against what is exact: an ID of
    another known patient, or name and birth date of another; nor for a patient whom the form does not come near.
    """
    known = list(candidates)
    exact = {_person(patient) for patient in known if _is_exactly(named, patient)}
    holders = {_person(patient) for patient in known if patient.patient_id == named.patient_id}
    if picked is None:
        stranger = {Match.NEAR: Match.STRANGER, Match.STRANGER: Match.STRANGER, Match.INCOMPLETE: Match.INCOMPLETE}
        return PatientMatch(stranger.get(found.kind, Match.AGAINST_CHOICE))
    may_be_meant = {_person(one.patient) for one in candidates_of(named, known)}
    if any(named_so and picked.patient_id not in named_so for named_so in (exact, holders)):
        return PatientMatch(Match.AGAINST_CHOICE)
    return PatientMatch(Match.SAME, picked) if picked.patient_id in may_be_meant else PatientMatch(Match.AGAINST_CHOICE)


def candidates_of(named: Named, candidates: Iterable[Patient]) -> list[PatientCandidate]:
    """Those of `candidates` whom the form may mean, each with what agrees, nearly agrees and differs; the likeliest first.

    It never decides: that is `match_patient`'s, and where that says NEAR a person's.
    """
    found = [one for patient in candidates if (one := _candidate(named, patient)) is not None]
    return sorted(found, key=_likeliest_first)


def _candidate(named: Named, patient: Patient) -> PatientCandidate | None:
    reasons = compared(named, patient)
    if named.patient_id == patient.patient_id:
        if _contradicts(named, patient):
            return PatientCandidate(
                patient, Match.CONTRADICTION, reasons, "the REMS Patient ID is this patient's, name or birth date is not"
            )
        return PatientCandidate(patient, Match.SAME, reasons, "the REMS Patient ID is this patient's")
    if _is_exactly(named, patient):
        return PatientCandidate(patient, Match.SAME, reasons, "name and birth date are this patient's")
    rule = rule_of(reasons)
    return None if rule is None else PatientCandidate(patient, Match.NEAR, reasons, rule.when)


def _likeliest_first(one: PatientCandidate) -> tuple[bool, int, int, str]:
    differing = len(one.reasons.of(Agreement.DIFFERS))
    return (one.kind is not Match.SAME, one.reasons.slips, differing, one.patient.patient_id)


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
