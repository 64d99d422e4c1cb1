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
from registry.submission import Value
from tools.letter_samples import PLAIN

NOW = datetime(2026, 11, 23, 15, 4, tzinfo=UTC)
US = SenderIdentity("Sample REMS Contact Center", "8005550100", "8005550101")
DOCTOR = Recipient(Role.PRESCRIBER, "Amara Oyelaran", "2025550133")
REFERENCE = "R-20261123-0417"

FACTS: dict[str, Value] = {
    **PLAIN.facts,
    "cause": "ANC 850 per µL is below 1000.",
    "complete": False,
    "gaps": "11/02/2026 to 11/20/2026",
    "missing": "Knowledge Assessment for Prescribers",
    "other_results": "720 on 11/13/2026",
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
