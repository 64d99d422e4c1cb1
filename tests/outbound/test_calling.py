"""Who may be called when, and who is next: no call at night but a safety letter's, one call a number, no line idle over work."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outbound.calling import MOST_TOGETHER, CallingRules, Go, Hold, Wait, Waiting, choose, may_go
from outbound.delivery import DeliveryId, HeldFor
from outbound.hours import Hours, hours_from, opening, zones_of
from outbound.letter_kinds import LETTER_KINDS, NUMBER_CHECK
from outbound.notice import ACKNOWLEDGEMENT, Role
from outbound.numbers import Holder, Number, carries_patient_data, kinds_unaccounted_for, whose
from tests.outbound.lines_in_use import BEGIN, a_room

NOW = datetime(2026, 11, 23, 15, 4, tzinfo=UTC)  # 10:04 in New York
NIGHT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # 23:00 in New York, 18:00 in Honolulu
DAY_HOURS = hours_from("07:00-21:00")
RULES = CallingRules(hours=DAY_HOURS, lines=24, calls_a_day=100, calls_a_day_to_one_number=10, confirm_numbers=True)
FAX = "2025550133"
LETTER = Waiting(DeliveryId("d1"), FAX, "prescriber", "Amara Oyelaran", False, NOW, ("anc_recorded",))
HERS = Holder(FAX, "prescriber", "Amara Oyelaran", confirmed_at=NOW)

faxes = st.sampled_from(["2025550133", "3125550123", "8085550100", "2085550100", "8005550100", "9075550100"])
moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001
letters = st.builds(
    Waiting,
    st.uuids().map(str),
    faxes,
    st.just("prescriber"),
    st.sampled_from(["A", "B"]),
    st.booleans(),
    moments,
    st.just(("anc_recorded",)),
    st.booleans(),
)


def asked(letter=LETTER, number=Number(FAX), holder=HERS, calls=0, rules=RULES, now=NOW):  # noqa: B008 - frozen values
    return may_go(letter, number, holder, calls, rules, now)


def test_an_ordinary_letter_waits_at_night_for_the_recipients_morning_and_a_safety_letter_does_not():
    assert asked(now=NIGHT) == Wait(
        datetime(2026, 11, 23, 12, 0, tzinfo=UTC), "ordinary letters ring at 07:00-21:00 of the recipient's day"
    )
    assert asked(replace(LETTER, urgent=True), now=NIGHT) == Go()


def test_the_night_is_the_recipients_own():
    honolulu = replace(LETTER, fax="8085550100")
    assert asked(honolulu, holder=replace(HERS, fax="8085550100"), now=NIGHT) == Go()


def test_a_toll_free_number_has_the_programs_clock():
    assert [zone.key for zone in zones_of("8005550100")] == ["America/New_York"]
    assert [zone.key for zone in zones_of("8005550100", "America/Denver")] == ["America/Denver"]


@given(moments, faxes)
def test_the_opening_lies_within_the_hours_wherever_the_number_may_stand_and_is_the_first_such_moment(at, fax):
    opens = opening(at, fax, DAY_HOURS)
    assert opens >= at
    assert all(DAY_HOURS.hold(opens.astimezone(zone).time()) for zone in zones_of(fax))
    if opens > at:
        before = opens - timedelta(seconds=1)
        assert not all(DAY_HOURS.hold(before.astimezone(zone).time()) for zone in zones_of(fax))
    assert opens - at < timedelta(days=1)


@pytest.mark.parametrize("text", ["7-21", "", "21:00-07:00", "25:00-26:00", "07:00-07:00", "07:00-24:30"])
def test_hours_that_are_none_are_refused_in_words(text):
    with pytest.raises(ValueError, match=r"\w"):
        hours_from(text)


def test_the_whole_day_is_hours_too():
    always = hours_from("00:00-24:00")
    assert (always.hold(time(0, 0)), always.hold(time(23, 59)), str(always)) == (True, True, "00:00-24:00")
    assert str(Hours(time(7), time(21))) == "07:00-21:00"


def test_patient_data_waits_for_a_confirmed_number_and_goes_once_it_is_that_recipients():
    assert isinstance(asked(holder=None), Hold)
    assert asked(holder=replace(HERS, confirmed_at=None)).reason is HeldFor.UNCONFIRMED
    assert asked() == Go()
    assert asked(replace(LETTER, urgent=True), holder=None).reason is HeldFor.UNCONFIRMED
    assert asked(replace(LETTER, kinds=(ACKNOWLEDGEMENT,)), holder=None) == Go()
    assert asked(replace(LETTER, kinds=(ACKNOWLEDGEMENT, "anc_recorded")), holder=None).reason is HeldFor.UNCONFIRMED
    assert asked(holder=None, rules=replace(RULES, confirm_numbers=False)) == Go()


def test_nothing_goes_to_a_number_on_the_do_not_fax_list():
    barred = Number(FAX, barred_at=NOW, barred_reason="a private line")
    for letter in (LETTER, replace(LETTER, urgent=True), replace(LETTER, kinds=(NUMBER_CHECK,))):
        assert asked(letter, barred).reason is HeldFor.DO_NOT_FAX
        assert asked(letter, barred, rules=CallingRules(calls=False)).reason is HeldFor.DO_NOT_FAX


def test_where_people_answer_ordinary_letters_wait_for_a_person_and_safety_letters_try():
    nobodys = Number(FAX, persons_answered=2, flagged_at=NOW)
    assert asked(number=nobodys).reason is HeldFor.NO_MACHINE
    assert asked(replace(LETTER, urgent=True), nobodys) == Go()


def test_the_daily_limit_stops_ordinary_letters_until_the_next_program_day_and_no_safety_letter():
    assert asked(calls=100) == Wait(datetime(2026, 11, 24, 5, 0, tzinfo=UTC), "100 calls were made today")
    assert asked(replace(LETTER, urgent=True), calls=100) == Go()


def test_the_limit_of_one_number_stops_every_letter():
    tired = Number(FAX, called_today=10)
    assert isinstance(asked(number=tired), Wait)
    assert isinstance(asked(replace(LETTER, urgent=True), tired), Wait)


def test_where_nothing_rings_neither_hours_nor_limits_matter():
    rules = replace(RULES, calls=False, confirm_numbers=False)
    assert asked(number=Number(FAX, called_today=99), calls=1000, rules=rules, now=NIGHT) == Go()


@given(st.lists(letters, max_size=30), st.sets(faxes), st.integers(0, 6))
def test_the_calls_chosen_are_one_a_number_on_free_lines_and_nobody_is_passed_over(waiting, calling, free):
    calls = choose(waiting, calling, free)
    called = [one.leader.fax for one in calls]
    assert len(set(called)) == len(called) <= free
    assert not set(called) & calling
    left = {one.fax for one in waiting} - calling - set(called)
    assert not left or len(calls) == free, "a line idles over a number that could be called"
    for call in calls:
        assert all(one.recipient == call.leader.recipient and not one.alone for one in call.riders)
        assert call.leader.rank == min(one.rank for one in waiting if one.fax == call.leader.fax)
        assert len(call.riders) < MOST_TOGETHER
        assert not (call.leader.alone and call.riders)
    leaders = [one.leader.rank for one in calls]
    assert leaders == sorted(leaders)


@given(st.lists(letters, max_size=30, unique_by=lambda one: one.delivery_id))
def test_no_letter_is_in_two_calls(waiting):
    chosen = [one.delivery_id for call in choose(waiting, (), None) for one in (call.leader, *call.riders)]
    assert len(set(chosen)) == len(chosen)


@settings(max_examples=3, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([(None, None), (150, 4)]))
def test_of_24_lines_none_idles_while_a_letter_may_go(seed, limits):
    room = a_room(seed, letters=300, numbers=60, a_day=limits[0], to_one=limits[1])
    room.run(BEGIN + timedelta(days=1))
    assert room.broken == []
    assert room.carried > 150
    assert limits[1] is None or max(count for (fax, _), count in room.called.items() if fax) <= limits[1]


def test_every_kind_is_accounted_for_and_one_nobody_thought_of_carries_patient_data():
    assert kinds_unaccounted_for() == frozenset()
    assert carries_patient_data(("a_kind_of_tomorrow",), Role.PRESCRIBER)
    assert not carries_patient_data((NUMBER_CHECK,), Role.PRESCRIBER)


@pytest.mark.parametrize("kind", sorted(LETTER_KINDS))
def test_a_kind_whose_facts_name_a_patient_carries_patient_data(kind):
    names_one = any(name.startswith("patient_") for name in LETTER_KINDS[kind].facts)
    assert carries_patient_data((kind,), Role.PRESCRIBER) == names_one


def test_a_recipient_is_the_same_in_capitals():
    assert whose("prescriber", "AMARA  Oyelaran") == whose("prescriber", "Amara Oyelaran")
    assert whose("pharmacy", "Amara Oyelaran") != whose("prescriber", "Amara Oyelaran")
