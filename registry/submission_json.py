"""Submissions and admissions as JSON and back, so that both can be stored, compared and replayed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from registry.submission import (
    Admission,
    Admitted,
    Applied,
    Correction,
    NoticeDue,
    PersonChoice,
    PersonSaid,
    Reference,
    Refused,
    Submission,
    SubmissionId,
)
from registry.vocabulary import Channel, FormCode, SignatureRole, SignatureVerdict, TreatmentStatus


def submission_to_json(submission: Submission) -> dict[str, Any]:
    """All of a submission; moments as ISO text with zone."""
    return {
        "submission_id": submission.submission_id,
        "reference": submission.reference,
        "form": submission.form.value,
        "revision": submission.revision,
        "channel": submission.channel.value,
        "received_at": submission.received_at.isoformat(),
        "values": dict(submission.values),
        "signatures": {role.value: verdict.value for role, verdict in submission.signatures.items()},
        "confirmed_by": submission.confirmed_by,
        "corrections": [
            {
                "field": one.field,
                "read": one.read,
                "confirmed": one.confirmed,
                "verdict": one.verdict,
                "by": one.by,
                "at": one.at.isoformat(),
            }
            for one in submission.corrections
        ],
        "illegible": list(submission.illegible),
        "sender_fax": submission.sender_fax,
        "fax_pages": list(submission.fax_pages),
        "person": None if submission.person is None else person_to_json(submission.person),
    }


def submission_from_json(found: Mapping[str, Any]) -> Submission:
    """The submission of its JSON; KeyError or ValueError for what is none."""
    return Submission(
        submission_id=SubmissionId(found["submission_id"]),
        reference=Reference(found["reference"]),
        form=FormCode(found["form"]),
        revision=found.get("revision"),
        channel=Channel(found["channel"]),
        received_at=datetime.fromisoformat(found["received_at"]),
        values=dict(found["values"]),
        signatures={SignatureRole(role): SignatureVerdict(verdict) for role, verdict in found["signatures"].items()},
        confirmed_by=found.get("confirmed_by", "remsfax"),
        corrections=tuple(
            Correction(one["field"], one["read"], one["confirmed"], one["verdict"], one["by"], datetime.fromisoformat(one["at"]))
            for one in found.get("corrections", ())
        ),
        illegible=tuple(found.get("illegible", ())),
        sender_fax=found.get("sender_fax"),
        fax_pages=tuple(found.get("fax_pages") or ()),
        person=None if found.get("person") is None else person_from_json(found["person"]),
    )


def person_to_json(choice: PersonChoice) -> dict[str, Any]:
    """All of a person's word on whom a form means."""
    return {
        "said": choice.said.value,
        "patient_id": choice.patient_id,
        "by": choice.by,
        "at": choice.at.isoformat(),
        "reason": choice.reason,
    }


def person_from_json(found: Mapping[str, Any]) -> PersonChoice:
    """The way back; KeyError or ValueError for what is none."""
    return PersonChoice(
        PersonSaid(found["said"]), found["patient_id"], found["by"], datetime.fromisoformat(found["at"]), found["reason"]
    )


def admission_to_json(admission: Admission) -> dict[str, Any]:
    """All of an admission."""
    return {
        "submission_id": admission.submission_id,
        "reference": admission.reference,
        "admitted": admission.admitted.value,
        "applied": [{"part": one.part, "detail": one.detail} for one in admission.applied],
        "refused": [{"part": one.part, "rule": one.rule, "reason": one.reason} for one in admission.refused],
        "treatment_status": admission.treatment_status.value if admission.treatment_status else None,
        "ids": dict(admission.ids),
        "notices": [
            {
                "kind": one.kind,
                "to": one.to,
                "name": one.name,
                "fax": one.fax,
                "email": one.email,
                "facts": dict(one.facts),
            }
            for one in admission.notices
        ],
    }


def admission_from_json(found: Mapping[str, Any]) -> Admission:
    """The admission of its JSON; KeyError or ValueError for what is none."""
    status = found["treatment_status"]
    return Admission(
        submission_id=SubmissionId(found["submission_id"]),
        reference=Reference(found["reference"]),
        admitted=Admitted(found["admitted"]),
        applied=tuple(Applied(one["part"], one["detail"]) for one in found["applied"]),
        refused=tuple(Refused(one["part"], one["rule"], one["reason"]) for one in found["refused"]),
        treatment_status=TreatmentStatus(status) if status is not None else None,
        ids=dict(found["ids"]),
        notices=tuple(
            NoticeDue(one["kind"], one["to"], one["name"], one["fax"], one["email"], one["facts"]) for one in found["notices"]
        ),
    )
