"""A party's form that waited at the desk: it counts from its receipt, and does not bring back what a later one had changed."""

from __future__ import annotations

from registry import storage
from registry.parties import Pharmacy, Prescriber
from tests.registry.world import ANN, CORNER, PHARMACY, PRESCRIBER, World, day, kinds

NEW_FAX, OLD_FAX = "3125550188", "3125550143"


def test_a_prescribers_older_form_read_late_sends_no_letter_to_the_number_given_up() -> None:
    world = World()
    world.send("prescriber_enrollment", {**PRESCRIBER, "prescriber_fax": NEW_FAX}, day(5), ("prescriber",))
    late = world.send("prescriber_enrollment", {**PRESCRIBER, "prescriber_fax": OLD_FAX}, day(1), ("prescriber",))
    ann = storage.load(world.session, Prescriber, ANN)
    assert ann is not None
    assert (ann.fax, ann.details_as_of) == (NEW_FAX, day(5))
    assert [one.fax for one in late.notices] == [NEW_FAX]


def test_a_prescribers_newer_form_changes_the_number() -> None:
    world = World()
    world.send("prescriber_enrollment", {**PRESCRIBER, "prescriber_fax": OLD_FAX}, day(1), ("prescriber",))
    world.send("prescriber_enrollment", {**PRESCRIBER, "prescriber_fax": NEW_FAX}, day(5), ("prescriber",))
    ann = storage.load(world.session, Prescriber, ANN)
    assert ann is not None
    assert (ann.fax, ann.form_received_at) == (NEW_FAX, day(1))


def test_a_pharmacys_older_form_read_late_changes_nothing_of_the_newer_one() -> None:
    world = World()
    world.send("outpatient_pharmacy", {**PHARMACY, "pharmacy_fax": NEW_FAX}, day(5), ("ar",))
    world.send("outpatient_pharmacy", {**PHARMACY, "pharmacy_fax": OLD_FAX}, day(1), ("ar",))
    pharmacy = storage.load(world.session, Pharmacy, CORNER)
    assert pharmacy is not None
    assert (pharmacy.fax, pharmacy.details_as_of) == (NEW_FAX, day(5))
    certified = world.assessment("pharmacy_knowledge", day(6))
    assert "pharmacy_certified" in kinds(certified)
