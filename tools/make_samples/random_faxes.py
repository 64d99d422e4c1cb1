"""Faxes by chance, for measuring and tuning; nothing of them is committed.

    python -m tools.make_samples.random_faxes OUT [--count 60] [--seed 1] [--hand typed|written|both] [--faxline PATH]
    python -m bench.accuracy --samples OUT

What: filled forms of random people, hands, machines and lines, each with its NAME.expected.json.
Why: a reader tuned on the committed samples alone learns them by heart; another seed is another set.
Refuses: nothing. A call that fails is left out.
"""

from __future__ import annotations

import argparse
import random
from datetime import date, timedelta
from pathlib import Path

from intake.forms.catalogue import load_catalogue
from registry.identifiers import issue_patient_id
from tools.make_samples import phone_line
from tools.make_samples.__main__ import write_json
from tools.make_samples.cast import Address, Designee, Patient, Prescriber, dea, npi
from tools.make_samples.fonts import HANDWRITTEN
from tools.make_samples.hand import BOLD_TYPEWRITER, OFFICE_SYSTEM, SERIF_PRINTER, TYPEWRITER, WORD_PROCESSOR, written
from tools.make_samples.machine import FINE, STANDARD, Machine
from tools.make_samples.making import expected, make
from tools.make_samples.pen import MarkStyle
from tools.make_samples.phone_line import Line
from tools.make_samples.sample import Container, FilledForm, Sample
from tools.make_samples.table import file_name
from tools.make_samples.values import (
    Lab,
    Values,
    anc_lab,
    designee_enrollment,
    patient_enrollment,
    patient_status,
    prescriber_enrollment,
)

FIRST = (
    "Ada", "Ben", "Clara", "Dmitri", "Ewa", "Farid", "Gwen", "Hugo", "Isolde", "Jamal", "Kirsten", "Lamont", "Maeve", "Nadia",
    "Otis", "Pilar", "Quentin", "Rosa", "Sven", "Tamika", "Ulrich", "Vera", "Willa", "Ximena", "Yusuf", "Zelda",
)  # fmt: skip
LAST = (
    "Abernathy", "Bianchi", "Choi", "Delacroix", "Eriksen", "Fitzgerald", "Goldberg", "Hussain", "Iwasaki", "Jablonski", "Kaplan",
    "Lopez-Vega", "McAllister", "Novak", "O'Donnell", "Petrov", "Quigley", "Romero", "Schwartz", "Takahashi", "Underhill",
    "Varga", "Wozniak", "Yamamoto", "Zielinski",
)  # fmt: skip
PLACES = (
    ("Dover", "DE", "19901"),
    ("Salem", "OR", "97301"),
    ("Ithaca", "NY", "14850"),
    ("Boise", "ID", "83702"),
    ("Tulsa", "OK", "74103"),
)
STREETS = ("Elm St", "Oak Ave Apt 3", "River Rd", "Mill Ln Ste 210", "2nd St NW")
TYPED = (TYPEWRITER, WORD_PROCESSOR, OFFICE_SYSTEM, BOLD_TYPEWRITER, SERIF_PRINTER)
NOISE = ("snr=21,gate=1", "snr=22,gate=1", "snr=24,gate=1", "snr=28,gate=1")
STORY = (
    "Constipation since last week, treated with fluids",
    "Sedation in the mornings, dose moved to the evening",
    "Fever of two days, cause not known",
)


def main() -> int:
    """Make the faxes."""
    asked = argparse.ArgumentParser(prog="python -m tools.make_samples.random_faxes")
    asked.add_argument("out", type=Path)
    asked.add_argument("--count", type=int, default=60)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--hand", choices=("typed", "written", "both"), default="both")
    asked.add_argument("--faxline", default=None)
    given = asked.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    catalogue, faxline = load_catalogue(), phone_line.program(given.faxline)
    for number in range(given.count):
        sample = by_chance(random.Random(f"{given.seed}/{number}"), number, given.hand, lines=faxline is not None)
        try:
            made = make(sample, catalogue, faxline)
        except phone_line.CallFailed as trouble:
            print(f"{sample.name}: the call failed: {trouble}")
            continue
        (given.out / file_name(sample)).write_bytes(made)
        write_json(given.out / f"{sample.name}.expected.json", expected(sample, catalogue))
    return 0


def by_chance(chance: random.Random, number: int, hands: str, lines: bool) -> Sample:
    """One fax; the same chance makes the same fax."""
    typed = hands == "typed" or (hands == "both" and chance.random() < 0.6)
    hand = chance.choice(TYPED) if typed else written(chance.choice(HANDWRITTEN), chance.choice(list(MarkStyle)[:3]))
    form, values = chance.choice((status, status, lab_report, enrollment, designee, prescriber))(chance)
    machine = Machine(
        chance.choice((FINE, STANDARD)),
        skew=chance.choice((0.0, 0.0, chance.uniform(-1.8, 1.8))),
        shift_mm=(chance.uniform(-1.5, 1.5), chance.uniform(-2.5, 2.5)),
        scale=chance.choice((1.0, 1.0, 1.008, 0.993)),
        upside_down=chance.random() < 0.1,
        threshold=chance.choice((150, 150, 150, 125, 190)),
        specks=chance.choice((0.0, 0.0, 0.05, 0.15)),
        header=chance.choice((None, "11/18/2026 09:07  FROM CLINIC 2025550100  P.{page}/{pages}")),
    )
    line = Line(chance.choice(NOISE), seed=number) if lines and chance.random() < 0.35 else None
    kind = "typed" if typed else "hand"
    return Sample(
        f"{number:03d}-{form}-{kind}-{hand.font}-{machine.lines_per_inch}{'-line' if line else ''}",
        "by chance",
        (FilledForm(form, values, hand, chance.randrange(10**6)),),
        "2026-11-18T15:00:00Z",
        machine=machine,
        line=line,
        container=Container.SCANNED_PDF if chance.random() < 0.15 else Container.TIFF,
    )


def phone(chance: random.Random) -> str:
    """A number nobody has."""
    return f"{chance.choice((202, 302, 503, 607, 918))}55501{chance.randrange(100):02d}"


def somebody(chance: random.Random) -> Prescriber:
    """A prescriber."""
    first, last = chance.choice(FIRST), chance.choice(LAST)
    city, state, zip_code = chance.choice(PLACES)
    at = Address(f"{chance.randrange(10, 9999)} {chance.choice(STREETS)}", city, state, zip_code)
    practice = f"{city} Behavioral Health"
    letters = chance.choice("ABFM") + last[0].upper()
    licence = f"{chance.choice(('MD', 'A', 'R'))}{chance.randrange(10**5, 10**6)}"
    address = f"{first[0]}.{last.replace(chr(39), '').replace('-', '')}@clinic{chance.randrange(10, 99)}.example.org".lower()
    return Prescriber(
        first, chance.choice("ABCDEFGHJKLMNPRST"), last, chance.choice(("md", "do", "np", "pa")), "Psychiatry",
        npi(f"2{chance.randrange(10**8):08d}"), dea(letters, f"{chance.randrange(10**6):06d}"), licence, practice,
        at, phone(chance), phone(chance), address,
    )  # fmt: skip


def helper(chance: random.Random) -> Designee:
    """A designee."""
    who = somebody(chance)
    return Designee(who.first, who.last, chance.choice(("provider", "staff", "pharmacist")), who.phone, who.fax, who.email)


def patient(chance: random.Random) -> Patient:
    """A patient."""
    born = date(1940, 1, 1) + timedelta(days=chance.randrange(24_000))
    who = somebody(chance)
    sex = chance.choice(("female", "male", "other"))
    return Patient(who.first, who.middle, who.last, born.isoformat(), sex, who.at.zip, who.at.street, who.phone)


def draws(chance: random.Random, count: int) -> list[Lab]:
    """Blood draws of the last month, in order."""
    days = sorted(chance.sample(range(1, 30), count), reverse=True)
    return [((date(2026, 11, 16) - timedelta(days=day)).isoformat(), count_by_chance(chance)) for day in days]


def count_by_chance(chance: random.Random) -> int:
    """An ANC: mostly normal, at times low or high."""
    low = ((1000, 1499), (500, 999), (110, 499), (8000, 14_500))
    return chance.randint(1500, 7999) if chance.random() < 0.7 else chance.randint(*chance.choice(low))


def status(chance: random.Random) -> tuple[str, Values]:
    """A Patient Status Form."""
    more: Values = {}
    if chance.random() < 0.6:
        more["patient_id"] = issue_patient_id(chance.randrange(10**6))
    if chance.random() < 0.4:
        more["monitoring_frequency"] = chance.choice(("weekly", "every_two_weeks", "monthly", "other"))
    if chance.random() < 0.2:
        more |= {"adverse_event": "yes", "adverse_event_narrative": chance.choice(STORY)}
    if chance.random() < 0.2:
        more |= {"treatment_status": "interrupted", "status_date": "2026-11-12", "status_reason": "Infection, ANC falling"}
    if chance.random() < 0.2:
        more |= {"rationale": True, "rationale_anc": chance.randint(300, 999), "rationale_draw_date": "2026-11-10"}
    more |= {name: True for name in ("ben", "hospice") if chance.random() < 0.12}
    designee_sends = helper(chance) if chance.random() < 0.3 else None
    return "patient_status", patient_status(
        patient(chance), somebody(chance), draws(chance, chance.randint(1, 6)), "2026-11-17", designee_sends, **more
    )


def lab_report(chance: random.Random) -> tuple[str, Values]:
    """An ANC Lab Reporting Form."""
    who = somebody(chance)
    return "anc_lab_reporting", anc_lab(
        patient(chance),
        who,
        draws(chance, 1)[0],
        "2026-11-17",
        "prescriber",
        f"{who.first} {who.last}",
        prescriber_email=who.email,
    )


def enrollment(chance: random.Random) -> tuple[str, Values]:
    """A Patient Enrollment Form."""
    frequency = chance.choice(("weekly", "every_two_weeks", "monthly"))
    return "patient_enrollment", patient_enrollment(patient(chance), somebody(chance), draws(chance, 1), "2026-11-17", frequency)


def designee(chance: random.Random) -> tuple[str, Values]:
    """A Prescriber Designee Enrollment Form."""
    return "prescriber_designee", designee_enrollment(helper(chance), somebody(chance), "2026-11-17")


def prescriber(chance: random.Random) -> tuple[str, Values]:
    """A Prescriber Enrollment Form."""
    return "prescriber_enrollment", prescriber_enrollment(somebody(chance), "2026-11-17")


if __name__ == "__main__":
    raise SystemExit(main())
