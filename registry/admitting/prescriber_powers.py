"""What only the prescriber's own signature may do on a Patient Status Form (R24–R28, R42)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from registry.admitting.lab_rows import LabRow
from registry.anc import implausible, impossible_draw, number
from registry.decision import Findings
from registry.form_values import FormValues
from registry.identifiers import normal_npi
from registry.moments import last_day_begun
from registry.patients import AncResult, PatientFile, Rationale
from registry.senders import Sender, is_signed, signature_reason
from registry.submission import Submission
from registry.vocabulary import SignatureRole


@dataclass(frozen=True)
class Powers:
    """The parts that stand because the prescriber signed."""

    prescriber_npi: str
    ben: bool = False
    hospice: bool = False
    rationale: Rationale | None = None
    reported: LabRow | None = None  # the rationale's own ANC, where neither form nor registry had it
    missing_labs_authorized: bool = False
    missing_labs_reason: str | None = None


RATIONALE_FIELDS = ("rationale_draw_date", "rationale_anc")

SAYS_NO = {
    "ben": "BEN is not set",
    "hospice": "Hospice is not set",
    "rationale": "The Treatment Rationale is not applied",
    "missing_labs_authorized": "Continuation without the missing ANC values is not authorized",
}


def prescriber_powers(
    submission: Submission, form: FormValues, sender: Sender, file: PatientFile, rows: Sequence[LabRow], findings: Findings
) -> Powers:
    """R28: each marked part stands with the prescriber's own signature, and is refused alone without it."""
    npi = form.normal("prescriber_npi", normal_npi) or file.patient.prescriber_npi
    marked = [part for part in SAYS_NO if form.mark(part)]
    if "rationale" not in marked and any(form.text(field) is not None for field in RATIONALE_FIELDS):
        marked.append("rationale")
    if sender.role == "pharmacy" or not is_signed(submission, SignatureRole.PRESCRIBER):
        why = (
            f"it needs the prescriber's own signature. {signature_reason(submission, SignatureRole.PRESCRIBER, 'the prescriber')}"
        )
        if sender.role == "pharmacy":
            why = "a pharmacy's form cannot carry it. The prescriber must sign a status form of the own and send it"
        for part in marked:
            findings.refuse(part, "R28", f"{SAYS_NO[part]}: {why}.")
        return Powers(npi)
    rationale, reported = _rationale(submission, form, file, rows, npi, findings) if "rationale" in marked else (None, None)
    return Powers(
        npi,
        ben="ben" in marked,
        hospice="hospice" in marked,
        rationale=rationale,
        reported=reported,
        missing_labs_authorized="missing_labs_authorized" in marked,
        missing_labs_reason=form.text("missing_labs_reason"),
    )


def _rationale(
    submission: Submission, form: FormValues, file: PatientFile, rows: Sequence[LabRow], npi: str, findings: Findings
) -> tuple[Rationale | None, LabRow | None]:
    """R42–R43: the section completed: the statement, the ANC and its draw date. It answers that one ANC [decision].

    An ANC that neither registry nor form holds is reported by the rationale at the same time. Where another value of that day is
    on file the lower of the two counts, as ever, and a rationale that does not name it answers nothing (`name_unanswered`).
    """
    day, anc = form.day("rationale_draw_date"), number(form.raw("rationale_anc"))
    missing = [form.blank(field, label) for field, label in (
        ("rationale_draw_date", "The draw date of the ANC that the Treatment Rationale concerns"),
        ("rationale_anc", "The ANC that the Treatment Rationale concerns"),
    ) if form.text(field) is None]  # fmt: skip
    if not form.mark("rationale"):
        missing.append(form.blank("rationale", "The statement that benefits outweigh risks (Treatment Rationale)"))
    if missing:
        findings.refuse("rationale", "R42", " ".join(one.reason for one in missing))
        return None, None
    if day is None or anc is None or implausible(anc) is not None:
        reason = "The Treatment Rationale's draw date or ANC per µL cannot be right. Correct them and send the form again."
        findings.refuse("rationale", "R42", reason)
        return None, None
    if (wrong := impossible_draw(day, last_day_begun(submission.received_at))) is not None:
        findings.refuse("rationale", "R42", f"The Treatment Rationale is not applied: {wrong}. Correct it and send it again.")
        return None, None
    known = (one for one in file.results if one.received_at <= submission.received_at)  # as `new_results` has it
    that_day = {one.anc for one in known if one.draw_date == day} | {one.anc for one in rows if one.draw_date == day}
    key = f"{submission.submission_id}:rationale"
    rationale = Rationale(key, file.patient.patient_id, day, anc, npi, submission.received_at, submission.submission_id)
    return rationale, None if anc in that_day else LabRow("rationale_anc", day, anc)


def name_unanswered(rationale: Rationale, low: AncResult | None, findings: Findings) -> bool:
    """R42: whether the rationale leaves a lower value of its own day unanswered; the sender is told."""
    if low is None or low.draw_date != rationale.draw_date:
        return False
    reason = (
        f"The Treatment Rationale names an ANC of {rationale.anc:g}/µL drawn {rationale.draw_date}, but the lower {low.anc:g}/µL "
        "is on file for that day and counts. Name that value, or have the wrong one corrected, and send the form again."
    )
    findings.refuse("rationale", "R42", reason)
    return True
