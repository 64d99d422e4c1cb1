"""R03, R36–R37: which ANCs of a form can stand, which are asked about, and who is told of the low ones."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from registry.admitting.lab_rows import LabRow, apply_rows, new_results, read_rows, tell_low
from registry.anc import BAND_WORDS, Finding
from registry.decision import Findings
from registry.form_values import FormValues
from registry.parties import Prescriber
from registry.patients import AncResult
from registry.submission import Admission, NoticeDue, Submission
from tests.registry.forms_by_hand import reasons, refusals, sent
from tests.registry.histories_by_hand import at, lab, on, patient

ANN = Prescriber("1234567893", first_name="Ann", last_name="Lee", fax="3125550143", email="ann@example.org")


def read(submission: Submission) -> tuple[list[LabRow], Admission]:
    findings = Findings(submission)
    return read_rows(submission, FormValues(submission), findings, "R03"), findings.decision().admission


def row(draw_date: Any, anc: Any, **values: Any) -> tuple[list[LabRow], Admission]:
    return read(sent(labs__2__draw_date=draw_date, labs__2__anc=anc, **values))


DAY = on(4).isoformat()


def test_r03_rows_with_day_and_value_stand_in_order_and_blank_ones_are_no_rows() -> None:
    found, admission = read(
        sent(labs__1__draw_date=DAY, labs__1__anc="1,850", labs__0__draw_date=on(3).isoformat(), labs__0__anc=900.5,
             labs__2__draw_date=None, labs__2__anc=None)
    )  # fmt: skip
    assert found == [LabRow("labs.0", on(3), 900.5), LabRow("labs.1", on(4), 1850.0)]
    assert refusals(admission) == []


@pytest.mark.parametrize(
    ("draw_date", "anc", "refused", "words"),
    [
        (None, 1850, "draw_date", ["The date of blood draw 3 is missing"]),
        ("soon", 1850, "draw_date", ["“soon”", "blood draw 3"]),
        (on(6).isoformat(), 1850, "draw_date", [str(on(6))]), (on(-361).isoformat(), 1850, "draw_date", [str(on(-361))]),
        (DAY, None, "anc", ["The ANC of blood draw 3 is missing"]), (DAY, "55%", "anc", ["“55%”"]), (DAY, 1.85, "anc", ["1.85"]),
        (DAY, 0, "anc", ["telephone"]), (DAY, 31_000, "anc", ["31000"]),
    ],
)  # fmt: skip
def test_r03_a_row_that_cannot_stand_is_refused_at_its_own_field_with_what_is_wrong(
    draw_date: Any, anc: Any, refused: str, words: list[str]
) -> None:
    found, admission = row(draw_date, anc)
    assert (found, refusals(admission)) == ([], [(f"labs.2.{refused}", "R03")])
    assert all(one in reasons(admission) for one in words)


def test_r03_a_row_wrong_in_both_is_refused_in_both_and_another_row_stands() -> None:
    found, admission = row("soon", "55%", labs__0__draw_date=DAY, labs__0__anc=1850)
    assert found == [LabRow("labs.0", on(4), 1850.0)]
    assert refusals(admission) == [("labs.2.draw_date", "R03"), ("labs.2.anc", "R03")]


def test_r03_a_field_nobody_could_read_is_asked_for_as_such() -> None:
    for values, field in (({"labs__2__anc": 1850}, "labs.2.draw_date"), ({"labs__2__draw_date": DAY}, "labs.2.anc")):
        found, admission = read(replace(sent(**values), illegible=(field,)))
        assert (found, refusals(admission)) == ([], [(field, "R03")])
        assert "could not be read" in reasons(admission)


def test_r03_a_draw_of_the_day_of_receipt_stands_and_of_one_that_has_begun_elsewhere() -> None:
    assert row(on(5).isoformat(), 1850)[0]
    assert read(sent(received=5.4, labs__0__draw_date=on(6).isoformat(), labs__0__anc=1850))[0]


ROW = LabRow("labs.0", on(4), 900.0)
RESULT = AncResult("s:labs.0", "P", on(4), 900.0, at(5), "patient_status", "s")


def test_a_row_adds_a_result_under_the_forms_and_rows_name() -> None:
    assert new_results([ROW], [], "P", sent()) == [(ROW, RESULT)]
    other_day, other_value = LabRow("labs.1", on(3), 900.0), LabRow("labs.2", on(4), 901.0)
    assert [result is not None for _, result in new_results([other_day, other_value], [RESULT], "P", sent())] == [True, True]


def test_a_resend_and_the_same_row_twice_add_nothing() -> None:
    again = replace(ROW, part="labs.1")
    assert new_results([again], [RESULT], "P", sent()) == [(again, None)]
    assert new_results([ROW, again], [], "P", sent()) == [(ROW, RESULT), (again, None)]
    both = new_results([again, LabRow("labs.2", on(2), 800.0)], [RESULT], "P", sent())
    assert [result is None for _, result in both] == [True, False]


def test_a_value_on_file_from_a_later_fax_only_is_recorded_again() -> None:
    assert new_results([ROW], [lab(4, 900, 6)], "P", sent()) == [(ROW, RESULT)]
    assert [new_results([ROW], [lab(4, 900, 5, one)], "P", sent()) for one in "tr"] == [[(ROW, None)]] * 2


def test_each_row_is_named_as_recorded_or_as_on_file_and_the_new_ones_are_stored() -> None:
    findings = Findings(sent())
    again = LabRow("labs.1", on(3), 1850.0)
    assert apply_rows(findings, [(ROW, RESULT), (again, None)]) == [RESULT]
    decision = findings.decision()
    assert decision.records == (RESULT,)
    assert [one.part for one in decision.admission.applied] == ["labs.0", "labs.1"]
    first, second = (one.detail for one in decision.admission.applied)
    assert all(one in first for one in ("900/µL", str(on(4)), "is recorded"))
    assert all(one in second for one in ("1850/µL", str(on(3)), "already on file"))


def told(
    *fresh: AncResult, others: tuple[AncResult, ...] = (), ben: bool = False, to: Prescriber | None = ANN
) -> list[NoticeDue]:
    findings = Findings(sent())
    tell_low(findings, fresh, [*fresh, *others], patient(ben=ben), to)
    return list(findings.decision().admission.notices)


def test_r36_the_associated_prescriber_is_told_of_a_low_anc_with_its_band() -> None:
    (one,) = told(lab(3, 850, 5))
    facts = {
        "patient_id": "P", "patient_name": "MARIA GARCIA", "patient_date_of_birth": "1980-02-03", "treatment_status": "enrolled",
        "prescriber_npi": "first", "anc": 850, "draw_date": on(3).isoformat(), "band": BAND_WORDS[Finding.MODERATE],
        "population": "general", "is_latest": True, "other_results": None,
    }  # fmt: skip
    assert one == NoticeDue("neutropenia_moderate", "prescriber", "Ann Lee", "3125550143", "ann@example.org", facts)
    assert told(lab(3, 850, 5), to=None)[0].fax is None


def test_r36_normal_ones_are_not_told_and_each_band_is_told_once() -> None:
    assert told(lab(3, 1500, 5)) == told() == []
    found = told(lab(1, 1200, 5), lab(2, 1900, 5), lab(3, 850, 5), lab(4, 400, 5))
    assert [one.kind for one in found] == ["neutropenia_mild", "neutropenia_moderate", "neutropenia_severe"]
    assert [one.facts["is_latest"] for one in found] == [False, False, True]


def test_r36_under_ben_the_bands_are_its_own() -> None:
    (one,) = told(lab(3, 850, 5), ben=True)
    assert (one.kind, one.facts["population"], one.facts["band"]) == ("neutropenia_ben", "ben", BAND_WORDS[Finding.BEN_LOW])
    assert told(lab(3, 1200, 5), ben=True) == []


def test_r37_of_several_in_a_band_the_newest_is_shown_and_the_others_are_listed_by_day() -> None:
    (one,) = told(lab(2, 900, 5), lab(4, 870, 5), lab(1, 600, 5), lab(4, 860, 5), lab(2, 880, 5))
    assert (one.facts["anc"], one.facts["draw_date"]) == (860, on(4).isoformat())
    assert one.facts["other_results"] == f"{on(1)}: 600; {on(2)}: 880; {on(2)}: 900; {on(4)}: 870"


def test_r36_whether_the_low_one_is_the_latest_is_told_against_everything_on_file() -> None:
    low = lab(3, 850, 5)
    assert told(low, others=(lab(4, 1900, 4),))[0].facts["is_latest"] is False
    assert told(low, others=(lab(2, 1900, 4),))[0].facts["is_latest"] is True
    assert told(low, others=(lab(3, 700, 4),))[0].facts["is_latest"] is False
    assert told(low, others=(lab(3, 850, 4),))[0].facts["is_latest"] is True
