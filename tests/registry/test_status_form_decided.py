"""R03, R07–R08, R23, R28, R38–R44, R65: what a Patient Status Form comes to, from a situation made by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from registry.admitting.patient_status import decide
from registry.course import settled
from registry.decision import Decision, Situation
from registry.matching import Match, PatientMatch
from registry.parties import Designee, Pharmacy, Prescriber
from registry.patients import (
    About,
    AncResult,
    Patient,
    PatientFile,
    PatientRecord,
    Rationale,
    Statement,
    StatusChange,
    StatusForm,
)
from registry.submission import Admitted, NoticeDue
from registry.vocabulary import Channel, MonitoringFrequency, SignatureRole, SignatureVerdict, TreatmentStatus
from tests.registry.forms_by_hand import reasons, refusals, sent
from tests.registry.histories_by_hand import at, form, history, lab, on, said

PRESENT, ABSENT = SignatureVerdict.PRESENT, SignatureVerdict.ABSENT
ANN = Prescriber(
    "1234567893", first_name="Ann", last_name="Lee", fax="3125550143", email="ann@example.org",
    form_received_at=at(0), assessment_passed_at=at(0), certified_at=at(0),
)  # fmt: skip
BEA = replace(ANN, npi="1558598797", first_name="Bea", last_name="Fox", fax="3125550199", email="bea@example.org")
DON = Designee("don", ANN.npi, "Don", "May", "staff", "3125550150", None, "don@example.org", at(0))
CORNER = Pharmacy(
    "1012345678", name="Corner", fax="3125550161", ar_email="ray@example.org", form_received_at=at(0), assessment_passed_at=at(0),
    certified_at=at(0),
)  # fmt: skip
ENROLLED, INTERRUPTED, DISCONTINUED = TreatmentStatus
FIRST = lab(0, 2100, 0, "enrollment")


def decided(
    *records: PatientRecord, by: str = "prescriber", signed: tuple[str, ...] | None = None, channel: Channel = Channel.FAX,
    received: float = 5, match: Match = Match.SAME, **values: Any,
) -> Decision:  # fmt: skip
    """Ann's, her designee's or a pharmacy's form about Maria, who is Bea's patient."""
    file: PatientFile = history(FIRST, *records, prescriber_npi=BEA.npi)
    file = replace(file, patient=settled(file))
    verdicts = dict.fromkeys((SignatureRole.PRESCRIBER, SignatureRole.DESIGNEE), ABSENT)
    given = {"prescriber": ("prescriber",), "designee": ("designee",)}.get(by, ()) if signed is None else signed
    verdicts |= {SignatureRole(one): PRESENT for one in given}
    who: dict[str, Any] = {"submitter": by, "submitter_name": "Don May", "prescriber_npi": ANN.npi}
    if by == "pharmacy":
        who = {"submitter": by, "pharmacy_npi": CORNER.npi}
    known = match is Match.SAME
    situation = Situation(
        next_serial=9, keys={}, prescriber=None if by == "pharmacy" else ANN, designees=(DON,),
        match=PatientMatch(match, file.patient if known else None),
        file=file if known else None, associated=BEA if known else None, pharmacy=CORNER,
    )  # fmt: skip
    return decide(sent(verdicts, channel, received, **{**who, **values}), situation, at(received))


def labs(*rows: tuple[int, float]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for number, (drawn, anc) in enumerate(rows):
        found |= {f"labs__{number}__draw_date": on(drawn).isoformat(), f"labs__{number}__anc": anc}
    return found


def rationale(drawn: int, anc: float) -> dict[str, Any]:
    return {"rationale": True, "rationale_draw_date": on(drawn).isoformat(), "rationale_anc": anc}


def parts(decision: Decision) -> list[str]:
    return [one.part for one in decision.admission.applied]


def detail(decision: Decision, part: str) -> str:
    return next(one.detail for one in decision.admission.applied if one.part == part)


def told(decision: Decision, kind: str) -> list[NoticeDue]:
    return [one for one in decision.admission.notices if one.kind == kind]


def of_kind(decision: Decision, kind: type) -> list[Any]:
    return [one for one in decision.records if isinstance(one, kind)]


def patient_after(decision: Decision) -> Patient:
    (found,) = of_kind(decision, Patient)
    assert isinstance(found, Patient)
    return found


def test_r03_r65_a_signed_form_records_its_ancs_and_counts_as_completed_on_the_day_of_receipt() -> None:
    decision = decided(**labs((4, 1900.0)), received=5.4)
    assert parts(decision) == ["labs.0", "status_form"]
    assert str(on(5)) in detail(decision, "status_form")
    assert of_kind(decision, AncResult) == [AncResult("s:labs.0", "P", on(4), 1900.0, at(5.4), "patient_status", "s")]
    assert of_kind(decision, StatusForm) == [StatusForm("s", "P", ANN.npi, at(5.4), False, None)]
    after = patient_after(decision)
    assert (after.latest_anc, after.last_form_at, after.missing_labs) == (1900.0, at(5.4), None)
    admission = decision.admission
    assert (admission.admitted, admission.treatment_status, admission.ids) == (Admitted.YES, ENROLLED, {"patient_id": "P"})
    assert (refusals(admission), of_kind(decision, StatusChange), decision.held) == ([], [], False)


def test_r65_the_sender_gets_a_confirmation_at_the_fax_on_file() -> None:
    (one,) = decided(**labs((4, 1900.0), (5, 1800.0)), received=5.4).admission.notices
    facts = {
        "patient_id": "P", "patient_name": "MARIA GARCIA", "patient_date_of_birth": "1980-02-03", "treatment_status": "enrolled",
        "prescriber_npi": BEA.npi, "received_on": on(5).isoformat(), "complete": True, "results_recorded": 2,
        "monitoring_frequency": "weekly", "missing_labs": None, "next_status_form_by": on(42).isoformat(),
    }  # fmt: skip
    assert one == NoticeDue("status_form_recorded", "prescriber", "Ann Lee", ANN.fax, ANN.email, facts)


def test_r35_a_sender_who_may_not_and_a_patient_nobody_knows_change_nothing() -> None:
    stranger = decided(match=Match.STRANGER, **labs((4, 1900.0)))
    assert (stranger.records, stranger.admission.admitted, stranger.admission.ids) == ((), Admitted.NO, {})
    assert refusals(stranger.admission) == [("patient", "R30")]
    unnamed = decided(match=Match.INCOMPLETE, patient_first_name="MARIA", patient_last_name="GARCIA")
    assert refusals(unnamed.admission) == [("patient_date_of_birth", "R34"), ("patient_id", "R30")]
    nobody = decided(prescriber_npi="1234567890", **labs((4, 1900.0)))
    assert (nobody.records, nobody.admission.admitted) == ((), Admitted.NO)
    assert refusals(nobody.admission) == [("status_form", "R35")]


def test_r03_r28_each_part_that_cannot_stand_is_refused_alone() -> None:
    decision = decided(signed=("designee",), by="designee", ben=True, **labs((4, 18.0), (4, 1900.0)))
    assert refusals(decision.admission) == [("labs.0.anc", "R03"), ("ben", "R28")]
    assert (parts(decision), decision.admission.admitted) == (["labs.1", "status_form"], Admitted.PARTLY)


def test_r28_a_form_nobody_signed_reports_its_ancs_and_does_not_count() -> None:
    decision = decided(signed=(), **labs((4, 1900.0)))
    assert (parts(decision), refusals(decision.admission)) == (["labs.0"], [("status_form", "R28")])
    assert (of_kind(decision, StatusForm), patient_after(decision).last_form_at) == ([], None)
    assert "send the form again." in reasons(decision.admission)
    (one,) = told(decision, "status_form_recorded")
    assert (one.facts["complete"], one.facts["next_status_form_by"]) == (False, on(37).isoformat())


def test_r65_a_designees_signature_completes_a_form_and_so_does_a_call_on_the_phone() -> None:
    assert "status_form" in parts(decided(by="designee"))
    assert "status_form" in parts(decided(signed=("designee",), by="designee"))
    assert "status_form" in parts(decided(signed=(), channel=Channel.PHONE))
    assert "status_form" not in parts(decided(signed=(), by="designee"))


def test_r23_a_pharmacys_form_reports_ancs_and_never_counts_even_on_the_phone() -> None:
    for channel in (Channel.FAX, Channel.PHONE):
        decision = decided(by="pharmacy", signed=("prescriber",), channel=channel, **labs((4, 1900.0)))
        assert (parts(decision), refusals(decision.admission)) == (["labs.0"], [])
        (one,) = decision.admission.notices
        assert (one.kind, one.to, one.name, one.fax) == ("status_form_recorded", "pharmacy", "Corner", "3125550161")
        assert (one.facts["complete"], one.facts["results_recorded"]) == (False, 1)


def test_r23_a_pharmacys_form_without_ancs_comes_to_nothing() -> None:
    decision = decided(by="pharmacy")
    assert (parts(decision), refusals(decision.admission)) == ([], [("status_form", "R23")])
    assert (decision.admission.notices, decision.admission.admitted) == ((), Admitted.NO)
    assert "there are none" in reasons(decision.admission)


def test_r39_r44_a_low_anc_interrupts_and_the_associated_prescriber_is_told() -> None:
    decision = decided(**labs((4, 850.0)))
    assert parts(decision) == ["labs.0", "treatment_status", "status_form"]
    cause = "ANC 850/µL drawn 2023-11-05 (R39)"
    assert ("Interrupted" in detail(decision, "treatment_status"), cause in detail(decision, "treatment_status")) == (True, True)
    assert of_kind(decision, StatusChange) == [StatusChange("s:status", "P", at(5), ENROLLED, INTERRUPTED, cause, None)]
    assert decision.admission.treatment_status is INTERRUPTED
    for kind in ("neutropenia_moderate", "treatment_interrupted", "rationale_needed"):
        assert [(one.name, one.fax) for one in told(decision, kind)] == [("Bea Fox", BEA.fax)]
    assert told(decision, "neutropenia_moderate")[0].facts["is_latest"] is True


def test_r44_a_resend_of_the_low_anc_tells_nobody_again() -> None:
    decision = decided(lab(4, 850, 4.5), **labs((4, 850.0)))
    assert [one.kind for one in decision.admission.notices] == ["status_form_recorded"]
    assert (parts(decision), of_kind(decision, StatusChange)) == (["labs.0", "status_form"], [])


def test_r44_another_low_anc_of_an_interrupted_patient_asks_for_a_rationale_again() -> None:
    decision = decided(lab(2, 850, 2.5), **labs((4, 800.0)))
    assert [one.facts["anc"] for one in told(decision, "rationale_needed")] == [800]


def test_r42_a_rationale_returns_the_patient_and_reports_its_own_anc_where_nobody_had() -> None:
    lifted = decided(lab(4, 850, 4.5), **rationale(4, 850))
    assert parts(lifted) == ["rationale", "treatment_status", "status_form"]
    assert all(one in detail(lifted, "rationale") for one in ("850", str(on(4))))
    assert of_kind(lifted, Rationale) == [Rationale("s:rationale", "P", on(4), 850.0, ANN.npi, at(5), "s")]
    assert lifted.admission.treatment_status is ENROLLED
    assert [one.name for one in told(lifted, "treatment_resumed")] == ["Bea Fox"]
    reported = decided(**rationale(4, 850))
    assert parts(reported) == ["rationale_anc", "rationale", "status_form"]
    assert [one.result_id for one in of_kind(reported, AncResult)] == ["s:rationale_anc"]


def test_r42_a_rationale_for_another_value_of_the_day_is_kept_and_refused() -> None:
    decision = decided(lab(4, 800, 4.5), **rationale(4, 850))
    assert ("rationale", "R42") in refusals(decision.admission)
    assert "rationale" not in parts(decision)
    assert (len(of_kind(decision, Rationale)), decision.admission.treatment_status) == (1, INTERRUPTED)


def test_r44_enrolled_over_an_open_low_anc_is_refused_with_that_anc() -> None:
    decision = decided(lab(4, 850, 4.5), treatment_status="enrolled")
    assert refusals(decision.admission) == [("treatment_status", "R44")]
    assert all(one in reasons(decision.admission) for one in ("850", str(on(4)), "Treatment Rationale"))
    assert decision.admission.treatment_status is INTERRUPTED


def test_r38_a_stated_status_is_kept_with_day_and_reason() -> None:
    decision = decided(treatment_status="Discontinued", status_date=on(3).isoformat(), status_reason="moved")
    assert of_kind(decision, Statement) == [said(About.STATUS, "discontinued", 5, "s", 3, "moved")]
    (change,) = of_kind(decision, StatusChange)
    assert (change.after, change.reason, patient_after(decision).status_since) == (DISCONTINUED, "moved", on(3))
    assert len(told(decision, "treatment_discontinued")) == 1


@pytest.mark.parametrize(
    ("by", "signed", "stated", "rule"),
    [
        ("prescriber", ("prescriber",), "active", "R38"), ("prescriber", (), "interrupted", "R38"),
        ("pharmacy", ("prescriber",), "interrupted", "R38"), ("designee", ("designee",), "interrupted", None),
        ("designee", ("designee",), "enrolled", None), ("pharmacy", (), "enrolled", None), ("prescriber", (), "enrolled", None),
    ],
)  # fmt: skip
def test_r38_who_may_say_which_status_of_an_enrolled_patient(
    by: str, signed: tuple[str, ...], stated: str, rule: str | None
) -> None:
    decision = decided(by=by, signed=signed, treatment_status=stated, **labs((4, 1900.0)))
    refused = [one for one in refusals(decision.admission) if one[0] == "treatment_status"]
    assert refused == ([] if rule is None else [("treatment_status", rule)])
    interrupted = (rule, stated) == (None, "interrupted")
    assert decision.admission.treatment_status is (INTERRUPTED if interrupted else ENROLLED)
    assert len(of_kind(decision, Statement)) == int(interrupted)
    assert all(one.reason for one in decision.admission.refused)


def test_r42_only_the_prescriber_returns_an_interrupted_patient_to_enrolled() -> None:
    stopped = said(About.STATUS, "interrupted", 2)
    by_designee = decided(stopped, by="designee", treatment_status="enrolled")
    assert refusals(by_designee.admission) == [("treatment_status", "R42")]
    assert "prescriber" in reasons(by_designee.admission)
    assert by_designee.admission.treatment_status is INTERRUPTED
    assert decided(stopped, treatment_status="enrolled").admission.treatment_status is ENROLLED


def test_r07_the_frequency_is_the_prescribers_or_designees_word() -> None:
    for by in ("prescriber", "designee"):
        decision = decided(by=by, monitoring_frequency="Monthly")
        assert of_kind(decision, Statement) == [said(About.FREQUENCY, "monthly", 5, "s")]
        assert patient_after(decision).monitoring_frequency is MonitoringFrequency.MONTHLY
        assert "monthly" in detail(decision, "monitoring_frequency")
    unchanged = decided(monitoring_frequency="weekly")
    assert "monitoring_frequency" not in parts(unchanged)
    unknown = decided(monitoring_frequency="hourly")
    assert (refusals(unknown.admission), "“hourly”" in reasons(unknown.admission)) == ([("monitoring_frequency", "R07")], True)


def test_r07_a_frequency_that_nobody_signed_is_refused() -> None:
    decision = decided(signed=(), monitoring_frequency="monthly", **labs((4, 1900.0)))
    assert refusals(decision.admission) == [("monitoring_frequency", "R07"), ("status_form", "R28")]
    assert (of_kind(decision, Statement), "signed" in reasons(decision.admission)) == ([], True)


def test_r44_a_rationale_for_an_older_low_anc_leaves_the_newest_unanswered_and_says_so() -> None:
    decision = decided(lab(2, 850, 2.5), lab(4, 800, 4.5), **rationale(2, 850))
    assert refusals(decision.admission) == [("treatment_status", "R44")]
    assert ("800" in reasons(decision.admission), decision.admission.treatment_status) == (True, INTERRUPTED)


def test_r08_a_pharmacys_frequency_is_ignored_and_told() -> None:
    decision = decided(by="pharmacy", monitoring_frequency="monthly", **labs((4, 1900.0)))
    assert refusals(decision.admission) == [("monitoring_frequency", "R08")]
    assert "ignored" in reasons(decision.admission)
    assert patient_after(decision).monitoring_frequency is MonitoringFrequency.WEEKLY


def test_r07_six_months_are_refused_but_for_hospice() -> None:
    refused = decided(monitoring_frequency="every_six_months")
    assert (refusals(refused.admission), "hospice" in reasons(refused.admission)) == ([("monitoring_frequency", "R07")], True)
    granted = decided(monitoring_frequency="every_six_months", hospice=True)
    assert refusals(granted.admission) == []
    assert parts(granted) == ["hospice", "monitoring_frequency", "status_form"]


def test_r28_ben_and_hospice_are_said_once() -> None:
    decision = decided(ben=True, hospice=True)
    assert of_kind(decision, Statement) == [said(About.BEN, "yes", 5, "s"), said(About.HOSPICE, "yes", 5, "s")]
    assert parts(decision) == ["ben", "hospice", "status_form"]
    assert ("neutropenia" in detail(decision, "ben"), "hospice" in detail(decision, "hospice")) == (True, True)
    assert (patient_after(decision).ben, patient_after(decision).hospice) == (True, True)
    again = decided(said(About.BEN, "yes", 2), said(About.HOSPICE, "yes", 2), ben=True, hospice=True)
    assert parts(again) == ["status_form"]


def test_label_a_return_after_30_days_is_told_as_monitored_anew() -> None:
    monthly, stopped = said(About.FREQUENCY, "monthly", 1), said(About.STATUS, "interrupted", 2)
    decision = decided(monthly, stopped, treatment_status="enrolled", received=40)
    assert all(one in detail(decision, "monitoring_frequency") for one in ("30 days", "weekly"))
    assert parts(decision) == ["treatment_status", "monitoring_frequency", "status_form"]


def test_r65_missing_labs_are_told_to_the_associated_prescriber_unless_authorized() -> None:
    decision = decided(**labs((18, 1900.0)), received=20)
    (one,) = told(decision, "missing_labs")
    gap = f"{on(0)} to {on(18)}"
    assert (one.name, one.facts["gaps"], one.facts["monitoring_frequency"]) == ("Bea Fox", gap, "weekly")
    assert told(decision, "status_form_recorded")[0].facts["missing_labs"] == gap
    allowed = decided(**labs((18, 1900.0)), received=20, missing_labs_authorized=True, missing_labs_reason="snow")
    assert (told(allowed, "missing_labs"), parts(allowed)[-1]) == ([], "missing_labs_authorized")
    assert "authorized" in detail(allowed, "missing_labs_authorized")
    assert of_kind(allowed, StatusForm) == [StatusForm("s", "P", ANN.npi, at(20), True, "snow")]
    several = decided(**labs((10, 1900.0)), received=20)
    assert told(several, "missing_labs")[0].facts["gaps"] == f"{on(0)} to {on(10)}; {on(10)} to {on(20)}"


def test_r65_a_form_that_does_not_count_tells_the_sender_of_gaps_and_the_prescriber_of_none() -> None:
    decision = decided(signed=(), **labs((18, 1900.0)), received=20)
    assert told(decision, "missing_labs") == []
    assert told(decision, "status_form_recorded")[0].facts["missing_labs"] == f"{on(0)} to {on(18)}"


def test_a_form_that_changes_nothing_of_the_patient_stores_no_patient() -> None:
    decision = decided(form(6), lab(4, 1900, 4.5), **labs((4, 1900.0)), signed=())
    assert decision.records == ()
    assert parts(decision) == ["labs.0"]


def test_r65_the_next_form_is_counted_from_the_last_one_received_though_settled_before() -> None:
    (one,) = told(decided(form(8)), "status_form_recorded")
    assert one.facts["next_status_form_by"] == on(45).isoformat()
