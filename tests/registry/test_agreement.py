"""What a form says of a patient beside a record, item by item, and what the rule table makes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from registry.agreement import NEAR_RULES, Agreement, Named, compared, how_near_day, is_near, near_day, near_days, rule_of
from registry.matching import Match, PatientMatch, candidates_of, match_patient, names_differ
from registry.patients import Patient
from tests.registry.histories_by_hand import patient

AGREES, NEARLY, DIFFERS, UNKNOWN = Agreement.AGREES, Agreement.NEARLY, Agreement.DIFFERS, Agreement.UNKNOWN
BORN = date(1980, 2, 3)
ROBERT = patient(
    patient_id="P1", first_name="Robert", last_name="Smith", date_of_birth=BORN, zip="62701-1234", sex="male", merged_into=None
)
SAID = Named("P1", "ROBERT", "SMITH", BORN, "62701", "male")
NOBODYS_ID = replace(SAID, patient_id=None)


def kinds(named: Named, record: Patient = ROBERT) -> list[Agreement]:
    return [one.agreement for one in compared(named, record).items]


def test_every_item_is_compared_in_the_order_a_person_reads() -> None:
    stranger, blank = Named("P2", "OLGA", "WONG", date(1955, 7, 19), "10001", "female"), Named(None, None, None, None)
    for named in (SAID, stranger, blank):
        items = [one.item for one in compared(named, ROBERT).items]
        assert items == ["patient_id", "first_name", "last_name", "date_of_birth", "zip", "sex"]
    assert kinds(SAID) == [AGREES] * 6
    assert kinds(stranger) == [DIFFERS] * 6
    assert kinds(blank) == [UNKNOWN] * 6
    unknown = compared(SAID, replace(ROBERT, zip=None, sex=None, first_name="", last_name=""))
    assert [one.item for one in unknown.of(UNKNOWN)] == ["first_name", "last_name", "zip", "sex"]
    assert not compared(SAID, ROBERT).exchanged


def test_zips_are_compared_by_their_first_five_digits() -> None:
    assert kinds(replace(SAID, zip="62701-9999"))[4] is AGREES
    assert kinds(replace(SAID, zip="62702-1234"))[4] is DIFFERS


def test_what_nearly_agrees_says_how() -> None:
    reasons = compared(replace(SAID, first_name="BOB", last_name="SMYTH", date_of_birth=date(1980, 3, 2)), ROBERT)
    said = [(one.item, one.how) for one in reasons.of(NEARLY)]
    assert said == [
        ("first_name", "a nickname"),
        ("last_name", "one letter off"),
        ("date_of_birth", "day and month exchanged"),
    ]
    assert reasons.slips == 3
    assert [one.how for one in compared(SAID, ROBERT).items] == [""] * 6


def test_names_are_compared_crosswise_where_that_fits_and_straight_does_not() -> None:
    crosswise = compared(replace(SAID, first_name="SMITH", last_name="ROBERT"), ROBERT)
    assert (crosswise.exchanged, crosswise.slips, [one.agreement for one in crosswise.items[1:3]]) == (True, 1, [AGREES, AGREES])
    slip = compared(replace(SAID, first_name="SMYTH", last_name="ROBERT"), ROBERT)
    assert (slip.exchanged, slip.slips) == (True, 2)
    for first, last in (("OLGA", "ROBERT"), ("SMITH", "WONG"), ("SMITH", None), (None, "ROBERT")):
        assert not compared(replace(SAID, first_name=first, last_name=last), ROBERT).exchanged
    lee = replace(ROBERT, first_name="Lee", last_name="Les")
    assert not compared(replace(SAID, first_name="LEE", last_name="LES"), lee).exchanged


SLIP_DAY, OTHER_DAY = date(1980, 2, 8), date(1962, 7, 19)
NEAR_CASES = [
    (replace(NOBODYS_ID, first_name="BOB", last_name="SMYTH"), 0),
    (replace(NOBODYS_ID, first_name="BOB", last_name="SMYTH", zip="10001"), 0),
    (replace(NOBODYS_ID, first_name="BOB", last_name="SMYTH", sex="female"), 0),
    (replace(NOBODYS_ID, first_name="BOB", last_name="SMYTH", zip=None, sex=None), 0),
    (replace(NOBODYS_ID, first_name="BOB", last_name="SMYTH", zip="10001", sex="female"), None),
    (replace(NOBODYS_ID, first_name="SMYTH", last_name="BOB"), None),
    (replace(NOBODYS_ID, date_of_birth=SLIP_DAY), 1),
    (replace(NOBODYS_ID, first_name="SMITH", last_name="ROBERT", date_of_birth=SLIP_DAY), 1),
    (replace(NOBODYS_ID, date_of_birth=SLIP_DAY, zip="10001"), 1),
    (replace(NOBODYS_ID, date_of_birth=SLIP_DAY, zip="10001", sex="female"), None),
    (replace(NOBODYS_ID, date_of_birth=OTHER_DAY), None),
    (replace(NOBODYS_ID, first_name="BOB", date_of_birth=SLIP_DAY), 2),
    (replace(NOBODYS_ID, last_name="SMYTH", date_of_birth=SLIP_DAY, zip=None, sex=None), 2),
    (replace(NOBODYS_ID, first_name="BOB", date_of_birth=SLIP_DAY, zip="10001"), None),
    (replace(NOBODYS_ID, first_name="BOB", date_of_birth=SLIP_DAY, sex="female"), None),
    (replace(NOBODYS_ID, first_name="BOB", last_name="SMYTH", date_of_birth=SLIP_DAY), None),
    (replace(NOBODYS_ID, last_name="KOWALSKI"), 3),
    (replace(NOBODYS_ID, last_name="KOWALSKI", sex=None), 3),
    (replace(NOBODYS_ID, last_name="KOWALSKI", sex="female"), None),
    (replace(NOBODYS_ID, last_name="KOWALSKI", zip=None), None),
    (replace(NOBODYS_ID, last_name="KOWALSKI", zip="10001"), None),
    (replace(NOBODYS_ID, last_name="KOWALSKI", first_name="BOB"), None),
    (replace(NOBODYS_ID, last_name="KOWALSKI", date_of_birth=SLIP_DAY), None),
    (replace(NOBODYS_ID, first_name="OLGA"), None),
    (replace(NOBODYS_ID, first_name=None), None),
    (replace(NOBODYS_ID, last_name=None), None),
    (replace(NOBODYS_ID, date_of_birth=None), None),
]


@pytest.mark.parametrize(("named", "row"), NEAR_CASES)
def test_the_first_row_of_the_table_that_holds_is_the_reason(named: Named, row: int | None) -> None:
    assert rule_of(compared(named, ROBERT)) == (None if row is None else NEAR_RULES[row])
    assert is_near(named, ROBERT) is (row is not None)
    assert match_patient(named, [ROBERT]).kind in (
        [Match.NEAR] if row is not None else [Match.STRANGER, Match.INCOMPLETE]
    )  # fmt: skip


def test_one_without_a_last_name_is_near_nobody_whatever_the_first() -> None:
    assert not is_near(replace(NOBODYS_ID, first_name="BOB", last_name=None), ROBERT)
    assert not is_near(replace(NOBODYS_ID, first_name="BOB", last_name=""), ROBERT)


def test_one_who_agrees_in_everything_is_near_too() -> None:
    assert is_near(NOBODYS_ID, ROBERT)
    assert is_near(replace(NOBODYS_ID, first_name="SMITH", last_name="ROBERT"), ROBERT)


@pytest.mark.parametrize(
    ("other", "how"),
    [
        (BORN, None), (date(1980, 3, 2), "day and month exchanged"), (date(1981, 3, 2), None),
        (date(1980, 2, 4), "one digit off"),
        (date(1980, 2, 13), "one digit off"), (date(1880, 2, 3), "one digit off"), (date(1980, 12, 3), "one digit off"),
        (date(1980, 2, 14), None), (date(1981, 2, 4), None),
    ],
)  # fmt: skip
def test_one_day_is_another_by_one_slip_that_has_a_word(other: date, how: str | None) -> None:
    assert how_near_day(BORN, other) == how_near_day(other, BORN) == how
    assert near_day(BORN, other) is (how is not None or other == BORN)


def test_the_days_one_slip_away_are_real_ones_of_the_years_people_are_born_in() -> None:
    found = near_days(date(1900, 2, 28))
    assert found == sorted(set(found))
    assert date(1900, 2, 28) not in found
    assert {date(1900, 2, 27), date(1900, 2, 18), date(1900, 12, 28), date(1910, 2, 28), date(1909, 2, 28)} <= set(found)
    assert {one.year for one in found} == {1900, *range(1901, 1910), *range(1910, 2000, 10)}
    assert date(2099, 1, 2) in near_days(date(2098, 1, 2))
    assert date(1980, 3, 2) in near_days(BORN)
    assert date(1980, 11, 2) in near_days(date(1980, 2, 11))
    assert max(near_days(date(2000, 1, 1))).year < 2100
    assert date(2000, 1, 1) not in near_days(date(2100, 1, 2))
    assert {one.year for one in near_days(date(2099, 5, 6))} <= set(range(1900, 2100))


TWIN = replace(ROBERT, patient_id="P2", serial=2)
RUPERT = replace(ROBERT, patient_id="P3", first_name="Rupert")


def test_an_id_is_taken_where_the_last_name_changed_and_nothing_else_speaks_against_it() -> None:
    assert match_patient(replace(SAID, last_name="KOWALSKI"), [ROBERT]) == PatientMatch(Match.SAME, ROBERT)
    assert match_patient(replace(SAID, last_name="KOWALSKI", first_name="BOB"), [ROBERT]).patient is ROBERT
    assert match_patient(replace(SAID, date_of_birth=SLIP_DAY), [ROBERT]).patient is ROBERT
    for contradicting in (
        replace(SAID, last_name="KOWALSKI", date_of_birth=SLIP_DAY), replace(SAID, last_name="KOWALSKI", date_of_birth=None),
        replace(SAID, last_name="KOWALSKI", first_name=None), replace(SAID, date_of_birth=OTHER_DAY),
        replace(SAID, first_name="OLGA"), replace(SAID, first_name="SMITH"), replace(SAID, first_name="SMITH", last_name=None),
        replace(SAID, first_name="SMITH", last_name="OLGA"),
    ):  # fmt: skip
        assert match_patient(contradicting, [ROBERT]).kind is Match.CONTRADICTION
    assert match_patient(replace(SAID, first_name="SMITH", last_name="ROBERT"), [ROBERT]).patient is ROBERT
    assert match_patient(replace(SAID, first_name=None, date_of_birth=None), [ROBERT]).patient is ROBERT
    assert match_patient(replace(SAID, last_name=None, date_of_birth=None), [ROBERT]).patient is ROBERT


def test_an_id_whose_name_and_birth_date_are_exactly_anothers_is_a_contradiction() -> None:
    named = replace(SAID, patient_id="P3")
    assert match_patient(named, [RUPERT, ROBERT]).kind is Match.CONTRADICTION
    assert match_patient(replace(named, first_name="RUPERT"), [RUPERT, ROBERT]).patient is RUPERT
    assert match_patient(SAID, [ROBERT, TWIN]).patient is ROBERT
    near = replace(ROBERT, patient_id="P3", first_name="Roberta")
    assert match_patient(named, [near, ROBERT]).kind is Match.CONTRADICTION
    assert match_patient(named, [near, replace(ROBERT, merged_into="P3")]).patient is near


def test_patients_merged_into_one_are_one_person_and_not_several() -> None:
    merged = replace(TWIN, merged_into="P1")
    assert match_patient(NOBODYS_ID, [ROBERT, merged]).patient is ROBERT
    assert match_patient(NOBODYS_ID, [ROBERT, TWIN]).kind is Match.SEVERAL
    assert match_patient(NOBODYS_ID, [ROBERT, TWIN]).patient is None


def test_nobody_known_is_a_stranger_and_a_near_one_among_others_is_near() -> None:
    assert match_patient(NOBODYS_ID, []).kind is Match.STRANGER
    assert match_patient(replace(NOBODYS_ID, first_name="BOB"), [RUPERT, ROBERT]).kind is Match.NEAR


def test_candidates_stand_the_likeliest_first_each_with_its_kind_and_reason() -> None:
    slip = replace(ROBERT, patient_id="P4", last_name="Smyth")
    two_slips = replace(ROBERT, patient_id="P0", first_name="Bob", last_name="Smyth")
    stranger = replace(ROBERT, patient_id="P9", first_name="Olga")
    found = candidates_of(NOBODYS_ID, [two_slips, slip, stranger, ROBERT])
    assert [(one.patient.patient_id, one.kind) for one in found] == [
        ("P1", Match.SAME), ("P4", Match.NEAR), ("P0", Match.NEAR),
    ]  # fmt: skip
    assert [one.why for one in found[1:]] == [NEAR_RULES[0].when] * 2
    assert found[0].reasons == compared(NOBODYS_ID, ROBERT)


def test_candidates_of_equal_slips_stand_by_what_differs_and_then_by_id() -> None:
    elsewhere = replace(ROBERT, patient_id="P0", last_name="Smyth", zip="10001")
    last, first = (replace(ROBERT, patient_id=one, last_name="Smyth") for one in ("P8", "P7"))
    assert [one.patient.patient_id for one in candidates_of(NOBODYS_ID, [elsewhere, last, first])] == ["P7", "P8", "P0"]


def test_the_holder_of_the_id_is_a_candidate_even_where_name_or_birth_date_contradict() -> None:
    (same,) = candidates_of(replace(SAID, last_name="KOWALSKI"), [ROBERT])
    (against,) = candidates_of(replace(SAID, first_name="OLGA"), [ROBERT])
    assert (same.kind, against.kind) == (Match.SAME, Match.CONTRADICTION)
    assert same.patient is against.patient is ROBERT
    assert against.reasons == compared(replace(SAID, first_name="OLGA"), ROBERT)
    assert same.reasons == compared(replace(SAID, last_name="KOWALSKI"), ROBERT)
    assert all("REMS Patient ID" in one.why for one in (same, against))
    assert same.why != against.why
    by_name = candidates_of(NOBODYS_ID, [ROBERT])[0].why
    assert by_name
    assert "ID" not in by_name


@pytest.mark.parametrize(
    ("given", "known", "differ"),
    [
        (("ANN", "FOX"), ("Ann", "Lee"), False), (("BEA", "LEE"), ("Ann", "Lee"), False), (("BEA", "FOX"), ("Ann", "Lee"), True),
        (("LEE", "FOX"), ("Ann", "Lee"), False), (("BEA", "ANN"), ("Ann", "Lee"), False), (("LEA", "FOX"), ("Ann", "Lee"), True),
        ((None, "FOX"), ("Ann", "Lee"), True), (("BEA", None), ("Ann", "Lee"), True), (("BEA", "FOX"), (None, None), False),
        (("BEA", "FOX"), ("Ann", None), True), (("BEA", "FOX"), (None, "Lee"), True), ((None, "ANN"), ("Ann", "Lee"), False),
        (("BEA", None), (None, "Lee"), False),
    ],
)  # fmt: skip
def test_a_name_differs_where_all_that_is_given_contradicts_all_that_is_known(
    given: tuple[str | None, str | None], known: tuple[str | None, str | None], differ: bool
) -> None:
    assert names_differ(*given, *known) is differ
