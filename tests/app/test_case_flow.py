"""The lives of faxes and documents, and what a reading makes of its fax."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.case_flow import (
    AT_END,
    DOCUMENT_LIFE,
    DUE_FOR_DOCUMENT,
    DocumentState,
    IllegalTransition,
    NothingToDecide,
    after_reading,
    document_step,
    settles,
)
from intake.fax_lifecycle import FaxState
from intake.reading import FaxReading, FormPage, FormReading, OtherKind, OtherPage


def form_on(*fax_pages: int, code: str = "patient_status") -> FormReading:
    pages = tuple(FormPage(page, number, 0, 0) for number, page in enumerate(fax_pages, start=1))
    return FormReading(code, "2023-11", 0.99, pages, (), (), {})


def reading_of(*forms: FormReading, others: tuple[OtherPage, ...] = ()) -> FaxReading:
    return FaxReading(len(forms) + len(others), forms, others, 0.1)


def test_a_document_nobody_need_see_goes_from_read_to_answered_without_the_desk() -> None:
    state = DocumentState.READ
    for then in (DocumentState.CONFIRMED, DocumentState.RECORDED, DocumentState.ANSWERED):
        state = document_step(state, then)
    assert state is DocumentState.ANSWERED


def test_a_document_turned_away_at_the_desk_is_answered_and_never_recorded() -> None:
    assert document_step(DocumentState.IN_REVIEW, DocumentState.TURNED_AWAY) is DocumentState.TURNED_AWAY
    with pytest.raises(IllegalTransition, match="turned_away → recorded"):
        document_step(DocumentState.TURNED_AWAY, DocumentState.RECORDED)
    assert document_step(DocumentState.TURNED_AWAY, DocumentState.ANSWERED) is DocumentState.ANSWERED


@given(st.sampled_from(DocumentState), st.sampled_from(DocumentState))
def test_every_document_step_that_is_not_in_the_table_raises(now: DocumentState, then: DocumentState) -> None:
    if then in DOCUMENT_LIFE[now]:
        assert document_step(now, then) is then
    else:
        with pytest.raises(IllegalTransition):
            document_step(now, then)


def test_every_document_state_but_the_desk_and_the_ends_has_a_stage_that_is_due() -> None:
    assert set(DocumentState) - set(DUE_FOR_DOCUMENT) == {DocumentState.IN_REVIEW} | AT_END


def test_only_what_is_not_confirmed_yet_can_be_superseded() -> None:
    ways = {state for state, then in DOCUMENT_LIFE.items() if DocumentState.SUPERSEDED in then}
    assert ways == {DocumentState.READ, DocumentState.IN_REVIEW}


def test_from_every_document_state_an_end_can_be_reached() -> None:
    reached = set(AT_END)
    for _ in DocumentState:
        reached |= {state for state, ways in DOCUMENT_LIFE.items() if ways & reached}
    assert reached == set(DocumentState)


def test_a_fax_settles_only_when_its_last_document_is_answered() -> None:
    assert settles([DocumentState.ANSWERED, DocumentState.ANSWERED])
    assert not settles([DocumentState.ANSWERED, DocumentState.RECORDED])
    assert settles([DocumentState.ANSWERED, DocumentState.SUPERSEDED])


def test_each_form_of_a_fax_is_a_document_and_reading_again_gives_the_same_ids() -> None:
    reading = reading_of(form_on(2, 3), form_on(4, code="anc_lab_reporting"), others=(OtherPage(1, OtherKind.COVER_SHEET),))
    first, again = after_reading("f1", reading), after_reading("f1", reading)
    assert first == again
    assert first.state is FaxState.READ
    assert [(one.document_id, one.form, one.fax_pages) for one in first.documents] == [
        ("f1-1", "patient_status", (2, 3)),
        ("f1-2", "anc_lab_reporting", (4,)),
    ]


def test_loose_pages_beside_a_form_become_one_document_for_a_person() -> None:
    others = (OtherPage(2, OtherKind.LAB_PRINTOUT), OtherPage(3, OtherKind.UNKNOWN), OtherPage(4, OtherKind.BLANK))
    found = after_reading("f1", reading_of(form_on(1), others=others)).documents
    assert [(one.form, one.fax_pages) for one in found] == [("patient_status", (1,)), (None, (2, 3))]


def test_a_cover_sheet_alone_leaves_nothing_to_decide() -> None:
    after = after_reading("f1", reading_of(others=(OtherPage(1, OtherKind.COVER_SHEET), OtherPage(2, OtherKind.BLANK))))
    assert (after.state, after.documents, after.nothing) == (FaxState.SETTLED, (), NothingToDecide.COVER_SHEET_ONLY)


def test_blank_pages_alone_leave_nothing_to_decide() -> None:
    after = after_reading("f1", reading_of(others=(OtherPage(1, OtherKind.BLANK),)))
    assert (after.state, after.nothing) == (FaxState.SETTLED, NothingToDecide.BLANK_PAGES_ONLY)


@given(st.lists(st.sampled_from(OtherKind), max_size=6), st.integers(0, 3))
def test_no_page_that_says_something_is_left_without_a_document(kinds: list[OtherKind], forms: int) -> None:
    others = tuple(OtherPage(forms + number, kind) for number, kind in enumerate(kinds, start=1))
    after = after_reading("f1", reading_of(*(form_on(page) for page in range(1, forms + 1)), others=others))
    covered = {page for one in after.documents for page in one.fax_pages}
    silent = {one.fax_page for one in others if one.kind in (OtherKind.BLANK, OtherKind.COVER_SHEET)}
    assert covered | silent == set(range(1, forms + len(kinds) + 1))
