"""From a reading to a submission: one door, and nothing unsettled passes it."""

import ast
from dataclasses import replace
from pathlib import Path

import pytest

from registry.submission import SubmissionId
from registry.vocabulary import Channel, FormCode, SignatureRole, SignatureVerdict
from review_queue.confirmation import DoubtsLeft, NotConfirmed, confirmed, untouched
from review_queue.lifecycle import ReviewState
from review_queue.review_item import Closing, Verdict, VerdictKind
from review_queue.triage import TriageContext, triage
from tests.review_queue.invented import (
    DISAGREEING,
    NOW,
    RECEIVED,
    STATUS_FORM,
    UNREAD_NPI,
    UNSIGNED,
    fax,
    item_of,
    read,
    reading,
)

ROOT = Path(__file__).resolve().parents[2]
ID = SubmissionId("s-1")


def item(*changed, verdicts=(), state=ReviewState.CONFIRMED):
    judged = {one.key: one for one in verdicts}
    return item_of(reading(*changed), state=state, verdicts=judged, closing=Closing("ann", NOW))


def said(key, kind, value=None, before=None):
    return Verdict(key, kind, before, value, "ann", NOW)


def test_a_certain_form_becomes_a_submission_as_it_was_read():
    form_reading = reading()
    found = triage(form_reading, STATUS_FORM, TriageContext(RECEIVED), NOW)
    made = untouched(form_reading, STATUS_FORM, found, fax(), ID)
    assert (made.form, made.channel, made.revision) == (FormCode.PATIENT_STATUS, Channel.FAX, "2023-11")
    assert made.received_at == RECEIVED  # the day it arrived counts, not the day it was read
    assert made.confirmed_by == "remsfax"
    assert made.values["labs.0.anc"] == 3773
    assert made.values["ben"] is False
    assert made.fax_pages == tuple(page.fax_page for page in form_reading.pages) != ()
    assert made.values["labs.1.anc"] is None
    assert made.signatures[SignatureRole.PRESCRIBER] is SignatureVerdict.PRESENT
    assert made.signatures[SignatureRole.DESIGNEE] is SignatureVerdict.ABSENT
    assert not any(name.startswith("signature_") and "date" not in name for name in made.values)


def test_a_doubtful_form_never_goes_on_untouched():
    form_reading = reading(DISAGREEING)
    found = triage(form_reading, STATUS_FORM, TriageContext(RECEIVED), NOW)
    with pytest.raises(DoubtsLeft, match="ANC per µL"):
        untouched(form_reading, STATUS_FORM, found, fax(), ID)


def test_a_persons_word_stands_in_the_submission_beside_what_had_been_read():
    one = item(
        DISAGREEING,
        UNREAD_NPI,
        UNSIGNED,
        verdicts=(
            said("labs.0.anc", VerdictKind.CORRECTED, 3713, 3773),
            said("prescriber_npi", VerdictKind.ILLEGIBLE),
            said("signature_prescriber", VerdictKind.CONFIRMED, "absent", "absent"),
        ),
    )
    made = confirmed(one, STATUS_FORM, ID)
    assert made.values["labs.0.anc"] == 3713
    assert made.values["prescriber_npi"] is None
    assert made.illegible == ("prescriber_npi",)
    assert made.signatures[SignatureRole.PRESCRIBER] is SignatureVerdict.ABSENT
    assert made.confirmed_by == "ann"
    correction = next(one for one in made.corrections if one.field == "labs.0.anc")
    assert (correction.read, correction.confirmed, correction.verdict, correction.by) == (3773, 3713, "corrected", "ann")


def test_a_mark_called_blank_is_no_tick_and_a_mark_called_illegible_is_not_known():
    for kind, expected in ((VerdictKind.BLANK, False), (VerdictKind.ILLEGIBLE, None)):
        made = confirmed(item(verdicts=(said("ben", kind),)), STATUS_FORM, ID)
        assert made.values["ben"] is expected


def test_an_illegible_signature_is_neither_present_nor_absent():
    made = confirmed(item(UNSIGNED, verdicts=(said("signature_prescriber", VerdictKind.ILLEGIBLE),)), STATUS_FORM, ID)
    assert made.signatures[SignatureRole.PRESCRIBER] is SignatureVerdict.UNSURE


def test_an_item_with_a_doubt_left_makes_no_submission():
    with pytest.raises(DoubtsLeft):
        confirmed(item(DISAGREEING), STATUS_FORM, ID)


@pytest.mark.parametrize("state", [one for one in ReviewState if one is not ReviewState.CONFIRMED])
def test_an_item_nobody_confirmed_makes_no_submission(state):
    with pytest.raises(NotConfirmed):
        confirmed(item(state=state), STATUS_FORM, ID)


def test_a_value_that_was_neither_accepted_nor_settled_stays_out():
    unsettled = replace(item(), reading=reading(read("labs.1.anc", 2200, accepted=False)))
    assert confirmed(unsettled, STATUS_FORM, ID).values["labs.1.anc"] is None


def test_nothing_but_confirmation_makes_a_submission_from_a_fax():
    """Elsewhere above the registry a Submission may be made only for a form that came by web or phone, and says so."""
    found = []
    for package in ("app", "review_queue", "intake", "outbound"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "Submission":
                    channel = next((ast.unparse(word.value) for word in node.keywords if word.arg == "channel"), "")
                    found.append((path.relative_to(ROOT).as_posix(), channel))
    makers = {path for path, channel in found if channel not in ("Channel.WEB", "Channel.PHONE")}
    assert makers == {"review_queue/confirmation.py"}
