"""Which machine a letter goes to."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from outbound.letter_kinds import LETTER_KINDS, MAILED
from outbound.notice import Recipient, Role
from outbound.recipients import acknowledgement_recipient, may_see_own_page, notice_recipient
from registry.submission import NoticeDue

OURS = "8005550101"
DOCTOR = Recipient(Role.PRESCRIBER, "Amara Oyelaran", "2025550133")
PHARMACY = Recipient(Role.PHARMACY, "Harbor Pharmacy", "3125550177")
STRANGER = Recipient(Role.PRESCRIBER, "Nobody Known", None)


def chosen(parties=(), on_forms=(), caller=None):
    return acknowledgement_recipient(parties, on_forms, caller, ours=OURS)


def test_a_caller_whose_number_is_on_file_gets_the_answer():
    assert chosen([DOCTOR, PHARMACY], caller="+1 (312) 555-0177") == PHARMACY


def test_a_number_on_file_goes_before_the_callers_claim():
    assert chosen([DOCTOR], caller="2125550199") == DOCTOR


def test_a_certain_number_on_the_form_goes_before_the_callers():
    assert chosen([STRANGER], ["415-555-0123"], "2125550199") == Recipient(Role.PRESCRIBER, "Nobody Known", "4155550123")


def test_the_callers_number_is_better_than_none():
    assert chosen(caller="1-212-555-0199") == Recipient(Role.SENDER, "", "2125550199")


def test_without_any_number_nobody_is_guessed():
    assert chosen([STRANGER], caller="anonymous").fax is None


def test_we_never_answer_ourselves():
    assert chosen([Recipient(Role.PRESCRIBER, "Looped", OURS)], [OURS], OURS).fax is None
    assert notice_recipient(NoticeDue("anc_recorded", "prescriber", "Looped", OURS), ours=OURS).fax is None


def test_a_premium_or_foreign_number_is_dialled_on_nobodys_claim():
    assert chosen(on_forms=["9005550123", "2129760123"], caller="8765550123").fax is None


def test_a_notice_goes_to_the_number_on_file_only():
    assert notice_recipient(NoticeDue("anc_recorded", "prescriber", "Amara Oyelaran", "(202) 555-0133"), ours=OURS) == DOCTOR
    assert notice_recipient(NoticeDue("anc_recorded", "prescriber", "Amara Oyelaran"), ours=OURS).fax is None


def test_a_notice_to_an_unknown_sender_goes_to_the_callers_number_if_it_may_be_dialled():
    assert notice_recipient(NoticeDue("anc_held", "sender", "", "2125550199"), ours=OURS).fax == "2125550199"
    assert notice_recipient(NoticeDue("anc_held", "sender", "", "9005550199"), ours=OURS).fax is None


def test_an_urgent_report_goes_to_the_contact_centres_own_machine():
    due = NoticeDue("adverse_event", "contact_centre")
    assert notice_recipient(due, ours=OURS, contact_centre="8005550109").fax == "8005550109"
    assert notice_recipient(due, ours=OURS).fax is None


@given(st.lists(st.sampled_from([DOCTOR, PHARMACY, STRANGER])), st.lists(st.text(max_size=14)), st.none() | st.text(max_size=14))
def test_the_number_is_always_ten_digits_or_none(parties, on_forms, caller):
    fax = chosen(parties, on_forms, caller).fax
    assert fax is None or (len(fax) == 10 and fax.isascii() and fax.isdigit())


def test_an_invitation_goes_by_email_where_there_is_a_server_and_else_by_fax_where_there_is_a_number():
    both = NoticeDue("designee_invitation", "designee", "Don Ray", "2025550133", "don@example.org")
    assert notice_recipient(both, ours=OURS, mails=True) == Recipient(Role.DESIGNEE, "Don Ray", None, "don@example.org")
    assert notice_recipient(both, ours=OURS) == Recipient(Role.DESIGNEE, "Don Ray", "2025550133")
    no_fax = NoticeDue("staff_invitation", "staff", "Kit Roe", None, "kit@example.org")
    for mails in (True, False):
        assert notice_recipient(no_fax, ours=OURS, mails=mails).email == "kit@example.org"
    no_address = NoticeDue("designee_invitation", "designee", "Don Ray", "2025550133")
    assert notice_recipient(no_address, ours=OURS, mails=True).fax == "2025550133"


def test_nothing_but_an_invitation_ever_goes_by_email():
    for kind in sorted(set(LETTER_KINDS) - MAILED):
        due = NoticeDue(kind, LETTER_KINDS[kind].to[0], "Ann Lee", None, "ann@example.org")
        assert notice_recipient(due, ours=OURS, mails=True).email is None, kind


def test_a_strip_of_the_senders_page_goes_to_a_confirmed_number_or_to_where_the_fax_came_from_only():
    clinic = Recipient(Role.PRESCRIBER, "Amara Oyelaran", "2025550133")
    assert may_see_own_page(clinic, [clinic], None)
    assert not may_see_own_page(clinic, [], None)  # on file, and nobody has confirmed it
    assert may_see_own_page(clinic, [], "202-555-0133")
    assert not may_see_own_page(replace(clinic, name="Ivo Brandt"), [clinic], None)  # confirmed for another recipient
    assert may_see_own_page(Recipient(Role.SENDER, "", "2025550199"), [], "202-555-0199")
    assert not may_see_own_page(Recipient(Role.SENDER, "", "2025550155"), [clinic], "202-555-0199")  # written on the form
    assert not may_see_own_page(Recipient(Role.SENDER, "", None), [clinic], None)
