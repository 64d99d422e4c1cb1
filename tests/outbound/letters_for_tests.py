"""Invented people, and notices about them, for the tests of this floor."""

from __future__ import annotations

from datetime import UTC, datetime

from outbound.letter_kinds import LETTER_KINDS
from outbound.notice import (
    ACKNOWLEDGEMENT,
    Acknowledgement,
    DocumentOutcome,
    DocumentResult,
    FaxResult,
    Missing,
    Notice,
    Recipient,
    Role,
    SenderIdentity,
    notice_key,
)
from registry.identifiers import issue_patient_id
from registry.submission import Value

NOW = datetime(2026, 11, 23, 15, 4, tzinfo=UTC)
US = SenderIdentity("Sample REMS Contact Center", "8005550100", "8005550101")
DOCTOR = Recipient(Role.PRESCRIBER, "Amara Oyelaran", "2025550133")
REFERENCE = "R-20261123-0417"

FACTS: dict[str, Value] = {
    "already_on_file": False,
    "anc": 850,
    "answer_by": "2026-12-01",
    "ar_name": "Lena Cho",
    "attempts_left": 2,
    "band": "moderate",
    "cause": "ANC 850 per µL is below 1000.",
    "certified_on": "2026-11-23",
    "code": "402718",
    "company_name": "Quarry Wholesale",
    "complete": False,
    "correct": 7,
    "days_left": 30,
    "designee_email": "jon@example.org",
    "designee_name": "Jon Ruiz",
    "distributor_id": "AP5836727",
    "draw_date": "2026-11-20",
    "enrolled_on": "2026-11-23",
    "form": "patient_status",
    "gaps": "11/02/2026 to 11/20/2026",
    "hospice": False,
    "is_latest": True,
    "last_received_on": "2026-10-20",
    "locations": 3,
    "lowest_anc": 410,
    "missing": "Knowledge Assessment for Prescribers",
    "missing_labs": None,
    "monitoring_frequency": "weekly",
    "narrative": "Fever and a sore throat since Friday.",
    "next_status_form_by": "2026-12-30",
    "npi": "1234567893",
    "other_results": "720 on 11/13/2026",
    "pass_mark": 9,
    "patient_date_of_birth": "1981-03-09",
    "patient_id": issue_patient_id(5),
    "patient_name": "Zelmira Quintanilha",
    "pharmacy_name": "Harbor Pharmacy",
    "pharmacy_npi": "1558598797",
    "population": "general",
    "prescriber_name": "Amara Oyelaran",
    "prescriber_npi": "1234567893",
    "questions": 10,
    "received_at": "2026-11-23T15:00:00+00:00",
    "received_on": "2026-11-23",
    "reconfirm_by": "2028-11-23",
    "reference": REFERENCE,
    "respondent_name": "Amara Oyelaran",
    "results_held": 1,
    "results_recorded": 4,
    "secure_ftp": True,
    "sender_name": "Harbor Laboratory",
    "since": "2026-11-23",
    "treatment_status": "interrupted",
}


def notice_of_kind(kind: str, recipient: Recipient = DOCTOR, occasion: str = "S1", **changed: Value) -> Notice:
    """A notice of one of the registry's kinds with every fact its table names."""
    facts = {name: FACTS[name] for name in LETTER_KINDS[kind].facts}
    return Notice(notice_key(occasion, kind, recipient.role), kind, recipient, REFERENCE, {**facts, **changed})


def acknowledgement(**changed: object) -> Acknowledgement:
    """A fax of one status form that was recorded in part."""
    given = {
        "reference": REFERENCE,
        "received_at": datetime(2026, 11, 23, 15, 0, tzinfo=UTC),
        "pages": 3,
        "result": FaxResult.PROCESSED,
        "documents": (
            DocumentOutcome(
                "Patient Status Form",
                DocumentResult.PARTLY,
                (2, 3),
                ("Monitoring frequency", "Blood draw 1"),
                (Missing("BEN", "BEN needs the prescriber's own signature.", "R28"),),
            ),
        ),
    }
    return Acknowledgement(**{**given, **changed})  # type: ignore[arg-type]


def ack_notice(recipient: Recipient = DOCTOR, **changed: object) -> Notice:
    """The answer to that fax."""
    return Notice(notice_key("F1", ACKNOWLEDGEMENT, "sender"), ACKNOWLEDGEMENT, recipient, REFERENCE, acknowledgement(**changed))
