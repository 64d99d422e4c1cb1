"""R24–R28, R42: what stands on a status form because the prescriber signed, and what is refused, part by part."""

from __future__ import annotations

from typing import Any

import pytest

from registry.admitting.lab_rows import LabRow
from registry.admitting.prescriber_powers import Powers, name_unanswered, prescriber_powers
from registry.decision import Findings
from registry.form_values import FormValues
from registry.patients import PatientFile, Rationale
from registry.senders import Sender
from registry.submission import Admission
from registry.vocabulary import SignatureRole, SignatureVerdict
from tests.registry.forms_by_hand import reasons, refusals, sent
from tests.registry.histories_by_hand import at, history, lab, on, rationale

SIGNED = {SignatureRole.PRESCRIBER: SignatureVerdict.PRESENT}
EVERYTHING = {"ben": True, "hospice": "yes", "rationale": True, "missing_labs_authorized": True}
DOCTOR = Sender("prescriber", "Ann Lee")


def powers(
    *rows: LabRow, signed: dict[SignatureRole, SignatureVerdict] | None = None, sender: Sender = DOCTOR,
    file: PatientFile | None = None, **values: Any,
) -> tuple[Powers, Admission]:  # fmt: skip
    submission = sent(SIGNED if signed is None else signed, **values)
    findings = Findings(submission)
    found = prescriber_powers(submission, FormValues(submission), sender, file or history(), rows, findings)
    return found, findings.decision().admission


def answered(drawn: int = 4, anc: object = 850, **values: Any) -> dict[str, Any]:
    return {"rationale": True, "rationale_draw_date": on(drawn).isoformat(), "rationale_anc": anc, **values}


def test_r28_an_unmarked_form_claims_nothing() -> None:
    found, admission = powers()
    assert (found, refusals(admission)) == (Powers("first"), [])


def test_r28_each_mark_stands_with_the_prescribers_signature() -> None:
    found, admission = powers(ben=True, hospice="yes", missing_labs_authorized=True, missing_labs_reason="snow")
    assert found == Powers("first", ben=True, hospice=True, missing_labs_authorized=True, missing_labs_reason="snow")
    assert refusals(admission) == []
    assert powers(ben=True)[0] == Powers("first", ben=True)
    assert powers(hospice=True)[0] == Powers("first", hospice=True)


@pytest.mark.parametrize("verdict", [SignatureVerdict.ABSENT, SignatureVerdict.UNSURE])
def test_r24_r28_without_the_signature_each_marked_part_is_refused_and_says_why(verdict: SignatureVerdict) -> None:
    found, admission = powers(signed={SignatureRole.PRESCRIBER: verdict}, **EVERYTHING)
    assert found == Powers("first")
    assert refusals(admission) == [(part, "R28") for part in ("ben", "hospice", "rationale", "missing_labs_authorized")]
    word = "missing" if verdict is SignatureVerdict.ABSENT else "cannot be told"
    assert all(word in one.reason and "prescriber" in one.reason for one in admission.refused)
    assert len({one.reason for one in admission.refused}) == 4


def test_r28_a_pharmacy_has_none_of_the_powers_even_over_a_signature() -> None:
    found, admission = powers(sender=Sender("pharmacy", "Corner"), ben=True)
    assert (found, refusals(admission)) == (Powers("first"), [("ben", "R28")])
    assert ("pharmacy" in reasons(admission), "signature is missing" in reasons(admission)) == (True, False)


@pytest.mark.parametrize("field", ["rationale_draw_date", "rationale_anc"])
def test_r28_a_rationale_begun_without_its_tick_is_refused_too_and_once(field: str) -> None:
    assert refusals(powers(signed={}, **{field: "850"})[1]) == [("rationale", "R28")]
    assert refusals(powers(signed={}, rationale=True, **{field: "850"})[1]) == [("rationale", "R28")]


def test_r42_the_rationale_is_the_named_prescribers_else_the_associated_ones() -> None:
    named, _ = powers(prescriber_npi="1558598797", **answered())
    assert named.prescriber_npi == "1558598797"
    assert named.rationale == Rationale("s:rationale", "P", on(4), 850.0, "1558598797", at(5), "s")
    other, _ = powers(prescriber_npi="1234567890", **answered())
    assert other.rationale == Rationale("s:rationale", "P", on(4), 850.0, "first", at(5), "s")


def test_r42_an_anc_that_neither_form_nor_registry_holds_is_reported_by_its_rationale() -> None:
    reported = LabRow("rationale_anc", on(4), 850.0)
    assert powers(**answered())[0].reported == reported
    assert powers(LabRow("labs.0", on(3), 850.0), file=history(lab(3, 850, 4)), **answered())[0].reported == reported
    assert powers(LabRow("labs.0", on(4), 900.0), file=history(lab(4, 800, 4)), **answered())[0].reported == reported
    assert powers(LabRow("labs.0", on(4), 850.0), **answered())[0].reported is None
    assert powers(file=history(lab(4, 850, 4)), **answered())[0].reported is None


@pytest.mark.parametrize(
    ("missing", "words"),
    [("rationale_draw_date", "draw date"), ("rationale_anc", "The ANC that"), ("rationale", "benefits outweigh risks")],
)
def test_r42_each_missing_item_of_the_section_is_named(missing: str, words: str) -> None:
    found, admission = powers(**{**answered(), missing: None})
    assert (found, refusals(admission)) == (Powers("first"), [("rationale", "R42")])
    assert words in reasons(admission)
    assert "is missing" in reasons(admission)


def test_r42_what_a_person_could_not_read_is_named_as_such() -> None:
    for field in ("rationale_draw_date", "rationale_anc", "rationale"):
        submission = sent(SIGNED, **{**answered(), field: None})
        unread = type(submission)(**{**vars(submission), "illegible": (field,)})
        findings = Findings(unread)
        prescriber_powers(unread, FormValues(unread), DOCTOR, history(), (), findings)
        assert "could not be read" in reasons(findings.decision().admission)


@pytest.mark.parametrize(
    "values",
    [
        answered(anc=0),
        answered(anc="18"),
        answered(anc="many"),
        answered(anc=31_000),
        {**answered(), "rationale_draw_date": "soon"},
    ],
)
def test_r42_a_value_or_day_that_cannot_be_right_answers_nothing(values: dict[str, Any]) -> None:
    found, admission = powers(**values)
    assert (found, refusals(admission)) == (Powers("first"), [("rationale", "R42")])
    assert "cannot be right" in reasons(admission)


@pytest.mark.parametrize("drawn", [6, -361])
def test_r42_a_draw_after_the_receipt_or_of_another_year_answers_nothing(drawn: int) -> None:
    found, admission = powers(**answered(drawn))
    assert (found, refusals(admission)) == (Powers("first"), [("rationale", "R42")])
    assert str(on(drawn)) in reasons(admission)
    assert powers(**answered(5))[0].rationale is not None
    assert powers(**answered(-360))[0].rationale is not None


def test_r42_a_lower_value_of_the_same_day_stays_unanswered_and_both_are_named() -> None:
    findings = Findings(sent())
    assert name_unanswered(rationale(4, 850, 5), lab(4, 700, 4), findings)
    admission = findings.decision().admission
    assert refusals(admission) == [("rationale", "R42")]
    assert all(one in reasons(admission) for one in ("850", "700", str(on(4))))


def test_r42_a_low_value_of_another_day_or_none_does_not_concern_the_rationale() -> None:
    findings = Findings(sent())
    assert not name_unanswered(rationale(4, 850, 5), lab(3, 700, 4), findings)
    assert not name_unanswered(rationale(4, 850, 5), None, findings)
    assert refusals(findings.decision().admission) == []
