"""Who gets what of a settled fax, and in how many calls."""

from __future__ import annotations

from datetime import UTC, datetime

from app.answers import Desk, DocumentAtEnd, letters_at_end
from outbound.notice import ACKNOWLEDGEMENT, Acknowledgement, FaxResult, Notice, NoticeKey, Recipient, Role
from registry.submission import Admission, Admitted, NoticeDue, Reference, SubmissionId

DESK = Desk(fax="8008785927", contact_centre_fax=None)
REFERENCE = Reference("R-20261105-0001")
ON_FILE = "2025550144"


def document(*notices: NoticeDue) -> DocumentAtEnd:
    admission = Admission(SubmissionId("d"), REFERENCE, Admitted.YES, notices=notices)
    return DocumentAtEnd("d", (1,), None, None, None, admission, None)


def recorded(fax: str | None = ON_FILE) -> NoticeDue:
    return NoticeDue("anc_recorded", "prescriber", "Miriam Okafor", fax)


def acknowledged(fax: str | None) -> Notice:
    facts = Acknowledgement(REFERENCE, datetime(2026, 11, 5, tzinfo=UTC), 1, FaxResult.PROCESSED)
    return Notice(NoticeKey("f/acknowledgement"), ACKNOWLEDGEMENT, Recipient(Role.SENDER, "", fax), REFERENCE, facts)


def kinds(letters: list[list[Notice]]) -> list[list[str]]:
    return sorted(sorted(notice.kind for notice in letter) for letter in letters)


def test_the_acknowledgement_goes_with_the_confirmation_when_both_go_to_one_machine() -> None:
    letters = letters_at_end(acknowledged(ON_FILE), [document(recorded())], DESK)
    assert kinds(letters) == [["acknowledgement", "anc_recorded"]]
    assert {notice.recipient.name for notice in letters[0]} == {"Miriam Okafor"}


def test_a_confirmation_never_goes_to_the_machine_that_merely_sent_the_fax() -> None:
    letters = letters_at_end(acknowledged("3125550142"), [document(recorded())], DESK)
    assert kinds(letters) == [["acknowledgement"], ["anc_recorded"]]


def test_two_people_without_a_number_are_not_taken_for_one_machine() -> None:
    letters = letters_at_end(acknowledged(None), [document(recorded(None))], DESK)
    assert kinds(letters) == [["acknowledgement"], ["anc_recorded"]]


def test_a_fax_filed_without_an_answer_still_owes_its_confirmations() -> None:
    assert kinds(letters_at_end(None, [document(recorded())], DESK)) == [["anc_recorded"]]
