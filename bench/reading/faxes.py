"""The faxes of the bench: strata of style, form and knowledge, each fax from its own seed.

What: for a part, seed and number, one `Sample` with what a machine and a line do to it, and which stratum it belongs to.
Why: the bars are set for strata (typed, real pens of known patients, real pens of strangers), so that no easy one
hides a hard one.
Refuses: nothing.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

from bench.reading.filled_forms import FORMS, Maker, differing, status, status_of_twin
from bench.reading.hands import Style, hand_of
from bench.reading.world import World
from tools.make_samples.machine import FINE, STANDARD, Machine
from tools.make_samples.phone_line import Line
from tools.make_samples.sample import Container, FilledForm, LoosePage, Sample

NOISE = ("snr=21,gate=1", "snr=22,gate=1", "snr=24,gate=1", "snr=28,gate=1")
OTHERS = (
    LoosePage("cover_sheet", ("# FAX", "To:|Clozapine REMS", "From:|Clinic", "Pages:|3", "---", "CONFIDENTIAL. If you are",
                              "not the intended recipient please destroy these pages.", "Thank you.")),
    LoosePage("lab_printout", ("# Laboratory report", "Test|Result|Units|Reference", "---", "WBC|6.1|K/uL|4.0-11.0",
                               "Neutrophils %|61|%|40-75", "ANC|3.7|K/uL|1.8-7.7", "Hemoglobin|13.9|g/dL|12-16",
                               "Platelets|251|K/uL|150-400")),
    LoosePage("other_program", ("# Isotretinoin Program", "# Patient Information Form", "Name:", "---", "Date of birth:", "---",
                                "Prescriber:", "---", "Signature:", "---", "Date:", "---")),
)  # fmt: skip


@dataclass(frozen=True)
class Stratum:
    """One kind of fax."""

    name: str
    style: Style
    forms: tuple[str, ...]
    known: bool  # the people stand in the registry
    share: float  # of the faxes made


STATUS = ("patient_status",)
ALL = tuple(FORMS)
PATIENTS = ("patient_status", "anc_lab_reporting", "patient_enrollment")
STRATA = (
    Stratum("typed", Style.TYPED, ALL, True, 0.24),
    Stratum("typed_strangers", Style.TYPED, ALL, False, 0.12),
    Stratum("fonts", Style.FONT, ALL, True, 0.12),
    Stratum("pen_known", Style.PEN, STATUS, True, 0.13),
    Stratum("digits_known", Style.DIGITS, STATUS, True, 0.13),
    Stratum("pen_strangers", Style.PEN, ALL, False, 0.09),
    Stratum("digits_strangers", Style.DIGITS, ALL, False, 0.09),
    Stratum("twins", Style.PEN, STATUS, True, 0.05),
    Stratum("others", Style.TYPED, (), False, 0.03),
)


@dataclass(frozen=True)
class Mix:
    """Which faxes are made; as it stands, those of the report."""

    strata: tuple[str, ...] = tuple(one.name for one in STRATA)
    differing: float = 0.05  # of the status forms of known people: one field says something else than the registry
    """The calibration is fitted on more of them than come: what is nearly what is known must never be taken for it."""


@dataclass(frozen=True)
class Made:
    """One fax and where it belongs."""

    stratum: Stratum
    sample: Sample
    differing: bool = False  # one field says something else than the registry: a person must look


def fax(world: World, seed: int, number: int, data: Path | None, lines: bool, mix: Mix) -> Made:
    """The `number`-th fax of a seed. Strangers are people of another world with the same names."""
    chance = random.Random(f"{world.part}/{seed}/{number}")
    usable = [one for one in STRATA if one.name in mix.strata and (data is not None or one.style in (Style.TYPED, Style.FONT))]
    stratum = chance.choices(usable, [one.share for one in usable])[0]
    machine = _machine(chance)
    line = Line(chance.choice(NOISE), seed=number) if lines and chance.random() < 0.15 else None
    name = f"{number:05d}-{stratum.name}"
    if not stratum.forms:
        pages = tuple(chance.sample(OTHERS, chance.choice((1, 2))))
        return Made(stratum, Sample(name, stratum.name, pages, "2026-11-18T15:00:00Z", machine=machine, line=line))
    form = chance.choice(stratum.forms)
    if stratum.name == "typed" and chance.random() < 0.4:
        form = "patient_status"
    hand = hand_of(stratum.style, world.part, chance, data)
    make: Maker = status_of_twin if stratum.name == "twins" else FORMS[form] if form != "patient_status" else status
    people = world if stratum.known else World.of(world.part, seed + 7919 + number % 5, patients=40)
    values = make(chance, people)
    differs = stratum.known and form == "patient_status" and chance.random() < mix.differing
    if differs:
        values = differing(values, chance, people)
    filled = FilledForm(form, values, hand, chance.randrange(10**6))
    kind = Container.SCANNED_PDF if chance.random() < 0.1 else Container.TIFF
    return Made(
        stratum,
        Sample(f"{name}-{form}-{machine.lines_per_inch}{'-line' if line else ''}", stratum.name, (filled,),
               "2026-11-18T15:00:00Z", machine=machine, line=line, container=kind),
        differs,
    )  # fmt: skip


def _machine(chance: random.Random) -> Machine:
    return Machine(
        chance.choice((FINE, FINE, STANDARD)),
        skew=chance.choice((0.0, chance.uniform(-0.8, 0.8), chance.uniform(-2.5, 2.5))),
        shift_mm=(chance.uniform(-2.5, 2.5), chance.uniform(-4, 4)),
        scale=chance.choice((1.0, 1.0, chance.uniform(0.985, 1.015))),
        upside_down=chance.random() < 0.06,
        threshold=chance.choice((150, 150, 150, 120, 195)),
        grain=chance.choice((6.0, 10.0, 16.0)),
        specks=chance.choice((0.0, 0.0, 0.05, 0.15)),
        stripe_mm=chance.uniform(20, 195) if chance.random() < 0.04 else None,
        header=chance.choice((None, "11/18/2026 09:07  FROM CLINIC 2025550100  P.{page}/{pages}")),
    )
