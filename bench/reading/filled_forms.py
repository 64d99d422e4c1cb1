"""What stands on the forms of the bench: values for all ten, by chance, of people of one world.

What: one function a form, from a world and a chance to values by field name.
Why: every field kind must appear in every style, in the shares in which senders use it.
Refuses: nothing.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta

from bench.reading import names
from bench.reading import world as people
from bench.reading.world import Resident, World
from tools.make_samples import values as v
from tools.make_samples.values import Lab, Values

TODAY = date(2026, 11, 18)  # the day every fax of the bench is received
SIGNED = "2026-11-17"
STORIES = (
    "Constipation since last week, treated with fluids",
    "Sedation in the mornings, dose moved to the evening",
    "Fever of two days, cause not known",
)


def count(chance: random.Random) -> int:
    """An ANC: mostly normal, at times low or high."""
    low = ((1000, 1499), (500, 999), (110, 499), (8000, 14_500))
    return chance.randint(1500, 7999) if chance.random() < 0.7 else chance.randint(*chance.choice(low))


def draws(chance: random.Random, many: int) -> list[Lab]:
    """Blood draws of the last month, in order."""
    days = sorted(chance.sample(range(2, 31), many), reverse=True)
    return [((TODAY - timedelta(days=day)).isoformat(), count(chance)) for day in days]


def status_of(who: Resident, chance: random.Random, world: World) -> Values:
    """The monthly status form of one patient."""
    more: Values = {}
    if chance.random() < 0.7:
        more["patient_id"] = who.patient_id
    if chance.random() < 0.3:
        more["monitoring_frequency"] = chance.choice(("weekly", "every_two_weeks", "monthly", "other"))
    if chance.random() < 0.05:
        more |= {"adverse_event": "yes", "adverse_event_narrative": chance.choice(STORIES)}
    if chance.random() < 0.06:
        more |= {"treatment_status": "interrupted", "status_date": "2026-11-12", "status_reason": "Infection, ANC falling"}
    if chance.random() < 0.08:
        more |= {"rationale": True, "rationale_anc": chance.randint(300, 999), "rationale_draw_date": "2026-11-10"}
    more |= {name: True for name in ("ben", "hospice", "missing_labs_authorized") if chance.random() < 0.06}
    sender = people.designee(world.part, chance) if chance.random() < 0.2 else None
    rows = draws(chance, chance.choice((1, 1, 2, 2, 4, 4, 5)))
    return v.patient_status(who.patient, who.prescriber, rows, SIGNED, sender, **more)


def differing(values: Values, chance: random.Random, world: World) -> Values:
    """The same form where one thing differs from what is on file: somebody moved, married, or wrote a digit wrongly."""
    out = dict(values)
    name = chance.choice(
        ("patient_zip", "patient_last_name", "patient_date_of_birth", "prescriber_phone", "prescriber_fax", "patient_first_name",
         "signature_prescriber_name")
    )  # fmt: skip
    old = out.get(name)
    if not isinstance(old, str):
        return out
    if name == "signature_prescriber_name":  # a colleague signs, or somebody's name is spelled otherwise
        colleague = chance.choice(world.prescribers)
        out[name] = chance.choice((f"{colleague.first} {colleague.last}", _one_letter_off(old, chance)))
    elif name.endswith("_name"):
        pool = names.FIRST if name == "patient_first_name" else names.LAST
        out[name] = chance.choice((chance.choice(names.of(world.part, pool)), _one_letter_off(old, chance)))
    elif name == "patient_date_of_birth":
        out[name] = people.slipped(old, chance)
    elif name == "patient_zip":
        out[name] = chance.choice((people.address(chance).zip, _one_digit_off(old, chance)))
    else:
        out[name] = chance.choice((people.phone(chance), _one_digit_off(old[:8], chance) + old[8:]))
    return out


def _one_digit_off(text: str, chance: random.Random) -> str:
    place = chance.randrange(3, len(text))
    other = chance.choice([sign for sign in "123456789" if sign != text[place]])
    return text[:place] + other + text[place + 1 :]


def _one_letter_off(text: str, chance: random.Random) -> str:
    place = chance.randrange(1, len(text))
    return text[:place] + chance.choice("aeioulnrst") + text[place + 1 :]


def status(chance: random.Random, world: World) -> Values:
    """A status form of somebody known."""
    return status_of(chance.choice([one for one in world.patients if not one.twin]), chance, world)


def status_of_twin(chance: random.Random, world: World) -> Values:
    """A status form of somebody who has a near-twin; the ID is rarely given, so that they are told apart by the rest."""
    values = status_of(chance.choice([one for one in world.patients if one.twin]), chance, world)
    if chance.random() < 0.7:
        values.pop("patient_id", None)
    return values


def lab_report(chance: random.Random, world: World) -> Values:
    """An ANC Lab Reporting Form."""
    resident = chance.choice(world.patients)
    who = resident.prescriber
    more: Values = {"patient_id": resident.patient_id} if chance.random() < 0.5 else {}
    if chance.random() < 0.6:
        more["prescriber_email"] = who.email
    name = f"{who.first} {who.last}"
    return v.anc_lab(resident.patient, who, draws(chance, 1)[0], SIGNED, "prescriber", name, **more)


def enrollment(chance: random.Random, world: World) -> Values:
    """A Patient Enrollment Form of somebody new by a prescriber who is known."""
    who = people.patient(world.part, chance)
    frequency = chance.choice(("weekly", "every_two_weeks", "monthly"))
    more: Values = {"ben": True} if chance.random() < 0.1 else {}
    rows = draws(chance, 2 if more or chance.random() < 0.2 else 1)
    return v.patient_enrollment(who, chance.choice(world.prescribers), rows, SIGNED, frequency, **more)


def prescriber_enrollment(chance: random.Random, world: World) -> Values:
    """A Prescriber Enrollment Form."""
    return v.prescriber_enrollment(people.prescriber(world.part, chance), SIGNED)


def prescriber_knowledge(chance: random.Random, world: World) -> Values:
    """A Knowledge Assessment for Prescribers."""
    answers = "".join(chance.choice("abcd") for _ in range(10))
    return v.prescriber_knowledge(people.prescriber(world.part, chance), SIGNED, answers)


def designee(chance: random.Random, world: World) -> Values:
    """A Prescriber Designee Enrollment Form."""
    return v.designee_enrollment(people.designee(world.part, chance), chance.choice(world.prescribers), SIGNED)


def outpatient(chance: random.Random, world: World) -> Values:
    """An Outpatient Pharmacy Enrollment Form."""
    return v.pharmacy_enrollment(people.pharmacy(world.part, chance), SIGNED, pharmacy_kind=chance.choice(("single", "chain")))


def inpatient(chance: random.Random, world: World) -> Values:
    """An Inpatient Pharmacy Enrollment Form."""
    return v.pharmacy_enrollment(people.pharmacy(world.part, chance), SIGNED, facility_type="Psychiatric hospital")


def pharmacy_knowledge(chance: random.Random, world: World) -> Values:
    """A Knowledge Assessment for Pharmacies."""
    answers = "".join(chance.choice("abcd") for _ in range(10))
    return v.pharmacy_knowledge(people.pharmacy(world.part, chance), SIGNED, answers)


def distributor(chance: random.Random, world: World) -> Values:
    """A Wholesaler/Distributor Enrollment Form."""
    return v.distributor_enrollment(people.distributor(world.part, chance), SIGNED)


Maker = Callable[[random.Random, World], Values]
FORMS: dict[str, Maker] = {
    "patient_status": status,
    "anc_lab_reporting": lab_report,
    "patient_enrollment": enrollment,
    "prescriber_enrollment": prescriber_enrollment,
    "prescriber_knowledge": prescriber_knowledge,
    "prescriber_designee": designee,
    "outpatient_pharmacy": outpatient,
    "inpatient_pharmacy": inpatient,
    "pharmacy_knowledge": pharmacy_knowledge,
    "distributor_enrollment": distributor,
}
"""All ten."""
