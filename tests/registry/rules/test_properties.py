"""What must hold after any history: the order of admission, the threshold, the signature, three a year, twice is once."""

from __future__ import annotations

import string
from datetime import timedelta
from itertools import pairwise

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from registry import storage
from registry.identifiers import issue_patient_id, patient_id_fits
from registry.patients import Patient
from tests.registry.rules.histories import OUTPATIENTS, WARD, Event, Kept, histories, status_forms
from tests.registry.world import PATIENT, World, day

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
ASKED = day(13)
YEAR = timedelta(days=365)
UNSHRUNK = (Phase.explicit, Phase.reuse, Phase.generate)
"""A known failure is not worth the minutes that shrinking it takes; drop this together with the mark."""


def after(events: list[Event], order: list[Event]) -> Kept:
    """The world once the events were admitted in that order, all of them after the last was received."""
    world = Kept()
    for number, event in enumerate(order):
        world.take(event, day(12.5) + timedelta(minutes=number))
    return world


@given(histories(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None, suppress_health_check=SLOW, phases=UNSHRUNK)
def test_the_order_of_admission_changes_nothing_that_can_be_asked(events: list[Event], random) -> None:
    shuffled = list(events)
    random.shuffle(shuffled)
    assert after(events, shuffled).everything(ASKED) == after(events, events).everything(ASKED)


@given(histories(), st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=SLOW)
def test_nothing_is_authorized_while_interrupted_discontinued_or_over_an_unanswered_low_anc(
    events: list[Event], data: st.DataObject
) -> None:
    world, answered = Kept(), set()
    for event in data.draw(st.permutations(events)):
        world.take(event, day(12.5))
        if event.rationale is not None:
            answered.add(event.rationale)
        known = world.know(world.maria)
        newest = max(one["draw_date"] for one in known["labs"])
        lowest = min(one["anc"] for one in known["labs"] if one["draw_date"] == newest)
        low = lowest < (500 if known["ben"] else 1000) and (newest, lowest) not in answered
        check = world.ask(world.maria, ASKED)
        by_rationale = world.rationale(world.maria, ASKED, 13, data.draw(st.sampled_from((999.9, 1000, 1900))))
        may = check.authorized or by_rationale.authorized
        assert not (may and known["treatment_status"] != "enrolled")
        assert not (may and low)
        assert not (low and known["treatment_status"] == "enrolled")


@given(status_forms("e0").filter(lambda event: event.signed != "prescriber"), st.sampled_from([900, 1900]))
@settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
def test_a_form_without_the_prescribers_own_signature_sets_nothing_that_is_the_prescribers(event: Event, before: float) -> None:
    world = Kept()
    world.lab(day(3), 3, before)
    was = world.know(world.maria)["treatment_status"]
    world.take(event, event.received_at)
    known = world.know(world.maria)
    assert (known["ben"], known["hospice"]) == (False, False)
    assert not (was == "interrupted" and known["treatment_status"] == "enrolled")
    file = storage.patient_file(world.session, storage.find(world.session, Patient, {})[0])
    assert file.rationales == ()
    assert not any(form.missing_labs_authorized for form in file.status_forms)


@given(st.lists(st.tuples(st.integers(2, 900), st.sampled_from([*OUTPATIENTS, WARD]), st.integers(0, 23)), max_size=14))
@settings(max_examples=25, deadline=None, suppress_health_check=SLOW)
def test_dispense_rationales_of_outpatients_never_pass_three_in_any_365_days(tries: list[tuple[int, str, int]]) -> None:
    world, given_at = Kept(), []
    crowded = [(40 + number % 400, pharmacy, hour) for number, pharmacy, hour in tries]
    for number, pharmacy, hour in sorted([*tries, *crowded]):
        when = day(number) + timedelta(hours=hour)
        world.ask(world.maria, when, pharmacy)
        answer = world.rationale(world.maria, when, number, pharmacy=pharmacy)
        if answer.authorized and pharmacy in OUTPATIENTS:
            given_at.append(when)
    given_at.sort()
    for first in given_at:
        assert sum(first <= other < first + YEAR for other in given_at) <= 3


@given(histories(1, 3))
@settings(max_examples=30, deadline=None, suppress_health_check=SLOW)
def test_an_event_played_twice_at_once_changes_nothing_under_its_own_id_or_another(events: list[Event]) -> None:
    world = Kept()
    for event in events:
        first = world.take(event, day(12.5))
    stands = world.everything(ASKED)
    assert world.take(events[-1], day(12.6)) == first
    assert world.everything(ASKED) == stands
    world.take(events[-1].again("again"), day(12.7))
    assert world.everything(ASKED) == stands


@given(histories(2, 4), st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=SLOW, phases=UNSHRUNK)
def test_a_resend_of_any_earlier_event_changes_nothing(events: list[Event], data: st.DataObject) -> None:
    world = after(events, events)
    stands = world.everything(ASKED)
    world.take(data.draw(st.sampled_from(events)).again("again"), day(12.9))
    assert world.everything(ASKED) == stands


@given(st.lists(st.sampled_from("ABCDEFGHIJ"), min_size=2, max_size=6, unique=True))
@settings(max_examples=10, deadline=None)
def test_patients_get_ids_of_their_own_that_no_misreading_turns_into_another(names: list[str]) -> None:
    world = World()
    world.prescriber()
    issued = []
    for number, name in enumerate(names):
        born = f"19{60 + 3 * number}-05-17"
        values = {**PATIENT, "patient_first_name": name * 5, "patient_last_name": name * 7, "patient_date_of_birth": born}
        issued.append(world.send("patient_enrollment", values, day(0), ("prescriber",)).ids["patient_id"])
    assert len(set(issued)) == len(names)
    assert all(patient_id_fits(one) for one in issued)


@given(st.integers(0, 10**8 - 1))
@settings(max_examples=40, deadline=None)
def test_no_single_misread_character_and_no_exchange_of_neighbours_makes_another_id(serial: int) -> None:
    issued = issue_patient_id(serial)
    misread = {
        issued[:place] + letter + issued[place + 1 :]
        for place in range(len(issued))
        for letter in string.ascii_uppercase + string.digits
    } - {issued}
    exchanged = {issued[:one] + issued[two] + issued[one] + issued[two + 1 :] for one, two in pairwise(range(len(issued)))}
    assert [text for text in misread | (exchanged - {issued}) if patient_id_fits(text)] == []


@given(st.lists(st.tuples(st.integers(2, 40), st.sampled_from([*OUTPATIENTS, WARD])), min_size=2, max_size=8))
@settings(max_examples=15, deadline=None, suppress_health_check=SLOW)
def test_no_authorization_number_is_issued_twice(asked: list[tuple[int, str]]) -> None:
    world = Kept()
    world.status(day(2), (2, 1900), monitoring_frequency="other")
    numbers = []
    for number, pharmacy in sorted(asked):
        answer = world.ask(world.maria, day(number), pharmacy)
        if not answer.authorized:
            answer = world.rationale(world.maria, day(number), number, pharmacy=pharmacy)
        numbers.append(answer.authorization)
    given_out = [number for number in numbers if number is not None]
    assert given_out
    assert len(set(given_out)) == len(given_out)
