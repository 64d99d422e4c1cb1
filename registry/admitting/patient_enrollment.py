"""The Patient Enrollment Form (R30–R34, R47): a new patient with an ID, or a known one with another prescriber."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from registry import identifiers
from registry.admitting.lab_rows import LabRow, apply_rows, new_results, read_rows, tell_low
from registry.admitting.refusals import refuse_sender
from registry.admitting.status_changes import change_of, outcome_of, said, tell_status
from registry.anc import acceptable_to_continue, acceptable_to_start, latest
from registry.course import course, settled
from registry.decision import Decision, Findings, Situation, iso, status_facts
from registry.form_values import FormValues
from registry.matching import Match
from registry.moments import program_day
from registry.patients import YES, About, Patient, PatientFile, Statement
from registry.policies import (
    ACCEPTABLE_TO_CONTINUE,
    ACCEPTABLE_TO_START,
    BEN_BASELINES,
    CONTACT_PHONE,
    CONTINUING_PATIENTS_MAY_ENROLL_BELOW_START,
    FREQUENCY_IF_NOT_GIVEN,
    NEAR_TWINS_SETTLED_ON,
    STATUS_FORM_VALID,
)
from registry.senders import Sender, Unauthorized, authority, is_signed, is_signed_for_prescriber, signature_reason
from registry.submission import Submission, Value
from registry.vocabulary import MonitoringFrequency, Population, SignatureRole, TreatmentStatus

INDISPENSABLE = {
    "patient_first_name": "The patient's first name",
    "patient_last_name": "The patient's last name",
    "patient_date_of_birth": "The patient's date of birth",
}
"""R34: without these no enrollment."""

FREQUENCIES = (MonitoringFrequency.WEEKLY, MonitoringFrequency.EVERY_TWO_WEEKS, MonitoringFrequency.MONTHLY)
"""What may be set at enrollment; for hospice patients six months too (PT-2)."""


@dataclass(frozen=True)
class _Enrollee:
    """What the form says of the patient, complete as far as R34 asks."""

    first_name: str
    last_name: str
    date_of_birth: date
    ben: bool
    hospice: bool
    frequency: MonitoringFrequency | None


def decide(submission: Submission, situation: Situation, now: datetime) -> Decision:
    """Enrolls, re-associates, or says what is missing.

    R34 name and birth date; R35 a certified prescriber or that prescriber's designee; R33 BEN and hospice by the prescriber's own
    signature only; R31 an acceptable ANC. A known patient is re-associated without a duplicate (R47); a near match waits for a
    person. ZIP, sex and frequency are asked for when blank but keep nobody from treatment.
    """
    findings, form = Findings(submission), FormValues(submission)
    enrollee = _enrollee(submission, form, findings)
    sender = authority(submission, form, situation)
    if isinstance(sender, Unauthorized):
        refuse_sender(submission, findings, form, sender, "enrollment")
        return findings.decision()
    if sender.role == "pharmacy":
        findings.refuse("enrollment", "R33", "A pharmacy cannot enroll patients; the prescriber or designee must send the form.")
        return findings.decision()
    if enrollee is None or not _is_signed(submission, sender, enrollee, findings):
        return findings.decision()
    rows = read_rows(submission, form, findings, "R31")
    if situation.match.kind is Match.SAME and situation.file is not None:
        return _reassociate(submission, situation, situation.file, enrollee, rows, form, findings)
    if not _is_new(submission, situation.match.kind, findings) or not _has_acceptable_anc(form, enrollee, rows, findings):
        return findings.decision()
    return _enroll(submission, situation, enrollee, rows, form, findings)


def _enrollee(submission: Submission, form: FormValues, findings: Findings) -> _Enrollee | None:
    """R34: who is to be enrolled, or None with each missing item named."""
    missing = [form.blank(field, label) for field, label in INDISPENSABLE.items() if form.text(field) is None]
    findings.refuse_all("R34", missing)
    born = form.day("patient_date_of_birth")
    written = form.text("patient_date_of_birth")
    if written is not None and (born is None or born >= program_day(submission.received_at)):
        findings.refuse(
            "patient_date_of_birth", "R34", f"“{written}” cannot be a date of birth. Correct it and send the form again."
        )
        return None
    first, last = form.text("patient_first_name"), form.text("patient_last_name")
    if first is None or last is None or born is None:
        return None
    text = form.choice("monitoring_frequency")
    ben, hospice = form.mark("ben"), form.mark("hospice")
    possible = (*FREQUENCIES, MonitoringFrequency.EVERY_SIX_MONTHS) if hospice else FREQUENCIES
    frequency = next((one for one in possible if one == text), None)
    return _Enrollee(first, last, born, ben, hospice, frequency)


def _is_signed(submission: Submission, sender: Sender, enrollee: _Enrollee, findings: Findings) -> bool:
    """R33, R24, R25: BEN or hospice need the prescriber's own signature, else the enrolled designee's may stand."""
    if is_signed(submission, SignatureRole.PRESCRIBER):
        return True
    if enrollee.ben or enrollee.hospice:
        what = " and ".join(word for word, marked in (("BEN", enrollee.ben), ("hospice", enrollee.hospice)) if marked)
        why = signature_reason(submission, SignatureRole.PRESCRIBER, "the prescriber")
        findings.refuse("enrollment", "R33", f"A patient with {what} is enrolled by the prescriber only. {why}.")
        return False
    if is_signed_for_prescriber(submission, sender):
        return True
    why = signature_reason(submission, SignatureRole.PRESCRIBER, "the prescriber")
    findings.refuse(
        "enrollment", "R33", f"The form is not signed. {why}; for the general population an enrolled designee may sign."
    )
    return False


def _is_new(submission: Submission, match: Match, findings: Findings) -> bool:
    """Whether the patient may be enrolled as somebody new; near twins wait for a person (`NEAR_TWINS_SETTLED_ON`)."""
    if match is Match.STRANGER or match is Match.INCOMPLETE:
        return True
    if match is Match.NEAR and submission.channel in NEAR_TWINS_SETTLED_ON:
        return True
    reason = {
        Match.NEAR: "A patient with nearly this name and date of birth is already enrolled. If it is the same person, send the "
        "form with the REMS Patient ID",
        Match.SEVERAL: "More than one enrolled patient has this name and date of birth. Send the form with the REMS Patient ID",
        Match.AGAINST_CHOICE: "REMS Patient ID, name and date of birth do not fit one patient. Check all three and send the "
        "form again",
    }.get(match, "The REMS Patient ID belongs to a patient with another name or date of birth. Correct it")
    findings.refuse("enrollment", "R47", f"{reason}; if it is another person, call {CONTACT_PHONE}.")
    return False


def _has_acceptable_anc(form: FormValues, enrollee: _Enrollee, rows: list[LabRow], findings: Findings) -> bool:
    """R31: the latest baseline is acceptable to start (to continue, for a patient already on clozapine); BEN brings two."""
    population = Population.BEN if enrollee.ben else Population.GENERAL
    if not rows:
        if not form.rows("labs", "draw_date", "anc"):
            findings.refuse(
                "labs.0", "R31", "The baseline ANC and its draw date are missing. Complete both and send the form again."
            )
        return False
    continuing = CONTINUING_PATIENTS_MAY_ENROLL_BELOW_START and form.choice("new_to_clozapine") == "no"
    if enrollee.ben and not continuing and len({row.draw_date for row in rows}) < BEN_BASELINES:
        reason = "A patient with BEN starts with two baseline ANCs of different days. Complete both and send the form again."
        findings.refuse("labs.1", "R31", reason)
        return False
    day, anc = max((row.draw_date, -row.anc) for row in rows)
    anc = -anc
    acceptable = acceptable_to_continue if continuing else acceptable_to_start
    if acceptable(anc, population):
        return True
    limit = (ACCEPTABLE_TO_CONTINUE if continuing else ACCEPTABLE_TO_START)[population]
    findings.refuse(
        "enrollment",
        "R31",
        f"The ANC of {anc:g}/µL drawn {day} is not acceptable: {population.label} needs at least {limit:g}/µL to "
        f"{'continue' if continuing else 'start'}. Send the form again with an acceptable ANC.",
    )
    return False


def _ask_for_the_rest(form: FormValues, enrollee: _Enrollee, findings: Findings) -> None:
    """Required fields that keep nobody from treatment: asked for, the rest stands."""
    if form.choice("patient_sex") not in ("female", "male", "other"):
        findings.refuse("patient_sex", "R30", form.blank("patient_sex", "The patient's sex").reason)
    if form.normal("patient_zip", identifiers.normal_zip) is None:
        findings.refuse("patient_zip", "R30", form.blank("patient_zip", "The patient's ZIP code, five digits,").reason)
    if enrollee.frequency is None:
        written = form.text("monitoring_frequency")
        what = "The monitoring frequency (weekly, every 2 weeks, monthly)"
        reason = form.blank("monitoring_frequency", what).reason
        if written is not None:
            reason = f"{what} cannot be “{written}”. Tick one and send the form again."
        findings.refuse("monitoring_frequency", "R07", f"{reason} Until then {FREQUENCY_IF_NOT_GIVEN.label} holds.")


def _enroll(
    submission: Submission, situation: Situation, enrollee: _Enrollee, rows: list[LabRow], form: FormValues, findings: Findings
) -> Decision:
    """A new patient, with an ID of our issue."""
    assert situation.prescriber is not None
    _ask_for_the_rest(form, enrollee, findings)
    new_to = {"yes": True, "no": False}.get(form.choice("new_to_clozapine") or "")
    patient = Patient(
        patient_id=identifiers.issue_patient_id(situation.next_serial),
        serial=situation.next_serial,
        first_name=enrollee.first_name,
        middle_initial=form.text("patient_middle_initial"),
        last_name=enrollee.last_name,
        date_of_birth=enrollee.date_of_birth,
        sex=form.choice("patient_sex"),
        zip=form.normal("patient_zip", identifiers.normal_zip),
        address=form.text("patient_address"),
        phone=form.normal("patient_phone", identifiers.normal_phone),
        prescriber_npi=situation.prescriber.npi,
        ben=enrollee.ben,
        hospice=enrollee.hospice,
        monitoring_frequency=enrollee.frequency or FREQUENCY_IF_NOT_GIVEN,
        new_to_clozapine=new_to,
        start_date=form.day("start_date"),
        enrolled_at=submission.received_at,
        treatment_status=TreatmentStatus.ENROLLED,
        status_since=program_day(submission.received_at),
    )
    labs = new_results(rows, (), patient.patient_id, submission)
    statements = _statements(submission, patient.patient_id, situation.prescriber.npi, enrollee, patient.monitoring_frequency)
    file = PatientFile(patient, tuple(result for _, result in labs if result is not None), statements=statements)
    patient = settled(file)
    findings.identify("patient_id", patient.patient_id)
    printed = identifiers.print_patient_id(patient.patient_id)
    findings.apply("enrollment", f"The patient is enrolled under REMS Patient ID {printed}.", patient, *statements)
    results = apply_rows(findings, labs)
    newest = latest(results)
    findings.tell_prescriber("enrollment_confirmed", situation.prescriber, {
        **_enrollment_facts(patient, program_day(submission.received_at)),
        "anc": newest.anc if newest else None,
        "draw_date": iso(newest.draw_date) if newest else None,
    })  # fmt: skip
    tell_low(findings, results, results, patient, situation.prescriber)
    return findings.decision(patient.treatment_status)


def _reassociate(
    submission: Submission, situation: Situation, file: PatientFile, enrollee: _Enrollee, rows: list[LabRow], form: FormValues,
    findings: Findings,
) -> Decision:  # fmt: skip
    """R47: the known patient belongs to this prescriber now; the ANCs on the form count like any other.

    BEN or hospice marked here are set; unmarked they stay, since an empty box takes nothing away. Nothing else of the record is
    replaced by what a form leaves blank. Enrolling a Discontinued or Interrupted patient again lifts nothing (R42).
    """
    assert situation.prescriber is not None
    before = file.patient
    early = submission.received_at < before.enrolled_at
    labs = new_results(rows, file.results, before.patient_id, submission)
    results = [result for _, result in labs if result is not None]
    statements = _statements(submission, before.patient_id, situation.prescriber.npi, enrollee, enrollee.frequency)
    grown = replace(file, patient=_brought_up(before, form, early)).grown(*results, *statements)
    if early:
        grown = replace(grown, patient=replace(grown.patient, enrolled_at=submission.received_at))
    found = course(grown)
    patient = settled(grown, found)
    moved = before.prescriber_npi != patient.prescriber_npi
    detail = "The patient was already enrolled and is now associated with this prescriber." if moved else (
        "The patient is already enrolled with this prescriber.")  # fmt: skip
    findings.identify("patient_id", patient.patient_id)
    outcome = outcome_of(before.treatment_status, found)
    findings.apply("enrollment", detail, patient, *statements)
    fresh = apply_rows(findings, labs)
    if (change := change_of(submission, patient.patient_id, before.treatment_status, outcome)) is not None:
        findings.store(change)
    on = program_day(patient.last_form_at or patient.enrolled_at)
    findings.tell_prescriber("patient_reassociated", situation.prescriber, _enrollment_facts(patient, on))
    tell_low(findings, fresh, grown.results, patient, situation.prescriber)
    tell_status(findings, patient, outcome, found.low, found.low in fresh, situation.prescriber)
    return findings.decision(patient.treatment_status)


def _statements(
    submission: Submission, patient_id: str, npi: str, enrollee: _Enrollee, frequency: MonitoringFrequency | None
) -> tuple[Statement, ...]:
    """What the form says of the patient, for the history; an empty box says nothing."""
    found = [said(submission, patient_id, About.PRESCRIBER, npi)]
    if enrollee.ben:
        found.append(said(submission, patient_id, About.BEN, YES))
    if enrollee.hospice:
        found.append(said(submission, patient_id, About.HOSPICE, YES))
    if frequency is not None:
        found.append(said(submission, patient_id, About.FREQUENCY, frequency.value))
    return tuple(found)


def _brought_up(before: Patient, form: FormValues, early: bool) -> Patient:
    """The patient with what the form has; one received before the enrollment on file only fills what is blank."""
    said_now = {
        "zip": form.normal("patient_zip", identifiers.normal_zip),
        "address": form.text("patient_address"),
        "phone": form.normal("patient_phone", identifiers.normal_phone),
    }
    kept = {"zip": before.zip, "address": before.address, "phone": before.phone}
    first, second = (kept, said_now) if early else (said_now, kept)
    merged = {name: first[name] or second[name] for name in kept}
    return replace(before, zip=merged["zip"], address=merged["address"], phone=merged["phone"])


def _enrollment_facts(patient: Patient, counted_from: date) -> dict[str, Value]:
    return {
        **status_facts(patient),
        "population": patient.population.value,
        "hospice": patient.hospice,
        "monitoring_frequency": patient.monitoring_frequency.value,
        "enrolled_on": iso(program_day(patient.enrolled_at)),
        "next_status_form_by": iso(counted_from + STATUS_FORM_VALID),
    }
