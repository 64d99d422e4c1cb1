"""Section 4: identifiers and their checks, each with what the rules give as valid and invalid; and dates as forms carry them."""

from __future__ import annotations

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry import identifiers
from tests.registry.rules.played_registry import Registry, cited, on, parts, row, rules
from tests.registry.world import PHARMACY, PRESCRIBER

serials = st.integers(0, 10**8 - 1)


@pytest.mark.parametrize("npi", ["1234567893", "1558598797"])
def test_npi_the_published_examples_fit(npi: str) -> None:
    assert identifiers.npi_fits(npi)


@pytest.mark.parametrize("npi", [
    "1234567890", "1234567892", "123456789", "12345678933", "3234567893", "0234567893", "123456789X", "1234 567893", "١٢٣٤٥٦٧٨٩٣",
    "",
])  # fmt: skip
def test_npi_ten_digits_first_1_or_2_and_a_luhn_digit(npi: str) -> None:
    assert not identifiers.npi_fits(npi)


def test_npi_a_first_digit_other_than_1_or_2_is_refused_whatever_its_check_digit() -> None:
    first_of = {text[0] for number in range(3000) for text in [f"{number * 3_399_991:010d}"] if identifiers.npi_fits(text)}
    assert first_of == {"1", "2"}


@given(st.integers(10**8, 3 * 10**8 - 1), st.integers(0, 8), st.sampled_from("0123456789"))
@settings(max_examples=200, deadline=None)
def test_npi_one_misread_digit_never_fits(nine: int, place: int, digit: str) -> None:
    fitting = next(f"{nine}{check}" for check in range(10) if identifiers.npi_fits(f"{nine}{check}"))
    misread = fitting[:place] + digit + fitting[place + 1 :]
    assert (misread == fitting) is identifiers.npi_fits(misread)


@pytest.mark.parametrize("dea", ["AP5836727", "F91234563"])
def test_dea_the_published_examples_fit(dea: str) -> None:
    assert identifiers.dea_fits(dea)


@pytest.mark.parametrize("dea", ["AB4523763", "AP5836726", "A15836727", "5P5836727", "AP583672", "AP58367277", "ap5836727", ""])
def test_dea_what_does_not_fit(dea: str) -> None:
    assert not identifiers.dea_fits(dea)


def test_dea_the_even_places_are_doubled_and_not_the_odd_ones() -> None:
    fitting = {text for number in range(1000) for text in [f"AB1000{number:03d}"] if identifiers.dea_fits(text)}
    assert all((1 + 0 + int(text[6]) + 2 * (0 + 0 + int(text[7]))) % 10 == int(text[8]) for text in fitting)
    assert len(fitting) == 100


def test_ncpdp_only_warns_and_turns_nobody_away(empty: Registry) -> None:
    assert identifiers.ncpdp_warning("1412345") is None
    assert identifiers.ncpdp_warning("141234") is not None
    for odd in ("141234", "0012345", "ABCDEFG"):
        answer = empty.submit("outpatient_pharmacy", {**PHARMACY, "pharmacy_ncpdp": odd}, signed={"ar": "present"})
        assert (answer["admitted"], cited(answer)) == (True, set())


@pytest.mark.parametrize(("hin", "fits"), [("A1B2C3D40", True), ("123456789", True), ("A1B2C3D4", False), ("A1B2C3D4-", False)])
def test_hin_nine_letters_or_digits_and_nothing_more(hin: str, fits: bool) -> None:
    assert identifiers.hin_fits(hin) is fits


def test_state_licence_is_free_text_with_a_state(empty: Registry) -> None:
    for licence in ("036-123456", "12345", "MD.2023/7"):
        values = {**PRESCRIBER, "licence": licence, "licence_state": "IL"}
        assert empty.submit("prescriber_enrollment", values, signed={"prescriber": "present"})["admitted"] is True
    wrong = {**PRESCRIBER, "licence_state": "ZZ"}
    answer = empty.submit("prescriber_enrollment", wrong, signed={"prescriber": "present"})
    assert (answer["admitted"], {part for part, _ in rules(answer)}) == ("partly", {"licence_state"})


def test_a_wrong_dea_number_is_refused_alone(empty: Registry) -> None:
    values = {**PRESCRIBER, "prescriber_dea": "AB4523763"}
    answer = empty.submit("prescriber_enrollment", values, signed={"prescriber": "present"})
    assert (answer["admitted"], {part for part, _ in rules(answer)}) == ("partly", {"prescriber_dea"})


@given(serials, st.integers(0, 8), st.sampled_from(string.ascii_uppercase + string.digits))
@settings(max_examples=300, deadline=None)
def test_patient_id_one_misread_character_never_names_another_patient(serial: int, place: int, read: str) -> None:
    issued = identifiers.issue_patient_id(serial)
    misread = issued[:place] + read + issued[place + 1 :]
    assert (misread == issued) is identifiers.patient_id_fits(misread)


@given(serials, st.integers(0, 7))
@settings(max_examples=300, deadline=None)
def test_patient_id_two_neighbours_exchanged_never_name_another_patient(serial: int, place: int) -> None:
    issued = identifiers.issue_patient_id(serial)
    swapped = issued[:place] + issued[place + 1] + issued[place] + issued[place + 2 :]
    assert (swapped == issued) is identifiers.patient_id_fits(swapped)


def test_patient_id_that_does_not_fit_finds_nobody_however_near(maria: Registry) -> None:
    wrong = maria.maria[:-1] + ("A" if maria.maria[-1] != "A" else "C")
    assert maria.line(1, ask="patient", patient_id=wrong)["treatment_status"] is None


@pytest.mark.parametrize(("text", "normal"), [
    ("62701", "62701"), ("62701-1234", "62701-1234"), ("6270", None), ("627011", None), ("62701-12", None), ("ABCDE", None),
])  # fmt: skip
def test_zip_five_or_five_and_four(text: str, normal: str | None) -> None:
    assert identifiers.normal_zip(text) == normal


@pytest.mark.parametrize(("text", "normal"), [
    ("312-555-0142", "3125550142"), ("1 (312) 555-0142", "3125550142"), ("+1 312 555 0142", "3125550142"),
    ("112-555-0142", None), ("012-555-0142", None), ("312-155-0142", None), ("312-055-0142", None),
    ("312-555-014", None), ("2 312 555 0142", None), ("312-555-0142 x5", None),
])  # fmt: skip
def test_phone_ten_digits_an_optional_1_and_neither_area_nor_exchange_begins_with_0_or_1(text: str, normal: str | None) -> None:
    assert identifiers.normal_phone(text) == normal


@pytest.mark.parametrize(("drawn", "stands"), [
    (on(7), True), (on(8), False), (on(7 - 365), True), (on(7 - 366), False), ("11/08/2023", False), ("2023-02-30", False),
])  # fmt: skip
def test_dates_a_draw_lies_neither_in_the_future_nor_more_than_a_year_back(maria: Registry, drawn: str, stands: bool) -> None:
    answer = maria.status(7, **row(0, drawn, 1900))
    assert ("labs.0" in parts(answer)) is stands
    assert ("labs.0.draw_date" in {part for part, _ in rules(answer)}) is not stands


def test_dates_a_draw_of_the_senders_evening_is_not_of_the_future(maria: Registry) -> None:
    """At 01:00 UTC of the 9th it is the 8th in the program's zone and the 9th where the sender's clock shows UTC."""
    assert "labs.0" in parts(maria.status("2023-11-09T01:00:00Z", **row(0, "2023-11-09", 1900)))


def test_email_small_letters_and_an_everyday_form() -> None:
    assert identifiers.normal_email(" Ann@Example.ORG ") == "ann@example.org"
    assert identifiers.normal_email("ann@example") is None
    assert identifiers.normal_email("ann example.org") is None
