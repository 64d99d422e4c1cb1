"""Loads what the registry knows of whom a submission names, so that the decision needs no database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from registry import storage
from registry.agreement import compared
from registry.decision import NOBODY_NAMED, Situation
from registry.form_values import FormValues
from registry.grading import AnswerKey
from registry.identifiers import normal_dea, normal_email, normal_npi, normal_patient_id, normal_zip
from registry.matching import Match, Named, PatientMatch, chosen_match, match_patient
from registry.near import what_differs
from registry.parties import Assessment, Pharmacy, Prescriber
from registry.submission import PersonChoice, PersonSaid, Submission
from registry.vocabulary import FormCode

PATIENT_FORMS = (FormCode.PATIENT_ENROLLMENT, FormCode.PATIENT_STATUS, FormCode.ANC_LAB_REPORTING)
OF_KNOWN_PATIENTS = (FormCode.PATIENT_STATUS, FormCode.ANC_LAB_REPORTING)
PRESCRIBER_FORMS = (FormCode.PRESCRIBER_ENROLLMENT, FormCode.PRESCRIBER_KNOWLEDGE)
PHARMACY_FORMS = (FormCode.OUTPATIENT_PHARMACY, FormCode.INPATIENT_PHARMACY, FormCode.PHARMACY_KNOWLEDGE)
EMAIL_FIELDS = ("prescriber_email", "designee_email", "ar_email")


def situation_for(session: Session, submission: Submission, keys: Mapping[str, AnswerKey]) -> Situation:
    """The situation a submission meets."""
    form = FormValues(submission)
    if submission.form not in OF_KNOWN_PATIENTS:
        storage.one_at_a_time(session, "enrollment")  # nobody can lock a row that is not there yet: two forms would make two
    prescriber = _prescriber(session, form, lock=submission.form in PRESCRIBER_FORMS)
    pharmacy_npi = form.normal("pharmacy_npi", normal_npi)
    meant = match_said(session, named(form), submission.person) if submission.form in PATIENT_FORMS else NOBODY_NAMED
    match = _locked(session, meant)
    file = storage.patient_file(session, match.patient) if match.patient is not None else None
    emails = [email for field in EMAIL_FIELDS if (email := form.normal(field, normal_email)) is not None]
    return Situation(
        next_serial=storage.next_serial(session),
        keys=keys,
        prescriber=prescriber,
        designees=storage.designees_of(session, prescriber.npi) if prescriber is not None else (),
        match=match,
        file=file,
        associated=storage.load(session, Prescriber, file.patient.prescriber_npi) if file is not None else None,
        pharmacy=_pharmacy(session, submission.form, pharmacy_npi),
        assessments=_assessments(session, submission.form, form.normal("prescriber_npi", normal_npi), pharmacy_npi),
        accounts=storage.accounts(session, emails),
    )


def named(form: FormValues) -> Named:
    """What a form says of its patient."""
    return Named(
        patient_id=form.normal("patient_id", normal_patient_id),
        first_name=form.text("patient_first_name"),
        last_name=form.text("patient_last_name"),
        date_of_birth=form.day("patient_date_of_birth"),
        zip=form.normal("patient_zip", normal_zip),
        sex=form.choice("patient_sex"),
    )


def match_named(session: Session, who: Named) -> PatientMatch:
    """Whom a form means, among everyone who could be meant."""
    found = storage.patient_candidates(session, who.patient_id, who.first_name, who.last_name, who.date_of_birth)
    return standing(session, match_patient(who, found))


def match_said(session: Session, who: Named, choice: PersonChoice | None) -> PatientMatch:
    """Whom a form means, with what a reviewer said of it, if anything."""
    if choice is None:
        return match_named(session, who)
    found = storage.patient_candidates(session, who.patient_id, who.first_name, who.last_name, who.date_of_birth)
    plain = standing(session, match_patient(who, found))
    if choice.said is PersonSaid.NEW:
        match = chosen_match(who, plain, found, None)
        return replace(match, told=_told(f"{choice.by} said that this is a new patient", [], choice))
    picked = storage.patient_meant(session, choice.patient_id or "")
    if picked is None:
        return PatientMatch(Match.AGAINST_CHOICE)
    match = chosen_match(who, plain, found, picked)
    differing = what_differs(compared(who, picked))
    return replace(match, told=_told(f"{choice.by} said that this patient is meant", differing, choice))


def _told(who_said: str, differing: Sequence[str], choice: PersonChoice) -> str:
    """One sentence for the audit."""
    return "; ".join((who_said, *differing)) + (f". Reason: {choice.reason}" if choice.reason else ".")


def _locked(session: Session, match: PatientMatch) -> PatientMatch:
    """The match with the patient as nobody else can change it now."""
    if match.patient is None:
        return match
    return replace(match, patient=storage.patient_meant(session, match.patient.patient_id, lock=True))


def standing(session: Session, match: PatientMatch) -> PatientMatch:
    """The match with the patient that stands, where the one meant was merged into another."""
    if match.patient is None or match.patient.merged_into is None:
        return match
    return replace(match, patient=storage.patient_meant(session, match.patient.patient_id))


def _prescriber(session: Session, form: FormValues, lock: bool) -> Prescriber | None:
    """By NPI; by DEA number only where the form has no NPI at all."""
    npi = form.normal("prescriber_npi", normal_npi)
    if npi is not None:
        return storage.load(session, Prescriber, npi, lock)
    dea = form.normal("prescriber_dea", normal_dea)
    if dea is None or form.text("prescriber_npi") is not None:
        return None
    return storage.prescriber_by_dea(session, dea)


def _pharmacy(session: Session, form: FormCode, npi: str | None) -> Pharmacy | None:
    """The pharmacy itself for its own forms; for a report on a patient also the one that answers for this location."""
    if npi is None:
        return None
    return storage.load(session, Pharmacy, npi, lock=True) if form in PHARMACY_FORMS else storage.pharmacy_for(session, npi)


def _assessments(
    session: Session, form: FormCode, prescriber_npi: str | None, pharmacy_npi: str | None
) -> tuple[Assessment, ...]:
    """The graded assessments that count for the form's party."""
    if form in PHARMACY_FORMS:
        return storage.assessments_of(session, FormCode.PHARMACY_KNOWLEDGE.value, pharmacy_npi) if pharmacy_npi else ()
    if form in (FormCode.PRESCRIBER_ENROLLMENT, FormCode.PRESCRIBER_KNOWLEDGE) and prescriber_npi:
        return storage.assessments_of(session, FormCode.PRESCRIBER_KNOWLEDGE.value, prescriber_npi)
    return ()
