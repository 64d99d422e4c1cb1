"""What the item page shows first, what it folds away, and in which words."""

from dataclasses import replace
from datetime import timedelta

import pytest

from intake.reading import FormPage, Problem, ProblemKind
from review_queue.card_making import Hands
from review_queue.drafts import Draft
from review_queue.item_history import history_lines
from review_queue.page_making import card_of, first_left, item_page
from review_queue.review_item import Verdict, VerdictKind
from review_queue.rule_notes import rule_notes
from review_queue.tables import EventRow
from review_queue.wording import clock, field_label, shown, span
from tests.review_queue.invented import (
    CERTAIN,
    DISAGREEING,
    MM_TO_PIXELS,
    NOW,
    STATUS_FORM,
    UNREAD_NPI,
    UNSIGNED,
    doubtful,
    item_of,
    read,
    reading,
)

SIZES = {1: (1727, 2235), 2: (1727, 2235)}


def item(*changed, **document):
    return item_of(reading(*changed, **document), holder="ann", lease_until=NOW + timedelta(minutes=9, seconds=41))


def page(one):
    return item_page(one, STATUS_FORM, SIZES, "ann", NOW)


def test_doubts_stand_first_and_every_other_field_is_certain_or_blank():
    made = page(item(DISAGREEING, UNSIGNED))
    doubts, certain, blank = ([card.key for card in cards] for cards in (made.doubts, made.certain, made.blank))
    assert doubts == ["labs.0.anc", "signature_prescriber"]
    assert "patient_last_name" in certain
    assert "labs.1.anc" in blank
    assert sorted(doubts + certain + blank) == sorted(CERTAIN)


def test_fields_of_a_page_that_did_not_arrive_are_not_called_blank():
    on_page_two = tuple(one.name for one in STATUS_FORM.on_page(2))
    made = page(item(without=on_page_two, missing_pages=(2,)))
    assert not {card.key for card in (*made.doubts, *made.certain, *made.blank)} & set(on_page_two)


def test_guesses_stand_under_their_keys_in_the_words_of_the_paper():
    card = card_of(item(DISAGREEING), STATUS_FORM, "labs.0.anc")
    assert [(answer.number, answer.code) for answer in card.answers] == [(1, "3773"), (2, "3713")]
    assert card.typed == "3773"


def test_an_unread_field_begins_empty_so_that_nothing_can_be_confirmed_unseen():
    card = card_of(item(UNREAD_NPI), STATUS_FORM, "prescriber_npi")
    assert card.typed == ""


def test_a_settled_doubt_says_what_and_by_whom():
    one = item(DISAGREEING)
    verdict = Verdict("labs.0.anc", VerdictKind.CORRECTED, 3773, 3713, "ann", NOW)
    card = page(replace(one, verdicts={"labs.0.anc": verdict})).doubts[0]
    assert (card.settled, card.shown, card.verdict, card.by) == (True, "3713", "corrected", "ann")


def test_a_dates_owner_is_named_where_the_form_only_prints_date_signed():
    assert field_label(STATUS_FORM.field("signature_prescriber_date")) == "Prescriber: date signed"
    assert field_label(STATUS_FORM.field("ben")) == "Benign ethnic neutropenia (BEN)"


def test_each_field_has_a_zone_on_its_page_and_none_where_the_page_was_not_registered():
    made = page(item(DISAGREEING))
    assert [len(sheet.zones) for sheet in made.sheets] == [8, 8]
    pages = (FormPage(1, 1, 0, 0, MM_TO_PIXELS), FormPage(2, 2, 180, 0, None))
    unregistered = page(item(DISAGREEING, pages=pages))
    assert [len(sheet.zones) for sheet in unregistered.sheets] == [8, 0]
    assert not unregistered.doubts[0].located
    assert unregistered.doubts[0].fax_page == 2  # the page itself is still shown
    assert any("did not come upright" in remark for remark in unregistered.remarks)


def test_pages_of_a_form_that_came_out_of_order_stand_in_the_forms_order():
    pages = (FormPage(3, 2, 0, 0, MM_TO_PIXELS), FormPage(4, 1, 0, 0, MM_TO_PIXELS))
    assert [sheet.fax_page for sheet in page(item(DISAGREEING, pages=pages)).sheets] == [4, 3]


def test_the_first_unsettled_doubt_is_open_unless_another_field_was_asked_for():
    one = item(DISAGREEING, UNREAD_NPI)
    settled = Verdict("prescriber_npi", VerdictKind.ILLEGIBLE, None, None, "ann", NOW)
    made = page(replace(one, verdicts={"prescriber_npi": settled}))
    assert first_left(made) == "labs.0.anc"
    assert first_left(made, ["patient_zip", "patient_last_name"]) == "patient_last_name"
    assert first_left(page(item())) == ""


def test_the_sender_is_asked_for_what_is_missing_and_illegible_and_offered_the_rest():
    one = item(DISAGREEING, UNREAD_NPI, UNSIGNED, problems=(Problem(ProblemKind.MISSING_PAGE, "Page 2 is missing."),))
    illegible = Verdict("prescriber_npi", VerdictKind.ILLEGIBLE, None, None, "ann", NOW)
    asks = dict(page(replace(one, verdicts={"prescriber_npi": illegible})).ask)
    assert asks["Prescriber signature: please sign."]
    assert asks["Prescriber NPI: nobody could read it. Please write it again."]
    assert asks["A page is missing: please fax all pages of the form."]
    assert asks["Blood draw 1: ANC per µL: please write it again, clearly."] is False


def test_a_status_form_that_needs_the_prescribers_own_hand_shows_the_rule():
    (note,) = rule_notes("patient_status", CERTAIN | {"ben": True, "signature_prescriber": "absent"})
    assert (note.rule, note.stops) == ("R28", True)
    assert rule_notes("patient_status", CERTAIN | {"ben": True}) == ()


@pytest.mark.parametrize(
    ("anc", "ben", "rules"),
    [
        (999, False, ["R39"]),
        (1000, False, ["R36"]),
        (1499, False, ["R36"]),
        (1500, False, []),
        (500, True, []),
        (499, True, ["R40"]),
    ],
)
def test_the_rule_of_a_low_anc_follows_the_population(anc, ben, rules):
    values = CERTAIN | {"labs.0.anc": anc, "ben": ben}
    assert [note.rule for note in rule_notes("patient_status", values)] == rules


def test_an_enrollment_below_the_starting_count_shows_what_it_needs():
    values = CERTAIN | {"labs.0.anc": 1400}
    (note,) = rule_notes("patient_enrollment", values)
    assert (note.rule, note.stops) == ("R31", True)
    assert rule_notes("patient_enrollment", values | {"ben": True}) == ()
    assert [one.rule for one in rule_notes("patient_enrollment", values | {"labs.0.anc": 1500, "patient_last_name": None})] == [
        "R34"
    ]


def test_times_and_values_are_said_short():
    assert span(timedelta(hours=2, minutes=6)) == "2 h 06 m"
    assert span(timedelta(days=3, hours=4)) == "3 d 4 h"
    assert span(timedelta(seconds=-5)) == "0 m"
    assert clock(NOW + timedelta(minutes=9, seconds=41), NOW) == "9:41"
    assert clock(NOW - timedelta(minutes=1), NOW) == "0:00"
    assert shown(STATUS_FORM.field("patient_date_of_birth"), "1950-10-31") == "10/31/1950"
    assert shown(STATUS_FORM.field("ben"), None) == "not ticked"
    assert shown(STATUS_FORM.field("signature_prescriber"), "unsure") == "cannot be told"


@pytest.mark.parametrize(
    ("name", "label", "said"),
    [
        ("pharmacy_phone", "Phone", "Pharmacy phone"),
        ("ar_phone", "Phone", "Authorized representative phone"),
        ("prescriber_middle_initial", "M.I.", "Prescriber M.I."),
        ("prescriber_last_name", "Prescriber last name", "Prescriber last name"),
        ("patient_zip", "ZIP code", "ZIP code"),
    ],
)
def test_a_label_says_whose_telephone_it_is(name, label, said):
    assert field_label(replace(STATUS_FORM.fields[0], name=name, label=label)) == said


def test_the_registry_is_asked_for_a_patient_only_where_the_form_names_one():
    assert page(item(DISAGREEING)).names_patient
    without = replace(STATUS_FORM, fields=tuple(one for one in STATUS_FORM.fields if not one.name.startswith("patient_")))
    assert not item_page(item(DISAGREEING), without, SIZES, "ann", NOW).names_patient


def test_a_guess_says_which_reader_or_the_registry_speaks_for_it():
    three = replace(DISAGREEING, raw={"handprint": "3773", "ppocr": "3713", "tesseract_48": "37I3", "ink": "x"})
    card = card_of(item(three), STATUS_FORM, "labs.0.anc")
    assert [(answer.code, answer.source) for answer in card.answers] == [("3773", "digit reader"), ("3713", "line reader")]
    assert card.readings == (("Tesseract, second look", "37I3"),)
    words = "the registry has “1950-10-13” here for the same patient"
    born = doubtful("patient_date_of_birth", "1950-10-31", ProblemKind.CONTRADICTION, words, "1950-10-13")
    card = card_of(item(born), STATUS_FORM, "patient_date_of_birth")
    assert [(answer.code, answer.source) for answer in card.answers][1] == ("10/13/1950", "registry")
    assert card.flag == "the registry has another value"


def test_the_best_guess_stands_in_a_field_whose_value_was_left_open():
    unit = doubtful("labs.0.anc", None, ProblemKind.UNIT, "The unit is open.", 1850)
    assert card_of(item(unit), STATUS_FORM, "labs.0.anc").typed == "1850"
    hand = doubtful("signature_prescriber", "unsure", ProblemKind.UNSURE_SIGNATURE, "A line.", "absent", "present")
    chosen = [answer.code for answer in card_of(item(hand), STATUS_FORM, "signature_prescriber").answers if answer.chosen]
    assert chosen == ["absent"]


def test_only_a_field_without_ink_is_confirmed_as_blank_by_its_first_key():
    card = card_of(item(read("patient_date_of_birth", None)), STATUS_FORM, "patient_date_of_birth")
    assert card.best_blank
    assert not card_of(item(UNREAD_NPI), STATUS_FORM, "prescriber_npi").best_blank


def test_what_was_typed_before_stands_again_and_is_no_verdict():
    drafts = (Draft("prescriber_npi", "ann", "12345", NOW), Draft("prescriber_npi", "bob", "999", NOW))
    card = card_of(item(UNREAD_NPI), STATUS_FORM, "prescriber_npi", Hands("ann", drafts))
    assert (card.draft, card.typed, card.settled) == ("12345", "", False)
    assert [(answer.code, answer.source) for answer in card.answers] == [("999", "bob had typed")]


def test_what_somebody_else_settled_since_one_typed_shows_both():
    draft = Draft("labs.0.anc", "ann", "1850", NOW - timedelta(minutes=1))
    one = replace(
        item(DISAGREEING), verdicts={"labs.0.anc": Verdict("labs.0.anc", VerdictKind.CORRECTED, 3773, 3713, "bob", NOW)}
    )
    card = card_of(one, STATUS_FORM, "labs.0.anc", Hands("ann", (draft,)))
    assert (card.conflict, card.draft, card.typed) == ("1850", "", "3713")
    assert [answer.source for answer in card.answers[:2]] == ["you had typed", "stands now"]
    made = item_page(one, STATUS_FORM, SIZES, "ann", NOW, Hands("ann", (draft,)))
    assert first_left(made) == "labs.0.anc"


def test_the_history_tells_what_was_taken_back_and_of_looks_in_a_row_the_last():
    rows = [EventRow(event="opened", by="ann", at=NOW, detail=""), EventRow(event="opened", by="ann", at=NOW, detail="")]
    rows.append(EventRow(event="second_look_asked", by="ann", at=NOW, detail="a 7?"))
    words = Verdict("labs.0.anc", VerdictKind.CORRECTED, 3773, 3713, "ann", NOW)
    told = history_lines(rows, [words, replace(words, kind=VerdictKind.RETRACTED)], item(DISAGREEING).doubts, STATUS_FORM)
    assert [line.words for line in told] == [
        "Blood draw 1: ANC per µL: taken back (3713)",
        "Blood draw 1: ANC per µL: 3713, corrected",
        "second look asked: a 7?",
        "opened",
    ]


def test_a_verdict_from_before_the_pages_were_put_together_anew_says_so():
    given = Verdict("labs.0.anc", VerdictKind.CORRECTED, 3773, 3713, "ann", NOW, carried_from="item-0")
    older = item_of(reading(DISAGREEING), verdicts={"labs.0.anc": given})
    assert card_of(older, STATUS_FORM, "labs.0.anc").by == "ann, before the pages were put together anew"
