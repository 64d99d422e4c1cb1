"""The life of a review item: legal paths, then illegal steps that raise and change nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review_queue.lifecycle import CLOSED, OPEN, TABLE, IllegalStep, ReviewEvent, ReviewState, after, states_allowing


@pytest.mark.parametrize(
    ("steps", "end"),
    [
        ((ReviewEvent.TAKEN, ReviewEvent.SUBMITTED), ReviewState.CONFIRMED),
        ((ReviewEvent.TAKEN, ReviewEvent.REJECTED), ReviewState.REJECTED),
        ((ReviewEvent.TAKEN, ReviewEvent.SENT_BACK), ReviewState.SENT_BACK),
        ((ReviewEvent.TAKEN, ReviewEvent.RELEASED, ReviewEvent.TAKEN), ReviewState.IN_HAND),
        ((ReviewEvent.TAKEN, ReviewEvent.TAKEN_OVER, ReviewEvent.SUBMITTED), ReviewState.CONFIRMED),
        ((ReviewEvent.TAKEN, ReviewEvent.ESCALATED, ReviewEvent.TAKEN, ReviewEvent.REJECTED), ReviewState.REJECTED),
        ((ReviewEvent.TAKEN, ReviewEvent.SECOND_LOOK_ASKED, ReviewEvent.TAKEN, ReviewEvent.SUBMITTED), ReviewState.CONFIRMED),
    ],
)
def test_legal_paths_end_where_the_table_says(steps, end):
    state = ReviewState.WAITING
    for event in steps:
        state = after(state, event)
    assert state is end


@pytest.mark.parametrize("state", sorted(CLOSED))
@pytest.mark.parametrize("event", [one for one in ReviewEvent if one is not ReviewEvent.RECALLED])
def test_nothing_happens_to_a_settled_item(state, event):
    with pytest.raises(IllegalStep) as refusal:
        after(state, event)
    assert refusal.value.state is state
    assert refusal.value.event is event


@pytest.mark.parametrize("event", [ReviewEvent.SUBMITTED, ReviewEvent.REJECTED, ReviewEvent.SENT_BACK, ReviewEvent.ESCALATED])
def test_only_an_item_in_hand_can_be_decided(event):
    assert states_allowing(event) == {ReviewState.IN_HAND}


@given(st.lists(st.sampled_from(ReviewEvent)))
def test_any_sequence_of_events_either_follows_the_table_or_raises(events):
    state = ReviewState.WAITING
    for event in events:
        if event in TABLE[state]:
            state = after(state, event)
        else:
            with pytest.raises(IllegalStep):
                after(state, event)
    assert state in CLOSED | OPEN


def test_every_open_state_can_still_reach_an_end():
    def reach(state, seen):
        ways = set(TABLE[state].values()) - seen
        return state in CLOSED or any(reach(way, seen | {way}) for way in ways)

    assert all(reach(state, {state}) for state in OPEN)
