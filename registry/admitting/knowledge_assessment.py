"""The Knowledge Assessments: the other half of a prescriber's (R12) and of a pharmacy's certification (R73)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from registry import identifiers
from registry.admitting.pharmacy_enrollment import tell_certification as tell_pharmacy_certification
from registry.admitting.prescriber_enrollment import tell_certification as tell_prescriber_certification
from registry.certification import Standing, after_lapse, is_certified, pharmacy_standing, with_pharmacy_certification
from registry.certification import with_prescriber_certification as certified
from registry.decision import Decision, Findings, Situation
from registry.form_values import NPI_WHY, FormValues, Need, one_of, person
from registry.grading import AnswerKey, grade
from registry.matching import names_differ, plain_name
from registry.parties import Assessment, Pharmacy, Prescriber
from registry.submission import Submission, Value
from registry.vocabulary import FormCode


def decide(submission: Submission, situation: Situation, now: datetime) -> Decision:
    """R12, R73: an answered assessment is graded by the current key and kept; blanks are asked for, not counted wrong."""
    findings, form = Findings(submission), FormValues(submission)
    pharmacy = submission.form is FormCode.PHARMACY_KNOWLEDGE
    rule, npi_field, whose = (
        ("R73", "pharmacy_npi", "The pharmacy's") if pharmacy else ("R12", "prescriber_npi", "The prescriber's")
    )
    key = situation.keys[submission.form.value]
    npi_need = Need(npi_field, f"{whose} NPI", identifiers.normal_npi, NPI_WHY)
    questions = [Need(field, f"The answer to question {field.removeprefix('answers.')}", one_of("a", "b", "c", "d")) for field in
                 key.answers]  # fmt: skip
    complaints = form.complaints([*person("respondent", "The respondent's"), npi_need, *questions])
    findings.refuse_all(rule, complaints)
    npi = form.normal(npi_field, identifiers.normal_npi)
    if complaints or npi is None:
        return findings.decision()
    respondent = f"{form.text('respondent_first_name')} {form.text('respondent_last_name')}"
    if key.attempts is not None and len(_taken(situation, respondent, pharmacy)) >= key.attempts:
        reason = f"All {key.attempts} allowed attempts are used. Call the contact centre before taking the assessment again."
        findings.refuse("assessment", rule, reason)
        return findings.decision()
    if not pharmacy and situation.prescriber is not None and names_differ(
        form.text("respondent_first_name"), form.text("respondent_last_name"),
        situation.prescriber.first_name, situation.prescriber.last_name,
    ):  # fmt: skip
        reason = f"NPI {npi} is registered under another name than {respondent}. Correct name or NPI and send the form again."
        findings.refuse("assessment", rule, reason)
        return findings.decision()

    assessment = _graded(submission, form, key, npi, respondent)
    findings.identify(npi_field, npi)
    if not assessment.passed:
        findings.store(assessment)
        reason = f"{assessment.correct} of {assessment.questions} answers are right, {key.pass_mark} are needed. Take it again."
        findings.refuse("assessment", rule, reason)
        _tell_not_passed(findings, assessment, key, situation, pharmacy)
        return findings.decision()
    findings.apply("assessment", "The Knowledge Assessment is passed.", assessment)
    if pharmacy:
        _credit_pharmacy(findings, assessment, situation, form, now)
    else:
        _credit_prescriber(findings, assessment, situation, form)
    return findings.decision()


def _taken(situation: Situation, respondent: str, pharmacy: bool) -> list[Assessment]:
    """The attempts that count against the allowed ones: a prescriber's all, a pharmacy's those of this person as its AR (R74)."""
    if not pharmacy:
        return list(situation.assessments)
    name = plain_name(respondent)
    return [one for one in situation.assessments if one.spent_at is None and plain_name(one.respondent) == name]


def _graded(submission: Submission, form: FormValues, key: AnswerKey, npi: str, respondent: str) -> Assessment:
    answers = {field: form.choice(field) or "" for field in key.answers}
    result = grade(key, answers)
    return Assessment(submission.submission_id, submission.form.value, npi, respondent, result.correct, result.questions,
                      result.passed, key.version, submission.received_at)  # fmt: skip


def _credit_prescriber(findings: Findings, assessment: Assessment, situation: Situation, form: FormValues) -> None:
    """R12: with the form certified; alone it leaves a prescriber who is known by NPI and name, and pending."""
    before = situation.prescriber or Prescriber(
        assessment.npi, first_name=form.text("respondent_first_name"), last_name=form.text("respondent_last_name")
    )
    was_certified = is_certified(before)
    passed_at = before.assessment_passed_at or assessment.received_at
    prescriber = certified(replace(before, assessment_passed_at=passed_at))
    findings.store(prescriber)
    tell_prescriber_certification(findings, prescriber, was_certified)


def _credit_pharmacy(findings: Findings, assessment: Assessment, situation: Situation, form: FormValues, now: datetime) -> None:
    """R73: it counts only where the pharmacy's present AR is the respondent; else it waits for a form that names this AR."""
    before = after_lapse(situation.pharmacy or Pharmacy(assessment.npi, name=form.text("pharmacy_name")), now)
    was_certified = pharmacy_standing(situation.pharmacy, now) is Standing.CERTIFIED
    if before.ar_name and plain_name(before.ar_name) != plain_name(assessment.respondent):
        reason = (
            f"{assessment.respondent} is not the pharmacy's authorized representative on file; the assessment counts once a "
            "Pharmacy Enrollment Form names this person."
        )
        findings.refuse("respondent_last_name", "R73", reason)
    pharmacy = with_pharmacy_certification(before, (*situation.assessments, assessment))
    findings.store(pharmacy)
    tell_pharmacy_certification(findings, pharmacy, was_certified, 0)


def _tell_not_passed(findings: Findings, assessment: Assessment, key: AnswerKey, situation: Situation, pharmacy: bool) -> None:
    left = None if key.attempts is None else key.attempts - len(_taken(situation, assessment.respondent, pharmacy)) - 1
    facts: dict[str, Value] = {
        "npi": assessment.npi, "respondent_name": assessment.respondent, "correct": assessment.correct,
        "questions": assessment.questions, "pass_mark": key.pass_mark, "attempts_left": left,
    }  # fmt: skip
    if pharmacy and situation.pharmacy is not None and situation.pharmacy.fax is not None:
        findings.tell_pharmacy("assessment_not_passed", situation.pharmacy, facts)
    elif not pharmacy and situation.prescriber is not None and situation.prescriber.fax is not None:
        findings.tell_prescriber("assessment_not_passed", situation.prescriber, facts)
    else:
        findings.tell_sender("assessment_not_passed", facts, assessment.respondent)
