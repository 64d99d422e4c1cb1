"""Identifiers: published examples, then the promises of the REMS Patient ID."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry import identifiers as ids

serials = st.integers(0, 10**8 - 1)


@pytest.mark.parametrize("npi", ["1234567893", "1558598797"])
def test_published_npis_fit(npi: str) -> None:
    assert ids.npi_fits(npi)


@pytest.mark.parametrize("npi", ["1234567890", "3234567893", "123456789", "12345678933", "123456789a", "", "１234567893"])
def test_npis_with_a_wrong_check_digit_first_digit_or_length_do_not_fit(npi: str) -> None:
    assert not ids.npi_fits(npi)


@given(st.from_regex(r"[12][0-9]{8}", fullmatch=True))
def test_exactly_one_check_digit_completes_an_npi(start: str) -> None:
    assert sum(ids.npi_fits(start + digit) for digit in string.digits) == 1


@pytest.mark.parametrize("dea", ["AP5836727", "F91234563"])
def test_published_dea_numbers_fit(dea: str) -> None:
    assert ids.dea_fits(dea)


@pytest.mark.parametrize("dea", ["AB4523763", "9F1234563", "ap5836727", "A15836727", "AP583672"])
def test_dea_numbers_of_the_wrong_formula_or_form_do_not_fit(dea: str) -> None:
    assert not ids.dea_fits(dea)


def test_a_dea_number_is_brought_to_capitals_before_it_is_checked() -> None:
    assert ids.normal_dea(" ap-5836727 ") == "AP5836727"


def test_an_ncpdp_number_only_ever_earns_a_warning() -> None:
    assert ids.ncpdp_warning("0512345") is None
    assert ids.ncpdp_warning("512345") is not None
    assert ids.ncpdp_warning("0012345") is not None


def test_a_hin_is_nine_letters_or_digits() -> None:
    assert ids.normal_hin("a1b2c3d40") == "A1B2C3D40"
    assert ids.normal_hin("A1B2C3D4") is None


def test_a_state_is_known_by_its_code_and_by_its_name() -> None:
    assert ids.normal_state("il") == ids.normal_state("ILLINOIS") == "IL"
    assert ids.normal_state("d.c.") == "DC"
    assert ids.normal_state("ZZ") is None


def test_a_zip_has_five_digits_or_five_and_four() -> None:
    assert ids.normal_zip("60601") == "60601"
    assert ids.normal_zip("606011234") == ids.normal_zip("60601-1234") == "60601-1234"
    assert ids.normal_zip("6060") is None
    assert ids.zip_fits("60601-1234")
    assert not ids.zip_fits("606011234")


@pytest.mark.parametrize("text", ["(312) 555-0142", "1-312-555-0142", "312.555.0142", "+1 312 555 0142", "3125550142"])
def test_phones_come_to_ten_digits_however_they_are_written(text: str) -> None:
    assert ids.normal_phone(text) == "3125550142"


@pytest.mark.parametrize("text", ["012-555-0142", "312-155-0142", "555-0142", "312-555-0142 x3", "2-312-555-0142", ""])
def test_phones_that_cannot_be_dialled_are_none(text: str) -> None:
    assert ids.normal_phone(text) is None


def test_emails_that_differ_in_case_only_are_one() -> None:
    assert ids.normal_email(" Ann.Lee@Example.ORG ") == "ann.lee@example.org"
    assert ids.normal_email("ann.lee@example") is None
    assert ids.normal_email("ann..lee@example.org") is None


def test_a_day_must_exist_to_be_a_day() -> None:
    assert ids.iso_day("2024-02-29") is not None
    assert ids.iso_day("2023-02-29") is None
    assert ids.iso_day("20240229") is None


@given(serials)
def test_an_issued_patient_id_fits_and_survives_printing(serial: int) -> None:
    issued = ids.issue_patient_id(serial)
    assert ids.patient_id_fits(issued)
    assert ids.normal_patient_id(ids.print_patient_id(issued).lower()) == issued


@given(serials, serials)
def test_two_patients_never_share_an_id(one: int, other: int) -> None:
    assert (ids.issue_patient_id(one) == ids.issue_patient_id(other)) == (one == other)


@given(serials, st.integers(0, 8), st.sampled_from(string.digits + string.ascii_uppercase))
def test_one_misread_character_never_names_another_patient(serial: int, place: int, character: str) -> None:
    issued = ids.issue_patient_id(serial)
    misread = issued[:place] + character + issued[place + 1 :]
    assert ids.patient_id_fits(misread) == (misread == issued)


@given(serials, st.integers(0, 8), st.integers(0, 8))
def test_two_exchanged_characters_never_name_another_patient(serial: int, one: int, other: int) -> None:
    issued = list(ids.issue_patient_id(serial))
    exchanged = issued.copy()
    exchanged[one], exchanged[other] = exchanged[other], exchanged[one]
    assert ids.patient_id_fits("".join(exchanged)) == (exchanged == issued)


@given(serials, st.integers(0, 6), st.sampled_from(string.digits), st.sampled_from(string.digits))
def test_a_doubled_digit_misread_as_another_double_never_names_another_patient(
    serial: int, place: int, true: str, read: str
) -> None:
    body = ids.issue_patient_id(serial)[:8]
    body = body[:place] + true * 2 + body[place + 2 :]
    issued = body + ids.patient_id_check(body)
    misread = issued[:place] + read * 2 + issued[place + 2 :]
    assert ids.patient_id_fits(misread) == (misread == issued)


def test_the_serials_end_is_said_not_wrapped() -> None:
    with pytest.raises(ValueError, match="no REMS Patient ID is left"):
        ids.issue_patient_id(10**8)


def test_no_check_letter_looks_like_a_digit() -> None:
    assert len(set(ids.PATIENT_ID_LETTERS)) == 19
    assert not set(ids.PATIENT_ID_LETTERS) & set("BGIOQSZ")


@pytest.mark.parametrize("serial", [0, 1, 7, 99, 12_345_678, 10**8 - 1])
def test_an_id_gives_back_the_serial_it_was_issued_from(serial: int) -> None:
    assert ids.serial_of(ids.issue_patient_id(serial)) == serial


@pytest.mark.parametrize("text", ["", "nonsense", "12345678", "4417-0823-K"])
def test_what_is_no_id_in_normal_form_has_no_serial_and_is_named(text: str) -> None:
    with pytest.raises(ValueError, match=f"'{text}'"):
        ids.serial_of(text)
