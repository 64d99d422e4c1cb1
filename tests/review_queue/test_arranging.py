"""Plans of how a fax's pages belong together: no act loses a page, and what makes no sense is refused in words."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.arrangement import (
    Arrangement,
    Aside,
    Group,
    SaidPage,
    arrangement_from_json,
    arrangement_of,
    arrangement_to_json,
)
from intake.reading import FaxReading, FormPage, FormReading, OtherKind, OtherPage
from review_queue import arranging
from review_queue.arranging import Impossible, as_text, changed, from_text, what_changes

STATUS, LABS = ("patient_status", "2023-11"), ("anc_lab_reporting", "2023-11")
LENGTHS = {STATUS: 2, LABS: 1, ("outpatient_pharmacy", "2021-07"): 3}
TITLES = {STATUS: "Patient Status Form", LABS: "ANC Lab Reporting Form"}


def group(key: tuple[str, str], *fax_pages: int) -> Group:
    """Pages 1, 2, … of a form on these fax pages."""
    return Group(*key, tuple(SaidPage(page, number) for number, page in enumerate(fax_pages, start=1)))


COVER_AND_TWO = Arrangement((group(STATUS, 2, 3), group(LABS, 4)), (Aside(1, OtherKind.COVER_SHEET), Aside(5, OtherKind.UNKNOWN)))


@st.composite
def plans(draw: st.DrawFn) -> Arrangement:
    """Any arrangement of up to nine pages."""
    free = list(draw(st.permutations(range(1, draw(st.integers(1, 9)) + 1))))
    groups = []
    while free and draw(st.booleans()):
        key = draw(st.sampled_from(sorted(LENGTHS)))
        pages, free = free[: LENGTHS[key]], free[LENGTHS[key] :]
        numbers = draw(st.permutations(range(1, LENGTHS[key] + 1)))
        turns = st.sampled_from((0, 90, 180, 270))
        groups.append(
            Group(*key, tuple(SaidPage(page, number, draw(turns)) for page, number in zip(pages, numbers, strict=False)))
        )
    kinds = st.one_of(st.none(), st.sampled_from(OtherKind))
    return Arrangement(tuple(groups), tuple(Aside(page, draw(kinds)) for page in free))


def acted(plan: Arrangement, act: str, page: int, data: st.DataObject) -> Arrangement:
    match act:
        case "split":
            return arranging.split(plan, page)
        case "join":
            return arranging.join(plan, page, LENGTHS)
        case "move":
            return arranging.move(plan, page, data.draw(st.sampled_from((-1, 1))), LENGTHS)
        case "turn":
            return arranging.turn(plan, page)
        case "mark":
            return arranging.mark(plan, page, data.draw(st.one_of(st.none(), st.sampled_from(OtherKind))))
        case _:
            key = data.draw(st.sampled_from(sorted(LENGTHS)))
            return arranging.classify(plan, page, *key, data.draw(st.integers(1, LENGTHS[key])), LENGTHS)


@given(plans(), st.data())
def test_whatever_is_done_to_a_plan_every_page_stands_in_it_exactly_once(plan: Arrangement, data: st.DataObject) -> None:
    pages = plan.fax_pages
    for _ in range(data.draw(st.integers(1, 8))):
        act = data.draw(st.sampled_from(("split", "join", "move", "turn", "mark", "classify")))
        with contextlib.suppress(Impossible):  # refused, and the plan stays as it was
            plan = acted(plan, act, data.draw(st.sampled_from(sorted(pages))), data)
        standing = [page for one in plan.groups for page in one.fax_pages] + [one.fax_page for one in plan.asides]
        assert sorted(standing) == sorted(pages)
        assert all(one.form_page <= LENGTHS[each.form, each.revision] for each in plan.groups for one in each.pages)


@given(plans())
def test_a_plan_survives_its_address_and_its_row(plan: Arrangement) -> None:
    assert from_text(as_text(plan)) == plan
    assert arrangement_from_json(arrangement_to_json(plan)) == plan


@pytest.mark.parametrize(
    "text", ["nonsense", "1.cover", "1.no_such_kind.0", "1.blank.45", "1.blank.0;1.blank.0", "a@b:1.1.0-2.1.0"]
)
def test_what_is_no_plan_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whichever way it is no plan
        from_text(text)


def test_splitting_makes_two_documents_and_joining_makes_them_one_again() -> None:
    two = arranging.split(COVER_AND_TWO, 3)
    assert [one.fax_pages for one in two.groups] == [(2,), (3,), (4,)]
    assert arranging.join(two, 3, LENGTHS) == COVER_AND_TWO


@pytest.mark.parametrize(
    ("act", "page", "words"),
    [
        (lambda plan, page: arranging.split(plan, page), 2, "first of its document"),
        (lambda plan, page: arranging.split(plan, page), 1, "belongs to no form"),
        (lambda plan, page: arranging.join(plan, page, LENGTHS), 2, "no document before"),
        (lambda plan, page: arranging.join(plan, page, LENGTHS), 4, "another form"),
        (lambda plan, page: arranging.join(plan, page, LENGTHS), 5, "has all its pages"),
        (lambda plan, page: arranging.move(plan, page, 1, LENGTHS), 3, "no page after"),
        (lambda plan, page: arranging.classify(plan, page, *LABS, 2, LENGTHS), 5, "no such page"),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_to_do(act, page: int, words: str) -> None:
    with pytest.raises(Impossible, match=words):
        act(COVER_AND_TWO, page)


def test_moving_a_page_exchanges_it_with_the_one_whose_place_it_takes() -> None:
    moved = arranging.move(COVER_AND_TWO, 2, 1, LENGTHS)
    assert moved.groups[0].pages == (SaidPage(3, 1), SaidPage(2, 2))


def test_a_page_apart_joins_the_document_before_it_as_the_page_it_lacks() -> None:
    plan = Arrangement((group(STATUS, 1),), (Aside(2, OtherKind.UNKNOWN, 90),))
    assert arranging.join(plan, 2, LENGTHS).groups == (Group(*STATUS, (SaidPage(1, 1), SaidPage(2, 2, 90))),)


def test_a_page_said_to_be_of_a_form_goes_to_the_nearest_document_that_lacks_it() -> None:
    plan = Arrangement((group(STATUS, 1), group(STATUS, 5)), (Aside(2, None), Aside(4, None)))
    said = arranging.classify(arranging.classify(plan, 4, *STATUS, 2, LENGTHS), 2, *STATUS, 2, LENGTHS)
    assert [one.fax_pages for one in said.groups] == [(1, 2), (4, 5)]
    assert arranging.classify(COVER_AND_TWO, 5, *STATUS, 1, LENGTHS).groups[-1] == Group(*STATUS, (SaidPage(5, 1),))


def test_only_what_changed_is_read_anew() -> None:
    plan = arranging.mark(arranging.turn(COVER_AND_TWO, 4), 5, OtherKind.COVER_SHEET)
    new = changed(COVER_AND_TWO, plan)
    assert new == Arrangement((Group(*LABS, (SaidPage(4, 1, 90),)),), (Aside(5, OtherKind.COVER_SHEET),))
    assert changed(plan, plan) == Arrangement()


def test_a_plan_says_in_words_what_it_would_do() -> None:
    plan = arranging.mark(arranging.mark(arranging.turn(COVER_AND_TWO, 1, 180), 2, OtherKind.BLANK), 3, None)
    assert what_changes(COVER_AND_TWO, plan, TITLES) == (
        "The Patient Status Form of fax pages 2 and 3 is taken apart.",
        "Fax page 1 is turned by 180°.",
        "Fax page 2 is set apart: blank page.",
        "Fax page 3 is set apart: the same page again.",
    )
    turned = what_changes(COVER_AND_TWO, arranging.move(COVER_AND_TWO, 2, 1, LENGTHS), TITLES)
    assert turned == (
        "Patient Status Form of fax pages 2 and 3 is read as one document (fax page 3 as page 1, fax page 2 as page 2).",
    )
    assert what_changes(COVER_AND_TWO, COVER_AND_TWO, TITLES) == ()


def test_a_page_that_came_twice_is_part_of_the_arrangement_though_no_reading_names_it() -> None:
    form = FormReading(*STATUS, 0.99, (FormPage(2, 1, 180, 0),), (), (), {})
    found = arrangement_of(FaxReading(3, (form,), (OtherPage(1, OtherKind.COVER_SHEET),), 0.1))
    assert found == Arrangement((Group(*STATUS, (SaidPage(2, 1, 180),)),), (Aside(1, OtherKind.COVER_SHEET), Aside(3, None)))
