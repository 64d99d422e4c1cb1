"""Who lives in the bench: patients, prescribers, pharmacies of one part, and what the registry would know of them.

What: seeded people with valid, invented identifiers; a share of the patients has a near-twin (same name, birth date a slip
away).
Why: verifying what is known is only worth something among many who could be meant, and dangerous where two are alike.
Refuses: nothing.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from bench.reading import names
from registry.identifiers import issue_patient_id
from tools.handwriting.splits import Part
from tools.make_samples.cast import Address, Designee, Distributor, Patient, Pharmacy, Prescriber, dea, npi

STREETS = ("Elm St", "Oak Ave Apt 3", "River Rd", "Mill Ln Ste 210", "2nd St NW", "Church St", "Lake Dr", "Park Blvd")
PRACTICES = ("Behavioral Health", "Psychiatry Group", "Mental Health Center", "Community Clinic")
PHARMACIES = ("Pharmacy", "Drug Store", "Care Pharmacy", "Family Pharmacy")
AREAS = (202, 302, 503, 607, 918, 415, 212, 713, 480, 617)


@dataclass(frozen=True)
class Resident:
    """A patient with the number the registry issued and the prescriber in charge."""

    patient: Patient
    patient_id: str
    prescriber: Prescriber
    twin: bool  # somebody else of the same name was born about the same day


@dataclass(frozen=True)
class World:
    """Everybody of one part."""

    part: Part
    prescribers: tuple[Prescriber, ...]
    patients: tuple[Resident, ...]
    pharmacies: tuple[Pharmacy, ...]

    @staticmethod
    def of(part: Part, seed: int, patients: int = 1500) -> World:
        """The same part and seed give the same people."""
        chance = random.Random(f"world/{part}/{seed}")
        prescribers = tuple(prescriber(part, chance) for _ in range(max(20, patients // 8)))
        residents: list[Resident] = []
        while len(residents) < patients:
            number = len(residents) + 1000 * seed
            one = Resident(patient(part, chance), issue_patient_id(number), chance.choice(prescribers), twin=False)
            if chance.random() < 0.03:
                other = replace(one.patient, born=slipped(one.patient.born, chance))
                residents.append(replace(one, twin=True))
                residents.append(
                    Resident(
                        other, issue_patient_id(number + 1), chance.choice((one.prescriber, chance.choice(prescribers))), True
                    )
                )
            else:
                residents.append(one)
        return World(part, prescribers, tuple(residents), tuple(pharmacy(part, chance) for _ in range(40)))

    def known(self) -> list[dict[str, Any]]:
        """The lines of a `--known` file."""
        prescribers = [
            {"kind": "prescriber", "npi": one.npi, "first_name": one.first, "middle_initial": one.middle, "last_name": one.last,
             "dea": one.dea, "phone": one.phone, "fax": one.fax, "email": one.email, "practice_name": one.practice}
            for one in self.prescribers
        ]  # fmt: skip
        patients = [
            {"kind": "patient", "id": one.patient_id, "first_name": one.patient.first, "middle_initial": one.patient.middle,
             "last_name": one.patient.last, "date_of_birth": one.patient.born, "sex": one.patient.sex, "zip": one.patient.zip,
             "prescriber_npi": one.prescriber.npi}
            for one in self.patients
        ]  # fmt: skip
        pharmacies = [
            {"kind": "pharmacy", "npi": one.npi, "name": one.name, "ncpdp": one.ncpdp, "phone": one.phone, "fax": one.fax,
             "zip": one.at.zip, "city": one.at.city, "state": one.at.state}
            for one in self.pharmacies
        ]  # fmt: skip
        return [*prescribers, *patients, *pharmacies]


def slipped(born: str, chance: random.Random) -> str:
    """A birth date that could be taken for another: a day or a year beside it, or day and month exchanged."""
    day = date.fromisoformat(born)
    ways = [day + timedelta(days=chance.choice((-3, -1, 1, 2, 10))), day + timedelta(days=365)]
    if day.day <= 12 and day.day != day.month:
        ways.append(day.replace(month=day.day, day=day.month))
    return chance.choice(ways).isoformat()


def phone(chance: random.Random) -> str:
    """A number nobody has."""
    return f"{chance.choice(AREAS)}55501{chance.randrange(100):02d}"


def address(chance: random.Random) -> Address:
    """An address."""
    city, state, zip_code = chance.choice(names.CITIES).split("|")
    return Address(f"{chance.randrange(10, 9999)} {chance.choice(STREETS)}", city, state, zip_code)


def prescriber(part: Part, chance: random.Random) -> Prescriber:
    """Somebody with prescribing privileges."""
    first, last = chance.choice(names.of(part, names.FIRST)), chance.choice(names.of(part, names.LAST))
    at = address(chance)
    plain = last.replace("'", "").replace("-", "")
    mail = f"{first[0]}.{plain}@clinic{chance.randrange(10, 99)}.example.org".lower()
    return Prescriber(
        first, chance.choice("ABCDEFGHJKLMNPRST"), last, chance.choice(("md", "do", "np", "pa")), "Psychiatry",
        npi(f"2{chance.randrange(10**8):08d}"), dea(chance.choice("ABFM") + last[0].upper(), f"{chance.randrange(10**6):06d}"),
        f"{chance.choice(('MD', 'A', 'R'))}{chance.randrange(10**5, 10**6)}", f"{at.city} {chance.choice(PRACTICES)}",
        at, phone(chance), phone(chance), mail,
    )  # fmt: skip


def patient(part: Part, chance: random.Random) -> Patient:
    """A patient."""
    born = date(1938, 1, 1) + timedelta(days=chance.randrange(25_000))
    at = address(chance)
    first, last = chance.choice(names.of(part, names.FIRST)), chance.choice(names.of(part, names.LAST))
    sex = chance.choice(("female", "male", "female", "male", "other"))
    return Patient(first, chance.choice("ABCDEFGHJKLMNPRST"), last, born.isoformat(), sex, at.zip, at.street, phone(chance))


def designee(part: Part, chance: random.Random) -> Designee:
    """Somebody who acts for a prescriber."""
    who = prescriber(part, chance)
    return Designee(who.first, who.last, chance.choice(("provider", "staff", "pharmacist")), who.phone, who.fax, who.email)


def pharmacy(part: Part, chance: random.Random) -> Pharmacy:
    """A pharmacy with its authorized representative."""
    who, at = prescriber(part, chance), address(chance)
    owner = chance.choice(names.of(part, names.LAST))
    title = chance.choice(("pharmacy_manager", "staff_pharmacist", "director_of_pharmacy", "corporate_executive"))
    return Pharmacy(
        name=f"{owner} {chance.choice(PHARMACIES)}", at=at, npi=npi(f"2{chance.randrange(10**8):08d}"),
        ncpdp=f"{chance.randrange(10, 59)}{chance.randrange(10**5):05d}",
        dea=dea("F" + owner[0].upper(), f"{chance.randrange(10**6):06d}"),
        licence=f"PH{chance.randrange(10**4, 10**5)}", phone=phone(chance), fax=phone(chance), ar_first=who.first,
        ar_last=who.last, ar_title=title, ar_phone=phone(chance), ar_email=who.email,
    )  # fmt: skip


def distributor(part: Part, chance: random.Random) -> Distributor:
    """A wholesaler."""
    who, at = prescriber(part, chance), address(chance)
    return Distributor(
        name=f"{who.last} Wholesale", at=at, dea=dea("R" + who.last[0].upper(), f"{chance.randrange(10**6):06d}"),
        ar_first=who.first, ar_last=who.last, ar_title="Compliance manager", ar_phone=phone(chance), ar_fax=phone(chance),
        ar_email=who.email,
    )  # fmt: skip
