"""The lifecycle of a delivery: the legal path, then illegal transitions raise."""

from __future__ import annotations

import pytest

from outbound.delivery import TRANSITIONS, DeliveryState, Event, IllegalTransition, after


def test_a_letter_is_due_then_sending_then_delivered():
    assert after(after(DeliveryState.DUE, Event.SUBMIT), Event.CONFIRMED) is DeliveryState.DELIVERED


@pytest.mark.parametrize("event", list(Event))
def test_nothing_happens_to_a_delivered_letter(event):
    with pytest.raises(IllegalTransition):
        after(DeliveryState.DELIVERED, event)


@pytest.mark.parametrize(("state", "event"), [(s, e) for s in DeliveryState for e in Event if (s, e) not in TRANSITIONS])
def test_what_the_table_does_not_know_is_refused(state, event):
    with pytest.raises(IllegalTransition, match=str(state)):
        after(state, event)


def test_from_uncertain_only_a_person_leads_back_to_sending():
    to_due = {key for key, to in TRANSITIONS.items() if to is DeliveryState.DUE}
    assert {event for state, event in to_due if state is DeliveryState.UNCERTAIN} == {Event.SEND_AGAIN_BY_PERSON}


def test_a_letter_without_a_number_waits_for_a_person():
    ways_out = {event for state, event in TRANSITIONS if state is DeliveryState.NO_ADDRESS}
    assert ways_out == {Event.NUMBER_GIVEN, Event.CLOSE_BY_PERSON}


def test_every_state_can_be_reached_and_only_delivered_is_final():
    assert set(TRANSITIONS.values()) | {DeliveryState.DUE, DeliveryState.NO_ADDRESS} == set(DeliveryState)
    assert {state for state, _ in TRANSITIONS} == set(DeliveryState) - {DeliveryState.DELIVERED}


def test_nothing_the_program_may_do_by_itself_leads_out_of_uncertain_but_the_gateways_word():
    ways_out = {event for state, event in TRANSITIONS if state is DeliveryState.UNCERTAIN}
    assert ways_out - {Event.SEND_AGAIN_BY_PERSON, Event.CLOSE_BY_PERSON, Event.ARRIVAL_TOLD} == {Event.CONFIRMED}


def test_a_held_letter_cannot_be_called_for():
    assert (DeliveryState.HELD, Event.SUBMIT) not in TRANSITIONS
