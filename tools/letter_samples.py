"""Every letter, for three invented recipients: what the pictures, the tile images and the bench are made of.

What: `samples`, by name the notices of one letter. PLAIN is everyday; LONG has the longest names and texts that still happen;
BARE knows nothing that may be unknown.
Why: a letter that looks well for "Amara Oyelaran" may break for a chain of pharmacies, and one with holes may look broken.
Refuses: real people; numbers are 555-01xx.
"""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from PIL import Image, ImageDraw, ImageFont

from outbound.letter_kinds import AUTHORIZATION_WITHHELD, LETTER_KINDS
from outbound.notice import (
    ACKNOWLEDGEMENT,
    Acknowledgement,
    DocumentOutcome,
    DocumentResult,
    Enclosure,
    FaxResult,
    Missing,
    Notice,
    NoticeKey,
    Recipient,
    Role,
    SenderIdentity,
    Wanted,
)
from registry.identifiers import issue_patient_id
from registry.submission import Value

NOW = datetime(2026, 11, 23, 15, 4, tzinfo=UTC)
US = SenderIdentity("Clozapine REMS Contact Center", "8005550100", "8005550101")


@dataclass(frozen=True)
class Example:
    """One invented recipient with everything the letters say of and to them."""

    name: str  # of the example
    recipient: str  # name of the recipient, "" where nobody knows it
    reference: str
    facts: Mapping[str, Value]


_PLAIN: dict[str, Value] = {
    "already_on_file": False,
    "anc": 850,
    "ar_name": "Lena Cho",
    "attempts_left": 2,
    "band": "moderate",
    "cause": "ANC 850 per µL, drawn 2026-11-20, is below 1000.",
    "certified_on": "2026-11-23",
    "code": "402718",
    "company_name": "Quarry Wholesale",
    "complete": True,
    "correct": 7,
    "days_left": 30,
    "designee_email": "jon@example.org",
    "designee_name": "Jon Ruiz",
    "distributor_id": "AP5836727",
    "draw_date": "2026-11-20",
    "enrolled_on": "2026-11-23",
    "form": "patient_status",
    "gaps": "2026-11-02 to 2026-11-20",
    "hospice": False,
    "is_latest": True,
    "last_received_on": "2026-10-20",
    "locations": 3,
    "lowest_anc": 410,
    "missing": "the Knowledge Assessment",
    "missing_labs": None,
    "monitoring_frequency": "weekly",
    "narrative": "Fever and a sore throat since Friday.",
    "next_status_form_by": "2026-12-30",
    "npi": "1234567893",
    "other_results": "720 on 2026-11-13",
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
    "reference": "R-20261123-0417",
    "respondent_name": "Amara Oyelaran",
    "results_held": 1,
    "results_recorded": 4,
    "secure_ftp": True,
    "sender_name": "Harbor Laboratory",
    "since": "2026-11-23",
    "staff_name": "Kim Abara",
    "treatment_status": "interrupted",
}
_LONG: dict[str, Value] = {
    **_PLAIN,
    "anc": 999.5,
    "ar_name": "Bartholomew Fitzwilliam-Abercrombie",
    "cause": "The prescriber reported the status on a signed Patient Status Form: the patient was admitted to a hospital in "
    "another state and is treated there for an infection of the lung, so that treatment is not to go on before that ends.",
    "company_name": "Transcontinental Pharmaceutical Wholesale and Distribution Company of the Pacific Northwest",
    "complete": False,
    "designee_email": "maximiliana.konstantinopoulou-featherstonehaugh@behavioral-health.example.org",
    "designee_name": "Maximiliana Konstantinopoulou-Featherstonehaugh",
    "gaps": "2026-10-02 to 2026-10-20; 2026-10-24 to 2026-11-05; 2026-11-08 to 2026-11-20",
    "hospice": True,
    "is_latest": False,
    "locations": 1214,
    "missing": "the Knowledge Assessment for Prescribers, and on the enrollment form the signature and attestations 3 and 7",
    "missing_labs": "2026-10-02 to 2026-10-20; 2026-10-24 to 2026-11-05",
    "monitoring_frequency": "every_two_weeks",
    "narrative": "On Friday night the patient was brought to the emergency department with a fever of 103, a sore throat and "
    "sores in the mouth. Blood cultures were drawn and antibiotics begun. Clozapine was stopped on Saturday by the hospitalist; "
    "the family reports that the patient had been tired for two weeks and had missed two draws because of a snow storm.",
    "other_results": "720 on 2026-11-13; 640 on 2026-11-11; 580 on 2026-11-09",
    "patient_name": "Wolfgang Wilhelm von Mommsen-Wagenknecht",
    "patient_id": issue_patient_id(4711),
    "pharmacy_name": "Saint Bartholomew Regional Behavioral Health Outpatient Pharmacy No. 1214",
    "population": "ben",
    "prescriber_name": "Maximiliana Konstantinopoulou-Featherstonehaugh",
    "respondent_name": "Maximiliana Konstantinopoulou-Featherstonehaugh",
    "staff_name": "Bartholomew Fitzwilliam-Abercrombie",
    "sender_name": "Regional Reference Laboratory of the Three Counties, Branch Northwest",
    "treatment_status": "discontinued",
}

PLAIN = Example("plain", "Amara Oyelaran", "R-20261123-0417", _PLAIN)
LONG = Example("long", "Maximiliana Konstantinopoulou-Featherstonehaugh", "R-20261123-0418", _LONG)
BARE = Example("bare", "", "R-20261123-0419", dict.fromkeys(_PLAIN))
EXAMPLES = (PLAIN, LONG, BARE)

PRINTED: dict[str, Value] = {
    "patient_id": issue_patient_id(5),
    "patient_first_name": "Zelmira",
    "patient_last_name": "Quintanilha",
    "patient_date_of_birth": "1981-03-09",
    "patient_zip": "97301",
    "prescriber_first_name": "Amara",
    "prescriber_last_name": "Oyelaran",
    "prescriber_npi": "1234567893",
    "prescriber_phone": "2025550132",
    "prescriber_fax": "2025550133",
}
NEXT_FORM = Enclosure("patient_status", "Patient Status Form", PRINTED)


def notice(kind: str, who: Example, **changed: Value) -> Notice:
    """A notice of one of the kinds with a table, with all it may bring along but forms."""
    row = LETTER_KINDS[kind]
    recipient = Recipient(Role(row.to[0]), who.recipient, "2025550133")
    facts = {name: who.facts[name] for name in row.facts}
    made = Notice(NoticeKey(f"{who.name}/{kind}"), kind, recipient, who.reference, {**facts, **changed})
    if kind == AUTHORIZATION_WITHHELD:
        return replace(
            made, wanted=(Wanted("Treatment Rationale", "It needs the prescriber's own signature. Sign and send it again."),)
        )
    return made


def strip(words: str) -> str:
    """Something like a strip of handwriting cut from a page that came over a line: PNG in base64."""
    image = Image.new("L", (420, 76), 255)
    draw = ImageDraw.Draw(image)
    draw.rectangle((2, 2, 417, 73), outline=60, width=3)
    draw.text((16, 38), words, font=ImageFont.truetype("DejaVuSans.ttf", 42), fill=70, anchor="lm")
    for x in range(7, 420, 61):
        draw.point((x, (x * 7) % 70 + 3), fill=90)
    out = io.BytesIO()
    image.save(out, "PNG")
    return b64encode(out.getvalue()).decode()


def acknowledgement(who: Example, **changed: object) -> Notice:
    """The answer to a fax of three pages."""
    given = {
        "reference": who.reference,
        "received_at": datetime(2026, 11, 23, 15, 0, tzinfo=UTC),
        "pages": 3,
        "result": FaxResult.PROCESSED,
        "documents": (_partly(),),
    }
    facts = Acknowledgement(**{**given, **changed})  # type: ignore[arg-type]
    to = Recipient(Role.SENDER, who.recipient, "2025550133")
    return Notice(NoticeKey(f"{who.name}/ack"), ACKNOWLEDGEMENT, to, who.reference, facts)


def _partly() -> DocumentOutcome:
    return DocumentOutcome(
        "Patient Status Form",
        DocumentResult.PARTLY,
        (2, 3),
        ("Monitoring frequency", "Blood draw 1", "Blood draw 2", "Patient Status Form"),
        (
            Missing("Benign ethnic neutropenia (BEN)", "BEN is not set: it needs the prescriber's own signature.", "R28"),
            Missing(
                "Blood draw 3: draw date",
                "The ANC is not recorded: the day is in the future. Correct the date and send it again.",
                "R03",
            ),
        ),
    )


def samples(who: Example) -> dict[str, list[Notice]]:
    """By name the notices of each letter."""
    whole = DocumentOutcome("Patient Status Form", DocumentResult.RECORDED, (1, 2), ("Blood draw 1", "Patient Status Form"))
    old = DocumentOutcome("Patient Status Form", DocumentResult.RECORDED, (1,), ("Blood draw 1",), outdated=True)
    back = DocumentOutcome(
        "Prescriber Designee Enrollment Form",
        DocumentResult.SENT_BACK,
        (1,),
        missing=(Missing("Designee signature", "Please sign."),),
    )
    asks = DocumentOutcome(
        "Patient Status Form",
        DocumentResult.SENT_BACK,
        (1, 2),
        missing=(
            Missing("Prescriber NPI", "Nobody could read it. Please write it again.", strip=strip("12345 7893")),
            Missing("Prescriber signature", "Please sign."),
        ),
        answer_by="2026-11-30",
    )
    gone = DocumentOutcome("Patient Enrollment Form", DocumentResult.REJECTED, (1,), reason="It was received before.")
    found: dict[str, list[Notice]] = {
        "acknowledgement": [acknowledgement(who)],
        "acknowledgement-complete": [acknowledgement(who, documents=(whole,), pages=2)],
        "acknowledgement-sent-back": [acknowledgement(who, documents=(back, gone), pages=2)],
        "acknowledgement-that-asks": [acknowledgement(who, documents=(asks,), pages=2)],
        "acknowledgement-old-form": [
            replace(
                acknowledgement(who, documents=(old,), pages=1), enclosures=(Enclosure("patient_status", "Patient Status Form"),)
            )
        ],
        "acknowledgement-printout": [
            replace(
                acknowledgement(
                    who,
                    result=FaxResult.REJECTED,
                    documents=(),
                    pages=1,
                    reason="This is a laboratory printout, not a form.",
                    other_pages=("page 1: laboratory printout",),
                ),
                enclosures=(Enclosure("anc_lab_reporting", "ANC Lab Reporting Form"),),
            )
        ],
        "acknowledgement-duplicate": [
            acknowledgement(who, result=FaxResult.DUPLICATE, documents=(), duplicate_of="R-20261122-0001")
        ],
        "acknowledgement-unreadable": [
            acknowledgement(
                who, result=FaxResult.UNREADABLE, documents=(), pages=0, reason="The pages arrived damaged and cannot be opened."
            )
        ],
        "acknowledgement-cover-only": [acknowledgement(who, result=FaxResult.COVER_SHEET_ONLY, documents=(), pages=1)],
    }
    found |= {kind: [notice(kind, who)] for kind in LETTER_KINDS}
    found["next-status-form"] = [
        replace(notice("status_form_recorded", who, complete=True, treatment_status="enrolled"), enclosures=(NEXT_FORM,))
    ]
    recorded = found["next-status-form"][0]
    said = replace(acknowledgement(who, documents=(whole,), pages=2), recipient=recorded.recipient)
    found["status-form-in-one-call"] = [replace(recorded, enclosures=()), said]
    kinds = ("neutropenia_moderate", "treatment_interrupted", "rationale_needed", "status_form_recorded")
    found["low-count-in-one-call"] = [notice(kind, who) for kind in kinds]
    found["several-references"] = [
        replace(notice("status_form_due", who), reference=f"R-20261123-{number}") for number in ("0501", "0502", "0503")
    ]
    return found
