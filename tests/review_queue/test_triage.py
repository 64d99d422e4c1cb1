"""What needs eyes, how soon, and what may go on unseen."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.reading import Problem, ProblemKind, Route
from registry.vocabulary import FormCode
from review_queue.review_item import Lane, Urgency
from review_queue.triage import TriageContext, triage
from tests.review_queue.invented import (
    CERTAIN,
    DISAGREEING,
    NOW,
    RECEIVED,
    STATUS_FORM,
    UNREAD_NPI,
    UNSIGNED,
    doubtful,
    read,
    reading,
)

CONTEXT = TriageContext(RECEIVED)


def triaged(*changed, context=CONTEXT, form=STATUS_FORM, **document):
    return triage(reading(*changed, **document), form, context, NOW)


def keys(found):
    return [doubt.key for doubt in found.doubts]


def test_a_form_on_which_everything_is_certain_goes_straight_through():
    found = triaged()
    assert found.straight_through
    assert found.doubts == ()
    assert found.urgency is Urgency.ORDINARY


def test_a_doubt_names_its_field_why_and_what_it_might_be():
    (doubt,) = triaged(DISAGREEING).doubts
    assert doubt.label == "Blood draw 1: ANC per µL"
    assert doubt.kinds == (ProblemKind.READERS_DISAGREE,)
    assert doubt.why == "One reader says 3773, another 3713."
    assert doubt.guesses == (3773, 3713)
    assert doubt.page == 2


def test_an_unaccepted_value_without_a_named_problem_is_a_doubt_all_the_same():
    found = triaged(read("patient_last_name", "PEREZ", accepted=False))
    assert keys(found) == ["patient_last_name"]
    assert found.doubts[0].kinds == (ProblemKind.LOW_CERTAINTY,)


def test_a_required_field_that_is_certainly_blank_goes_to_the_desk():
    found = triaged(read("patient_last_name", None))
    assert [(doubt.key, doubt.kinds) for doubt in found.doubts] == [("patient_last_name", (ProblemKind.MISSING_VALUE,))]


def test_a_required_field_nobody_read_goes_to_the_desk():
    assert keys(triaged(without=("patient_last_name",))) == ["patient_last_name"]


def test_a_missing_signature_goes_to_the_desk_under_its_name():
    found = triaged(UNSIGNED)
    assert [(doubt.key, doubt.kinds) for doubt in found.doubts] == [("signature_prescriber", (ProblemKind.MISSING_SIGNATURE,))]


def test_a_signature_nobody_can_tell_is_a_doubt_of_its_own():
    unsure = doubtful("signature_prescriber", "unsure", ProblemKind.UNSURE_SIGNATURE, "A short stroke.")
    assert triaged(unsure).doubts[0].kinds[0] is ProblemKind.UNSURE_SIGNATURE


def test_an_optional_box_without_ink_costs_nobody_a_look_even_if_its_reader_is_not_certain():
    quiet = read("labs.1.anc", None, accepted=False, certainty=0.7, route=Route.BLANK)
    assert triaged(quiet).straight_through


def test_ink_in_an_optional_field_that_nobody_could_read_is_a_doubt():
    assert keys(triaged(doubtful("labs.1.anc", None, ProblemKind.UNREADABLE, "Ink."))) == ["labs.1.anc"]


def test_half_a_row_of_the_laboratory_table_asks_for_the_other_half():
    assert keys(triaged(read("labs.1.draw_date", "2026-11-10"))) == ["labs.1.anc"]


def test_the_designees_name_is_needed_only_where_a_designee_sends():
    by_designee = (read("submitter", "designee"), read("signature_designee", "present"))
    assert keys(triaged(*by_designee)) == ["designee_last_name"]


def test_a_designees_signature_stands_for_the_prescribers_unless_the_prescriber_must_sign():
    named = read("designee_last_name", "OKAFOR")
    signed = (read("submitter", "designee"), read("signature_designee", "present"), named, UNSIGNED)
    assert triaged(*signed).straight_through
    assert keys(triaged(*signed, read("ben", True))) == ["signature_prescriber"]  # R28


def test_a_patient_id_may_be_blank_where_name_and_birth_date_name_the_patient():
    assert triaged(read("patient_id", None)).straight_through
    assert keys(triaged(read("patient_id", None), read("patient_date_of_birth", None))) == [
        "patient_id",
        "patient_date_of_birth",
    ]


@pytest.mark.parametrize(
    "kind",
    [
        ProblemKind.MISSING_PAGE,
        ProblemKind.UNSURE_FORM,
        ProblemKind.OUTDATED_REVISION,
        ProblemKind.CUT_OFF,
        ProblemKind.UNREGISTERED,
    ],
)
def test_a_problem_of_the_whole_document_stops_it(kind):
    found = triaged(problems=(Problem(kind, "As seen."),))
    assert not found.straight_through
    assert found.doubts[0].whole_document


def test_damaged_rows_that_every_reader_has_allowed_for_cost_nobody_a_look():
    assert triaged(problems=(Problem(ProblemKind.DAMAGED_ROWS, "12 rows are missing."),)).straight_through


def test_a_missing_page_is_one_doubt_and_not_one_for_each_of_its_fields():
    on_page_two = tuple(one.name for one in STATUS_FORM.on_page(2))
    found = triaged(without=on_page_two, missing_pages=(2,))
    assert [doubt.kinds[0] for doubt in found.doubts] == [ProblemKind.MISSING_PAGE]


def test_an_outdated_revision_is_a_doubt_by_itself():
    assert keys(triaged(form=replace(STATUS_FORM, outdated=True))) == ["document.0"]


def test_a_cross_check_against_a_certain_field_brings_it_to_the_desk():
    problem = Problem(ProblemKind.CONTRADICTION, "The tick says below 500.", "labs.0.anc")
    found = triaged(context=replace(CONTEXT, problems=(problem,)))
    assert [(doubt.key, doubt.kinds) for doubt in found.doubts] == [("labs.0.anc", (ProblemKind.CONTRADICTION,))]


def test_critical_doubts_come_first_and_each_kind_in_reading_order():
    fields = tuple(replace(one, critical=one.name != "patient_first_name") for one in STATUS_FORM.fields)
    first_name = doubtful("patient_first_name", "WILIAM", ProblemKind.LOW_CERTAINTY, "Not certain.")
    found = triaged(DISAGREEING, UNREAD_NPI, first_name, form=replace(STATUS_FORM, fields=fields))
    assert keys(found) == ["prescriber_npi", "labs.0.anc", "patient_first_name"]


def test_a_low_anc_overtakes_everything():
    found = triaged(read("labs.0.anc", 820), read("rationale", True))
    assert (found.urgency, found.urgency_note) == (Urgency.LOW_ANC, "ANC 820")


def test_an_anc_that_may_be_low_counts_as_low():
    assert triaged(doubtful("labs.0.anc", 3773, ProblemKind.READERS_DISAGREE, "3773 or 373.", 373)).urgency is Urgency.LOW_ANC


def test_an_anc_of_exactly_the_threshold_is_not_low():
    assert triaged(read("labs.0.anc", 1000)).urgency is Urgency.ORDINARY
    assert triaged(read("labs.0.anc", 999)).urgency is Urgency.LOW_ANC


def test_a_treatment_rationale_is_urgent():
    assert triaged(read("rationale", True)).urgency is Urgency.TREATMENT_RATIONALE


@pytest.mark.parametrize(
    ("form", "note"),
    [
        (FormCode.PRESCRIBER_ENROLLMENT, "prescriber's certification"),
        (FormCode.PHARMACY_KNOWLEDGE, "pharmacy's certification"),
        (FormCode.PRESCRIBER_DESIGNEE, "designee's enrollment"),
    ],
)
def test_a_form_that_patients_forms_wait_for_stands_in_one_lane_with_first_enrollments(form, note):
    found = triage(replace(reading(), form=form), STATUS_FORM, TriageContext(RECEIVED), NOW)
    assert (found.urgency, found.urgency_note) == (Urgency.FIRST_ENROLLMENT, note)


@pytest.mark.parametrize(
    ("days", "urgency", "note"),
    [
        (29, Urgency.ORDINARY, ""),
        (30, Urgency.STATUS_DUE, "status form on day 30"),
        (37, Urgency.STATUS_DUE, "status form on day 37"),
        (38, Urgency.STATUS_DUE, "status form on day 38, past 37"),
    ],
)
def test_a_status_form_grows_urgent_as_day_37_nears(days, urgency, note):
    found = triaged(context=replace(CONTEXT, last_status_form=NOW.date() - timedelta(days=days)))
    assert (found.urgency, found.urgency_note) == (urgency, note)


def test_a_first_enrollment_overtakes_ordinary_forms():
    enrollment = replace(STATUS_FORM, code="patient_enrollment")
    found = triage(replace(reading(), form="patient_enrollment"), enrollment, replace(CONTEXT, first_enrollment=True), NOW)
    assert found.urgency is Urgency.FIRST_ENROLLMENT


def test_the_lanes_are_ordered_as_they_are_listed_and_the_classes_by_lane():
    assert [one.rank for one in Lane] == sorted({one.rank for one in Lane})
    assert [one.lane.rank for one in Urgency] == sorted(one.lane.rank for one in Urgency)


FIELD_NAMES = sorted(CERTAIN)


@settings(max_examples=150)
@given(st.sets(st.sampled_from(FIELD_NAMES), min_size=1), st.sets(st.sampled_from(FIELD_NAMES)))
def test_nothing_unaccepted_with_ink_ever_goes_on_unseen(unaccepted, blank):
    """Whatever else is blank or certain: each field with ink that nobody accepted is a doubt."""
    changed = [read(name, None) for name in blank - unaccepted]
    changed += [read(name, CERTAIN[name] or "x", accepted=False, route=Route.READ) for name in unaccepted]
    found = triaged(*changed)
    assert not found.straight_through
    assert unaccepted <= set(keys(found))
    assert len(keys(found)) == len(set(keys(found)))
