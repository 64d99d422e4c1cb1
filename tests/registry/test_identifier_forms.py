"""Identifiers, character by character: which separators are folded away, where a form begins and ends."""

from __future__ import annotations

from datetime import date

import pytest

from registry import identifiers as ids


@pytest.mark.parametrize("text", ["123-456-7893", "123 456 7893", "123.456.7893", " 1234567893\n"])
def test_an_npi_sheds_spaces_dashes_and_points(text: str) -> None:
    assert ids.normal_npi(text) == "1234567893"


@pytest.mark.parametrize("text", ["1234567890", "123/456/7893", "12345678931", ""])
def test_an_npi_that_does_not_fit_has_no_normal_form(text: str) -> None:
    assert ids.normal_npi(text) is None


@pytest.mark.parametrize(("text", "normal"), [
    ("AP.583 67-27", "AP5836727"), ("f91234563", "F91234563"), ("AP5836726", None), ("AP58367270", None), ("AP/5836727", None),
])  # fmt: skip
def test_a_dea_number_sheds_them_too(text: str, normal: str | None) -> None:
    assert ids.normal_dea(text) == normal


@pytest.mark.parametrize("dea", ["AB1000001", "AB0100002", "AB0010001", "AB0001002", "AB0000101", "AB0000012", "AB9999991"])
def test_each_digit_of_a_dea_number_has_its_weight(dea: str) -> None:
    assert ids.dea_fits(dea)


@pytest.mark.parametrize(("text", "warns"), [
    ("14-12345", False), ("141 2345", False), ("1412.345", False), ("01412345", True), ("141234", True), ("0012345", True),
    ("0112345", False), ("1002345", False), ("14/12345", True),
])  # fmt: skip
def test_an_ncpdp_number_warns_of_length_and_of_the_state_00_only(text: str, warns: bool) -> None:
    assert (ids.ncpdp_warning(text) is not None) is warns


@pytest.mark.parametrize(("text", "normal"), [
    ("a1-b2.c3 d40", "A1B2C3D40"), ("A1B2C3D4", None), ("A1B2C3D401", None), ("A1B2C3D4_", None), ("A1B2/C3D40", None),
])  # fmt: skip
def test_a_hin_has_exactly_nine_letters_or_digits(text: str, normal: str | None) -> None:
    assert ids.normal_hin(text) == normal


@pytest.mark.parametrize(("text", "code"), [
    ("IL", "IL"), ("i.l.", "IL"), (" new   york ", "NY"), ("New\tYork", "NY"), ("puerto rico", "PR"), ("AP", "AP"), ("I L", None),
    ("", None), ("Illinois!", None), ("NewYork", None),
])  # fmt: skip
def test_a_state_is_one_of_the_codes_or_names(text: str, code: str | None) -> None:
    assert ids.normal_state(text) == code


@pytest.mark.parametrize(("text", "normal"), [
    (" 62701 ", "62701"), ("62701 1234", "62701-1234"), ("62701 - 1234", "62701-1234"), ("627011234", "62701-1234"),
    ("62701-", None), ("62701--1234", None), ("62701-12345", None), ("x62701", None), ("62701x", None), ("٦٢٧٠١", None),
])  # fmt: skip
def test_a_zip_is_folded_to_five_or_to_five_dash_four(text: str, normal: str | None) -> None:
    assert ids.normal_zip(text) == normal


@pytest.mark.parametrize(("text", "fits"), [
    ("62701", True), ("62701-1234", True), ("62701 1234", False), ("6270", False), ("627011", False), ("62701-123", False),
])  # fmt: skip
def test_a_zip_fits_in_its_normal_form_only(text: str, fits: bool) -> None:
    assert ids.zip_fits(text) is fits


@pytest.mark.parametrize(("text", "normal"), [
    ("312/555/0142", "3125550142"), ("13125550142", "3125550142"), ("23125550142", None), ("113125550142", None),
    ("2005550142", "2005550142"), ("2002000000", "2002000000"), ("1995550142", None), ("3121550142", None), ("312555014", None),
    ("31255501422", None), ("1312555014", None), ("312,555,0142", None), ("٣١٢٥٥٥٠١٤٢", None),
])  # fmt: skip
def test_a_phone_number_is_ten_digits_after_an_optional_1(text: str, normal: str | None) -> None:
    assert ids.normal_phone(text) == normal


def test_a_phone_number_fits_in_its_normal_form_only() -> None:
    assert ids.phone_fits("3125550142")
    assert not ids.phone_fits("312-555-0142")
    assert not ids.phone_fits("13125550142")


def test_numbers_and_ids_are_printed_in_groups() -> None:
    assert ids.print_phone("3125550142") == "312-555-0142"
    assert ids.print_patient_id("44170823K") == "4417-0823-K"


@pytest.mark.parametrize(("text", "fits"), [
    ("a@b.co", True), ("a.b+c'd@x-y.example.org", True), ("a@b.c", False), ("a@.co", False), ("@b.co", False),
    ("a@b@c.co", False), ("a b@c.co", False), ("a..b@c.co", False), ("a@b..co", False),
    ("a@b.co1", False), ("é@b.co", False), ("", False),
    ("a" * 247 + "@ab.org", True), ("a" * 248 + "@ab.org", False),
])  # fmt: skip
def test_an_email_address_has_an_everyday_form_of_at_most_254_characters(text: str, fits: bool) -> None:
    assert ids.email_fits(text) is fits


def test_an_email_address_is_made_small_and_bare() -> None:
    assert ids.normal_email("\tA@B.CO ") == "a@b.co"
    assert ids.normal_email("A@B") is None


@pytest.mark.parametrize(("text", "day"), [
    ("2023-11-06", date(2023, 11, 6)), ("2023-13-06", None), ("2023-11-6", None), ("2023-W45-1", None), ("x2023-11-06", None),
    ("2023-11-06x", None), ("٢٠٢٣-11-06", None),
])  # fmt: skip
def test_a_day_is_written_iso(text: str, day: date | None) -> None:
    assert ids.iso_day(text) == day


@pytest.mark.parametrize(("digits", "letter"), [
    ("00000000", "A"), ("10000000", "E"), ("01000000", "K"), ("00100000", "P"), ("00010000", "T"), ("00001000", "X"),
    ("00000100", "H"), ("00000010", "C"), ("00000001", "M"), ("90000000", "L"),
])  # fmt: skip
def test_each_place_of_a_patient_id_has_the_weight_it_was_issued_with(digits: str, letter: str) -> None:
    """Changing a weight would break every ID on paper."""
    assert ids.patient_id_check(digits) == letter
    assert ids.patient_id_fits(digits + letter)


@pytest.mark.parametrize("digits", ["", "1234567", "123456789", "1234567x"])
def test_only_eight_digits_have_a_check_letter(digits: str) -> None:
    with pytest.raises(ValueError, match="8 digits"):
        ids.patient_id_check(digits)


@pytest.mark.parametrize("serial", [-1, 10**8])
def test_serials_outside_the_range_have_no_id(serial: int) -> None:
    with pytest.raises(ValueError, match=str(serial)):
        ids.issue_patient_id(serial)


def test_the_first_and_the_last_serial_have_the_ids_they_always_had() -> None:
    assert ids.issue_patient_id(0)[:8] == "44170823"
    assert ids.issue_patient_id(1)[:8] == "82367424"
    assert ids.issue_patient_id(2)[:8] == "20564025"
    assert ids.issue_patient_id(10**8 - 1)[:8] == "05974222"


@pytest.mark.parametrize(("text", "fits"), [("00000000A", True), ("00000000C", False), ("0000000A", False), ("00000000AA", False),
                                            ("0000000xA", False), ("00000000a", False), ("", False)])  # fmt: skip
def test_a_patient_id_fits_in_its_normal_form_only(text: str, fits: bool) -> None:
    assert ids.patient_id_fits(text) is fits


@pytest.mark.parametrize("text", ["0000-0000-A", "0000 0000 a", "0000.0000.A", "00000000a"])
def test_a_patient_id_sheds_separators_and_case(text: str) -> None:
    assert ids.normal_patient_id(text) == "00000000A"


def test_a_patient_id_with_the_wrong_letter_has_no_normal_form() -> None:
    assert ids.normal_patient_id("0000-0000-C") is None
