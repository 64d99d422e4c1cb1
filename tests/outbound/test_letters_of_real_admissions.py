"""The registry's real answers become letters: what one floor says is what the other can write."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from outbound.acknowledging import document_outcome
from outbound.letters import compose
from outbound.notice import Notice, Role, bundles, notice_key
from outbound.recipients import notice_recipient
from registry.grading import example_answer_keys
from registry.recording import admit
from registry.storage import Base
from registry.submission import Reference, Submission, SubmissionId
from registry.vocabulary import Channel, FormCode, SignatureRole, SignatureVerdict
from tests.outbound.letters_for_tests import US

FIRST = datetime(2026, 11, 1, 15, tzinfo=UTC)
CONTACT_CENTRE = "8005550109"
DOCTOR = {
    "prescriber_first_name": "Amara",
    "prescriber_last_name": "Oyelaran",
    "prescriber_npi": "1234567893",
    "prescriber_phone": "5035550110",
    "prescriber_fax": "5035550111",
}
ENROLLMENT = {
    **DOCTOR,
    **{f"attestation_{number}": True for number in range(1, 12)},
    "credentials": "md",
    "address": "1 Elm St",
    "city": "Salem",
    "state": "OR",
    "zip": "97301",
    "prescriber_email": "amara@example.org",
    "signature_prescriber_date": "2026-11-01",
}
ASSESSMENT = {"respondent_first_name": "Amara", "respondent_last_name": "Oyelaran", "prescriber_npi": "1234567893"}
PATIENT = {
    **DOCTOR,
    "patient_first_name": "Zelmira",
    "patient_last_name": "Quintanilha",
    "patient_date_of_birth": "1981-03-09",
    "patient_sex": "female",
    "patient_zip": "97301",
    "submitter": "prescriber",
    "monitoring_frequency": "weekly",
    "new_to_clozapine": "yes",
    "attestation_1": True,
    "labs.0.draw_date": "2026-10-30",
    "labs.0.anc": 3200,
}


class Told:
    """Every notice and letter that a row of submissions led to."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.notices: list[Notice] = []
        self.acknowledged: list[str] = []

    def submit(self, form: FormCode, values, signer: SignatureRole, days: int = 0, verdict=SignatureVerdict.PRESENT):
        number = len(self.acknowledged)
        submission = Submission(
            submission_id=SubmissionId(f"s{number}"),
            reference=Reference(f"R-{number}"),
            form=form,
            revision="2023-11",
            channel=Channel.FAX,
            received_at=FIRST + timedelta(days=days),
            values=values,
            signatures={signer: verdict},
            sender_fax="2125550199",
        )
        admission = admit(self.session, submission, submission.received_at)
        self.acknowledged.append(repr(document_outcome(form.label, submission, admission, {})))
        for due in admission.notices:
            recipient = notice_recipient(due, ours=US.fax, contact_centre=CONTACT_CENTRE)
            key = notice_key(submission.submission_id, due.kind, due.to)
            self.notices.append(Notice(key, due.kind, recipient, admission.reference, dict(due.facts)))


@pytest.fixture(scope="module")
def told():
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        story = Told(session)
        story.submit(FormCode.PRESCRIBER_ENROLLMENT, ENROLLMENT, SignatureRole.PRESCRIBER)
        assessed = {**ASSESSMENT, "assessment_date": "2026-11-01", **example_answer_keys()["prescriber_knowledge"]}
        story.submit(FormCode.PRESCRIBER_KNOWLEDGE, assessed, SignatureRole.RESPONDENT)
        story.submit(FormCode.PATIENT_ENROLLMENT, PATIENT, SignatureRole.PRESCRIBER)
        low = {**PATIENT, "adverse_event": "yes", "adverse_event_narrative": "Fever"}
        low |= {"labs.0.draw_date": "2026-11-13", "labs.0.anc": 1400, "labs.1.draw_date": "2026-11-20", "labs.1.anc": 450}
        story.submit(FormCode.PATIENT_STATUS, low, SignatureRole.PRESCRIBER, 21, SignatureVerdict.ABSENT)
        stranger = {**PATIENT, "prescriber_npi": "1558598797", "labs.0.anc": 900, "labs.0.draw_date": "2026-11-21"}
        story.submit(FormCode.ANC_LAB_REPORTING, stranger, SignatureRole.SUBMITTER, 22)
        yield story


def test_every_notice_of_a_real_story_can_be_written(told):
    letters = [compose(each, US, FIRST) for each in bundles(told.notices)]
    kinds = {kind for letter in letters for kind in letter.kinds}
    assert {"certification_complete", "enrollment_confirmed", "status_form_recorded", "neutropenia_severe", "anc_held"} <= kinds


def test_what_names_a_patient_goes_to_the_number_on_file_only(told):
    for notice in told.notices:
        letter = compose([notice], US, FIRST)
        assert "Quintanilha" not in letter.cover_html
        if notice.recipient.fax != CONTACT_CENTRE:
            assert "Quintanilha" not in letter.html
        if "Z.Q." in letter.html:
            assert notice.recipient.fax == "5035550111"
        if notice.recipient.role is Role.SENDER:
            assert notice.recipient.fax == "2125550199"


def test_acknowledgements_of_a_real_story_hold_no_value_of_the_patient(told):
    said = " ".join(told.acknowledged)
    for value in ("Zelmira", "Quintanilha", "1981", "3200", "3,200", "1400", "450", "2026-11-13", "11/13/2026", "Fever"):
        assert value not in said
    assert "signed" in said
