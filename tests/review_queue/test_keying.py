"""Which verdicts ask for a second keying, and which of several words stands."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review_queue.answers import Said, Settled, Unsettled
from review_queue.keying import (
    KeyingRules,
    Word,
    alike,
    by_hand,
    end_of_next_business_day,
    judged,
    rank_of,
    stands,
    to_key,
)
from review_queue.review_item import Lane, Verdict, VerdictKind
from tests.review_queue import invented
from tests.review_queue.invented import DISAGREEING, NOW, STATUS_FORM, item_of, reading

ANC = STATUS_FORM.field("labs.0.anc")
CORRECTED, BLANK, ILLEGIBLE, CONFIRMED = VerdictKind.CORRECTED, VerdictKind.BLANK, VerdictKind.ILLEGIBLE, VerdictKind.CONFIRMED


def verdict(key, kind, read, value):
    return Verdict(key, kind, read, value, "ann", NOW)


@pytest.mark.parametrize(
    ("kind", "read", "value", "asked"),
    [
        (CORRECTED, 3773, 3713, True),
        (CORRECTED, None, 3713, True),  # nothing was read: all of it is typed
        (CORRECTED, "perez", "PEREZ", False),  # which letters are capitals decides nothing
        (BLANK, 3773, None, True),  # a value taken away is as bad as one put there
        (BLANK, None, None, False),
        (BLANK, False, None, False),
        (BLANK, "absent", None, False),
        (CONFIRMED, 3773, 3773, False),
        (ILLEGIBLE, 3773, None, False),  # the sender is asked; nothing is admitted on one person's word
    ],
)
def test_what_overrules_the_reading_is_keyed_again(kind, read, value, asked):
    assert by_hand(verdict("labs.0.anc", kind, read, value)) is asked


def test_only_critical_fields_are_keyed_again_in_the_forms_order():
    said = {
        key: verdict(key, CORRECTED, "X", value)
        for key, value in (("labs.0.anc", 900), ("patient_id", "4417082K7"), ("document.0", "seen"))
    }
    item = item_of(reading(DISAGREEING), verdicts=said)
    assert to_key(item, STATUS_FORM) == ("patient_id", "labs.0.anc")
    ordinary = [invented.replace(one, critical=False) for one in STATUS_FORM.fields]
    assert to_key(item, invented.replace(STATUS_FORM, fields=tuple(ordinary))) == ()


def test_a_low_anc_that_was_corrected_is_keyed_in_the_safety_lane():
    low = item_of(reading(DISAGREEING), verdicts={"labs.0.anc": verdict("labs.0.anc", CORRECTED, 8200, 820)})
    assert rank_of(low) == Lane.SAFETY.rank
    assert rank_of(item_of(reading(DISAGREEING))) == Lane.ORDINARY.rank


def word(by, value):
    return Word(by, ILLEGIBLE, None) if value == "?" else Word(by, BLANK if value is None else CORRECTED, value)


@pytest.mark.parametrize(
    ("first", "second", "third", "counts"),
    [
        (3713, 3713, None, ("ann", 3713)),
        (3713, 3773, 3713, ("ann", 3713)),
        (3713, 3773, 3773, ("sue", 3773)),
        (3713, 3773, 3733, None),
        (3713, "?", "?", ("sue", None)),
        (3713, "?", 3773, None),
    ],
)
def test_what_two_people_keyed_stands(first, second, third, counts):
    keyed = [word("bob", second)] + ([] if third is None else [word("sue", third)])
    found = stands(ANC, word("ann", first), keyed)
    assert (found and (found.by, found.value)) == counts


@given(st.lists(st.sampled_from([3713, 3773, 3733, None, "?"]), min_size=1, max_size=4))
def test_a_value_stands_only_where_two_different_people_said_it(values):
    first, *keyed = [word(f"person-{number}", value) for number, value in enumerate(values)]
    found = stands(ANC, first, keyed)
    agreeing = {(one.kind, one.value) for one in (first, *keyed) if sum(alike(ANC, one, other) for other in (first, *keyed)) > 1}
    assert (found is None) is not agreeing
    if found is not None:
        assert (found.kind, found.value) in agreeing


@pytest.mark.parametrize(("field", "value"), [("ben", False), ("signature_prescriber", "absent")])
def test_blank_is_the_same_as_not_ticked_and_as_no_signature(field, value):
    definition = STATUS_FORM.field(field)
    assert alike(definition, Word("ann", BLANK, None), Word("bob", CORRECTED, value))


def test_what_is_keyed_is_judged_as_a_reviewers_answer_is():
    npi = STATUS_FORM.field("prescriber_npi")
    assert judged(npi, Said.VALUE, "1234567893", NOW, insist=False) == Settled(CORRECTED, "1234567893")
    typo = judged(npi, Said.VALUE, "1234567890", NOW, insist=False)
    assert isinstance(typo, Unsettled)
    assert typo.may_insist


def test_an_empty_answer_given_twice_is_blank_but_never_for_what_is_picked():
    assert judged(ANC, Said.VALUE, " ", NOW, insist=False).may_insist
    assert judged(ANC, Said.VALUE, " ", NOW, insist=True) == Settled(BLANK, None)
    assert isinstance(judged(STATUS_FORM.field("ben"), Said.VALUE, "", NOW, insist=True), Unsettled)


@pytest.mark.parametrize(
    ("asked", "end"),
    [
        ((2026, 11, 23, 15), (2026, 11, 25, 5)),  # Monday: Tuesday's end in the program's zone
        ((2026, 11, 27, 15), (2026, 12, 1, 5)),  # Friday: Monday's
        ((2026, 11, 28, 15), (2026, 12, 1, 5)),
    ],
)
def test_a_form_waits_for_its_keying_until_the_next_business_day_is_over(asked, end):
    assert end_of_next_business_day(datetime(*asked, tzinfo=UTC)) == datetime(*end, tzinfo=UTC)


def test_what_is_urgent_waits_hours_at_most():
    assert KeyingRules().release_at(Lane.SAFETY.rank, NOW) == NOW + timedelta(hours=1)
    assert KeyingRules().release_at(Lane.TODAY.rank, NOW) == NOW + timedelta(hours=4)
    assert KeyingRules(release_after=timedelta(hours=4)).release_at(Lane.ORDINARY.rank, NOW) == NOW + timedelta(hours=4)
