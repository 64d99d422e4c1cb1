"""Which verdicts stand once some were taken back."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from review_queue.review_item import Verdict, VerdictKind
from review_queue.standing import latest, next_to_take_back, standing
from tests.review_queue.invented import DISAGREEING, NOW, item_of, reading

WORDS = (VerdictKind.CONFIRMED, VerdictKind.CORRECTED, VerdictKind.BLANK, VerdictKind.ILLEGIBLE)
STEPS = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["ann", "bob"]), st.booleans()), max_size=25)


def said(key, value, by="ann", kind=VerdictKind.CORRECTED, at=0):
    return Verdict(key, kind, None, value, by, NOW + timedelta(seconds=at))


def back(verdict):
    return Verdict(verdict.key, VerdictKind.RETRACTED, verdict.read, verdict.value, verdict.by, verdict.at)


def played(steps):
    """A history as the desk makes it: people say something, or take their last word back if they have one."""
    history = []
    for number, (key, who, takes_back) in enumerate(steps):
        if not takes_back:
            history.append(said(key, number, who, at=number))
        elif (last := next_to_take_back(history, who)) is not None:
            history.append(back(last))
    return history


def test_taking_back_brings_the_word_before_it_into_force_again():
    history = [said("a", 1), said("a", 2)]
    assert latest([*history, back(history[1])])["a"].value == 1
    assert latest([*history, back(history[1]), back(history[0])]) == {}


def test_a_colleagues_word_is_not_taken_back_and_covers_ones_own():
    history = [said("a", 1), said("a", 2, "bob"), said("b", 3, "bob")]
    assert next_to_take_back(history, "ann") is None
    assert next_to_take_back(history, "bob").key == "b"


@given(STEPS)
def test_what_was_taken_back_counts_as_if_it_had_never_been_said(steps):
    history = played(steps)
    stands = standing(history)
    words = [one for one in history if one.kind is not VerdictKind.RETRACTED]
    taken = len(history) - len(words)
    assert len(stands) == len(words) - taken
    assert all(one in words for one in stands)
    assert latest(stands) == latest(history)


@given(STEPS)
def test_a_word_and_its_taking_back_leave_everything_as_it_was(steps):
    history = played(steps)
    word = said("a", 99, "ann", at=99)
    assert next_to_take_back([*history, word], "ann") is word
    assert latest([*history, word, back(word)]) == latest(history)


@given(STEPS)
def test_one_can_go_back_to_where_nothing_of_ones_own_is_uncovered(steps):
    history = played(steps)
    for _ in range(len(history) + 1):
        last = next_to_take_back(history, "ann")
        if last is None:
            break
        history.append(back(last))
    assert next_to_take_back(history, "ann") is None


def test_an_item_counts_a_word_taken_back_as_unsaid():
    item = item_of(reading(DISAGREEING), verdicts={"labs.0.anc": back(said("labs.0.anc", 3713))})
    assert [doubt.key for doubt in item.left()] == ["labs.0.anc"]
    assert item.values()["labs.0.anc"] == 3773
