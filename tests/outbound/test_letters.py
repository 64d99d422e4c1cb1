"""The letters: one for every kind of notice, complete or not at all, and a cover page that says nothing of patients."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outbound.fax_pages import lay_out
from outbound.letter_facts import INITIALS
from outbound.letter_kinds import LETTER_KINDS, OWN_KINDS
from outbound.letters import TEMPLATES, CoverPage, Letter, LetterNotWritable, compose, kinds_with_letters
from outbound.notice import ACKNOWLEDGEMENT, DocumentOutcome, DocumentResult, FaxResult, Missing, Notice, Recipient, Role, bundles
from outbound.page_drawing import opened, write_header
from registry.notices import NOTICES
from tests.outbound.letters_for_tests import DOCTOR, FACTS, NOW, REFERENCE, US, ack_notice, notice_of_kind

STYLE = (TEMPLATES / "_letter.css").read_text()


def words(html: str) -> str:
    """What a person reads of it."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def letter_words(*notices: Notice) -> str:
    letter = compose(notices, US, NOW)
    return words(letter.html.replace(letter.cover_html, ""))


def page_texts(letter: Letter) -> list[str]:
    texts = []
    with opened(lay_out(letter)) as document:
        for number, page in enumerate(document, 1):
            write_header(document, page, letter.header, number, len(document))
            texts.append(" ".join(page.get_textpage().get_text_range().split()))
    return texts


def test_every_kind_has_a_letter_and_no_letter_is_without_a_kind():
    assert kinds_with_letters() == set(LETTER_KINDS) | {ACKNOWLEDGEMENT}
    assert not set(NOTICES) & set(OWN_KINDS)


@pytest.mark.parametrize("kind", sorted(LETTER_KINDS))
def test_a_letter_of_each_kind_is_written_from_the_facts_of_its_table(kind):
    said = letter_words(notice_of_kind(kind))
    assert REFERENCE in said
    assert len(said) > 300
    assert "None" not in said
    assert "{{" not in said


@pytest.mark.parametrize("kind", sorted(LETTER_KINDS))
def test_a_letter_with_every_fact_unknown_is_still_written_and_never_says_none(kind):
    unknown = dict.fromkeys(LETTER_KINDS[kind].facts)
    notice = replace(notice_of_kind(kind), facts=unknown)
    assert "None" not in letter_words(notice)


@pytest.mark.parametrize("kind", sorted(LETTER_KINDS))
def test_a_letter_that_lacks_a_fact_is_not_written(kind):
    for name in LETTER_KINDS[kind].facts:
        lacking = {fact: FACTS[fact] for fact in LETTER_KINDS[kind].facts if fact != name}
        with pytest.raises(LetterNotWritable, match=f"{kind}: .*{name}"):
            compose([replace(notice_of_kind(kind), facts=lacking)], US, NOW)


@pytest.mark.parametrize("kind", sorted(LETTER_KINDS))
def test_a_template_prints_only_facts_that_the_registry_gives(kind):
    printed = set(re.findall(r"facts\.(\w+)", (TEMPLATES / f"{kind}.html").read_text()))
    assert printed <= {*LETTER_KINDS[kind].facts, INITIALS}


def test_a_kind_without_a_template_is_refused():
    with pytest.raises(LetterNotWritable, match="love_letter"):
        compose([Notice(notice_of_kind("anc_recorded").key, "love_letter", DOCTOR, REFERENCE, {})], US, NOW)


def test_a_letter_names_the_patient_by_id_and_initials_only():
    only_for_us = {"adverse_event", "unauthorized_sender"}
    for kind in set(LETTER_KINDS) - only_for_us:
        said = letter_words(notice_of_kind(kind))
        assert "Zelmira" not in said, kind
        assert "Quintanilha" not in said, kind
        if {"patient_id", "patient_name"} <= set(LETTER_KINDS[kind].facts):
            assert "3515-3828-A" in said
            assert "Z.Q." in said


@pytest.mark.parametrize("kind", sorted(kind for kind, row in LETTER_KINDS.items() if "sender" in row.to))
def test_a_sender_nobody_has_verified_is_told_nothing_about_the_patient(kind):
    stranger = Recipient(Role.SENDER, "", "2125550199")
    said = letter_words(notice_of_kind(kind, stranger))
    for patient_data in ("Z.Q.", "Zelmira", "Quintanilha", "3515-3828-A", "03/09/1981"):
        assert patient_data not in said
    if "patient_id" in LETTER_KINDS[kind].facts:
        assert "as on your fax" in said


def test_a_nameless_answer_joins_the_one_named_party_on_its_machine():
    nameless = ack_notice(Recipient(Role.PRESCRIBER, "", DOCTOR.fax))
    (together,) = bundles([nameless, notice_of_kind("anc_recorded")])
    assert {one.recipient for one in together} == {DOCTOR}
    other = notice_of_kind("anc_recorded", Recipient(Role.PRESCRIBER, "Ivo Brandt", DOCTOR.fax), occasion="S2")
    assert len(bundles([nameless, notice_of_kind("anc_recorded"), other])) == 3


def test_facts_are_escaped():
    letter = compose([notice_of_kind("treatment_resumed", cause="<script>alert(1)</script> & co")], US, NOW)
    assert "<script>" not in letter.html
    assert "&lt;script&gt;" in letter.html


def test_several_notices_to_one_machine_are_one_letter_with_the_urgent_first():
    mixed = [notice_of_kind(kind) for kind in ("status_form_recorded", "neutropenia_severe", "rationale_needed")]
    (together,) = bundles(mixed)
    assert [one.kind for one in together] == ["neutropenia_severe", "rationale_needed", "status_form_recorded"]
    said = letter_words(*together)
    assert said.index("Severe neutropenia") < said.index("A Treatment Rationale is needed") < said.index("is recorded")
    assert said.count("Questions? Call") == 1


def test_notices_to_different_machines_are_never_one_letter():
    other = Recipient(Role.PHARMACY, "Harbor Pharmacy", "3125550177")
    pair = [notice_of_kind("anc_recorded"), notice_of_kind("anc_recorded", other)]
    assert len(bundles(pair)) == 2
    with pytest.raises(ValueError, match="one recipient"):
        compose(pair, US, NOW)


def test_a_cover_page_has_no_room_for_facts():
    assert {field.name for field in fields(CoverPage)} == {"sender", "recipient", "references", "sent_at"}


tokens = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=8, max_size=16).map(lambda text: f"zq{text}")


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(sorted(LETTER_KINDS)), st.data())
def test_no_fact_whatever_it_is_stands_on_the_cover(kind, data):
    dated = {name for name in LETTER_KINDS[kind].facts if isinstance(FACTS[name], str) and re.match(r"\d{4}-", str(FACTS[name]))}
    kept = dated | {"days_left", "reference"}
    facts = {name: FACTS[name] if name in kept else data.draw(tokens) for name in LETTER_KINDS[kind].facts if name != "anc"}
    facts |= {name: 43117 for name in ("anc", "lowest_anc") if name in LETTER_KINDS[kind].facts}
    cover = words(compose([replace(notice_of_kind(kind), facts=facts)], US, NOW).cover_html)
    for name, fact in facts.items():
        assert name == "reference" or str(fact) not in cover or fact == 30
    assert "43,117" not in cover


@settings(max_examples=30, deadline=None)
@given(st.lists(tokens, min_size=4, max_size=4))
def test_nothing_of_an_acknowledgement_but_the_reference_stands_on_the_cover(said):
    document = DocumentOutcome(said[0], DocumentResult.REJECTED, (1,), (said[1],), (Missing(said[2], said[3]),), reason=said[3])
    cover = words(compose([ack_notice(documents=(document,))], US, NOW).cover_html)
    assert not [one for one in said if one in cover]


def test_the_cover_says_who_to_whom_when_how_much_and_what_a_wrong_recipient_must_do():
    first, *rest = page_texts(compose([notice_of_kind("enrollment_confirmed")], US, NOW))
    for needed in (
        "Amara Oyelaran",
        "202-555-0133",
        "Sample REMS Contact Center",
        "Phone 800-555-0100",
        "800-555-0101",
        "11/23/2026 10:04 AM EST",
        f"{1 + len(rest)}, with this cover page",
        REFERENCE,
        "CONFIDENTIAL",
        "NOT FOR YOU?",
        "Call 800-555-0100",
        "Destroy",
    ):
        assert needed in first, needed
    for patient_data in ("3515", "Z.Q.", "03/09/1981", "850"):
        assert patient_data not in first
        assert patient_data in " ".join(rest)


def test_every_page_carries_sender_date_and_time_and_its_number():
    documents = tuple(DocumentOutcome(f"Form {n}", DocumentResult.RECORDED, (n,), ("Enrollment",)) for n in range(1, 30))
    pages = page_texts(compose([ack_notice(documents=documents, pages=29)], US, NOW))
    assert len(pages) > 3
    assert f"{len(pages)}, with this cover page" in pages[0]
    for number, text in enumerate(pages, start=1):
        assert "Sample REMS Contact Center 800-555-0100" in text
        assert f"11/23/2026 10:04 AM EST to 202-555-0133 {REFERENCE}" in text
        assert f"Page {number} of {len(pages)}" in text


def test_the_acknowledgement_says_what_is_missing_and_what_to_do():
    said = letter_words(ack_notice())
    for needed in (REFERENCE, "11/23/2026 10:00 AM EST", "Patient Status Form", "pages 2–3", "RECORDED IN PART"):
        assert needed in said
    assert "BEN needs the prescriber's own signature. (R28)" in said
    assert "Something is missing" in said


def test_a_complete_fax_asks_for_nothing():
    complete = DocumentOutcome("Patient Status Form", DocumentResult.RECORDED, (1,), ("Blood draw 1",))
    said = letter_words(ack_notice(documents=(complete,)))
    assert "You need not do anything" in said
    assert "missing" not in said


@pytest.mark.parametrize(
    ("result", "needed"),
    [
        (FaxResult.COVER_SHEET_ONLY, "Only a cover sheet arrived"),
        (FaxResult.DUPLICATE, "We already have this fax"),
        (FaxResult.UNREADABLE, "could not read it"),
        (FaxResult.REJECTED, "no form of the program"),
    ],
)
def test_a_fax_without_any_form_is_answered_too(result, needed):
    said = letter_words(ack_notice(result=result, documents=(), duplicate_of="R-20261122-0001", reason="Locked.", pages=0))
    assert needed in said
    assert ("R-20261122-0001" in said) == (result is FaxResult.DUPLICATE)
    assert ("Locked." in said) == (result in (FaxResult.UNREADABLE, FaxResult.REJECTED))


def test_a_form_sent_back_says_what_is_missing_and_is_not_called_refused():
    row = Missing("Designee signature", "Please sign.")
    said = letter_words(ack_notice(documents=(DocumentOutcome("Form", DocumentResult.SENT_BACK, (1,), missing=(row,)),)))
    for needed in ("NOT RECORDED YET", "Something is missing", "Designee signature", "Please sign."):
        assert needed in said
    assert "accepted" not in said.replace("Missing or not accepted", "")


def test_a_form_turned_away_for_good_asks_for_nothing_and_does_not_say_that_its_old_revision_was_taken():
    turned_away = DocumentOutcome("Form", DocumentResult.REJECTED, (1,), reason="It was received before.", outdated=True)
    said = letter_words(ack_notice(documents=(turned_away,)))
    assert "The form was not accepted" in said
    assert "Nothing from a form that was not accepted was recorded" in said
    for never in ("missing", "You need not do anything", "It was taken"):
        assert never not in said


@pytest.mark.parametrize(("page", "told"), [("laboratory printout", True), ("a form of another program", False)])
def test_only_who_sent_a_printout_is_told_where_blood_counts_are_accepted(page, told):
    said = letter_words(ack_notice(result=FaxResult.REJECTED, documents=(), reason="No.", other_pages=(f"page 1: {page}",)))
    assert ("Blood counts are accepted only" in said) == told


def test_pages_that_were_not_taken_beside_a_form_are_told_with_the_reason():
    complete = DocumentOutcome("Patient Status Form", DocumentResult.RECORDED, (1,), ("Blood draw 1",))
    said = letter_words(ack_notice(documents=(complete,), reason="Page 2 is a laboratory printout."))
    assert "Page 2 is a laboratory printout." in said
    assert "Something is missing" in said


def test_an_old_low_result_is_told_as_old():
    old = letter_words(notice_of_kind("neutropenia_severe", is_latest=False))
    assert "A newer result is on file" in old
    assert "Interrupt treatment" not in old
    new = letter_words(notice_of_kind("neutropenia_severe"))
    assert "A newer result is on file" not in new
    assert "Interrupt treatment" in new


def test_the_newest_low_result_stands_before_the_older_ones():
    older = notice_of_kind("neutropenia_moderate", is_latest=False)
    (together,) = bundles([older, notice_of_kind("status_form_recorded"), notice_of_kind("neutropenia_severe")])
    assert [one.kind for one in together] == ["neutropenia_severe", "neutropenia_moderate", "status_form_recorded"]


def test_letters_are_black_on_white_with_type_and_rules_that_survive_the_line():
    rules = re.sub(r"/\*.*?\*/", "", STYLE, flags=re.S)
    assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b", rules)) == {"#000"}
    assert not re.search(r"gr[ae]y|rgb|opacity|background", rules)
    assert min(float(size) for size in re.findall(r"([\d.]+)pt", rules)) >= 10.5
    assert min(float(width) for width in re.findall(r"([\d.]+)mm solid", rules)) >= 0.4
    for template in TEMPLATES.glob("*.html"):
        assert "style=" not in template.read_text(), f"{template.name} goes round the style sheet"
