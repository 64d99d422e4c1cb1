"""What a history comes to, record by record (R38–R48), folded without a database."""

from __future__ import annotations

from datetime import date

import pytest

from registry.course import FormTerms, Turn, course, gaps_of, settled
from registry.patients import YES, About
from registry.vocabulary import MonitoringFrequency, TreatmentStatus
from tests.registry.histories_by_hand import at, form, history, lab, on, rationale, said

WEEKLY, TWO_WEEKS, MONTHLY = MonitoringFrequency.WEEKLY, MonitoringFrequency.EVERY_TWO_WEEKS, MonitoringFrequency.MONTHLY
SIX_MONTHS = MonitoringFrequency.EVERY_SIX_MONTHS
ENROLLED, INTERRUPTED, DISCONTINUED = TreatmentStatus.ENROLLED, TreatmentStatus.INTERRUPTED, TreatmentStatus.DISCONTINUED


def test_r38_an_empty_history_is_enrolled_since_the_enrollment_and_monitored_weekly() -> None:
    found = course(history())
    assert (found.status, found.status_since, found.frequency) == (ENROLLED, on(0), WEEKLY)
    assert (found.prescriber_npi, found.off_list_since, found.ben, found.hospice) == ("first", None, False, False)
    assert (found.newest, found.low, found.turns, found.overruled, found.terms) == (None, None, (), {}, {})
    assert (found.not_for_hospice, found.restarted) == (frozenset(), frozenset())


def test_r39_a_low_anc_turns_the_status_on_the_day_of_receipt_and_says_what_brought_it() -> None:
    low = lab(3, 999.5, 5)
    found = course(history(lab(0, 2100, 0), low))
    assert found.turns == (Turn("s5", at(5), ENROLLED, INTERRUPTED, on(5), "ANC 999.5/µL drawn 2023-11-04 (R39)"),)
    assert (found.status, found.status_since, found.newest, found.low) == (INTERRUPTED, on(5), low, low)


def test_r39_an_older_low_result_that_arrives_late_is_not_the_most_current_and_interrupts_nothing() -> None:
    newer = lab(5, 1900, 6)
    found = course(history(newer, lab(1, 800, 8)))
    assert (found.status, found.newest) == (ENROLLED, newer)


def test_r40_under_ben_the_threshold_is_500_and_stays_so_once_said() -> None:
    ben = said(About.BEN, YES, 1)
    assert course(history(ben, lab(3, 600, 5))).status is ENROLLED
    found = course(history(ben, lab(3, 499, 5)))
    assert (found.ben, found.turns[0].cause) == (True, "ANC 499/µL drawn 2023-11-04 (R40)")
    assert course(history(lab(1, 600, 1), ben, form(9))).status is ENROLLED


def test_r40_ben_on_the_form_that_brings_the_low_anc_measures_it() -> None:
    assert course(history(said(About.BEN, YES, 2), lab(1, 600, 2))).status is ENROLLED


def test_r42_the_rationale_answers_its_own_draw_and_value_only() -> None:
    low = lab(1, 800, 2)
    lifted = course(history(low, rationale(1, 800, 4)))
    assert [(one.before, one.after, one.since) for one in lifted.turns[1:]] == [(INTERRUPTED, ENROLLED, on(4))]
    assert lifted.low is None
    assert course(history(low, rationale(1, 801, 4))).low == low
    assert course(history(low, rationale(2, 800, 4))).low == low


def test_r42_every_rationale_given_stays_given() -> None:
    """The first low value becomes the most current again once the second is seen to be older."""
    assert course(history(lab(5, 800, 6), rationale(5, 800, 7), rationale(1, 700, 8), form(9))).status is ENROLLED


def test_r44_a_stated_enrolled_over_a_low_anc_is_overruled_by_that_anc() -> None:
    low = lab(1, 800, 2)
    found = course(history(low, said(About.STATUS, "enrolled", 4)))
    assert (found.status, dict(found.overruled)) == (INTERRUPTED, {"s4": low})
    assert course(history(low, said(About.STATUS, "discontinued", 4))).overruled == {}
    assert course(history(lab(1, 1800, 2), said(About.STATUS, "enrolled", 4))).overruled == {}


def test_r38_a_stated_status_holds_since_the_day_the_form_gives_and_with_its_reason() -> None:
    found = course(history(said(About.STATUS, "interrupted", 9, day=6, reason="fever")))
    assert found.turns == (
        Turn("s9", at(9), ENROLLED, INTERRUPTED, on(6), "reported as Interrupted on the status form", "fever"),
    )
    assert found.status_since == on(6)


def test_r38_a_day_after_the_receipt_is_taken_for_the_day_of_receipt_and_so_is_none() -> None:
    assert course(history(said(About.STATUS, "interrupted", 9, day=12))).status_since == on(9)
    assert course(history(said(About.STATUS, "interrupted", 9))).status_since == on(9)


def test_r39_the_day_of_a_stated_status_is_not_that_of_the_interruption_that_overrules_it() -> None:
    found = course(history(lab(8, 700, 9), said(About.STATUS, "enrolled", 9, day=2)))
    assert (found.status, found.status_since) == (INTERRUPTED, on(9))


def test_the_program_day_of_a_turn_is_us_eastern() -> None:
    assert course(history(said(About.STATUS, "interrupted", 9.4))).status_since == on(9)


def test_r47_whoever_enrolls_the_patient_last_has_it_and_it_is_on_the_list_again() -> None:
    off = said(About.OFF_LIST, "first", 3)
    assert course(history(off)).off_list_since == on(3)
    found = course(history(off, said(About.PRESCRIBER, "second", 5)))
    assert (found.prescriber_npi, found.off_list_since) == ("second", None)


def test_r48_only_the_prescriber_who_has_the_patient_takes_it_off_the_own_list() -> None:
    found = course(history(said(About.PRESCRIBER, "second", 2), said(About.OFF_LIST, "first", 3)))
    assert (found.prescriber_npi, found.off_list_since) == ("second", None)


def test_r07_the_frequency_is_what_was_said_last() -> None:
    found = course(history(said(About.FREQUENCY, "monthly", 2), said(About.FREQUENCY, "every_two_weeks", 4), form(6)))
    assert (found.frequency, found.not_for_hospice) == (TWO_WEEKS, frozenset())


def test_six_months_are_for_hospice_alone_and_the_form_that_asked_is_named() -> None:
    six = said(About.FREQUENCY, "every_six_months", 4)
    refused = course(history(said(About.FREQUENCY, "monthly", 2), six))
    assert (refused.frequency, refused.not_for_hospice) == (MONTHLY, {"s4"})
    for hospice_on in (2, 4):
        granted = course(history(said(About.HOSPICE, YES, hospice_on), six, form(8)))
        assert (granted.hospice, granted.frequency, granted.not_for_hospice) == (True, SIX_MONTHS, frozenset())


@pytest.mark.parametrize(("days", "frequency", "restarted"), [(29, MONTHLY, set()), (30, WEEKLY, {"s40"})])
def test_label_interrupted_for_30_days_a_patient_who_returns_is_monitored_as_a_new_one(
    days: int, frequency: MonitoringFrequency, restarted: set[str]
) -> None:
    interrupted = said(About.STATUS, "interrupted", 40 - days)
    found = course(history(said(About.FREQUENCY, "monthly", 1), interrupted, said(About.STATUS, "enrolled", 40)))
    assert (found.status, found.frequency, found.restarted) == (ENROLLED, frequency, restarted)


def test_label_the_return_is_no_restart_after_discontinued_in_hospice_or_where_the_form_sets_the_frequency() -> None:
    monthly, back = said(About.FREQUENCY, "monthly", 1), said(About.STATUS, "enrolled", 50)
    gone, stopped = said(About.STATUS, "discontinued", 5), said(About.STATUS, "interrupted", 5)
    assert course(history(monthly, gone, back)).frequency is MONTHLY
    assert course(history(monthly, stopped, said(About.STATUS, "discontinued", 50))).frequency is MONTHLY
    in_hospice = course(history(monthly, said(About.HOSPICE, YES, 2), stopped, back))
    assert (in_hospice.frequency, in_hospice.restarted) == (MONTHLY, frozenset())
    told = course(history(monthly, stopped, back, said(About.FREQUENCY, "every_two_weeks", 50)))
    assert (told.frequency, told.restarted) == (TWO_WEEKS, frozenset())


def test_label_who_was_weekly_already_is_restarted_without_being_told() -> None:
    found = course(history(said(About.STATUS, "interrupted", 5), said(About.STATUS, "enrolled", 50)))
    assert (found.frequency, found.restarted) == (WEEKLY, frozenset())


def test_the_thirty_days_run_from_the_last_turn() -> None:
    found = course(
        history(
            said(About.FREQUENCY, "monthly", 1), said(About.STATUS, "interrupted", 5), said(About.STATUS, "enrolled", 10),
            said(About.STATUS, "interrupted", 38), said(About.STATUS, "enrolled", 40),
        )
    )  # fmt: skip
    assert (found.frequency, len(found.turns)) == (MONTHLY, 4)


def test_what_one_submission_brought_is_taken_together_whatever_the_order_of_the_records() -> None:
    records = [lab(1, 800, 2), rationale(1, 800, 2), form(2), said(About.STATUS, "interrupted", 2)]
    assert course(history(*records)) == course(history(*records[::-1]))
    assert course(history(lab(1, 800, 2), rationale(1, 800, 2))).turns == ()


@pytest.mark.parametrize("ids", ["ab", "ba"])
def test_of_what_was_said_at_one_moment_the_more_careful_counts_whatever_the_ids(ids: str) -> None:
    found = course(history(said(About.FREQUENCY, "monthly", 2, ids[0]), said(About.FREQUENCY, "every_two_weeks", 2, ids[1])))
    assert found.frequency is TWO_WEEKS
    ends = course(history(said(About.STATUS, "discontinued", 2, ids[0]), said(About.STATUS, "enrolled", 2, ids[1])))
    assert ends.status is DISCONTINUED


@pytest.mark.parametrize("ids", ["ab", "ba"])
def test_r44_a_low_anc_of_the_same_moment_overrules_every_enrolled_that_came_with_it(ids: str) -> None:
    low = lab(3, 700, 4, ids[0])
    found = course(history(low, said(About.STATUS, "enrolled", 4, ids[1]), said(About.STATUS, "enrolled", 4, "copy")))
    assert (found.status, dict(found.overruled)) == (INTERRUPTED, {ids[1]: low, "copy": low})


def test_r35_what_came_up_to_the_enrollment_counts_with_it_as_one() -> None:
    found = course(history(lab(-4, 800, -3, "held"), rationale(-9, 700, -2), form(-1), lab(-1, 1900, 0, "enrolls")))
    assert (found.turns, found.status, found.newest) == ((), ENROLLED, lab(-1, 1900, 0, "enrolls"))
    assert set(found.terms) == {"s-1"}
    low = course(history(lab(-4, 800, -3, "held"), said(About.STATUS, "enrolled", 0, "enrolls")))
    assert [(one.submission_id, one.at, one.since) for one in low.turns] == [("enrolls", at(0), on(0))]


def test_r35_of_two_statements_up_to_the_enrollment_the_later_holds_and_rationales_of_all_count() -> None:
    found = course(
        history(
            said(About.FREQUENCY, "monthly", -3), said(About.FREQUENCY, "every_two_weeks", 0), lab(-4, 800, -3),
            rationale(-4, 800, -2),
        )
    )  # fmt: skip
    assert (found.frequency, found.status) == (TWO_WEEKS, ENROLLED)


def test_r35_what_was_said_up_to_the_enrollment_adds_up_and_counts_once() -> None:
    added = course(history(said(About.FREQUENCY, "monthly", -3), said(About.HOSPICE, YES, -2), form(0)))
    assert (added.frequency, added.hospice) == (MONTHLY, True)
    settled_at_once = said(About.STATUS, "interrupted", 0, "a"), said(About.STATUS, "enrolled", 0, "b")
    assert [(one.submission_id, one.after) for one in course(history(*settled_at_once)).turns] == [("a", INTERRUPTED)]


def terms(*records: object) -> dict[str, FormTerms]:
    return dict(course(history(*records)).terms)  # type: ignore[arg-type]


def test_r65_the_first_form_is_judged_since_the_enrollment_at_most_37_days() -> None:
    assert terms(form(20)) == {"s20": FormTerms(on(0), WEEKLY)}
    assert terms(form(50)) == {"s50": FormTerms(on(13), WEEKLY)}


def test_r65_a_form_with_draws_is_judged_since_the_form_before_at_most_37_days() -> None:
    first = form(20)
    assert terms(first, form(30), lab(29, 1900, 30))["s30"] == FormTerms(on(20), WEEKLY)
    assert terms(first, form(70), lab(69, 1900, 70))["s70"] == FormTerms(on(33), WEEKLY)


def test_r65_a_form_without_draws_goes_on_where_the_one_before_began_unless_that_was_authorized() -> None:
    assert terms(form(14), form(20), form(25))["s25"] == FormTerms(on(0), WEEKLY)
    assert terms(form(14), form(20), lab(20, 1900, 20), form(25))["s25"] == FormTerms(on(14), WEEKLY)
    assert terms(form(14), form(50))["s50"] == FormTerms(on(13), WEEKLY)
    assert terms(form(14, authorized=True), form(20))["s20"] == FormTerms(on(14), WEEKLY)


def test_r65_a_form_of_the_same_day_goes_on_also_where_it_brings_draws_or_the_first_was_authorized() -> None:
    for authorized in (True, False):
        second = terms(form(14, authorized), form(14.1), lab(13, 1900, 14.1))["s14.1"]
        assert second == FormTerms(on(0), WEEKLY)


def test_r07_a_form_that_changes_the_frequency_is_judged_by_the_wider_of_both() -> None:
    monthly = terms(form(14), said(About.FREQUENCY, "monthly", 14))
    assert monthly["s14"] == FormTerms(on(0), MONTHLY)
    back = terms(said(About.FREQUENCY, "monthly", 2), form(14), said(About.FREQUENCY, "weekly", 14), form(20), lab(19, 1900, 20))
    assert (back["s14"], back["s20"]) == (FormTerms(on(0), MONTHLY), FormTerms(on(14), WEEKLY))


def test_r07_the_second_form_of_a_day_is_judged_as_widely_as_the_first_and_one_of_another_day_is_not() -> None:
    records = (said(About.FREQUENCY, "monthly", 2), form(14), said(About.FREQUENCY, "weekly", 14))
    assert terms(*records, form(14.1))["s14.1"].monitored is MONTHLY
    assert terms(*records, form(15))["s15"] == FormTerms(on(0), WEEKLY)


def test_r65_settled_writes_down_what_the_history_comes_to() -> None:
    file = history(
        lab(0, 2100, 0), said(About.PRESCRIBER, "second", 1), said(About.BEN, YES, 1), said(About.HOSPICE, YES, 1),
        said(About.FREQUENCY, "monthly", 2), lab(3, 400, 4), said(About.OFF_LIST, "second", 5), form(40),
    )  # fmt: skip
    found = settled(file)
    assert (found.prescriber_npi, found.off_list_since, found.ben, found.hospice) == ("second", on(5), True, True)
    assert (found.monitoring_frequency, found.treatment_status, found.status_since) == (MONTHLY, INTERRUPTED, on(4))
    assert (found.latest_draw, found.latest_anc, found.low_open) == (on(3), 400, True)
    assert (found.last_form_at, found.missing_labs) == (at(40), f"{on(3)} to {on(40)}")
    assert found == settled(file, course(file))


def test_r65_settled_takes_the_outcome_it_is_given() -> None:
    assert settled(history(), course(history(said(About.PRESCRIBER, "second", 1)))).prescriber_npi == "second"


def test_r65_settled_without_draws_and_forms_leaves_them_open() -> None:
    found = settled(history())
    assert (found.latest_draw, found.latest_anc, found.low_open) == (None, None, False)
    assert (found.last_form_at, found.missing_labs) == (None, None)


def test_r65_settled_names_every_gap_and_none_of_a_form_that_was_authorized_or_whose_draws_came_late() -> None:
    first, late = lab(0, 2100, 0), (lab(9, 1900, 30), lab(18, 1900, 30))
    assert settled(history(first, form(20), lab(10, 1900, 20))).missing_labs == f"{on(0)} to {on(10)}, {on(10)} to {on(20)}"
    assert settled(history(first, form(20, authorized=True))).missing_labs is None
    assert settled(history(first, form(20), *late)).missing_labs is None


def test_r65_gaps_of_a_form_end_on_its_program_day() -> None:
    file = history(lab(0, 2100, 0), form(9.4))  # after midnight UTC, before it US Eastern
    assert gaps_of(file, file.status_forms[0], course(file)) == ()
    assert on(10) == date(2023, 11, 11)
