"""The monitoring frequency over time: what a change means for draws before it, and for a patient who returns."""

from __future__ import annotations

import pytest

from registry.vocabulary import TreatmentStatus
from tests.registry.world import BEA, OTHER_PRESCRIBER, PATIENT, World, day, kinds


def test_r65_a_frequency_changed_on_a_form_does_not_judge_the_draws_before_it() -> None:
    world = World()
    patient_id = world.patient(monitoring_frequency="monthly")
    world.pharmacy()
    world.dispense(patient_id, day(1))
    changed = world.status(day(30), (28, 1800), monitoring_frequency="weekly")
    assert "missing_labs" not in kinds(changed)
    assert world.ask(patient_id, day(30)).authorized
    assert "missing_labs" in kinds(world.status(day(45), (44, 1800)))


def test_r47_a_form_judged_complete_stays_so_when_another_prescriber_enrolls_with_another_frequency() -> None:
    world = World()
    patient_id = world.patient(monitoring_frequency="monthly")
    world.prescriber(values=OTHER_PRESCRIBER)
    world.pharmacy()
    world.dispense(patient_id, day(1))
    world.status(day(30), (28, 1800))
    bea = {"prescriber_npi": BEA, "prescriber_first_name": "BEA", "prescriber_last_name": "FOX"}
    world.send("patient_enrollment", {**PATIENT, **bea, "monitoring_frequency": "weekly"}, day(31), ("prescriber",))
    assert (world.know(patient_id)["prescriber_npi"], world.ask(patient_id, day(31)).authorized) == (BEA, True)


@pytest.mark.parametrize(("back", "told", "frequency"), [
    (31, {}, "monthly"), (32, {}, "weekly"), (32, {"monitoring_frequency": "every_two_weeks"}, "every_two_weeks"),
    (32, {"hospice": True}, "monthly"),
])  # fmt: skip
def test_a_patient_back_after_30_days_of_interrupted_is_monitored_as_a_new_one(back: int, told: dict, frequency: str) -> None:
    """[label], section 2: Interrupted for 30 days or more; the prescriber's own word goes before it (R07)."""
    world = World()
    patient_id = world.patient(monitoring_frequency="monthly")
    world.lab(day(2), 2, 700)
    lifted = world.status(day(back), (back, 2000), treatment_status="enrolled", **told)
    assert lifted.treatment_status is TreatmentStatus.ENROLLED
    assert world.know(patient_id)["monitoring_frequency"] == frequency
