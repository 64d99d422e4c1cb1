"""Nearly the same person: every pair that slips of the pen make is found among others and explained; strangers stay strangers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, insert

from registry import storage
from registry.agreement import NEAR_RULES, Agreement, Named, compared, is_near, near_day, near_days, rule_of
from registry.identifiers import issue_patient_id
from registry.matching import Match, match_patient
from registry.names import how_similar, nicknames, plain_name
from registry.near import near_patients, near_pharmacies, near_prescribers, npi_variants
from registry.patients import Patient
from registry.situations import match_named
from registry.tables import TABLES
from registry.vocabulary import MonitoringFrequency, TreatmentStatus
from tests.registry.world import ANN, CORNER, PRESCRIBER, World

FIRST = ["Robert", "María", "William", "Elizabeth", "José", "Katherine", "Ann-Marie", "Olga", "Ngoc", "Dmitri", "Zoë", "Li"]
LAST = ["Smith", "García-López", "O'Brien", "Nguyen", "Abernathy", "Kowalski", "Müller", "De la Cruz", "Okafor", "Lee", "Jones"]
BORN = date(1980, 2, 3)


def patient(serial: int = 0, first: str = "Robert", last: str = "Smith", born: date = BORN, zip_code: str | None = "62701",
            sex: str | None = "male") -> Patient:  # fmt: skip
    return Patient(
        issue_patient_id(serial), serial, first, None, last, born, sex, zip_code, None, None, "1234567893", False, False,
        MonitoringFrequency.WEEKLY, None, None, datetime(2023, 11, 1, tzinfo=UTC), TreatmentStatus.ENROLLED, date(2023, 11, 1),
    )  # fmt: skip


def said(one: Patient) -> Named:
    return Named(None, one.first_name, one.last_name, one.date_of_birth, one.zip, one.sex)


ROBERT = patient()


@pytest.mark.parametrize(
    ("named", "how"),
    [
        (replace(said(ROBERT), first_name="Bob", date_of_birth=date(1980, 2, 8)), ["a nickname", "one digit off"]),
        (replace(said(ROBERT), last_name="Smyth", date_of_birth=date(1980, 3, 2)), ["one letter off", "day and month exchanged"]),
        (replace(said(ROBERT), first_name="Smith", last_name="Robbert"), ["one letter off"]),
        (replace(said(ROBERT), first_name="Smith", last_name="Robert", date_of_birth=date(1980, 2, 8)), ["one digit off"]),
        (replace(said(ROBERT), first_name="R", last_name="Smith-Jones"), ["an initial", "a part of a double name"]),
        (replace(said(ROBERT), last_name="Kowalski"), []),
    ],
)  # fmt: skip
def test_two_small_differences_are_near_and_each_has_a_word(named: Named, how: list[str]) -> None:
    assert match_patient(named, [ROBERT]).kind is Match.NEAR
    reasons = compared(named, ROBERT)
    assert [one.how for one in reasons.of(Agreement.NEARLY)] == how
    assert rule_of(reasons) in NEAR_RULES


@pytest.mark.parametrize(
    "named",
    [
        replace(said(ROBERT), first_name="Bob", last_name="Smyth", date_of_birth=date(1980, 2, 8)),
        replace(said(ROBERT), date_of_birth=date(1962, 7, 19)),
        replace(said(ROBERT), last_name="Kowalski", zip="10001"),
        replace(said(ROBERT), last_name="Kowalski", zip=None),
        replace(said(ROBERT), last_name="Kowalski", sex="female"),
        replace(said(ROBERT), last_name="Kowalski", date_of_birth=date(1980, 2, 8)),
        replace(said(ROBERT), first_name="Bob", date_of_birth=date(1980, 2, 8), zip="10001"),
        replace(said(ROBERT), first_name="Dmitri"),
    ],
)  # fmt: skip
def test_a_third_difference_or_one_that_no_slip_makes_is_another_person(named: Named) -> None:
    assert match_patient(named, [ROBERT]).kind is Match.STRANGER


def test_words_that_many_names_share_do_not_make_two_names_one() -> None:
    assert how_similar("De la Cruz", "De Leon") is None
    assert how_similar("De la Cruz", "Cruz") == "a part of a double name"


def test_every_nickname_goes_both_ways() -> None:
    assert [(a, b) for a, others in nicknames().items() for b in others if a not in nicknames()[b]] == []


days = st.dates(date(1920, 1, 1), date(2015, 12, 31))


@given(days, days)
def test_near_days_are_exactly_those_that_one_slip_makes(one: date, other: date) -> None:
    assert near_day(one, other) == near_day(other, one) == (one == other or other in near_days(one))
    assert all(near_day(one, day) and near_day(day, one) and day != one for day in near_days(one))
    assert len(near_days(one)) <= 45


people = st.builds(
    patient, st.just(0), st.sampled_from([*FIRST, "Bob", "Liz", "R"]), st.sampled_from([*LAST, "Smyth", "Robert", "Cruz"]),
    st.sampled_from([BORN, date(1980, 2, 8), date(1980, 3, 2), date(1951, 6, 30)]), st.sampled_from([None, "62701", "10001"]),
    st.sampled_from([None, "male", "female"]),
)  # fmt: skip


@given(people, people)
def test_the_short_way_to_near_says_what_the_table_says(one: Patient, other: Patient) -> None:
    assert is_near(said(one), other) == (rule_of(compared(said(one), other)) is not None)


@given(people, people)
def test_matching_has_no_direction(one: Patient, other: Patient) -> None:
    def without(found: Patient) -> Match:
        return match_patient(said(other if found is one else one), [found]).kind

    assert without(one) == without(other)


@cache
def crowd() -> tuple[World, list[Patient]]:
    """A registry of some thousand people, many with the same names, none of whom is another but by his own birth date."""
    random = Random(7)
    known: dict[tuple[str, str, date], Patient] = {}
    while len(known) < 1500:
        born = date(1930, 1, 1) + timedelta(days=random.randrange(28_000))
        one = patient(
            len(known), random.choice(FIRST), random.choice(LAST), born, f"{random.randrange(1000, 99_000):05d}",
            random.choice(["male", "female"]),
        )  # fmt: skip
        known.setdefault((plain_name(one.first_name), plain_name(one.last_name), born), one)
    world = World()
    world.session.execute(insert(TABLES[Patient].table), [TABLES[Patient].row(one) for one in known.values()])
    return world, list(known.values())


def letter_slip(data: st.DataObject, name: str) -> str:
    """A name with one letter changed, added or lost, or two neighbours exchanged; as it is where it is too short for that."""
    if len(plain_name(name)) < 4 or not name.isascii() or not name.isalpha():
        return name
    at = data.draw(st.integers(0, len(name) - 2))
    letter = data.draw(st.sampled_from("aeiounrst"))
    changed, added, lost = name[:at] + letter + name[at + 1 :], name[:at] + letter + name[at:], name[:at] + name[at + 1 :]
    turned = name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    return data.draw(st.sampled_from([changed, added, lost, turned]))


def first_slip(data: st.DataObject, named: Named) -> Named:
    assert named.first_name is not None
    other = sorted(nicknames().get(plain_name(named.first_name), ()))
    forms = [letter_slip(data, named.first_name), named.first_name[0], f"{named.first_name} Xenia", *other]
    return replace(named, first_name=data.draw(st.sampled_from(forms)))


def last_slip(data: st.DataObject, named: Named) -> Named:
    assert named.last_name is not None
    forms = [letter_slip(data, named.last_name), f"{named.last_name}-Quint", f"Quint {named.last_name}"]
    return replace(named, last_name=data.draw(st.sampled_from(forms)))


def day_slip(data: st.DataObject, named: Named) -> Named:
    assert named.date_of_birth is not None
    return replace(named, date_of_birth=data.draw(st.sampled_from(near_days(named.date_of_birth))))


def exchange(data: st.DataObject, named: Named) -> Named:
    return replace(named, first_name=named.last_name, last_name=named.first_name)


def marriage(data: st.DataObject, named: Named) -> Named:
    return replace(named, last_name="Quintanilla")


SLIPS = (first_slip, last_slip, day_slip, exchange)
WRITINGS = (str.upper, str.lower, str.title, lambda name: name.replace("-", " "), lambda name: plain_name(name).upper())


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.data())
def test_whoever_one_or_two_slips_make_of_a_patient_is_found_among_all_others_and_never_taken_for_the_same(data) -> None:
    world, known = crowd()
    meant = data.draw(st.sampled_from(known))
    slips = data.draw(st.one_of(st.lists(st.sampled_from(SLIPS), min_size=1, max_size=2, unique=True), st.just([marriage])))
    named = said(meant)
    for slip in sorted(slips, key=(*SLIPS, marriage).index):
        named = slip(data, named)
    found = match_named(world.session, named)
    candidates = {one.patient.patient_id: one for one in near_patients(world.session, named)}
    assert meant.patient_id in candidates, "the look-up loses nobody"
    as_written = (plain_name(named.first_name or ""), plain_name(named.last_name or ""), named.date_of_birth)
    if found.patient is None:
        assert found.kind is Match.NEAR
        assert candidates[meant.patient_id].kind is Match.NEAR
    else:
        who = found.patient
        assert as_written == (plain_name(who.first_name), plain_name(who.last_name), who.date_of_birth)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_accents_case_and_hyphens_alone_are_the_same_person(data) -> None:
    world, known = crowd()
    meant = data.draw(st.sampled_from(known))
    named = said(meant)
    write = data.draw(st.sampled_from(WRITINGS))
    named = replace(named, first_name=write(meant.first_name), last_name=write(meant.last_name))
    assert match_named(world.session, named).patient == meant


def test_people_of_common_names_born_on_other_days_are_strangers() -> None:
    world, _ = crowd()
    random = Random(8)
    kinds = []
    for _ in range(2000):
        born = date(1930, 1, 1) + timedelta(days=random.randrange(28_000))
        named = Named(None, random.choice(FIRST), random.choice(LAST), born, f"{random.randrange(1000, 99_000):05d}", "male")
        kinds.append(match_named(world.session, named).kind)
    # a twelfth of all bear each first name here, a hundred times what is usual; even so
    assert kinds.count(Match.NEAR) < 0.03 * len(kinds)


def test_the_id_s_holder_and_the_near_ones_are_shown_with_what_agrees_and_what_does_not() -> None:
    world = World()
    patient_id = world.patient()
    shown = near_patients(world.session, Named(patient_id, "MARIA", "GARCIA", BORN, "62701", "female"))
    assert [(one.kind, [each.item for each in one.reasons.of(Agreement.DIFFERS)]) for one in shown] == [(Match.SAME, [])]
    shown = near_patients(world.session, Named(patient_id, "OLGA", "PETROV", date(1955, 12, 24)))
    assert [one.kind for one in shown] == [Match.CONTRADICTION]
    shown = near_patients(world.session, Named(None, "MARY", "GARCIA", date(1980, 2, 8), "62701", None))
    (one,) = shown
    assert (one.kind, one.patient.patient_id, one.reasons.slips) == (Match.NEAR, patient_id, 2)
    assert "slip" in one.why
    assert near_patients(world.session, Named(None, None, None, None)) == []


def test_a_person_is_looked_up_in_one_statement_of_which_every_branch_is_an_index() -> None:
    world, known = crowd()
    told: list[tuple[str, object]] = []
    engine = world.session.get_bind()

    def note(connection, cursor, statement, parameters, context, many) -> None:
        told.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    storage.patient_candidates(world.session, known[0].patient_id, known[0].first_name, known[0].last_name, BORN)
    event.remove(engine, "before_cursor_execute", note)
    ((statement, parameters),) = told
    plan = [row[3] for row in world.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
    assert sum("SEARCH registry_patients USING INDEX" in step for step in plan) == 4, plan
    assert not [step for step in plan if step.startswith("SCAN")]


WRONG = "1234567983"  # Ann's with two neighbours exchanged


def test_a_prescriber_is_found_though_the_npi_has_a_slip_or_is_missing() -> None:
    world = World()
    world.prescriber()
    for asked in (
        {"npi": WRONG}, {"npi": ANN[:-1]}, {"npi": "1234567898"}, {}, {"npi": "2012345676"},
    ):  # fmt: skip
        (found,) = near_prescribers(world.session, "Ann", "Lee", **asked)
        assert found.prescriber.npi == ANN
    (found,) = near_prescribers(world.session, "Anne", "Lee", zip_code="62701", npi=WRONG)
    assert [(one.item, one.agreement.value) for one in found.reasons] == [
        ("npi", "nearly"), ("first_name", "nearly"), ("last_name", "agrees"), ("zip", "agrees"), ("city", "unknown"),
    ]  # fmt: skip


def test_a_prescriber_whose_name_has_a_slip_is_found_by_place_and_one_of_another_name_by_nothing() -> None:
    world = World()
    world.prescriber(values={**PRESCRIBER, "zip": "62701-1234"})
    assert [one.exchanged for one in near_prescribers(world.session, "Leed", "Ann", city="SPRINGFIELD")] == [True]
    assert near_prescribers(world.session, "Anne", "Lee", zip_code="62701")
    assert near_prescribers(world.session, "Anne", "Lee", city="Springfield")
    assert near_prescribers(world.session, "Anne", "Lee", zip_code="10001") == []
    assert near_prescribers(world.session, "Olga", "Petrov", zip_code="62701", npi=ANN) == []
    assert near_prescribers(world.session, None, None) == []


def test_prescribers_are_looked_up_by_indexes_alone() -> None:
    world = World()
    told: list[tuple[str, object]] = []

    def note(connection, cursor, statement, parameters, context, many) -> None:
        told.append((statement, parameters))

    event.listen(world.session.get_bind(), "before_cursor_execute", note)
    near_prescribers(world.session, "Ann", "Lee", "62701", "Springfield", WRONG)
    ((statement, parameters),) = told
    plan = [row[3] for row in world.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
    assert sum("SEARCH registry_prescribers USING INDEX" in step for step in plan) == 11, plan
    assert not [step for step in plan if step.startswith("SCAN")]


def test_npi_variants_are_valid_and_one_slip_away() -> None:
    assert ANN in npi_variants("1234567898")
    assert ANN not in npi_variants(ANN)
    assert all(len(one) == 10 for one in npi_variants("123456789"))


def test_a_pharmacy_is_found_though_the_npi_has_a_slip_or_is_missing() -> None:
    world = World()
    world.pharmacy()
    for asked in (
        {"npi": "1012345687", "zip_code": "62702"}, {"npi": "101234567"}, {"zip_code": "62702-0001"}, {"city": "SPRINGFIELD"},
    ):  # fmt: skip
        (found,) = near_pharmacies(world.session, "Corner Drug", **asked)
        assert found.pharmacy.npi == CORNER
        assert found.reasons[1].how == "one letter off"
    assert near_pharmacies(world.session, "Wide Street Pharmacy", "62702") == []
    assert near_pharmacies(world.session, "Corner Drugs", "10001", "New York") == []
    assert near_pharmacies(world.session, "Wide Street Pharmacy", "10001", "New York", CORNER) == []
    assert near_pharmacies(world.session, None) == []
