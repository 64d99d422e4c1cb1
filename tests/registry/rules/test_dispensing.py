"""R16, R41, R63–R66, R78: the dispense check; the Dispense Rationale stands in test_dispense_rationale."""

from __future__ import annotations

import pytest

from registry import dispense_requests
from registry.recording import admit
from tests.registry.rules.played_registry import BY_CORNER, NEITHER_SIGNED, Registry, at, on, why
from tests.registry.world import BEA, CLINIC, CORNER, OTHER_PRESCRIBER, STATUS, World, day

BY_BEA = {"prescriber_first_name": "BEA", "prescriber_last_name": "FOX", "prescriber_npi": BEA}


def test_r16_no_link_between_prescriber_and_patient_is_looked_for(later: Registry) -> None:
    later.prescriber(2, OTHER_PRESCRIBER)
    later.status(7, (7, 1900), **BY_BEA)
    assert later.know()["prescriber_npi"] != BEA
    assert later.ask(8)["authorized"] is True


def test_r16_a_dispense_rationale_names_any_prescriber(later: Registry) -> None:
    assert later.ask(8)["dispense_rationale_offered"] is True
    assert later.rationale(8, 7, prescriber=BEA)["authorized"] is True


def test_r63_each_outpatient_prescription_gets_an_authorization_of_its_own(treated: Registry) -> None:
    treated.status(7, (7, 1900), monitoring_frequency="other")
    given = [treated.dispense(day) for day in (8, 9, 10)]
    assert len(set(given)) == 3


@pytest.mark.parametrize("form", ["outpatient_pharmacy", "inpatient_pharmacy"])
def test_r63_the_first_dose_needs_an_authorization_from_either_kind_of_pharmacy(maria: Registry, form: str) -> None:
    maria.pharmacy(form=form)
    assert maria.ask(1)["authorization"] is not None


def test_r63_a_denial_carries_no_authorization_and_an_unknown_one_cannot_be_reported(later: Registry) -> None:
    assert later.ask(2)["authorization"] is None
    assert later.line(2, dispensed={"authorization": "A99999999"})["dispensed"] is False


def test_r64_the_first_dispensing_asks_for_pharmacy_enrollment_and_status_only(treated: Registry) -> None:
    assert treated.ask(36)["authorized"] is True, "without any status form"


def test_r64_the_first_dispensing_is_over_once_reported_and_not_by_asking(treated: Registry) -> None:
    assert treated.ask(1)["authorized"] is True
    number = treated.ask(2)["authorization"]
    assert treated.line(2, dispensed={"authorization": number})["dispensed"] is True
    assert why(treated.ask(2)) == ["R65"]


@pytest.mark.parametrize(("asked", "authorized"), [(8, True), (8.01, False)])
def test_r64_an_authorization_nobody_reported_on_counts_as_a_dispensing_after_a_week(
    treated: Registry, asked: float, authorized: bool
) -> None:
    treated.ask(1)
    assert treated.ask(asked)["authorized"] is authorized


def test_r64_what_another_pharmacy_dispensed_was_the_first_dispensing(later: Registry) -> None:
    later.pharmacy(2, pharmacy_npi=CLINIC, ar_email="clinic@example.org")
    assert why(later.ask(3, CLINIC)) == ["R65"]


@pytest.mark.parametrize(("asked", "authorized"), [(7, True), (43, True), (44, True), (45, False), (60, False)])
def test_r65_a_status_form_holds_from_day_0_to_day_37_after_its_receipt(later: Registry, asked: int, authorized: bool) -> None:
    later.status(7, (7, 1900), monitoring_frequency="other")
    answer = later.ask(asked)
    assert (answer["authorized"], why(answer)) == (authorized, [] if authorized else ["R65"])


@pytest.mark.parametrize(("received", "last_moment", "too_late"), [
    # received at 23:30 US Eastern of 30 November, which is 1 December by UTC: day 37 is 6 January
    ("2023-12-01T04:30:00Z", "2024-01-07T04:59:59Z", "2024-01-07T05:00:00Z"),
    # half an hour later it is 1 December there too
    ("2023-12-01T05:00:00Z", "2024-01-08T04:59:59Z", "2024-01-08T05:00:00Z"),
    # the clocks go forward on 10 March 2024: received on 8 March in winter time, day 37 ends on 14 April in summer time
    ("2024-03-09T04:30:00Z", "2024-04-15T03:59:59Z", "2024-04-15T04:00:00Z"),
    # on the day of the change itself, between the two offsets' midnights
    ("2024-03-11T03:59:59Z", "2024-04-17T03:59:59Z", "2024-04-17T04:00:00Z"),
    # and back on 3 November 2024: received on 20 October, day 37 is 26 November
    ("2024-10-21T03:30:00Z", "2024-11-27T04:59:59Z", "2024-11-27T05:00:00Z"),
    # a leap year's 29 February counts as a day
    ("2024-02-01T15:00:00Z", "2024-03-10T04:59:59Z", "2024-03-10T05:00:00Z"),
], ids=["evening", "midnight", "into-summer", "day-of-change", "into-winter", "leap-day"])  # fmt: skip
def test_r65_the_days_are_those_of_the_us_east(later: Registry, received: str, last_moment: str, too_late: str) -> None:
    later.status(received, monitoring_frequency="other", missing_labs_authorized=True)
    assert later.ask(last_moment)["authorized"] is True
    assert why(later.ask(too_late)) == ["R65"]


def test_r65_completed_is_the_day_the_fax_was_received_however_long_the_queue(later: Registry) -> None:
    later.status(7, (7, 1900), admitted=30, monitoring_frequency="other")
    assert later.ask(44)["authorized"] is True
    assert later.ask(45)["authorized"] is False


def test_r65_a_form_received_earlier_but_admitted_later_does_not_shorten_the_newer_ones_days(later: Registry) -> None:
    later.status(20, (20, 1900), monitoring_frequency="other")
    later.status(7, (7, 1900), admitted=21, monitoring_frequency="other")
    assert later.ask(57)["authorized"] is True


@pytest.mark.parametrize("values", [{"signed": NEITHER_SIGNED}, {"signed": {"prescriber": "unsure", "designee": "unsure"}},
                                    {"signed": NEITHER_SIGNED, **BY_CORNER}])  # fmt: skip
def test_r65_a_form_that_neither_prescriber_nor_designee_signed_is_not_completed(later: Registry, values: dict) -> None:
    later.status(7, (7, 1900), **values)
    assert why(later.ask(8)) == ["R65"]


def test_r65_an_anc_lab_reporting_form_is_no_status_form(later: Registry) -> None:
    later.lab(7, 7, 1900)
    assert why(later.ask(8)) == ["R65"]


@pytest.mark.parametrize(("ben", "anc", "authorized"), [
    (False, 1000, True), (False, 999.9, False), (True, 500, True), (True, 499.9, False),
])  # fmt: skip
def test_r65_the_latest_anc_is_acceptable_or_answered_by_a_rationale(
    later: Registry, ben: bool, anc: float, authorized: bool
) -> None:
    later.status(7, (7, anc), ben=ben)
    assert later.ask(8)["authorized"] is authorized
    later.answered(9, 7, anc)
    assert later.ask(9)["authorized"] is True


def test_r65_a_low_anc_of_a_lab_form_after_the_status_form_stops_dispensing(later: Registry) -> None:
    later.status(7, (7, 1900))
    assert later.ask(8)["authorized"] is True
    later.lab(9, 9, 800)
    assert later.ask(9)["authorized"] is False


def test_r66_a_denial_names_every_failed_condition_and_each_in_words(maria: Registry) -> None:
    maria.pharmacy()
    maria.dispense(1)
    maria.status(7, (7, 1900))
    maria.lab(50, 50, 400)
    maria.line(50, deactivate={"pharmacy_npi": CORNER})
    answer = maria.ask(51)
    assert len(answer["reasons"]) >= 4, "pharmacy, status, low ANC, status form too old"
    assert {"R76", "R65"} <= set(why(answer))
    assert all(len(one["reason"].split()) > 3 for one in answer["reasons"])
    assert len({one["reason"] for one in answer["reasons"]}) == len(answer["reasons"])


def test_r66_an_authorization_has_no_reasons(treated: Registry) -> None:
    assert treated.ask(1)["reasons"] == []


def test_r78_no_bloodwork_no_dispensing(later: Registry) -> None:
    later.status(20)  # a signed form without a single draw since the enrollment
    answer = later.ask(20)
    assert (answer["authorized"], why(answer)) == (False, ["R65"])
    assert answer["dispense_rationale_offered"] is False, "the form is there; its labs are not (R67)"
    assert later.rationale(20, 19)["authorized"] is False


def test_r78_the_status_form_first_and_the_rationale_as_the_exception(later: Registry) -> None:
    later.status(7, (7, 1900))
    later.ask(7)
    refused = later.rationale(7, 7)
    assert (refused["authorized"], why(refused)) == (False, ["R67"])


def test_a_denied_patient_whose_form_waits_is_told_it_is_in_process_and_stays_denied() -> None:
    world = World()
    maria = world.patient()
    world.pharmacy()
    world.dispense(maria, day(1))
    waiting = world.submission(
        "patient_status", {**STATUS, "labs.0.draw_date": on(7), "labs.0.anc": 1900}, day(7), ("prescriber",)
    )
    answer = dispense_requests.ask_dispense(world.session, CORNER, maria, day(7), in_process=True)
    assert (answer.authorized, answer.in_process) == (False, True)
    admit(world.session, waiting, day(8))
    assert dispense_requests.ask_dispense(world.session, CORNER, maria, day(8), in_process=False).authorized is True


def test_an_authorization_number_is_never_given_twice(treated: Registry) -> None:
    treated.status(7, (7, 1900), monitoring_frequency="other")
    numbers = [treated.ask(at(8 + hour / 24))["authorization"] for hour in range(5)]
    assert len(set(numbers)) == 5
