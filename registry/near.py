"""Who could be meant, for the desk: patients, prescribers and pharmacies near what a form says, each with reasons.

What: `near_patients`, `near_prescribers`, `near_pharmacies`: look-ups with what agrees, nearly agrees and differs per candidate.
Why: a reviewer who is told "nearly a known patient" must see which one and why; an NPI with a slip names nobody, or a stranger.
Refuses: to decide. Nothing here merges, enrolls or corrects; `registry.matching.match_patient` alone says who is the same.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from registry import party_storage, storage
from registry.agreement import Agreement, MatchReasons, Named, Reason
from registry.identifiers import normal_zip, npi_fits, print_patient_id
from registry.matching import PatientCandidate, candidates_of
from registry.names import how_similar, plain_name, same_name
from registry.parties import Pharmacy, Prescriber

MOST_CANDIDATES_SHOWN = 20
"""A reviewer reads no longer list."""


ITEM_WORDS = {
    "patient_id": "REMS Patient ID", "first_name": "first name", "last_name": "last name", "date_of_birth": "birth date",
    "zip": "ZIP", "sex": "sex",
}  # fmt: skip
"""How the items compared are called at the desk, by field of `Named`."""


@dataclass(frozen=True)
class PrescriberCandidate:
    """A prescriber whom a form may mean."""

    prescriber: Prescriber
    reasons: tuple[Reason, ...]  # npi, first_name, last_name, zip, city, in this order
    exchanged: bool = False  # first and last name were compared crosswise


@dataclass(frozen=True)
class PharmacyCandidate:
    """A pharmacy that a form may mean."""

    pharmacy: Pharmacy
    reasons: tuple[Reason, ...]  # npi, name, zip, city, in this order


def near_patients(session: Session, named: Named) -> list[PatientCandidate]:
    """Known patients whom the form means or may mean, the likeliest first, at most `MOST_CANDIDATES_SHOWN`.

    Without a birth date on the form only the REMS Patient ID can find somebody.
    """
    found = storage.patient_candidates(session, named.patient_id, named.first_name, named.last_name, named.date_of_birth)
    return candidates_of(named, found)[:MOST_CANDIDATES_SHOWN]


def in_words(candidate: PatientCandidate) -> str:
    """One sentence for a reviewer: who it is, and what of the form nearly agrees, differs, or agrees."""
    patient, reasons = candidate.patient, candidate.reasons
    said = what_differs(reasons)
    agreeing = [ITEM_WORDS[one.item] for one in reasons.of(Agreement.AGREES)]
    if agreeing:
        said.append(f"the same {', '.join(agreeing)}")
    who = f"{patient.full_name}, born {patient.date_of_birth.isoformat()}, {print_patient_id(patient.patient_id)}"
    return f"{who}: {'; '.join(said)}."


def what_differs(reasons: MatchReasons) -> list[str]:
    """What of the form only nearly agrees with the record, or differs, each in words."""
    said = [f"{ITEM_WORDS[one.item]} {one.how}" for one in reasons.of(Agreement.NEARLY)]
    if reasons.exchanged:
        said.insert(0, "first and last name exchanged")
    return [*said, *(f"{ITEM_WORDS[one.item]} another" for one in reasons.of(Agreement.DIFFERS))]


def near_prescribers(
    session: Session,
    first_name: str | None,
    last_name: str | None,
    zip_code: str | None = None,
    city: str | None = None,
    npi: str | None = None,
) -> list[PrescriberCandidate]:
    """Prescribers whom a form may mean when its NPI is missing, cannot be right, or is another's; the likeliest first.

    Found are: who has the NPI as written or with one slip, if a name of theirs agrees or nearly agrees; and who has both names,
    or one name with the other nearly so at the same ZIP or city. `npi` as written on the form, `zip_code` in any form.
    """
    written = "".join(one for one in npi or "" if one.isdigit())
    place = normal_zip(zip_code or "")
    variants = {*npi_variants(written), written} if written else set()
    found = party_storage.prescriber_candidates(session, variants, first_name, last_name, place and place[:5], city)
    candidates = [_compared(one, first_name, last_name, place, city, written) for one in found]
    near = [one for one in candidates if _is_near(one)]
    return sorted(near, key=lambda one: _fitting(one.reasons, one.prescriber.npi))[:MOST_CANDIDATES_SHOWN]


def near_pharmacies(
    session: Session, name: str | None, zip_code: str | None = None, city: str | None = None, npi: str | None = None
) -> list[PharmacyCandidate]:
    """Pharmacies that a form may mean when its NPI is missing, cannot be right, or is another's; the likeliest first.

    Found are: which has the NPI as written or with one slip, unless name, ZIP and city all differ; and which has the name or
    nearly so at the same ZIP or city.
    """
    written = "".join(one for one in npi or "" if one.isdigit())
    place = normal_zip(zip_code or "")
    variants = {*npi_variants(written), written} if written else set()
    found = party_storage.pharmacy_candidates(session, variants, name, place and place[:5], city)
    candidates = [_compared_pharmacy(one, name, place, city, written) for one in found]
    near = [one for one in candidates if _is_near_pharmacy(one)]
    return sorted(near, key=lambda one: _fitting(one.reasons, one.pharmacy.npi))[:MOST_CANDIDATES_SHOWN]


def npi_variants(written: str) -> set[str]:
    """Valid NPIs that one slip makes of what is written: a digit changed, added or lost, or two neighbours exchanged.

    One changed digit never makes a valid NPI of a valid one; neighbours exchanged do where they are 0 and 9.
    """
    places = range(len(written))
    made = {written[:at] + digit + written[at + 1 :] for at in places for digit in "0123456789"}
    made |= {written[:at] + written[at + 1] + written[at] + written[at + 2 :] for at in places[:-1]}
    made |= {written[:at] + written[at + 1 :] for at in places}
    made |= {written[:at] + digit + written[at:] for at in range(len(written) + 1) for digit in "0123456789"}
    return {one for one in made if one != written and npi_fits(one)}


def _compared(
    one: Prescriber, first: str | None, last: str | None, place: str | None, city: str | None, npi: str
) -> PrescriberCandidate:
    straight = (_name("first_name", first, one.first_name), _name("last_name", last, one.last_name))
    turned = (_name("first_name", last, one.first_name), _name("last_name", first, one.last_name))
    exchanged = not _alike(straight) and _alike(turned)
    where = (_zip(place, one.zip), _city(city, one.city))
    return PrescriberCandidate(one, (_npi(npi, one.npi), *(turned if exchanged else straight), *where), exchanged)


def _compared_pharmacy(one: Pharmacy, name: str | None, place: str | None, city: str | None, npi: str) -> PharmacyCandidate:
    reasons = (_npi(npi, one.npi), _name("name", name, one.name), _zip(place, one.zip), _city(city, one.city))
    return PharmacyCandidate(one, reasons)


def _npi(given: str, known: str) -> Reason:
    if given == known:
        return Reason("npi", Agreement.AGREES)
    if given and known in npi_variants(given):
        return Reason("npi", Agreement.NEARLY, "one digit off")
    return Reason("npi", Agreement.DIFFERS if given else Agreement.UNKNOWN)


def _zip(given: str | None, known: str | None) -> Reason:
    return _same("zip", given and given[:5], known and known[:5])


def _city(given: str | None, known: str | None) -> Reason:
    return _same("city", given and plain_name(given), known and plain_name(known))


def _name(item: str, given: str | None, known: str | None) -> Reason:
    if not given or not known:
        return Reason(item, Agreement.UNKNOWN)
    if same_name(given, known):
        return Reason(item, Agreement.AGREES)
    how = how_similar(given, known)
    return Reason(item, Agreement.DIFFERS) if how is None else Reason(item, Agreement.NEARLY, how)


def _same(item: str, given: str | None, known: str | None) -> Reason:
    if not given or not known:
        return Reason(item, Agreement.UNKNOWN)
    return Reason(item, Agreement.AGREES if given == known else Agreement.DIFFERS)


def _alike(names: tuple[Reason, ...]) -> bool:
    return all(one.agreement in (Agreement.AGREES, Agreement.NEARLY) for one in names)


def _is_near(candidate: PrescriberCandidate) -> bool:
    number, first, last, where, town = candidate.reasons
    if number.agreement in (Agreement.AGREES, Agreement.NEARLY):
        return _alike((first,)) or _alike((last,)) or first.agreement is last.agreement is Agreement.UNKNOWN
    if first.agreement is last.agreement is Agreement.AGREES:
        return True
    return _alike((first, last)) and Agreement.AGREES in (where.agreement, town.agreement)


def _is_near_pharmacy(candidate: PharmacyCandidate) -> bool:
    number, name, where, town = candidate.reasons
    if number.agreement in (Agreement.AGREES, Agreement.NEARLY):
        return any(one.agreement is not Agreement.DIFFERS for one in (name, where, town))
    return _alike((name,)) and Agreement.AGREES in (where.agreement, town.agreement)


def _fitting(reasons: tuple[Reason, ...], npi: str) -> tuple[int, int, str]:
    """Fewest differences first, then most agreement."""
    of = [one.agreement for one in reasons]
    return (of.count(Agreement.DIFFERS), -of.count(Agreement.AGREES), npi)
